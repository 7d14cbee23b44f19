"""Many copies of an article under load: how soon taps show, and when all copies agree.

    python -m tests.benchmarks.copies [--copies 1000 --chats 500 --groups 100 --readers 300
        --taps 50 --seconds 60 --overall 30 --engine sqlite|postgres --postgres URL --seed 0]

Three processes: the sandbox server with Telegram's limits, the bot as users run it, and this one,
which taps. Times come from the server's own log. --postgres is the address of a server where the
run may make a database of its own; it is dropped at the end.
"""

import argparse
import asyncio
import contextlib
import random
import re
import secrets
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.benchmarks.copies import history, setup, taps
from tests.benchmarks.copies.bound import Limits
from tests.benchmarks.copies.figures import Run, all_true
from tests.benchmarks.copies.server import Client, Watch, serving
from tests.benchmarks.copies.table import Measured, print_tables
from tests.benchmarks.copies.usage import Usage
from tests.support.databases import postgres_server

SETTLE = 3.0
"""Seconds between the bot's start and the first tap."""
BUTTONS = 10.0
"""Seconds after the last tap in which its button must be answered."""
TIMEOUT = 240.0
"""Seconds after the last tap in which all copies must agree."""


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--copies", type=int, default=1000, help="messages with reactions")
    parser.add_argument("--chats", type=int, default=500, help="private chats")
    parser.add_argument("--groups", type=int, default=100)
    parser.add_argument("--readers", type=int, default=300, help="readers who tap")
    parser.add_argument("--taps", type=float, default=50, help="a second")
    parser.add_argument("--seconds", type=float, default=60, help="of tapping")
    parser.add_argument("--overall", type=float, default=30, help="edits a second in all")
    parser.add_argument("--engine", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--postgres", default=postgres_server())
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


@contextlib.contextmanager
def database(engine: str, server: str, folder: Path) -> Iterator[str]:
    """An empty database's address."""
    if engine == "sqlite":
        yield f"sqlite:///{folder / 'votes.db'}"
        return
    name = f"article_bot_copies_{secrets.token_hex(4)}"
    history.order(server, f"CREATE DATABASE {name}")
    try:
        yield re.sub(r"(://[^/]*)/[^?]*", rf"\1/{name}", server)
    finally:
        history.order(server, f"DROP DATABASE {name} WITH (FORCE)")


def main() -> None:
    options = arguments()
    with (
        tempfile.TemporaryDirectory(prefix="copies-") as folder,
        database(options.engine, options.postgres, Path(folder)) as address,
        serving() as (url, server),
    ):
        print_tables(asyncio.run(measure(options, url, server, address, Path(folder))), options)


async def measure(
    options: argparse.Namespace, url: str, server: int, address: str, folder: Path
) -> Measured:
    """Set everything up, restart the bot, tap, and wait until all copies agree."""
    chance = random.Random(options.seed)
    async with Client(url).connected() as client:
        people = await set_up(client, options, chance, url, address, folder)
        known = await asyncio.to_thread(history.known_copies, address)
        await client.post(
            "limits",
            private_per_second=1,
            group_per_minute=20,
            overall_per_second=options.overall,
        )
        begun = time.monotonic()
        bot = setup.start_bot(folder, url, address, options.overall)
        ready = time.monotonic() - begun
        try:
            await asyncio.sleep(SETTLE)
            found = await load(options, client, people, chance, (bot.popen.pid, server), address)
        finally:
            stopped = time.monotonic()
            code = await asyncio.to_thread(bot.stop)
        found.ready, found.stopped, found.exit_code = ready, time.monotonic() - stopped, code
        found.known, found.bot_log = known, bot.output
        return found


async def set_up(
    client: Client,
    options: argparse.Namespace,
    chance: random.Random,
    url: str,
    address: str,
    folder: Path,
) -> setup.People:
    """Have a bot without limits send all copies, and stop it."""
    sizes = setup.Sizes(options.copies, options.chats, options.groups, options.readers)
    bot = setup.start_bot(folder, url, address, None)
    try:
        people = await setup.people(client, sizes, chance)
        await setup.send_copies(client, people, sizes, chance)
    except RuntimeError:
        say(bot.output)
        raise
    finally:
        await asyncio.to_thread(bot.stop)
    say(f"{options.copies} copies sent")
    return people


async def load(
    options: argparse.Namespace,
    client: Client,
    people: setup.People,
    chance: random.Random,
    processes: tuple[int, int],
    address: str,
) -> Measured:
    """Tap, wait for the end, and gather what there is to tell."""
    before = await setup.shown(client)
    reactions = [name for name, _ in next(iter(before.values()))]
    planned = taps.plan(people, list(before), reactions, options.taps, options.seconds, chance)
    async with Watch(client).running() as seen:
        usage = [[Usage.of(process) for process in processes]]
        made = await taps.make(client, planned)
        usage.append([Usage.of(process) for process in processes])
        say(f"{len(made)} taps made")
        await until(lambda: len(seen.answered) >= len(made), BUTTONS)
        truth = await asyncio.to_thread(history.true_counts, address, reactions)
        run = Run(made, seen, before, truth, Limits(options.overall))
        await until(lambda: all_true(run), TIMEOUT)
        usage.append([Usage.of(process) for process in processes])
    say("the end is reached")
    readers = {tapped.query: tapped.tap.reader for tapped in made}
    counted = await asyncio.to_thread(history.History, address, readers, reactions)
    expected = taps.last_votes(planned)
    totals = await client.get("totals")
    shown = await setup.shown(client)
    return Measured(
        run,
        counted,
        usage,
        not_modified=totals["not_modified"],
        calls=totals["calls"],
        wrong=sum(counts != truth for counts in shown.values()),
        votes_true=history.counted(expected, reactions) == truth,
    )


async def until(done: Callable[[], bool], seconds: float) -> None:
    """Wait until something is so, or for so long."""
    deadline = time.monotonic() + seconds
    while not done() and time.monotonic() < deadline:
        await asyncio.sleep(0.5)


def say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
