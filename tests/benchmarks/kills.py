"""Votes after many deaths: the bot is killed at random moments while readers tap.

    python -m tests.benchmarks.kills [--kills 100] [--engine sqlite|postgres|both] [--seed N]
                                     [--postgres URL]

A Bot API server in this process outlives the bot, a child process that SIGKILL ends again and
again: while it starts, while it works and, in every tenth life, while the server is so slow to
take answers that updates are set aside. In the end the database is compared with what readers
tapped. Ends with 1 when a tap was not counted just once, and with 2 when PostgreSQL was to be
tried and cannot be reached.
"""

import argparse
import asyncio
import contextlib
import difflib
import json
import os
import random
import re
import secrets
import sqlite3
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
import httpx

from bot.sandbox.server import SandboxServer
from bot.store.voters import Voters
from tests.support.chat import Chat
from tests.support.corpora import ARTICLE, ROOT
from tests.support.processes import NO_LIMITS, Process, clean_environment

TOKEN = "123456:for-the-kill-test"
VOTER_KEY = "a key of the kill test, 32 characters or more"
READERS, PAUSE = 30, (0.3, 0.9)
"""Seconds between a reader's taps, from and to: all together tap about 50 times a second."""
LIFE = 1.5
"""Seconds that a life lasts at most, by chance; more where three starts take longer."""
SLOW_EVERY, SLOW = 10, 2.5
"""In every tenth life, three times as long, some answers to buttons take so many seconds."""
TIMEOUT = 15.0
"""Seconds in which the bot must get on with what is left after the last start."""
TOAST = re.compile(r"\w+ (it is|instead of \w+)\.")
REACTIONS = ("like", "dislike", "love", "funny", "angry", "sad", "wow")
NOTES = {
    "sqlite": """
CREATE TABLE kills (n INTEGER PRIMARY KEY, voter BLOB, reaction TEXT);
CREATE TRIGGER kills_insert AFTER INSERT ON votes BEGIN
    INSERT INTO kills (voter, reaction) VALUES (new.voter, new.reaction); END;
CREATE TRIGGER kills_update AFTER UPDATE ON votes BEGIN
    INSERT INTO kills (voter, reaction) VALUES (new.voter, new.reaction); END;
CREATE TRIGGER kills_delete AFTER DELETE ON votes BEGIN
    INSERT INTO kills (voter) VALUES (old.voter); END;
""",
    "postgres": """
CREATE TABLE kills (n bigserial PRIMARY KEY, voter bytea, reaction text);
CREATE FUNCTION kills_note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO kills (voter, reaction) VALUES (coalesce(new.voter, old.voter), new.reaction);
    RETURN NULL; END $$;
CREATE TRIGGER kills AFTER INSERT OR UPDATE OR DELETE ON votes
    FOR EACH ROW EXECUTE FUNCTION kills_note();
""",
}
"""Triggers of ours that note every change of a vote: the vote itself shows only the last tap."""


@dataclass
class Report:
    """What became of the taps.

    repeated: taps that more than one life of the bot was given. set_aside: updates that waited in
    the database when the bot was killed. stale: older answers that never showed the last counts.
    """

    engine: str
    kills: int = 0
    taps: int = 0
    repeated: int = 0
    deferred: int = 0
    lost: int = 0
    answered_and_lost: int = 0
    unanswered: int = 0
    doubled: int = 0
    wrong_votes: int = 0
    wrong_counts: int = 0
    stale: int = 0
    seconds: int = 0
    problems: list[str] = field(default_factory=list)
    logged: Counter[str] = field(default_factory=Counter)

    @property
    def passed(self) -> bool:
        bad = (self.lost, self.unanswered, self.doubled, self.wrong_votes, self.wrong_counts)
        return not (any(bad) or self.stale or self.problems)

    def __str__(self) -> str:
        cells = {name.replace("_", " "): value for name, value in list(vars(self).items())[:-2]}
        rows = (cells, ["---"] * len(cells), map(str, cells.values()))
        table = [f"| {' | '.join(row)} |" for row in rows]
        logged = [f"logged {count} times: {line}" for line, count in self.logged.most_common()]
        return "\n".join((*table, *self.problems[:10], *logged))


async def query(url: str, statements: str) -> list[Any]:
    """Ask a database itself, without any code of the bot; several statements give no rows."""
    if url.startswith("sqlite:"):
        return await asyncio.to_thread(_query_file, url.removeprefix("sqlite:///"), statements)
    schema = {"search_path": "article_bot"}
    connection = await asyncpg.connect(url, timeout=10, server_settings=schema)
    try:
        if statements.startswith("SELECT"):
            return await connection.fetch(statements)
        await connection.execute(statements)
        return []
    finally:
        await connection.close()


