"""Asks many questions while whoever serves is killed, and counts the answers to each."""

import asyncio
import json
import random
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from tests.benchmarks.kills.actors import Bot, Telegram
from tests.benchmarks.kills.fleet import Fleet
from tests.support.chat import Chat

PAUSE = 0.12
"""Seconds between questions."""
UNKNOWN = 0.25
"""Seconds before a kill in which the outcome of a call is unknown to the process."""
PATIENCE = 60.0
"""Seconds without an answer after which the bot is taken to have given up."""


@dataclass
class Answers:
    """What became of the questions.

    Attributes:
        twice: Questions that were answered more than once.
        twice_unknown: Those of them whose first answer was sent right before a kill.
        before_kill: How many seconds before a kill the first answer of each of them was sent.
        longest_wait: Seconds from a question to its answer, at most.
    """

    engine: str
    kills: int = 0
    questions: int = 0
    unanswered: int = 0
    twice: int = 0
    twice_unknown: int = 0
    before_kill: list[float] = field(default_factory=list)
    longest_wait: float = 0.0
    seconds: int = 0
    problems: list[str] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        return not self.unanswered and self.twice == self.twice_unknown and not self.problems

    def __str__(self) -> str:
        cells = {name.replace("_", " "): value for name, value in list(vars(self).items())[:-1]}
        rows = (cells, ["---"] * len(cells), map(str, cells.values()))
        return "\n".join((*(f"| {' | '.join(row)} |" for row in rows), *self.problems[:10]))


async def ask_while_killed(
    url: str, folder: Path, questions: int, kills: int, seed: int
) -> Answers:
    """Kill whoever serves while readers ask; two stand by on PostgreSQL.

    Args:
        url: An empty database.
        folder: For the bot's logs.
        questions: How many questions, each of another reader.
        kills: How many kills, spread over the time of the questions.
        seed: Makes the random choices repeatable.
    """
    is_sqlite = url.startswith("sqlite:")
    report = Answers("sqlite" if is_sqlite else "postgres", questions=questions)
    telegram, chance, begun = Telegram(), random.Random(seed), time.monotonic()
    async with telegram.running() as client, _answers(client) as answered:
        bot = Bot(telegram, url, folder) if is_sqlite else Fleet(telegram, url, folder)
        killed_at: list[float] = []
        try:
            await bot.start_and_wait()
            asking = asyncio.create_task(_ask(client, questions))
            for _ in range(kills):
                await asyncio.sleep(chance.uniform(0, 2 * questions * PAUSE / kills))
                if bot.process is None:
                    await bot.start_and_wait()
                bot.kill()
                killed_at.append(time.monotonic())
            if bot.process is None:
                await bot.start_and_wait()
            asked = await asking
            await _all_answered(answered, asked, telegram)
            await bot.stop()
        finally:
            bot.end()
    report.kills, report.problems = bot.killed, bot.problems
    _count(report, asked, answered, killed_at)
    report.seconds = round(time.monotonic() - begun)
    return report


def _count(
    report: Answers,
    asked: dict[int, float],
    answered: dict[int, list[float]],
    killed_at: list[float],
) -> None:
    for chat, at in asked.items():
        if not (times := answered.get(chat)):
            report.unanswered += 1
            continue
        report.longest_wait = round(max(report.longest_wait, times[0] - at), 1)
        if len(times) > 1:
            report.twice += 1
            after = min((kill - times[0] for kill in killed_at if kill > times[0]), default=-1.0)
            report.twice_unknown += 0 <= after <= UNKNOWN
            report.before_kill.append(round(after, 3))


async def _ask(client: httpx.AsyncClient, number: int) -> dict[int, float]:
    """Have new readers ask, one after the other; when each did."""
    asked = {}
    for _ in range(number):
        response = await client.post("/sandbox/readers", json={})
        chat = Chat(client, response.json()["reader"]["id"])
        asked[chat.reader] = time.monotonic()
        await chat.write("what did the US agree to?")
        await asyncio.sleep(PAUSE)
    return asked


@asynccontextmanager
async def _answers(client: httpx.AsyncClient) -> AsyncIterator[defaultdict[int, list[float]]]:
    """When the bot's messages came, by the chat."""
    found: defaultdict[int, list[float]] = defaultdict(list)
    seen: set[tuple[int, int]] = set()

    async def follow() -> None:
        event = ""
        async with client.stream("GET", "/sandbox/events", timeout=None) as response:
            async for line in response.aiter_lines():
                name, _, value = line.partition(": ")
                event = value if name == "event" else event
                if name == "data" and event == "message":
                    told = json.loads(value)
                    known = told["chat"], told["message"]["message_id"]
                    # An edit is told of in the same way.
                    if told["message"]["from"]["is_bot"] and known not in seen:
                        seen.add(known)
                        found[told["chat"]].append(time.monotonic())

    following = asyncio.create_task(follow())
    try:
        yield found
    finally:
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)


async def _all_answered(
    answered: dict[int, list[float]], asked: dict[int, float], telegram: Telegram
) -> None:
    """Wait until all are answered and nothing is left, or nothing happens any more."""
    since, before = time.monotonic(), -1
    while time.monotonic() < since + PATIENCE:
        done = sum(map(len, answered.values()))
        if done != before:
            since, before = time.monotonic(), done
        if all(chat in answered for chat in asked) and not await telegram.pending():
            return
        await asyncio.sleep(0.05)
