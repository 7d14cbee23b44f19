"""Votes a second through the store, beside the bare driver doing the same statements.

    python -m tests.benchmarks.votes [--seconds 2] [--rounds 5] [--postgres URL]

A vote is all of it: the delivery's id, the vote, the counts, safe on the disk. Both take turns in
one run, as machines are noisy; the medians are compared.
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

import asyncpg

from bot.store.base import CALLBACK_QUERY_KEPT, REPEAT_WINDOW
from bot.store.postgres import PostgresStore
from bot.store.sqlite import SqliteStore
from tests.support.databases import new_database

REACTIONS = ("like", "dislike", "love", "funny", "angry", "sad", "wow")
ARTICLES = 20
READERS = 500
AT_ONCE = 8

Vote = Callable[[str, bytes, str, str], Awaitable[object]]
numbers = itertools.count()


def a_press(chance: random.Random) -> tuple[str, bytes, str, str]:
    """Article, reader, reaction, and an id that was never used."""
    voter = hashlib.sha256(str(chance.randrange(READERS)).encode()).digest()
    return f"a{chance.randrange(ARTICLES)}", voter, chance.choice(REACTIONS), f"d{next(numbers)}"


async def rate(presses: list[Vote], seconds: float) -> float:
    """Votes a second, each of the presses in a task of its own."""
    chance, done = random.Random(next(numbers)), 0
    end = time.perf_counter() + seconds

    async def one(press: Vote) -> None:
        nonlocal done
        while time.perf_counter() < end:
            await press(*a_press(chance))
            done += 1

    started = time.perf_counter()
    await asyncio.gather(*(one(press) for press in presses))
    return done / (time.perf_counter() - started)


def bare_sqlite(db: sqlite3.Connection) -> Vote:
    """The statements of a counted press, one after the other, with nothing around them."""

    async def press(article: str, voter: bytes, reaction: str, delivery: str) -> None:
        now = time.time()
        db.execute("BEGIN IMMEDIATE")
        db.execute("SELECT reaction FROM votes WHERE article = ? AND voter = ?", (article, voter))
        db.execute("SELECT 1 FROM deliveries WHERE id = ?", (delivery,)).fetchone()
        db.execute(
            "SELECT reaction, at FROM deliveries WHERE voter = ? AND article = ? AND at <= ?"
            " ORDER BY at DESC LIMIT 1",
            (voter, article, now),
        ).fetchone()
        db.execute(
            "DELETE FROM deliveries WHERE id IN"
            " (SELECT id FROM deliveries WHERE at < ? ORDER BY at LIMIT 100)",
            (now - CALLBACK_QUERY_KEPT,),
        )
        db.execute(
            "INSERT INTO deliveries VALUES (?, ?, ?, ?, ?)",
            (delivery, now, article, voter, reaction),
        )
        db.execute(
            "INSERT INTO votes VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET reaction = ?",
            (article, voter, reaction, reaction),
        )
        db.execute(
            "SELECT reaction, votes, changes FROM counts WHERE article = ?", (article,)
        ).fetchall()
        db.execute("COMMIT")

    return press


def bare_postgres(db: "asyncpg.Connection[asyncpg.Record]") -> Vote:
    """The same on a connection of its own."""

    async def press(article: str, voter: bytes, reaction: str, delivery: str) -> None:
        now = time.time()
        async with db.transaction():
            lock = int.from_bytes(hashlib.sha256(voter).digest()[:8], signed=True)
            await db.execute("SELECT pg_advisory_xact_lock($1)", lock)
            await db.fetchrow(
                "SELECT (SELECT reaction FROM votes WHERE article = $1 AND voter = $2) AS vote,"
                " EXISTS (SELECT FROM deliveries WHERE id = $3) AS delivered,"
                " coalesce((SELECT reaction = $4 AND at > $5 FROM deliveries"
                " WHERE voter = $2 AND article = $1 AND at <= $6"
                " ORDER BY at DESC LIMIT 1), false) AS just_now",
                *(article, voter, delivery, reaction, now - REPEAT_WINDOW, now),
            )
            await db.execute(
                "WITH old AS (DELETE FROM deliveries WHERE id IN (SELECT id FROM deliveries"
                " WHERE at < $6 ORDER BY at LIMIT 100 FOR UPDATE SKIP LOCKED))"
                " INSERT INTO deliveries VALUES ($1, $2, $3, $4, $5)",
                *(delivery, now, article, voter, reaction, now - CALLBACK_QUERY_KEPT),
            )
            await db.execute(
                "INSERT INTO votes VALUES ($1, $2, $3)"
                " ON CONFLICT (article, voter) DO UPDATE SET reaction = $3",
                *(article, voter, reaction),
            )
            await db.fetch(
                "SELECT reaction, votes, changes FROM counts WHERE article = $1", article
            )

    return press


async def compare(name: str, ours: list[Vote], bare: list[Vote], given: argparse.Namespace) -> None:
    """Let both take turns, and print a row."""
    rates: dict[str, list[float]] = {"ours": [], "bare": []}
    for _ in range(given.rounds):
        rates["bare"].append(await rate(bare, given.seconds))
        rates["ours"].append(await rate(ours, given.seconds))
    mine, theirs = (statistics.median(rates[who]) for who in ("ours", "bare"))
    print(f"{name:34}{theirs:12,.0f}{mine:12,.0f}{mine / theirs:8.2f}")


async def sqlite(given: argparse.Namespace) -> None:
    """One at a time and several, in a folder of its own on the disk."""
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        store = SqliteStore(Path(folder) / "votes.db", b"key")
        other = SqliteStore(Path(folder) / "bare.db", b"key")
        await store.open()
        await other.open()
        await other.close()
        db = sqlite3.connect(Path(folder) / "bare.db", isolation_level=None)
        db.execute("PRAGMA synchronous = FULL")
        bare = bare_sqlite(db)
        await compare("SQLite FULL, one at a time", [store.vote], [bare], given)
        await compare(f"SQLite FULL, {AT_ONCE} at once", [store.vote] * AT_ONCE, [bare], given)
        db.close()
        await store.close()


async def postgres(url: str, given: argparse.Namespace) -> None:
    """The same with as many connections as presses at once."""
    store = PostgresStore(url, b"key")
    await store.open()
    options = {"server_settings": {"search_path": "article_bot"}}
    connections = [await asyncpg.connect(url, **options) for _ in range(AT_ONCE)]
    bare = [bare_postgres(connection) for connection in connections]
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
    print(f"{'votes a second, median':34}{'bare driver':>12}{'store':>12}{'ratio':>8}")
    asyncio.run(sqlite(given))
    with new_database() as url:
        asyncio.run(postgres(url, given))


if __name__ == "__main__":
    main()
