"""Kills the bot while readers tap, and judges what became of the taps."""

import asyncio
import random
import sys
import time
from pathlib import Path

import httpx

from tests.benchmarks.kills.actors import Bot, Reader, Telegram
from tests.benchmarks.kills.fleet import deployed
from tests.benchmarks.kills.report import NOTES, Report, judge_keyboards, judge_votes, query
from tests.support.chat import Chat

READERS = 30
SLOW_EVERY = 10
"""In every tenth life, three times as long, some answers to buttons are slow."""
TIMEOUT = 15.0
"""Seconds in which the bot must make progress with what is left after the last start."""


async def trial(
    url: str,
    folder: Path,
    kills: int,
    seed: int,
    many: int = READERS,
    standbys: int = 0,
    webhook: bool = False,
) -> Report:
    """Kill the bot while readers tap; then let it finish, and judge.

    Args:
        url: An empty database.
        folder: For the bot's logs.
        kills: How often to kill it.
        seed: Makes the random choices repeatable.
        many: How many readers.
        standbys: How many processes stand by, on PostgreSQL; whoever serves is killed.
        webhook: Whether updates are delivered to the bot; otherwise it polls.
    """
    telegram, chance, begun = Telegram(), random.Random(seed), time.monotonic()
    engine = "sqlite" if url.startswith("sqlite:") else "postgres"
    report = Report(engine, "webhook" if webhook else "polling", standbys)
    first = max(1, kills // 10)
    async with (
        telegram.running() as client,
        deployed(telegram, url, folder, standbys, webhook) as bot,
    ):
        await _start_over_and_over(bot, url, chance, first)
        readers = [await _join(client, chance) for _ in range(many)]
        report.deferred = await _tap_and_kill(bot, url, readers, chance, kills - first)
        if kills >= SLOW_EVERY:
            await _kill_after_deferring(bot, url, readers[0])
        await _finish_and_judge(bot, url, client, readers, report)
    return _finished(report, bot, begun)


def _finished(report: Report, bot: Bot, begun: float) -> Report:
    report.kills = bot.killed
    report.problems += bot.problems
    report.logged = bot.logged()
    report.seconds = round(time.monotonic() - begun)
    return report


async def _finish_and_judge(
    bot: Bot, url: str, client: httpx.AsyncClient, readers: list[Reader], report: Report
) -> None:
    await bot.start_and_wait()
    await _handle_rest(bot, url)
    new = await _join(client, random.Random(0))
    await judge_keyboards(url, new, readers, report)
    await bot.stop()
    await judge_votes(bot.telegram, url, readers, report)


async def _start_over_and_over(bot: Bot, url: str, chance: random.Random, times: int) -> None:
    """Kill the bot while there is no database yet, or an incomplete one; then start it."""
    for _ in range(times):
        await bot.live(chance.random())
    await bot.start_and_wait()
    await query(url, NOTES["sqlite" if url.startswith("sqlite:") else "postgres"])


async def _join(client: httpx.AsyncClient, chance: random.Random) -> Reader:
    response = await client.post("/sandbox/readers", json={})
    return Reader(Chat(client, response.json()["reader"]["id"]), random.Random(chance.random()))


async def _tap_and_kill(
    bot: Bot, url: str, readers: list[Reader], chance: random.Random, kills: int
) -> int:
    """Return how many updates were deferred when the bot was killed."""
    await asyncio.gather(*(reader.ask() for reader in readers))
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        for reader in readers:
            group.create_task(reader.tap_until(stop))
        deferred = await _kill(bot, url, chance, kills)
        stop.set()
    return deferred


async def _kill(bot: Bot, url: str, chance: random.Random, times: int) -> int:
    """Return how many updates were deferred when the server was slow."""
    deferred = 0
    for number in range(times):
        if number % SLOW_EVERY < SLOW_EVERY - 1:
            await bot.live(chance.random())
            continue
        await bot.telegram.slow(0.05)
        await bot.live(chance.uniform(0, 3))
        await bot.telegram.slow(0)
        deferred += len(await query(url, "SELECT 1 FROM deferred_updates"))
    return deferred


async def _kill_after_deferring(bot: Bot, url: str, reader: Reader) -> None:
    """Kill the bot when it has deferred an update and may not have confirmed it yet."""
    await bot.start_and_wait()
    await _handle_rest(bot, url)
    await bot.telegram.slow(1)
    await reader.tap()
    async with asyncio.timeout(TIMEOUT):
        while not await query(url, "SELECT 1 FROM deferred_updates"):
            pass
    bot.kill()
    await bot.telegram.slow(0)


async def _handle_rest(bot: Bot, url: str) -> None:
    """Wait until all updates are handled."""
    least, since = sys.maxsize, time.monotonic()
    while left := await _left(bot, url):
        if left < least:
            least, since = left, time.monotonic()
        if time.monotonic() > since + TIMEOUT:
            bot.problems.append(f"The bot makes no progress with {left} updates.")
            return
        await asyncio.sleep(0.05)


async def _left(bot: Bot, url: str) -> int:
    # In this order: an update is deferred before it is confirmed.
    pending = await bot.telegram.pending()
    return pending + len(await query(url, "SELECT 1 FROM deferred_updates"))
