"""PostgreSQL: its schema, and what may happen to the connection."""

import asyncio
import re
from collections.abc import AsyncIterator

import pytest

from bot.errors import StoreError
from bot.store.postgres import PostgresStore
from tests.store.conftest import ADA, execute

BREAK_ALL_CONNECTIONS = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE pid <> pg_backend_pid() AND datname = current_database()"
)


@pytest.fixture
async def store(postgres_url: str) -> AsyncIterator[PostgresStore]:
    store = PostgresStore(postgres_url, b"key")
    await store.open()
    yield store
    await store.close()


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://me:hush-hush@127.0.0.1:1/votes",
        "postgresql://me:hush-hush@127.0.0.1:notaport/votes",
        "postgresql://me:hush-hush@no-such-host.invalid/votes",
        "postgresql://me:hush-hush@127.0.0.1/votes?sslmode=perhaps",
    ],
)
async def test_a_wrong_address_is_explained_without_the_password(url: str) -> None:
    """The error message names the setting."""
    store = PostgresStore(url, b"key")
    with pytest.raises(StoreError, match="DATABASE_URL") as failure:
        await store.open()
    assert "hush" not in str(failure.value)
    await store.close()


async def test_connections_that_break_are_replaced(store: PostgresStore, postgres_url: str) -> None:
    """As when the server is restarted: votes go on, and each is counted once."""
    for n in range(8):
        await store.vote("x", bytes([n]) * 32, "like", str(n))
    # Each time another reaction: the same one again would take the vote back.
    for turn, reaction in enumerate(("dislike", "love", "funny", "angry", "sad")):
        votes = [
            asyncio.create_task(store.vote("x", bytes([n]) * 32, reaction, f"{turn}-{n}"))
            for n in range(8)
        ]
        # Another moment in the middle of the transactions each time.
        await asyncio.sleep(0.002 * turn)
        await execute(postgres_url, BREAK_ALL_CONNECTIONS)
        await asyncio.gather(*votes)
    assert (await store.counts("x")).votes == {"sad": 8}


async def test_a_role_that_may_not_create_a_schema(postgres_url: str) -> None:
    """Usual where somebody else administers the database: an existing schema is used."""
    await execute(
        postgres_url,
        "CREATE SCHEMA article_bot",
        "GRANT ALL ON SCHEMA article_bot TO pg_monitor",
    )
    store = PostgresStore(f"{postgres_url}?role=pg_monitor", b"key")
    await store.open()
    assert (await store.vote("x", ADA, "like", "1")).counts.votes == {"like": 1}
    await store.close()
    query = "SELECT tableowner FROM pg_tables WHERE tablename = 'votes'"
    assert await execute(postgres_url, query) == [("pg_monitor",)]


async def test_a_right_that_is_missing_is_named(postgres_url: str) -> None:
    """The error message has the statement that grants it; after it, the bot starts."""
    for right in ("CREATE ON DATABASE", "USAGE ON SCHEMA article_bot", "CREATE ON SCHEMA"):
        store = PostgresStore(f"{postgres_url}?role=pg_monitor", b"key")
        with pytest.raises(StoreError, match=f"run GRANT {right}") as failure:
            await store.open()
        await store.close()
        [grant] = re.findall(r"GRANT .* TO pg_monitor;$", str(failure.value))
        if "DATABASE" in grant:
            # As an administrator does it who grants no right in the database.
            await execute(postgres_url, "CREATE SCHEMA article_bot")
        else:
            await execute(postgres_url, grant)
    store = PostgresStore(f"{postgres_url}?role=pg_monitor", b"key")
    await store.open()
    await store.close()


async def test_the_right_to_create_a_schema_is_enough(postgres_url: str) -> None:
    """It is what docs/operations.md says."""
    store = PostgresStore(f"{postgres_url}?role=pg_monitor", b"key")
    with pytest.raises(StoreError) as failure:
        await store.open()
    await execute(postgres_url, str(failure.value).partition("run ")[2])
    await store.close()
    again = PostgresStore(f"{postgres_url}?role=pg_monitor", b"key")
    await again.open()
    await again.close()


async def test_votes_changed_by_hand_are_counted(store: PostgresStore, postgres_url: str) -> None:
    """Also with another search path, as a restored dump or a person has it."""
    await store.vote("x", ADA, "like", "1")
    await execute(postgres_url, "SET search_path = public", "DELETE FROM article_bot.votes")
    assert (await store.counts("x")).votes == {}
