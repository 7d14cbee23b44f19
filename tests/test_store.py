"""Votes in SQLite: what a press does, once."""

import asyncio
import sqlite3
import stat
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.errors import StoreError
from bot.reactions import DELIVERY_KEPT, REPEAT_WINDOW, Change, Voters, voter_key
from bot.sqlite_store import SqliteStore

ADA, BEN = b"a" * 32, b"b" * 32


class Clock:
    now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def store(tmp_path: Path, clock: Clock) -> AsyncIterator[SqliteStore]:
    store = SqliteStore(tmp_path / "votes.db", b"key", clock)
    await store.open()
    yield store
    await store.close()


async def test_vote_change_take_back(store: SqliteStore, clock: Clock) -> None:
    """The counts follow; an article's votes are its own."""
    press = await store.press("x", ADA, "like", "1")
    assert (press.change, press.choice, press.previous) == (Change.VOTED, "like", None)
    assert press.counts == {"like": 1}
    press = await store.press("x", ADA, "love", "2")
    assert (press.change, press.choice, press.previous) == (Change.CHANGED, "love", "like")
    assert press.counts == {"love": 1}
    clock.now += REPEAT_WINDOW
    press = await store.press("x", ADA, "love", "3")
    assert (press.change, press.choice, press.previous) == (Change.TAKEN_BACK, None, "love")
    assert press.counts == {}
    await store.press("y", ADA, "like", "4")
    assert (await store.counts("x"), await store.counts("y")) == ({}, {"like": 1})


async def test_a_repeated_delivery_counts_once(store: SqliteStore, clock: Clock) -> None:
    """For a day, whatever came in between."""
    await store.press("x", ADA, "like", "1")
    await store.press("x", ADA, "love", "2")
    clock.now += DELIVERY_KEPT - 1
    press = await store.press("x", ADA, "like", "1")
    assert (press.change, press.counts) == (Change.REPEATED, {"love": 1})


async def test_the_same_press_within_a_second_counts_once(store: SqliteStore, clock: Clock) -> None:
    """Also when that second delivery comes once more, later."""
    await store.press("x", ADA, "like", "1")
    clock.now += REPEAT_WINDOW / 2
    assert (await store.press("x", ADA, "like", "2")).change is Change.REPEATED
    clock.now += REPEAT_WINDOW * 5
    assert (await store.press("x", ADA, "like", "2")).change is Change.REPEATED
    assert (await store.press("x", ADA, "like", "3")).change is Change.TAKEN_BACK


async def test_another_reader_is_no_repeat(store: SqliteStore) -> None:
    """At the very same time."""
    await store.press("x", ADA, "like", "1")
    assert (await store.press("x", BEN, "like", "2")).counts == {"like": 2}


async def test_forget_removes_a_reader_for_good(store: SqliteStore) -> None:
    """A delivery that comes again brings nothing back."""
    await store.press("x", ADA, "like", "1")
    await store.press("y", ADA, "like", "2")
    await store.press("x", BEN, "like", "3")
    assert await store.forget(ADA) == 2
    assert await store.counts("x") == {"like": 1}
    assert (await store.press("x", ADA, "like", "1")).change is Change.REPEATED
    assert await store.counts("x") == {"like": 1}
    assert await store.forget(ADA) == 0


async def test_votes_outlive_the_process_and_the_file_is_private(tmp_path: Path) -> None:
    """Mode 0600, its companions too; write-ahead logging."""
    store = SqliteStore(tmp_path / "votes.db", b"key")
    await store.open()
    await store.press("x", ADA, "like", "1")
    for file in tmp_path.glob("votes.db*"):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    await store.close()
    again = SqliteStore(tmp_path / "votes.db", b"key")
    await again.open()
    assert await again.counts("x") == {"like": 1}
    await again.close()
    with sqlite3.connect(tmp_path / "votes.db") as db:
        assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    db.close()


async def test_two_processes_share_a_database(tmp_path: Path) -> None:
    """Two writers, 400 presses, no error; counts equal the votes."""
    stores = [SqliteStore(tmp_path / "votes.db", b"key") for _ in range(2)]
    for store in stores:
        await store.open()
    reactions = ("like", "love", "sad")
    await asyncio.gather(
        *(
            stores[n % 2].press("x", bytes([n % 40]) * 32, reactions[n % 3], str(n))
            for n in range(400)
        )
    )
    with sqlite3.connect(tmp_path / "votes.db") as db:
        rows = Counter(reaction for (reaction,) in db.execute("SELECT reaction FROM votes"))
    db.close()
    assert await stores[0].counts("x") == dict(rows) == await stores[1].counts("x")
    for store in stores:
        await store.close()


async def test_a_newer_schema_is_refused(tmp_path: Path) -> None:
    """With a sentence."""
    with sqlite3.connect(tmp_path / "votes.db") as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    store = SqliteStore(tmp_path / "votes.db", b"key")
    with pytest.raises(StoreError, match="made by a newer version: update article-bot"):
        await store.open()
    await store.close()


@pytest.mark.usefixtures("store")
async def test_another_voter_key_is_refused(tmp_path: Path) -> None:
    """Else every reader could vote twice."""
    other = SqliteStore(tmp_path / "votes.db", b"other key")
    with pytest.raises(StoreError, match="made with another voter key"):
        await other.open()
    await other.close()


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
    """The press fails as a whole, and counts when tried again."""
    store = SqliteStore(tmp_path / "votes.db", b"key", lock_wait=0.2)
    await store.open()
    other = sqlite3.connect(tmp_path / "votes.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="locked"):
        await store.press("x", ADA, "like", "1")
    other.execute("ROLLBACK")
    other.close()
    assert (await store.press("x", ADA, "like", "1")).counts == {"like": 1}
    await store.close()


def test_the_voter_key_is_made_once_and_is_private(tmp_path: Path) -> None:
    """Beside the database, unless it is given; cut short it is refused."""
    database = tmp_path / "votes.db"
    key = voter_key(None, database)
    assert voter_key(None, database) == key
    file = tmp_path / "votes.db.key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert voter_key("k" * 32, database) == b"k" * 32
    file.write_bytes(b"short")
    with pytest.raises(StoreError, match="cut short"):
        voter_key(None, database)


def test_voters_are_not_user_ids() -> None:
    """The same reader gets the same code under the same key only."""
    one, other = Voters(b"1" * 32), Voters(b"2" * 32)
    assert one.voter(7) == one.voter(7) != other.voter(7)
    assert len({one.voter(n) for n in range(100)}) == 100
    assert len(one.voter(7)) == 32
