"""SQLite: the file, its locks, and what may happen to it."""

import asyncio
import shutil
import sqlite3
import stat
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from bot.errors import StoreError
from bot.store.sqlite import SqliteStore
from bot.store.sqlite_backup import back_up
from tests.store.conftest import ADA, BEN, open_sqlite


async def test_the_file_is_private_and_has_a_write_ahead_log(tmp_path: Path) -> None:
    """Mode 0600, also for the files that SQLite puts beside it."""
    store = await open_sqlite(tmp_path / "votes.db")
    await store.vote("x", ADA, "like", "1")
    for file in tmp_path.glob("votes.db*"):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    await store.close()
    with closing(sqlite3.connect(tmp_path / "votes.db")) as db:
        assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)


async def test_a_file_that_others_may_read(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """It is used, and the log says what to do, once; a private one needs no word."""
    file = tmp_path / "votes.db"
    await (await open_sqlite(file)).close()
    assert not caplog.records
    file.chmod(0o644)
    store = await open_sqlite(file)
    await store.vote("x", ADA, "like", "1")
    await store.close()
    [record] = caplog.records
    assert record.getMessage() == (
        f"The database {file} is not private, as other users of this machine may read it: "
        f"chmod go-rwx {file}*"
    )


@pytest.mark.parametrize("create", [Path.mkdir, lambda file: file.write_bytes(b"no database" * 99)])
async def test_what_is_no_database_is_refused(
    tmp_path: Path, create: Callable[[Path], object]
) -> None:
    """The error message names it."""
    file = tmp_path / "votes.db"
    create(file)
    store = SqliteStore(file, b"key")
    with pytest.raises(StoreError, match=r"votes\.db"):
        await store.open()
    await store.close()


async def test_a_locked_database_loses_nothing(tmp_path: Path) -> None:
    """Votes fail as a whole and none waits for longer than the others; tapped again, all count."""
    store = await open_sqlite(tmp_path / "votes.db", lock_wait=1.0)
    with closing(sqlite3.connect(tmp_path / "votes.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        started = time.monotonic()
        votes = (store.vote("x", bytes([n]) * 32, "like", str(n)) for n in range(8))
        failures = await asyncio.gather(*votes, return_exceptions=True)
        assert time.monotonic() - started < 5
        assert all(isinstance(failure, StoreError) for failure in failures), failures
        assert "locked" in str(failures[0])
        other.execute("ROLLBACK")
    for n in range(8):
        result = await store.vote("x", bytes([n]) * 32, "like", str(n))
    assert result.counts.votes == {"like": 8}
    await store.close()


async def test_reading_does_not_wait_for_a_lock(tmp_path: Path) -> None:
    """Counts can be read while another process writes."""
    store = await open_sqlite(tmp_path / "votes.db", lock_wait=30)
    await store.vote("x", ADA, "like", "1")
    with closing(sqlite3.connect(tmp_path / "votes.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        voting = asyncio.create_task(store.vote("x", BEN, "like", "2"))
        assert (await store.counts("x")).votes == {"like": 1}
        assert await store.outdated(1.0, 1) == []
        assert not voting.done()
        other.execute("ROLLBACK")
    assert (await voting).counts.votes == {"like": 2}
    await store.close()


async def test_a_file_that_is_removed_and_put_back(tmp_path: Path) -> None:
    """A removed file still accepts writes, which would be lost: they fail instead."""
    file = tmp_path / "votes.db"
    store = await open_sqlite(file)
    await store.vote("x", ADA, "like", "1")
    (tmp_path / "away").mkdir()
    for part in tmp_path.glob("votes.db*"):
        part.rename(tmp_path / "away" / part.name)
    with pytest.raises(StoreError, match=r"votes\.db is gone .*put it back"):
        await store.vote("x", BEN, "like", "2")
    assert not file.exists()
    for part in (tmp_path / "away").iterdir():
        part.rename(tmp_path / part.name)
    assert (await store.vote("x", BEN, "like", "2")).counts.votes == {"like": 2}
    await store.close()


async def test_a_file_that_is_replaced(tmp_path: Path) -> None:
    """The write-ahead log of the old file is not applied to the new one."""
    file = tmp_path / "votes.db"
    store = await open_sqlite(file)
    for n in range(50):
        await store.vote("x", bytes([n]) * 32, "like", str(n))
    back_up(file, tmp_path / "copy.db", with_key=False)
    for n in range(50, 99):
        await store.vote("x", bytes([n]) * 32, "like", str(n))
    shutil.move(tmp_path / "copy.db", file)
    for _ in range(2):
        with pytest.raises(StoreError, match="was replaced while the bot runs: start the bot"):
            await store.vote("x", ADA, "sad", "a")
    await store.close()
    again = await open_sqlite(file)
    assert (await again.counts("x")).votes == {"like": 50}
    assert (await again.vote("x", ADA, "sad", "a")).counts.votes == {"like": 50, "sad": 1}
    await again.close()


async def test_a_store_that_was_never_opened_can_be_closed(tmp_path: Path) -> None:
    """This happens when opening it fails."""
    store = SqliteStore(tmp_path / "votes.db", b"key")
    await store.close()
    assert not (tmp_path / "votes.db").exists()
