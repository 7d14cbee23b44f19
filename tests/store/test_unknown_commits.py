"""Commits whose answer is lost: what became of them is looked up before anything is said."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from bot.errors import OutcomeUnknownError, StoreError
from bot.store.base import Change
from bot.store.postgres import PostgresStore
from tests.store.conftest import ADA
from tests.support.database_proxy import DatabaseProxy
from tests.support.waiting import until


@pytest.fixture
async def proxy(postgres_url: str) -> AsyncIterator[DatabaseProxy]:
    async with DatabaseProxy(postgres_url) as proxy:
        yield proxy


async def test_a_vote_whose_commit_is_not_answered(proxy: DatabaseProxy) -> None:
    """It is found by the callback's id: counted once, and told as the reader's vote."""
    store = PostgresStore(proxy.url, b"key")
    await store.open()
    proxy.losing = 1
    result = await store.vote("x", ADA, "like", "1")
    assert proxy.losing == 0
    assert (result.choice, result.counts.votes) == ("like", {"like": 1})
    assert result.change is Change.REPEATED
    # The next tap takes it back, as it must.
    assert (await store.vote("x", ADA, "like", "2")).counts.votes == {}
    await store.close()


async def test_a_commit_that_cannot_be_looked_up(proxy: DatabaseProxy) -> None:
    """Then it is said that nobody knows, and not that the vote was not counted."""
    store = PostgresStore(proxy.url, b"key", look_up_for=1.0)
    await store.open()
    proxy.losing = 1
    voting = asyncio.create_task(store.vote("x", ADA, "like", "1"))
    await until(lambda: proxy.losing == 0)
    proxy.flows.clear()
    with pytest.raises(OutcomeUnknownError):
        await voting
    proxy.flows.set()
    assert (await store.counts("x")).votes == {"like": 1}
    await store.close()


@pytest.mark.parametrize("statement", [b"BEGIN", b"INSERT", b"COMMIT"])
async def test_a_task_that_is_cancelled_meanwhile(proxy: DatabaseProxy, statement: bytes) -> None:
    """It ends as cancelled although the database is silent, or the bot could not stop."""
    store = PostgresStore(proxy.url, b"key")
    await store.open()
    proxy.losing, proxy.losing_at = 1, statement
    voting = asyncio.create_task(store.vote("x", ADA, "like", "1"))
    await until(lambda: proxy.losing == 0)
    voting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await voting
    assert (await store.vote("y", ADA, "like", "2")).counts.votes == {"like": 1}
    await store.close()


async def test_a_vote_that_was_not_committed(proxy: DatabaseProxy) -> None:
    """A failure before the commit is no riddle: the vote did not count."""
    store = PostgresStore(proxy.url, b"key")
    await store.open()
    connection = await asyncpg.connect(proxy.url)
    await connection.execute("ALTER TABLE article_bot.votes RENAME TO gone")
    with pytest.raises(StoreError) as failure:
        await store.vote("x", ADA, "like", "1")
    assert not isinstance(failure.value, OutcomeUnknownError)
    await connection.close()
    await store.close()
