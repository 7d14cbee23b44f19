"""How long others wait for their answers while one reader floods the bot.

    python -m tests.benchmarks.fairness [--seconds 10] [--queued 5000]

Ada sends 100 questions a second; or 60 `/ask` at once in a group; or her questions are queued at
Telegram before those of others. Meanwhile others ask, each once: a chat's own limit is not what is
measured. Each case with the database as it should be, gone, and locked by somebody else. The bot
runs as for users, in a process of its own and with Telegram's limits.
"""

import argparse
import asyncio
import contextlib
import sqlite3
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

from bot.sandbox.control.reader_messages import send
from tests.support.chat import Chat
from tests.support.processes import Process
from tests.support.stage import Stage

LIMITS = {"PRIVATE_CHAT_PER_SECOND": "1", "GROUP_PER_MINUTE": "20", "OVERALL_PER_SECOND": "30"}
QUESTION = "what did the US agree to?"
EVERY = 0.01
"""Seconds between Ada's questions."""
OTHERS_EVERY = 0.25
"""Seconds between those of others."""
MEMBERS = 4
"""Others in the group who ask."""

Case = Callable[[Stage, argparse.Namespace], Awaitable[list[float]]]


def queue(stage: Stage, chat: Chat, text: str) -> None:
    """Queue a message at the server, without a request: many of them in the same moment."""
    send(stage.server.world, {"reader": chat.reader, "chat": chat.chat, "text": text})


async def waited(chat: Chat) -> float:
    """Seconds until a question is answered."""
    started = time.perf_counter()
    await chat.send(QUESTION if chat.chat == chat.reader else f"/ask {QUESTION}")
    return time.perf_counter() - started


async def one_by_one(stage: Stage, count: int) -> list[float]:
    """What new readers wait, who ask one after another."""
    found = []
    for _ in range(count):
        asked = asyncio.create_task(waited(await stage.reader()))
        await asyncio.sleep(OTHERS_EVERY)
        found.append(asked)
    return list(await asyncio.gather(*found))


async def alone(stage: Stage, given: argparse.Namespace) -> list[float]:
    """Nobody floods."""
    return await one_by_one(stage, int(given.seconds / OTHERS_EVERY))


async def flooded(stage: Stage, given: argparse.Namespace) -> list[float]:
    """Ada sends a hundred questions a second."""
    ada = await stage.reader()

    async def flood() -> None:
        due = time.perf_counter()
        while True:
            queue(stage, ada, QUESTION)
            due += EVERY
            await asyncio.sleep(max(0.0, due - time.perf_counter()))

    flooding = asyncio.create_task(flood())
    await asyncio.sleep(2)
    found = await one_by_one(stage, int(given.seconds / OTHERS_EVERY))
    flooding.cancel()
    return found


async def in_a_group(stage: Stage, _given: argparse.Namespace) -> list[float]:
    """A member sends sixty `/ask` at once; others of the group ask then, and one in private."""
    readers = [await stage.reader() for _ in range(MEMBERS + 1)]
    ada, *others = await stage.group(*readers)
    for _ in range(60):
        queue(stage, ada, f"/ask {QUESTION}")
    found = []
    for chat in others:
        await asyncio.sleep(OTHERS_EVERY)
        found.append(await answered_in_group(chat))
    return found + await one_by_one(stage, 1)


async def answered_in_group(chat: Chat) -> float:
    """Seconds until the bot replies to a member's question."""
    started = time.perf_counter()
    await chat.write(f"/ask {QUESTION}")
    asked = chat.last
    while True:
        answer = await chat.read(120)
        if answer.get("reply_to_message", {}).get("message_id") == asked:
            return time.perf_counter() - started


async def behind_a_queue(stage: Stage, given: argparse.Namespace) -> list[float]:
    """Thousands of Ada's are queued, and behind them those of five others."""
    ada, others = await stage.reader(), [await stage.reader() for _ in range(5)]
    for _ in range(given.queued):
        queue(stage, ada, QUESTION)
    return list(await asyncio.gather(*(waited(chat) for chat in others)))


@contextlib.asynccontextmanager
async def gone(stage: Stage) -> AsyncIterator[None]:
    """The database's file is moved away."""
    aside = stage.database.with_suffix(".aside")
    stage.database.rename(aside)
    yield
    aside.rename(stage.database)


@contextlib.asynccontextmanager
async def locked(stage: Stage) -> AsyncIterator[None]:
    """Another process holds the database's lock."""
    database = sqlite3.connect(stage.database, isolation_level=None)
    database.execute("BEGIN IMMEDIATE")
    yield
    database.close()


@contextlib.asynccontextmanager
async def well(_stage: Stage) -> AsyncIterator[None]:
    """The database is as it should be."""
    yield


async def measure(case: Case, given: argparse.Namespace) -> None:
    """Print a row for each state of the database."""
    for state in (well, gone, locked):
        with tempfile.TemporaryDirectory() as folder:
            stage = Stage(Path(folder))
            await stage.open()
            bot = await stage.process(**LIMITS)
            # The first answer takes longer than others.
            await (await stage.reader()).send(QUESTION)
            async with state(stage):
                found = await case(stage, given)
                calls = await polls(stage)
            await finish(stage, bot)
        name = f"{case.__name__.replace('_', ' ')}, database {state.__name__}"
        row = f"{statistics.median(found):8.3f}{max(found):8.3f}{len(found):8}{calls:8}"
        print(f"{name:40}{row}", flush=True)


async def polls(stage: Stage) -> int:
    """How many calls of getUpdates there were."""
    return int(sum((await stage.ask("totals"))["calls"]["getupdates"].values()))


async def finish(stage: Stage, bot: Process) -> None:
    """End the bot; what it wrote must hold no error."""
    assert "Traceback" not in bot.output, bot.output
    await stage.close()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--queued", type=int, default=5000)
    given = parser.parse_args()
    print(f"{'others wait, seconds':40}{'median':>8}{'most':>8}{'asked':>8}{'polls':>8}")
    for case in (alone, flooded, in_a_group, behind_a_queue):
        asyncio.run(measure(case, given))


if __name__ == "__main__":
    main()
