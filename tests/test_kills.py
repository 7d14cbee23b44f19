"""A reader who saw the toast has voted, just once, however often the bot is killed.

And each question is answered once, but where a kill left it unknown whether it was. A few kills of
tests.benchmarks.kills, which is the command for many.
"""

from pathlib import Path

import asyncpg
import pytest

from tests.benchmarks.kills.questions import ask_while_killed
from tests.benchmarks.kills.trial import trial

KILLS, READERS = 5, 20
ATTEMPTS = 3
"""Where the kills of a trial strike is chance: nearly always one makes Telegram repeat a tap."""


@pytest.mark.slow
async def test_kills_with_sqlite(tmp_path: Path) -> None:
    """Every tap is counted once, and the counts are those of the votes."""
    for attempt in range(ATTEMPTS):
        if await _survives(f"sqlite:///{tmp_path / f'votes-{attempt}.db'}", tmp_path, attempt):
            return
    pytest.fail("no kill struck between a vote and its confirmation")


@pytest.mark.slow
async def test_kills_with_a_webhook(tmp_path: Path) -> None:
    """The same where updates are delivered."""
    for attempt in range(ATTEMPTS):
        url = f"sqlite:///{tmp_path / f'votes-{attempt}.db'}"
        if await _survives(url, tmp_path, attempt, webhook=True):
            return
    pytest.fail("no kill struck between a vote and its confirmation")


@pytest.mark.slow
async def test_kills_with_postgres(tmp_path: Path, postgres_url: str) -> None:
    """The same there, where a transaction may outlive the bot that began it."""
    for attempt in range(ATTEMPTS):
        if await _survives(postgres_url, tmp_path, attempt):
            return
        connection = await asyncpg.connect(postgres_url)
        await connection.execute("DROP SCHEMA article_bot CASCADE")
        await connection.close()
    pytest.fail("no kill struck between a vote and its confirmation")


@pytest.mark.slow
@pytest.mark.parametrize("webhook", [False, True], ids=["polling", "webhook"])
async def test_kills_of_the_process_that_serves(
    tmp_path: Path, postgres_url: str, *, webhook: bool
) -> None:
    """Others take over; with a webhook, a load balancer finds the one that did."""
    report = await trial(
        postgres_url, tmp_path, 3, seed=1, many=READERS, standbys=1, webhook=webhook
    )
    assert report.taps > READERS
    assert report.passed, str(report)


@pytest.mark.slow
async def test_questions_while_the_process_that_serves_is_killed(
    tmp_path: Path, postgres_url: str
) -> None:
    """Each is answered, and twice only where the first answer arrived right before a kill."""
    answers = await ask_while_killed(
        postgres_url, tmp_path, 40, kills=2, seed=1, standbys=1, webhook=True
    )
    assert answers.questions >= 40
    assert answers.passed, str(answers)


async def _survives(url: str, folder: Path, attempt: int, *, webhook: bool = False) -> bool:
    """Judge a trial on an empty database; whether a kill made Telegram repeat a tap."""
    report = await trial(url, folder, KILLS, seed=3 + attempt, many=READERS, webhook=webhook)
    assert report.taps > 30
    assert report.passed, str(report)
    assert all(line.startswith("WARNING") for line in report.logged), str(report)
    return report.repeated > 0
