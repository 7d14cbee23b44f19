"""Commits whose answer is lost: what became of them is looked up before anything is said."""

from collections.abc import AsyncIterator

import pytest

from bot.store.base import Change
from bot.store.postgres import PostgresStore
from tests.store.conftest import ADA
from tests.support.database_proxy import DatabaseProxy


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