def _query_file(path: str, statements: str) -> list[Any]:
    with contextlib.closing(sqlite3.connect(path, timeout=30)) as db:
        run = db.execute if statements.startswith("SELECT") else db.executescript
        return run(statements).fetchall()


class Telegram:
    """The server, what it gave to which life of the bot, and the toasts that readers saw."""

    def __init__(self) -> None:
        self.server = SandboxServer(TOKEN)
        self.life = 0
        self.given: defaultdict[int, set[int]] = defaultdict(set)
        self.toasts: dict[str, str] = {}
        # The server itself does not tell what it delivered before.
        updates = self.server.world.updates
        self._poll, updates.poll = updates.poll, self._noted

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[httpx.AsyncClient]:
        await self.server.start()
        async with httpx.AsyncClient(
            base_url=self.server.url, trust_env=False, timeout=30
        ) as self.client:
            following = asyncio.create_task(self._follow())
            try:
                yield self.client
                assert not following.done(), "the server's events ended early"
            finally:
                following.cancel()
                await asyncio.gather(following, return_exceptions=True)
                await self.server.stop()

    async def _noted(self, *call: Any) -> list[dict[str, Any]]:
        life, found = self.life, await self._poll(*call)
        for update in found:
            if "callback_query" in update:
                self.given[update["update_id"]].add(life)
        return found

    async def _follow(self) -> None:
        event = ""
        async with self.client.stream("GET", "/sandbox/events", timeout=None) as response:
            async for line in response.aiter_lines():
                name, _, value = line.partition(": ")
                event = value if name == "event" else event
                if name == "data" and event == "toast":
                    toast = json.loads(value)
                    self.toasts[toast["callback_query_id"]] = toast["text"]

    async def all_toasts(self, number: int) -> dict[str, str]:
        """Return them by the taps' ids; events may be a little behind."""
        deadline = time.monotonic() + 2
        while len(self.toasts) < number and time.monotonic() < deadline:
            await asyncio.sleep(0.05)
        return self.toasts

    async def slow(self, share: float) -> None:
        """Have this share of the answers to buttons take long from now on."""
        (await self.client.delete("/sandbox/faults")).raise_for_status()
        fault = {"kind": "slow", "method": "answerCallbackQuery", "share": share, "seconds": SLOW}
        (await self.client.post("/sandbox/faults", json=fault)).raise_for_status()

    async def pending(self) -> int:
        response = await self.client.get(f"/bot{TOKEN}/getWebhookInfo")
        return response.json()["result"]["pending_update_count"]


class Bot:
    """The bot as it runs for users: one process after another."""

    def __init__(self, telegram: Telegram, database_url: str, folder: Path) -> None:
        self.telegram, self.folder = telegram, folder
        self.environ = clean_environment(
            BOT_TOKEN=TOKEN,
            BOT_API_URL=telegram.server.url,
            CORPUS_DIR=str(ROOT / "corpus"),
            DATABASE_URL=database_url,
            VOTER_KEY=VOTER_KEY,
            **NO_LIMITS,
        )
        self.process: Process | None = None
        self.killed, self.longest_life = 0, LIFE
        self.problems: list[str] = []

    def start(self) -> Process:
        self.telegram.life += 1
        self.process = Process(["run"], self.folder, self.environ)
        return self.process

    async def live(self, share: float) -> None:
        """Be killed after this share of the longest life."""
        if self.process is None:
            self.start()
        await asyncio.sleep(share * self.longest_life)
        self.kill()

    async def start_and_wait(self) -> None:
        begun = time.monotonic()
        # On a thread: the server must answer meanwhile.
        await asyncio.to_thread(self.start().wait_for, re.compile("answers questions"))
        self.longest_life = max(LIFE, 3 * (time.monotonic() - begun))

    def kill(self) -> None:
        """End it without a word; that it ended already is a problem."""
        if self.process is not None:
            if (code := self.process.popen.poll()) is not None:
                self.problems.append(f"The bot ended with {code}: {self.process.output[-200:]}")
            self.process.popen.kill()
            self.process.popen.wait()
            self.killed += 1
            self.process = None

    async def stop(self) -> None:
        """End it as Ctrl-C does."""
        assert self.process is not None
        if code := await asyncio.to_thread(self.process.stop):
            self.problems.append(f"After Ctrl-C it ended with {code}: {self.process.output[-200:]}")
        self.process = None

    def logged(self) -> Counter[str]:
        """What all lives logged as a warning or worse, without times and long numbers."""
        text = "\n".join(log.read_text("utf-8") for log in self.folder.glob("run-*.log"))
        lines = re.findall(r"(?:WARNING|ERROR|CRITICAL) .*|^\w+Error.*|^Traceback.*", text, re.M)
        return Counter(re.sub(r"\d{4,}", "N", line) for line in lines)


