"""Operations that wait at the same time are committed at once, and yet each on its own."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.errors import StoreError
from bot.store.engine import Operation
from bot.store.sqlite_batches import SqliteBatches
from bot.store.sqlite_connection import SqliteConnection


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "votes.db"
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE numbers (number INTEGER PRIMARY KEY)")
    return path


@pytest.fixture
async def batches(file: Path) -> AsyncIterator[SqliteBatches]:
    connection = SqliteConnection(file, lock_wait=30)
    await connection.open()
    yield SqliteBatches(connection)
    await connection.close()


def insert(number: int, *then: str) -> Operation[int]:
    yield "INSERT INTO numbers VALUES ($1)", (number,)
    for sql in then:
        yield sql, ()
    return number


def numbers(file: Path) -> list[int]:
    with closing(sqlite3.connect(file)) as db:
        return [number for (number,) in db.execute("SELECT number FROM numbers ORDER BY number")]


def asked(batches: SqliteBatches, *operations: Operation[int]) -> list[asyncio.Task[int]]:
    """Ask for operations at the same time."""
    return [asyncio.create_task(batches.run(lambda each=each: each)) for each in operations]


async def test_what_waits_is_committed_at_once(batches: SqliteBatches, file: Path) -> None:
    """Whatever the number, the file has changed once when the first is done."""
    with closing(sqlite3.connect(file)) as db:
        first, *others = asked(batches, *map(insert, range(20)))
        await first
        version = db.execute("PRAGMA data_version").fetchone()
        await asyncio.gather(*others)
        assert db.execute("PRAGMA data_version").fetchone() == version
    assert numbers(file) == list(range(20))


async def test_one_that_fails_fails_alone(batches: SqliteBatches, file: Path) -> None:
    """Nothing of it is kept, and its error names the file."""
    wrong = insert(2, "INSERT INTO nowhere VALUES (1)")
    tasks = asked(batches, insert(0), insert(1), wrong, insert(1), insert(3))
    done = await asyncio.gather(*tasks, return_exceptions=True)
    assert [done[0], done[1], done[4]] == [0, 1, 3]
    for failure, reason in zip(done[2:4], ("nowhere", "UNIQUE"), strict=True):
        assert isinstance(failure, StoreError)
        assert str(file) in str(failure)
        assert reason in str(failure)
    assert numbers(file) == [0, 1, 3]


@pytest.mark.parametrize(
    ("then", "reason"), [("ROLLBACK", "no such savepoint"), ("ROLLBACK; nonsense", "nonsense")]
)
async def test_nobody_is_told_that_what_was_rolled_back_is_saved(
    batches: SqliteBatches, file: Path, then: str, reason: str
) -> None:
    """If SQLite ends the whole transaction, as it may when the disk is full, all have failed."""
    ends_all = insert(2, *then.split("; "))
    done = await asyncio.gather(
        *asked(batches, insert(0), insert(1), ends_all, insert(3)), return_exceptions=True
    )
    assert [type(outcome) for outcome in done] == [StoreError] * 4
    assert all(reason in str(outcome) for outcome in done)
    assert numbers(file) == []
    assert await batches.run(lambda: insert(4)) == 4
    assert numbers(file) == [4]


async def test_one_that_is_cancelled_while_it_waits_is_not_run(
    batches: SqliteBatches, file: Path
) -> None:
    """The others are."""
    tasks = asked(batches, *map(insert, range(3)))
    await asyncio.sleep(0)
    tasks[1].cancel()
    done = await asyncio.gather(*tasks, return_exceptions=True)
    assert isinstance(done[1], asyncio.CancelledError)
    assert numbers(file) == [0, 2]
