"""SQLite: the file, its schema, and what may happen to it."""

import asyncio
import shutil
import sqlite3
import stat
import time
from pathlib import Path

import pytest

from bot.errors import StoreError
from bot.store.migrations import steps
from bot.store.sqlite import SqliteStore
from bot.store.sqlite_backup import back_up, restore
from bot.store.sqlite_file import SqliteFile
from bot.store.voters import Voters

ADA, BEN = b"a" * 32, b"b" * 32


async def opened(file: Path, lock_wait: float = 5.0) -> SqliteStore:
    store = SqliteStore(file, b"key", lock_wait=lock_wait)
    await store.open()
    return store


async def test_the_file_is_private_and_writes_ahead(tmp_path: Path) -> None:
    """Mode 0600, its companions too."""
    store = await opened(tmp_path / "votes.db")
    await store.vote("x", ADA, "like", "1")
    for file in tmp_path.glob("votes.db*"):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    await store.close()
    db = sqlite3.connect(tmp_path / "votes.db")
    assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    db.close()


def first_version(file: Path) -> None:
    """A database as version 1 left it, with a vote of Ada's and one of Ben's."""
    db = sqlite3.connect(file)
    db.executescript(steps("sqlite")[0])
    db.execute("INSERT INTO facts VALUES ('voter key', ?)", (b"key",))
    for voter in (ADA, BEN):
        db.execute("INSERT INTO votes VALUES ('x', ?, 'like')", (voter,))
    db.execute("INSERT INTO deliveries VALUES ('1', ?, 'x', ?, 'like')", (time.time(), ADA))
    db.execute("PRAGMA user_version = 1")
    db.commit()
    db.close()


async def test_an_older_schema_is_brought_up_to_date(tmp_path: Path) -> None:
    """Votes and deliveries stay, and versions begin."""
    first_version(tmp_path / "votes.db")
    store = await opened(tmp_path / "votes.db")
    assert (await store.counts("x")).votes == {"like": 2}
    assert (await store.vote("x", ADA, "like", "1")).counts.votes == {"like": 2}
    before = (await store.counts("x")).version
    press = await store.vote("x", BEN, "sad", "2")
    assert press.counts.votes == {"like": 1, "sad": 1}
    assert press.counts.version > before
    await store.close()


async def test_a_step_that_fails_changes_nothing(tmp_path: Path) -> None:
    """A table is in the way of the second step: what that did before is undone."""
    file = tmp_path / "votes.db"
    first_version(file)
    db = sqlite3.connect(file)
    db.execute("CREATE TABLE copies (other TEXT)")
    db.commit()
    store = SqliteStore(file, b"key")
    with pytest.raises(StoreError, match="copies already exists"):
        await store.open()
    await store.close()
    assert db.execute("PRAGMA user_version").fetchone() == (1,)
    assert "changes" not in {column[1] for column in db.execute("PRAGMA table_info(counts)")}
    db.execute("DROP TABLE copies")
    db.commit()
    db.close()
    await (await opened(file)).close()


async def test_a_newer_schema_is_refused(tmp_path: Path) -> None:
    """With a sentence."""
    db = sqlite3.connect(tmp_path / "votes.db")
    db.execute("PRAGMA user_version = 99")
    db.close()
    store = SqliteStore(tmp_path / "votes.db", b"key")
    with pytest.raises(StoreError, match="made by a newer version: update article-bot"):
        await store.open()
    await store.close()


@pytest.mark.parametrize("make", [Path.mkdir, lambda file: file.write_bytes(b"no database" * 99)])
async def test_what_is_no_database_is_refused(tmp_path: Path, make: object) -> None:
    """With its name, and left as it is."""
    file = tmp_path / "votes.db"
    assert callable(make)
    make(file)
    store = SqliteStore(file, b"key")
    with pytest.raises(StoreError, match=r"votes\.db"):
        await store.open()
    await store.close()


