"""A reader who saw the toast has voted, just once, however often the bot is killed.

A few kills of tests.benchmarks.kills, which is the command for many.
"""

from pathlib import Path

import pytest

from tests.benchmarks.kills.trial import trial

KILLS, READERS = 5, 20


@pytest.mark.slow
async def test_kills_with_sqlite(tmp_path: Path) -> None:
    """Every tap is counted once, and the counts are those of the votes."""
    await _survives(f"sqlite:///{tmp_path / 'votes.db'}", tmp_path)


@pytest.mark.slow
async def test_kills_with_postgres(tmp_path: Path, postgres_url: str) -> None:
    """The same there, where a transaction may outlive the bot that began it."""
    await _survives(postgres_url, tmp_path)


async def _survives(url: str, folder: Path) -> None:
    report = await trial(url, folder, KILLS, seed=3, many=READERS)
    assert report.taps > 30
    # Whether a kill strikes between a vote and its confirmation, so that Telegram repeats the tap,
    # is chance: nearly always at least one of them does.
    assert report.kills == KILLS
    assert report.passed, str(report)
    assert all(line.startswith("WARNING") for line in report.logged), str(report)