class Reader:
    """Somebody who asks once and then taps on and on.

    Never the same twice in a row: the bot takes what comes within a second for one press.
    """

    def __init__(self, chat: Chat, chance: random.Random) -> None:
        self.chat, self.chance = chat, chance
        self.voter = Voters(VOTER_KEY.encode()).voter(chat.reader)
        self.answer: dict[str, Any] = {}
        self.taps: list[tuple[str, str]] = []

    async def ask(self) -> None:
        self.answer = await self.chat.send("what did the US agree to?")

    async def tap(self) -> None:
        last = self.taps[-1][1] if self.taps else None
        reaction = self.chance.choice([name for name in REACTIONS if name != last])
        body = {"reader": self.chat.reader, "chat": self.chat.reader}
        body |= {"message_id": self.answer["message_id"], "data": f"r:{ARTICLE}:{reaction}"}
        tapped = await self.chat.post("taps", body)
        self.taps.append((tapped["callback_query_id"], reaction))

    async def tap_until(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            await self.tap()
            await asyncio.sleep(self.chance.uniform(*PAUSE))


def shown(message: dict[str, Any]) -> Counter[str]:
    """Return the counts on a message's keyboard."""
    counts: Counter[str] = Counter()
    for row in message["reply_markup"]["inline_keyboard"]:
        for button in row:
            if number := re.search(r" (\d+)$", button["text"]):
                counts[button["callback_data"].rpartition(":")[2]] = int(number[1])
    return counts


async def trial(url: str, folder: Path, kills: int, seed: int, many: int = READERS) -> Report:
    """Kill the bot so many times while readers tap; then let it finish, and judge.

    url: of an empty database. folder: for what the bot writes. many: readers.
    """
    telegram, chance, begun = Telegram(), random.Random(seed), time.monotonic()
    report = Report("sqlite" if url.startswith("sqlite:") else "postgres")
    async with telegram.running() as client:
        bot = Bot(telegram, url, folder)
        try:
            # The first deaths come while there is no database yet, or half of one.
            for _ in range(first := max(1, kills // 10)):
                await bot.live(chance.random())
            await bot.start_and_wait()
            await query(url, NOTES[report.engine])
            readers = [await _join(client, chance) for _ in range(many)]
            await asyncio.gather(*(reader.ask() for reader in readers))
            stop = asyncio.Event()
            async with asyncio.TaskGroup() as group:
                for reader in readers:
                    group.create_task(reader.tap_until(stop))
                report.deferred = await _kill(bot, url, chance, kills - first)
                stop.set()
            if kills >= SLOW_EVERY:
                await _die_between(bot, url, readers[0])
            await bot.start_and_wait()
            await _worked_off(bot, url)
            await _judge_keyboards(client, url, readers, report)
            await bot.stop()
            await _judge(telegram, url, readers, report)
        finally:
            bot.kill()
    report.kills = bot.killed
    report.problems += bot.problems
    report.logged = bot.logged()
    report.seconds = round(time.monotonic() - begun)
    return report


async def _join(client: httpx.AsyncClient, chance: random.Random) -> Reader:
    response = await client.post("/sandbox/readers", json={})
    return Reader(Chat(client, response.json()["reader"]["id"]), random.Random(chance.random()))


async def _kill(bot: Bot, url: str, chance: random.Random, times: int) -> int:
    """Return how many updates were aside at deaths in slow lives."""
    aside = 0
    for number in range(times):
        if number % SLOW_EVERY < SLOW_EVERY - 1:
            await bot.live(chance.random())
            continue
        await bot.telegram.slow(0.05)
        await bot.live(chance.uniform(0, 3))
        await bot.telegram.slow(0)
        aside += len(await query(url, "SELECT 1 FROM deferred_updates"))
    return aside


async def _die_between(bot: Bot, url: str, reader: Reader) -> None:
    """Kill the bot when it set the newest update aside and may not have told Telegram yet."""
    await bot.start_and_wait()
    await _worked_off(bot, url)
    await bot.telegram.slow(1)
    await reader.tap()
    async with asyncio.timeout(TIMEOUT):
        while not await query(url, "SELECT 1 FROM deferred_updates"):
            pass
    bot.kill()
    await bot.telegram.slow(0)


async def _worked_off(bot: Bot, url: str) -> None:
    least, since = sys.maxsize, time.monotonic()
    while left := await _left(bot, url):
        if left < least:
            least, since = left, time.monotonic()
        if time.monotonic() > since + TIMEOUT:
            bot.problems.append(f"The bot does not get on with {left} updates.")
            return
        await asyncio.sleep(0.05)


async def _left(bot: Bot, url: str) -> int:
    # In this order: an update is set aside before it is confirmed.
    pending = await bot.telegram.pending()
    return pending + len(await query(url, "SELECT 1 FROM deferred_updates"))


async def _judge_keyboards(
    client: httpx.AsyncClient, url: str, readers: list[Reader], report: Report
) -> None:
    """What the bot itself says: on a new answer at once, on older ones soon."""
    votes = Counter(row[0] for row in await query(url, "SELECT reaction FROM votes"))
    new = await _join(client, random.Random(0))
    if (counts := shown(await new.chat.send("/article"))) != votes:
        report.problems.append(f"A new answer shows {counts}; the votes are {votes}.")
    for _ in range(200):
        current = [shown(await reader.chat.current(reader.answer)) for reader in readers]
        report.stale = sum(counts != votes for counts in current)
        if not report.stale:
            return
        await asyncio.sleep(0.05)


async def _judge(telegram: Telegram, url: str, readers: list[Reader], report: Report) -> None:
    votes = {row[0]: row[1] for row in await query(url, "SELECT voter, reaction FROM votes")}
    counts = {row[0]: row[1] for row in await query(url, "SELECT reaction, votes FROM counts")}
    true = Counter(votes.values())
    report.wrong_counts = sum(counts.get(name, 0) != true[name] for name in {*true, *counts})
    report.repeated = sum(len(lives) > 1 for lives in telegram.given.values())
    rows = await query(url, "SELECT callback_query_id, voter, reaction FROM callback_queries")
    delivered = Counter(tuple(row) for row in rows)
    tapped = Counter((i, reader.voter, name) for reader in readers for i, name in reader.taps)
    report.taps = tapped.total()
    missing, more = tapped - delivered, delivered - tapped
    toasts = await telegram.all_toasts(report.taps)
    report.problems += [f"Not counted: {i} {name}, {toasts.get(i)}" for i, _, name in missing]
    report.problems += [f"Counted, but not tapped: {i} {name}" for i, _, name in more]
    told = Counter(text for text in toasts.values() if not TOAST.match(text))
    report.problems += [f"Told {count} times: {text}" for text, count in told.items()]
    report.answered_and_lost = sum(i in toasts for i, _, _ in missing)
    report.unanswered = sum(i not in toasts for i, _, _ in tapped)
    noted: defaultdict[bytes, list[str | None]] = defaultdict(list)
    for voter, reaction in await query(url, "SELECT voter, reaction FROM kills ORDER BY n"):
        noted[voter].append(reaction)
    lost = 0
    for reader in readers:
        wanted, got = [name for _, name in reader.taps], noted[reader.voter]
        same = difflib.SequenceMatcher(None, wanted, got, autojunk=False).get_matching_blocks()
        kept = sum(block.size for block in same)
        lost, report.doubled = lost + len(wanted) - kept, report.doubled + len(got) - kept
        report.wrong_votes += votes.get(reader.voter) != wanted[-1]
    report.lost, report.doubled = max(lost, missing.total()), report.doubled + more.total()


@contextlib.asynccontextmanager
async def new_database(server: str) -> AsyncIterator[str]:
    """The address of an empty database on a PostgreSQL server, dropped afterwards."""
    name = f"article_bot_kills_{secrets.token_hex(6)}"
    await query(server, f"CREATE DATABASE {name}")
    try:
        yield re.sub(r"(://[^/?]*)(/[^?]*)?", rf"\1/{name}", server, count=1)
    finally:
        await query(server, f"DROP DATABASE {name} WITH (FORCE)")


async def try_engine(engine: str, server: str, kills: int, seed: int) -> int:
    """Try an engine and print what came of it; return the exit code."""
    with tempfile.TemporaryDirectory(prefix="article-bot-kills-") as name:
        folder = Path(name)
        if engine == "sqlite":
            report = await trial(f"sqlite:///{folder / 'votes.db'}", folder, kills, seed)
        else:
            try:
                await query(server, "SELECT 1")
            except (OSError, asyncpg.PostgresError) as error:
                print(f"PostgreSQL is not tried, as it cannot be reached: {error}")
                return 2
            async with new_database(server) as url:
                report = await trial(url, folder, kills, seed)
    print(report, flush=True)
    return 0 if report.passed else 1


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--engine", choices=("sqlite", "postgres", "both"), default="both")
    parser.add_argument("--seed", type=int, default=1)
    default = os.environ.get("TEST_DATABASE_URL", "postgresql:///postgres")
    parser.add_argument("--postgres", metavar="URL", default=default, help="a server's address")
    given = parser.parse_args()
    engines = ("sqlite", "postgres") if given.engine == "both" else (given.engine,)
    codes = [
        asyncio.run(try_engine(engine, given.postgres, given.kills, given.seed))
        for engine in engines
    ]
    # A tap that was lost says more than a database that was not there.
    return 1 if 1 in codes else max(codes)


if __name__ == "__main__":
    sys.exit(main())