async def test_a_locked_database_loses_nothing(tmp_path: Path) -> None:
    """Every press fails as a whole, none waits for longer than the others; then all count."""
    store = await opened(tmp_path / "votes.db", lock_wait=0.3)
    other = sqlite3.connect(tmp_path / "votes.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    started = time.monotonic()
    presses = (store.vote("x", bytes([n]) * 32, "like", str(n)) for n in range(8))
    failures = await asyncio.gather(*presses, return_exceptions=True)
    assert time.monotonic() - started < 1.5
    assert all(isinstance(failure, StoreError) for failure in failures), failures
    assert "locked" in str(failures[0])
    other.execute("ROLLBACK")
    other.close()
    for n in range(8):
        press = await store.vote("x", bytes([n]) * 32, "like", str(n))
    assert press.counts.votes == {"like": 8}
    await store.close()


async def test_a_file_that_goes_and_comes_back(tmp_path: Path) -> None:
    """A removed file still takes writes, which nobody would see again: they fail instead."""
    file = tmp_path / "votes.db"
    store = await opened(file)
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
    """What was written ahead for the old one must not get into the new one."""
    file = tmp_path / "votes.db"
    store = await opened(file)
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
    again = await opened(file)
    assert (await again.counts("x")).votes == {"like": 50}
    assert (await again.vote("x", ADA, "sad", "a")).counts.votes == {"like": 50, "sad": 1}
    await again.close()


async def test_restoring_after_a_crash(tmp_path: Path) -> None:
    """What the crash left beside the database is not mixed into the restored one."""
    file, key = tmp_path / "votes.db", tmp_path / "votes.db.key"
    key.write_text("k" * 40)
    store = SqliteStore(file, Voters(b"k" * 40).fingerprint)
    await store.open()
    for n in range(50):
        await store.vote("x", bytes([n]) * 32, "like", str(n))
    back_up(file, tmp_path / "copy.db", with_key=True)
    for n in range(50, 99):
        await store.vote("x", bytes([n]) * 32, "like", str(n))
    with pytest.raises(StoreError, match="is in use: stop the bot first"):
        restore(tmp_path / "copy.db", file, None, replace=True)
    # As a crash leaves it: all that was written ahead is still there.
    (tmp_path / "after").mkdir()
    for part in ("votes.db", "votes.db-wal", "votes.db.key"):
        shutil.copy(tmp_path / part, tmp_path / "after" / part)
    await store.close()
    crashed = tmp_path / "after" / "votes.db"
    with pytest.raises(StoreError, match="holds 99 votes, which would be lost"):
        restore(tmp_path / "copy.db", crashed, None, replace=False)
    assert restore(tmp_path / "copy.db", crashed, None, replace=True) == 50
    again = SqliteStore(crashed, Voters(b"k" * 40).fingerprint)
    await again.open()
    assert (await again.counts("x")).votes == {"like": 50}
    assert (await again.vote("x", ADA, "sad", "a")).counts.votes == {"like": 50, "sad": 1}
    await again.close()


async def test_restoring_elsewhere_needs_the_key(tmp_path: Path) -> None:
    """It comes along with the backup; without it, or with another, nothing is done."""
    file, copy = tmp_path / "votes.db", tmp_path / "copy.db"
    store = SqliteStore(file, Voters(b"k" * 40).fingerprint)
    await store.open()
    await store.vote("x", ADA, "like", "1")
    await store.close()
    back_up(file, copy, with_key=False)
    other = tmp_path / "other.db"
    with pytest.raises(StoreError, match=r"copy\.db\.key is missing: put it there"):
        restore(copy, other, None, replace=False)
    with pytest.raises(StoreError, match="made with another voter key"):
        restore(copy, other, "o" * 40, replace=False)
    assert not other.exists()
    (tmp_path / "copy.db.key").write_text("k" * 40)
    assert restore(copy, other, None, replace=False) == 1
    assert (tmp_path / "other.db.key").read_text().strip() == "k" * 40
    for file in (other, tmp_path / "other.db.key"):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    (tmp_path / "text.db").write_text("no database at all " * 100)
    with pytest.raises(StoreError, match="could not be restored"):
        restore(tmp_path / "text.db", other, "k" * 40, replace=True)
    with pytest.raises(StoreError, match="There is no backup"):
        restore(tmp_path / "none.db", other, None, replace=True)


async def test_a_clock_that_is_set_back(tmp_path: Path) -> None:
    """A press that seems to come from the future is no reason to take the next for its repeat."""
    times = iter((5000.0, 1000.0, 1000.5, 1002.0))
    store = SqliteStore(tmp_path / "votes.db", b"key", lambda: next(times))
    await store.open()
    await store.vote("x", ADA, "like", "1")
    assert (await store.vote("x", ADA, "like", "2")).counts.votes == {}
    assert (await store.vote("x", ADA, "like", "3")).counts.votes == {}
    assert (await store.vote("x", ADA, "like", "4")).counts.votes == {"like": 1}
    await store.close()


async def test_a_backup_of_a_live_database(tmp_path: Path) -> None:
    """Whole, private, in one file, while others write."""
    store = await opened(tmp_path / "votes.db")
    (tmp_path / "votes.db.key").write_text("secret")

    async def writes() -> None:
        for n in range(300):
            await store.vote("x", n.to_bytes(32), "like", str(n))

    writing = asyncio.create_task(writes())
    await asyncio.sleep(0.02)
    made = await asyncio.to_thread(back_up, tmp_path / "votes.db", tmp_path / "b.db", True)
    assert not writing.done()
    await writing
    await store.close()
    assert made == [tmp_path / "b.db", tmp_path / "b.db.key"]
    assert [file.name for file in tmp_path.glob("b.db*") if file not in made] == []
    assert {stat.S_IMODE(file.stat().st_mode) for file in made} == {0o600}
    copy = await opened(tmp_path / "b.db")
    db = sqlite3.connect(tmp_path / "b.db")
    (votes,) = db.execute("SELECT COUNT(*) FROM votes").fetchone()
    db.close()
    assert 0 < votes < 300
    assert (await copy.counts("x")).votes == {"like": votes}
    await copy.close()


def test_a_backup_overwrites_nothing(tmp_path: Path) -> None:
    """Neither a file nor a key; and leaves nothing half made."""
    sqlite3.connect(tmp_path / "votes.db").close()
    (tmp_path / "votes.db").write_bytes(b"")
    (tmp_path / "there.db").write_text("precious")
    with pytest.raises(StoreError, match=r"there\.db is there already"):
        back_up(tmp_path / "votes.db", tmp_path / "there.db", with_key=False)
    (tmp_path / "new.db.key").write_text("precious")
    with pytest.raises(StoreError, match=r"new\.db\.key is there already"):
        back_up(tmp_path / "votes.db", tmp_path / "new.db", with_key=True)
    assert not (tmp_path / "new.db").exists()
    assert (tmp_path / "new.db.key").read_text() == "precious"
    with pytest.raises(StoreError, match="There is no database"):
        back_up(tmp_path / "none.db", tmp_path / "other.db", with_key=False)


async def test_a_store_that_was_never_opened_can_be_closed(tmp_path: Path) -> None:
    """As happens when opening fails."""
    file = SqliteFile(tmp_path / "votes.db", b"key", 1.0)
    await file.close()
    assert not (tmp_path / "votes.db").exists()
