"""Fixtures: a site, who fetches from it, and who follows its feeds."""

import asyncio
import contextlib
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from bot.store.sqlite import SqliteStore
from bot.web.feed_follower import FeedFollower
from bot.web.fetcher import Fetcher
from tests.support.feed_site import FeedSite
from tests.support.processes import article_bot
from tests.support.threads import SettableClock
from tests.support.web_site import WebSite, web_site

INTERVAL = 0.05
"""Seconds between two looks."""
Follow = Callable[..., contextlib.AbstractAsyncContextManager[FeedFollower]]

Result = subprocess.CompletedProcess[str]
Add = Callable[..., Awaitable[Result]]


@pytest.fixture
async def site() -> AsyncIterator[WebSite]:
    async with web_site() as site:
        yield site


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    """It may fetch from this machine."""
    async with Fetcher(allow_private=True) as fetcher:
        yield fetcher


@pytest.fixture
def clock() -> SettableClock:
    return SettableClock()


@pytest.fixture
async def store(tmp_path: Path, clock: SettableClock) -> AsyncIterator[SqliteStore]:
    store = SqliteStore(tmp_path / "votes.db", b"key", clock)
    await store.open()
    yield store
    await store.close()


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    (tmp_path / "corpus").mkdir()
    return tmp_path / "corpus"


@pytest.fixture
def follow(store: SqliteStore, corpus: Path, fetcher: Fetcher, clock: SettableClock) -> Follow:
    """Follows feeds in the background."""

    @contextlib.asynccontextmanager
    async def follow(*urls: str, posts: bool = True) -> AsyncIterator[FeedFollower]:
        follower = FeedFollower(
            store, fetcher, urls, corpus, posts=posts, clock=clock, interval=INTERVAL
        )
        task = asyncio.create_task(follower.run())
        yield follower
        assert not task.done()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    return follow


@pytest.fixture
def feed(site: WebSite) -> FeedSite:
    return FeedSite(site)


@pytest.fixture
def add(corpus: Path, tmp_path: Path) -> Add:
    """Runs the command beside the corpus, while the site of the test serves."""

    async def run(*arguments: str, **settings: str) -> Result:
        settings = {"CORPUS_DIR": str(corpus), **settings}
        return await asyncio.to_thread(
            article_bot, "add", "--allow-private", *arguments, folder=tmp_path, **settings
        )

    return run
