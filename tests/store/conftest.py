"""Stores of both engines, each test with an empty database."""

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from bot.store.postgres import PostgresStore
from bot.store.sql import SqlStore
from bot.store.sqlite import LOCK_WAIT, SqliteStore
from tests.support.databases import new_database

ADA, BEN = b"a" * 32, b"b" * 32

Opener = Callable[[], Awaitable[SqlStore]]


class Clock:
    """Seconds that pass only when a test says so."""

    now = 1_000_000.0

    def __call__(self) -> float:
        # No two taps at the very same time.
        self.now += 0.000_1
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def module_postgres_url() -> Iterator[str]:
    with new_database() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgres"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str | Path:
    """A SQLite file that does not exist yet, or the URL of an empty PostgreSQL database."""
    if request.param == "sqlite":
        return tmp_path / "votes.db"
    url = str(request.getfixturevalue("module_postgres_url"))
    asyncio.run(execute(url, "DROP SCHEMA IF EXISTS article_bot CASCADE"))
    return url


def create_store(
    address: str | Path, clock: Callable[[], float], fingerprint: bytes = b"key"
) -> SqlStore:
    """Return a store that is not open yet."""
    if isinstance(address, Path):
        return SqliteStore(address, fingerprint, clock)
    return PostgresStore(address, fingerprint, clock)


@pytest.fixture
async def opened(address: str | Path, clock: Clock) -> AsyncIterator[Opener]:
    """Opens one more store on the same database, as another process would."""
    async with contextlib.AsyncExitStack() as stack:

        async def open_store() -> SqlStore:
            store = create_store(address, clock)
            stack.push_async_callback(store.close)
            await store.open()
            return store

        yield open_store


@pytest.fixture
async def store(opened: Opener) -> SqlStore:
    return await opened()


async def open_sqlite(
    file: Path, fingerprint: bytes = b"key", lock_wait: float = LOCK_WAIT
) -> SqliteStore:
    """Open a database file; the caller closes it."""
    store = SqliteStore(file, fingerprint, lock_wait=lock_wait)
    await store.open()
    return store


async def execute(address: str | Path, *statements: str) -> list[tuple[Any, ...]]:
    """Run SQL without the bot's code, in PostgreSQL in the bot's schema; rows of the last query."""
    if isinstance(address, Path):
        with contextlib.closing(sqlite3.connect(address)) as db, db:
            return [db.execute(statement).fetchall() for statement in statements][-1]
    connection = await asyncpg.connect(address, server_settings={"search_path": "article_bot"})
    try:
        for statement in statements[:-1]:
            await connection.execute(statement)
        return [tuple(row) for row in await connection.fetch(statements[-1])]
    finally:
        await connection.close()
