"""Asks many questions while whoever serves is killed, and counts the answers to each."""

import asyncio
import random
import time
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from tests.benchmarks.kills.actors import Bot, Telegram
from tests.benchmarks.kills.fleet import deployed
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
        delivery: "polling" or "webhook".
        standbys: Processes that stood by.
        twice: Questions that were answered more than once.
        twice_unknown: Those of them of which each answer but the last arrived within UNKNOWN
            before a kill, or after it, but before another process began to serve.
        before_kill: How many seconds before the nearest kill the first answer of each of them
            arrived.
        longest_wait: Seconds from a question to its answer, at most.
    """

    engine: str
    delivery: str
    standbys: int
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
    url: str,
    folder: Path,
    questions: int,
    kills: int,
    seed: int,
    standbys: int = 0,
    webhook: bool = False,
) -> Answers:
    """Kill whoever serves while readers ask.

    Args:
        url: An empty database.
        folder: For the bot's logs.
        questions: How many questions at least, each of another reader; they go on until the last
            kill.
        kills: How many kills, spread over the time that so many questions take.
        seed: Makes the random choices repeatable.
        standbys: How many processes stand by, on PostgreSQL.
        webhook: Whether updates are delivered to the bot; otherwise it polls.
    """
    engine = "sqlite" if url.startswith("sqlite:") else "postgres"
    report = Answers(engine, "webhook" if webhook else "polling", standbys)
    telegram, begun = Telegram(), time.monotonic()
    async with (
        telegram.running() as client,
        deployed(telegram, url, folder, standbys, webhook) as bot,
    ):
        await bot.start_and_wait()
        killed, chance = asyncio.Event(), random.Random(seed)
        async with asyncio.TaskGroup() as group:
            asking = group.create_task(_ask(client, questions, killed))
            await _kill(bot, chance, kills, questions * PAUSE / max(1, kills))
            killed.set()
        asked = asking.result()
        await _all_answered(telegram, asked)
        await bot.stop()
    _count(report, asked, telegram, bot)
    report.seconds = round(time.monotonic() - begun)
    return report


async def _kill(bot: Bot, chance: random.Random, times: int, mean: float) -> None:
    """Kill it so often, after some seconds each, and start it a last time."""
    for _ in range(times):
        await asyncio.sleep(chance.uniform(0, 2 * mean))
        bot.kill()
        if bot.process is None:
            await bot.start_and_wait()


def _count(report: Answers, asked: dict[int, float], telegram: Telegram, bot: Bot) -> None:
    report.kills, report.problems, report.questions = bot.killed, bot.problems, len(asked)
    for chat, at in asked.items():
        if not (times := telegram.answers.get(chat)):
            report.unanswered += 1
            continue
        report.longest_wait = round(max(report.longest_wait, times[0] - at), 1)
        if len(times) > 1:
            report.twice += 1
            report.twice_unknown += all(_is_unknown(at, telegram, bot) for at in times[:-1])
            before = min((kill - times[0] for kill in bot.kill_times), key=abs, default=-1.0)
            report.before_kill.append(round(before, 3))


def _is_unknown(at: float, telegram: Telegram, bot: Bot) -> bool:
    """Return whether an answer came from a process that had no time to note it."""
    for kill in bot.kill_times:
        next_begun = min((begun for begun in telegram.begun if begun > kill), default=kill)
        if kill - UNKNOWN <= at <= next_begun:
            return True
    return False


async def _ask(client: httpx.AsyncClient, number: int, enough: asyncio.Event) -> dict[int, float]:
    """Have so many new readers ask one after the other, and more until enough; when each did."""
    asked: dict[int, float] = {}
    while len(asked) < number or not enough.is_set():
        response = await client.post("/sandbox/readers", json={})
        chat = Chat(client, response.json()["reader"]["id"])
        asked[chat.reader] = time.monotonic()
        await chat.write("what did the US agree to?")
        await asyncio.sleep(PAUSE)
    return asked


async def _all_answered(telegram: Telegram, asked: dict[int, float]) -> None:
    """Wait until all are answered and nothing is left, or nothing happens any more."""
    since, before = time.monotonic(), -1
    while time.monotonic() < since + PATIENCE:
        done = sum(map(len, telegram.answers.values()))
        if done != before:
            since, before = time.monotonic(), done
        if all(chat in telegram.answers for chat in asked) and not await telegram.pending():
            return
        await asyncio.sleep(0.05)
