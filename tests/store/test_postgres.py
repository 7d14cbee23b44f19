"""PostgreSQL: its schema, and what may happen to the connection."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from bot.errors import StoreError
from bot.store.migrations import steps
from bot.store.postgres import PostgresStore

ADA, BEN = b"a" * 32, b"b" * 32


@pytest.fixture
async def store(postgres_url: str) -> AsyncIterator[PostgresStore]:
    store = PostgresStore(postgres_url, b"key")
    await store.open()
    yield store
    await store.close()


async def on(url: str, *statements: str) -> None:
    connection = await asyncpg.connect(url)
    for statement in statements:
        await connection.execute(statement)
    await connection.close()


async def test_an_older_schema_is_brought_up_to_date(postgres_url: str) -> None:
    """Votes stay, and versions begin."""
    await on(
        postgres_url,
        "CREATE SCHEMA article_bot",
        "SET search_path = article_bot",
        "CREATE TABLE schema_version (version integer NOT NULL)",
        "INSERT INTO schema_version VALUES (1)",
        steps("postgres")[0],
        "INSERT INTO votes VALUES ('x', '\\x61', 'like'), ('x', '\\x62', 'like')",
    )
    store = PostgresStore(postgres_url, b"key")
    await store.open()
    before = await store.counts("x")
    assert before.votes == {"like": 2}
    press = await store.vote("x", b"a", "sad", "1")
    assert press.counts.votes == {"like": 1, "sad": 1}
    assert press.counts.version > before.version
    await store.close()


async def test_a_newer_schema_is_refused(store: PostgresStore, postgres_url: str) -> None:
    """With a sentence, and nothing is changed."""
    await store.vote("x", ADA, "like", "1")
    await on(postgres_url, "INSERT INTO article_bot.schema_version VALUES (99)")
    other = PostgresStore(postgres_url, b"key")
    with pytest.raises(StoreError, match="made by a newer version: update article-bot"):
        await other.open()
    await other.close()


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://me:hush-hush@127.0.0.1:1/votes",
        "postgresql://me:hush-hush@127.0.0.1:notaport/votes",
        "postgresql://me:hush-hush@no-such-host.invalid/votes",
        "postgresql://me:hush-hush@127.0.0.1/votes?sslmode=perhaps",
    ],
)
async def test_a_wrong_address_is_a_sentence_without_the_password(url: str) -> None:
    """That names the setting."""
    store = PostgresStore(url, b"key")
    with pytest.raises(StoreError, match="DATABASE_URL") as failure:
        await store.open()
    assert "hush" not in str(failure.value)
    await store.close()


async def test_connections_that_break_are_replaced(store: PostgresStore, postgres_url: str) -> None:
    """As when the server is started again: presses go on, each counted once."""
    for n in range(8):
        await store.vote("x", bytes([n]) * 32, "like", str(n))
    break_all = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE pid <> pg_backend_pid() AND datname = current_database()"
    )
    for turn in range(5):
        presses = [
            asyncio.create_task(store.vote("x", bytes([n]) * 32, "sad", f"{turn}-{n}"))
            for n in range(8)
        ]
        await asyncio.sleep(0.002 * turn)
        await on(postgres_url, break_all)
        await asyncio.gather(*presses)
    assert (await store.counts("x")).votes == {"sad": 8}


async def test_one_is_on_duty_and_another_takes_over(
    store: PostgresStore, postgres_url: str
) -> None:
    """When it is gone, however it went."""
    second, third = (PostgresStore(postgres_url, b"key") for _ in range(2))
    await second.open()
    await third.open()
    assert [await s.try_acquire_leadership() for s in (store, second, third)] == [
        True,
        False,
        False,
    ]
    assert [await s.try_acquire_leadership() for s in (second, store, third)] == [
        False,
        True,
        False,
    ]
    await store.close()
    assert [await s.try_acquire_leadership() for s in (second, third)] == [True, False]
    await on(
        postgres_url,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE pid <> pg_backend_pid() AND datname = current_database()",
    )
    await asyncio.sleep(0.1)
    assert await third.try_acquire_leadership()
    assert not await second.try_acquire_leadership()
    await second.close()
    await third.close()


async def test_a_role_that_may_make_no_schema(postgres_url: str) -> None:
    """As usual where somebody else looks after the database: the schema is there, and is used."""
    await on(
        postgres_url,
        "CREATE SCHEMA article_bot",
        "GRANT ALL ON SCHEMA article_bot TO pg_monitor",
    )
    store = PostgresStore(f"{postgres_url}?role=pg_monitor", b"key")
    await store.open()
    assert (await store.vote("x", ADA, "like", "1")).counts.votes == {"like": 1}
    await store.close()
    probe = await asyncpg.connect(postgres_url)
    owner = await probe.fetchval("SELECT tableowner FROM pg_tables WHERE tablename = 'votes'")
    await probe.close()
    assert owner == "pg_monitor"


async def test_votes_changed_by_hand_are_counted(store: PostgresStore, postgres_url: str) -> None:
    """With another search path, as a restored dump or a person has it."""
    await store.vote("x", ADA, "like", "1")
    await on(postgres_url, "DELETE FROM article_bot.votes")
    assert (await store.counts("x")).votes == {}
