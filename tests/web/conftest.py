"""Fixtures: a site, and who fetches from it."""

from collections.abc import AsyncIterator

import pytest

from bot.web.fetcher import Fetcher
from tests.support.web_site import WebSite, web_site


@pytest.fixture
async def site() -> AsyncIterator[WebSite]:
    async with web_site() as site:
        yield site


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    """It may fetch from this machine."""
    async with Fetcher(allow_private=True) as fetcher:
        yield fetcher
