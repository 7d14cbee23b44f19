"""How long it takes to find the messages that show old counts, among very many.

    python -m tests.benchmarks.outdated [--messages 1000000] [--postgres URL]

The bot looks for them every second, whether or not anybody taps. Half of the messages are
outdated, which is the most work; then all are current but one, which is what is usual.
"""

import argparse
import asyncio
import os
import sqlite3
import statistics
import tempfile
import time
from pathlib import Path

import asyncpg

from bot.store.base import Store
from bot.store.postgres import PostgresStore
from bot.store.sqlite import SqliteStore
from tests.support.databases import new_database

ARTICLES = 20
PAGE = 200
"""Messages that the bot reads at a time."""
ROUNDS = 20

# Every other message shows version 1 of the counts, the rest version 2, which is the newest.
INSERT = (
    "INSERT INTO tracked_messages"
    " (chat_id, message_id, inline_message_id, article, keyboard, version, last_seen) {numbers}"
    f" SELECT number, 1, '', 'a' || (number % {ARTICLES}), '', 1 + number / {ARTICLES} % 2, number"
    " FROM {source}"
)
COUNTS = "INSERT INTO counts (article, reaction, votes, changes) VALUES ($1, 'like', 2, 2)"
NUMBERS = (
    "WITH RECURSIVE numbers (number) AS"
    " (SELECT 1 UNION ALL SELECT number + 1 FROM numbers WHERE number < {})"
)
CURRENT = "UPDATE tracked_messages SET version = 2 WHERE chat_id > 1"


async def measure(name: str, store: Store) -> None:
    """Print how long a page takes, the first and one far behind."""
    for before in (float("inf"), 1e5):
        times, found = [], 0
        for _ in range(ROUNDS):
            started = time.perf_counter()
            found = len(await store.outdated(before, PAGE))
            times.append(time.perf_counter() - started)
        place = "the last seen" if before == float("inf") else "those seen before"
        print(f"{name:40}{place:20}{found:8}{statistics.median(times) * 1000:10.2f} ms", flush=True)


async def sqlite(messages: int) -> None:
    """In a file of its own."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "votes.db"
        store = SqliteStore(file, b"key")
        await store.open()
        db = sqlite3.connect(file)
        db.execute(INSERT.format(numbers=NUMBERS.format(messages), source="numbers"))
        db.executemany(COUNTS.replace("$1", "?"), [(f"a{n}",) for n in range(ARTICLES)])
        db.commit()
        await measure("SQLite, half are outdated", store)
        db.execute(CURRENT)
        db.commit()
        await measure("SQLite, one is outdated", store)
        db.close()
        await store.close()


async def postgres(url: str, messages: int) -> None:
    """In a database of its own."""
    store = PostgresStore(url, b"key")
    await store.open()
    options = {"server_settings": {"search_path": "article_bot"}}
    db = await asyncpg.connect(url, **options)
    source = f"generate_series(1, {messages}) AS numbers (number)"
    await db.execute(INSERT.format(numbers="", source=source), timeout=600)
    await db.executemany(COUNTS, [(f"a{n}",) for n in range(ARTICLES)])
    await db.execute("VACUUM ANALYZE tracked_messages")
    await measure("PostgreSQL, half are outdated", store)
    await db.execute(CURRENT)
    await db.execute("VACUUM ANALYZE tracked_messages")
    await measure("PostgreSQL, one is outdated", store)
    await db.close()
    await store.close()


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--messages", type=int, default=1_000_000)
    parser.add_argument("--postgres", help="a server's address (default: TEST_DATABASE_URL)")
    given = parser.parse_args()
    if given.postgres:
        os.environ["TEST_DATABASE_URL"] = given.postgres
    print(f"{f'{given.messages:,} messages':40}{'page':20}{'found':>8}{'median':>13}")
    asyncio.run(sqlite(given.messages))
    with new_database() as url:
        asyncio.run(postgres(url, given.messages))


if __name__ == "__main__":
    main()
