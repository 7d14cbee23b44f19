"""What tests of followed feeds wait for, and what they look at."""

import re
from pathlib import Path

from bot.store.feed_records import WaitingPost
from bot.store.sqlite import SqliteStore
from bot.web.entries import digest
from tests.support.feed_site import FeedSite
from tests.support.threads import SettableClock
from tests.support.waiting import until


async def looked(feed: FeedSite, times: int = 2) -> None:
    """Wait until a look has begun and ended from now on."""
    before = len(feed.looks)
    await until(lambda: len(feed.looks) >= before + times)


async def all_written(store: SqliteStore, feed: FeedSite, entries: int) -> None:
    """Wait until so many entries are known, and no article of them has to be written."""

    async def fact() -> bool:
        known = len(await store.entry_fingerprints(digest(feed.url)))
        return known >= entries and not await store.count_pending(digest(feed.url))

    await until(fact)


async def waiting(store: SqliteStore, clock: SettableClock) -> list[WaitingPost]:
    return list(await store.waiting_posts(clock(), 100))


def names(corpus: Path) -> list[str]:
    """The names of the articles."""
    found = (re.search(r"Library for (\w+)", file.read_text()) for file in corpus.glob("*.md"))
    return sorted(match[1].lower() for match in found if match)


def article(corpus: Path, name: str) -> str:
    [text] = [t for f in corpus.glob("*.md") if f"for {name.title()}" in (t := f.read_text())]
    return text
