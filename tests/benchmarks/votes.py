"""Votes per second through the store, compared with the bare driver running the same statements.

    python -m tests.benchmarks.votes [--seconds 2] [--rounds 5] [--postgres URL]

A vote is complete: callback query, vote and counts are on the disk. Both take turns, because
machines are noisy, and the medians are compared.
"""

import argparse
import asyncio
import hashlib
import itertools
import os
import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import asyncpg

from bot.store.postgres import PostgresStore
from bot.store.postgres import _run as run_postgres
from bot.store.sqlite import SqliteStore
from bot.store.sqlite_connection import run_operation as run_sqlite
from tests.support.databases import new_database

REACTIONS = ("like", "dislike", "love", "funny", "angry", "sad", "wow")
ARTICLES = 20
READERS = 500
AT_ONCE = 8

Vote = Callable[[str, bytes, str, str], Awaitable[object]]
numbers = itertools.count()


def random_tap(chance: random.Random) -> tuple[str, bytes, str, str]:
    """Article, voter, reaction, and a new callback query id."""
    voter = hashlib.sha256(str(chance.randrange(READERS)).encode()).digest()
    return f"a{chance.randrange(ARTICLES)}", voter, chance.choice(REACTIONS), f"{next(numbers)}"


async def rate(voters: list[Vote], seconds: float) -> float:
    """Votes per second; each of the functions is called again and again, in a task of its own."""
    chance, done = random.Random(next(numbers)), 0
    end = time.perf_counter() + seconds

    async def one(vote: Vote) -> None:
        nonlocal done
        while time.perf_counter() < end:
            await vote(*random_tap(chance))
            done += 1

    started = time.perf_counter()
    await asyncio.gather(*(one(vote) for vote in voters))
    return done / (time.perf_counter() - started)


def bare_sqlite(db: sqlite3.Connection, store: SqliteStore) -> Vote:
    """The statements of a vote in a transaction, on the thread of the caller."""

    async def vote(*tap: Any) -> None:
        db.execute("BEGIN IMMEDIATE")
        run_sqlite(db, store._vote(*tap, None))
        db.execute("COMMIT")

    return vote


def bare_postgres(db: "asyncpg.Connection[asyncpg.Record]", store: PostgresStore) -> Vote:
    """The same on a connection of its own."""

    async def vote(*tap: Any) -> None:
        async with db.transaction():
            await run_postgres(db, store._vote(*tap, None))

    return vote


async def compare(name: str, ours: list[Vote], bare: list[Vote], given: argparse.Namespace) -> None:
    """Let both take turns, and print a row."""
    rates: dict[str, list[float]] = {"ours": [], "bare": []}
    for _ in range(given.rounds):
        rates["bare"].append(await rate(bare, given.seconds))
        rates["ours"].append(await rate(ours, given.seconds))
    mine, theirs = (statistics.median(rates[who]) for who in ("ours", "bare"))
    print(f"{name:34}{theirs:12,.0f}{mine:12,.0f}{mine / theirs:8.2f}")


async def sqlite(given: argparse.Namespace) -> None:
    """One at a time and several at once, in a folder of its own on the disk."""
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        store = SqliteStore(Path(folder) / "votes.db", b"key")
        other = SqliteStore(Path(folder) / "bare.db", b"key")
        await store.open()
        await other.open()
        await other.close()
        db = sqlite3.connect(Path(folder) / "bare.db", isolation_level=None)
        db.row_factory = sqlite3.Row
        db.execute("PRAGMA synchronous = FULL")
        bare = bare_sqlite(db, store)
        await compare("SQLite FULL, one at a time", [store.vote], [bare], given)
        await compare(f"SQLite FULL, {AT_ONCE} at once", [store.vote] * AT_ONCE, [bare], given)
        db.close()
        await store.close()


async def postgres(url: str, given: argparse.Namespace) -> None:
    """The same with as many connections as votes at once."""
    store = PostgresStore(url, b"key")
    await store.open()
    options = {"server_settings": {"search_path": "article_bot"}}
    connections = [await asyncpg.connect(url, **options) for _ in range(AT_ONCE)]
    bare = [bare_postgres(connection, store) for connection in connections]
    await compare("PostgreSQL, one at a time", [store.vote], bare[:1], given)
    await compare(f"PostgreSQL, {AT_ONCE} at once", [store.vote] * AT_ONCE, bare, given)
    for connection in connections:
        await connection.close()
    await store.close()


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=2.0, help="of each turn")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--folder", help="on the disk to measure (default: the temporary one)")
    parser.add_argument("--postgres", help="a server's address (default: TEST_DATABASE_URL)")
    given = parser.parse_args()
    if given.postgres:
        os.environ["TEST_DATABASE_URL"] = given.postgres
    print(f"{'votes per second, median':34}{'bare driver':>12}{'store':>12}{'ratio':>8}")
    asyncio.run(sqlite(given))
    with new_database() as url:
        asyncio.run(postgres(url, given))


if __name__ == "__main__":
    main()
