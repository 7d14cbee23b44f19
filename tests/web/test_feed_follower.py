"""Feeds are looked at again and again: what is added, updated, fetched, and tried again."""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from bot.store.feed_records import FeedState, WaitingPost
from bot.store.sqlite import SqliteStore
from bot.web.entries import digest
from bot.web.feed_follower import FIRST_ARTICLES, MAX_POSTS, MAX_TRIES, FeedFollower
from bot.web.fetcher import Fetcher
from tests.support.feed_site import FeedSite, paragraphs
from tests.support.threads import SettableClock
from tests.support.waiting import until
from tests.support.web_site import WebSite

INTERVAL = 0.05
"""Seconds between two looks."""
Follow = Callable[..., contextlib.AbstractAsyncContextManager[FeedFollower]]


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


async def test_the_first_look_adds_the_newest_and_posts_nothing(
    feed: FeedSite, follow: Follow, store: SqliteStore, corpus: Path, clock: SettableClock
) -> None:
    """The others are known, and never become new."""
    every = [f"town{chr(ord('a') + n)}" for n in range(FIRST_ARTICLES + 3)]
    feed.add(*every)
    async with follow(feed.url):
        await all_written(store, feed, len(every))
        await looked(feed)
        await all_written(store, feed, len(every))
    assert names(corpus) == every[3:]
    assert await waiting(store, clock) == []
    text = article(corpus, every[-1])
    assert "forty lime trees" in text
    assert f"url: {feed.site.url}/{every[-1]}" in text


async def test_later_looks_add_all_and_post_the_newest_oldest_first(
    feed: FeedSite,
    follow: Follow,
    store: SqliteStore,
    corpus: Path,
    clock: SettableClock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The log tells that there were more."""
    feed.add("bonn")
    async with follow(feed.url):
        await all_written(store, feed, 1)
        new = [f"town{chr(ord('a') + n)}" for n in range(MAX_POSTS + 2)]
        feed.add(*new)
        await all_written(store, feed, 1 + len(new))
    assert names(corpus) == sorted(["bonn", *new])
    posts = [post.article_id for post in await waiting(store, clock)]
    assert posts == [f"library-for-{name}-is-decided" for name in new[2:]]
    assert f"lists {len(new)} new articles at once: only the newest are posted" in caplog.text


async def test_nothing_is_posted_where_no_channel_is_set(
    feed: FeedSite, follow: Follow, store: SqliteStore, corpus: Path, clock: SettableClock
) -> None:
    """Nor afterwards, when one is."""
    feed.add("bonn")
    async with follow(feed.url, posts=False):
        await all_written(store, feed, 1)
        feed.add("kiel")
        await all_written(store, feed, 2)
    async with follow(feed.url):
        await looked(feed)
    assert names(corpus) == ["bonn", "kiel"]
    assert await waiting(store, clock) == []


async def test_a_feed_that_has_not_changed_is_not_sent_again(
    feed: FeedSite, follow: Follow, store: SqliteStore
) -> None:
    """The server is asked with what it sent the last time, also after a restart."""
    feed.headers["Last-Modified"] = "Sat, 31 Jan 2026 10:00:00 GMT"
    feed.add("bonn")
    async with follow(feed.url):
        await all_written(store, feed, 1)
    async with follow(feed.url):
        await looked(feed)
    assert "if-none-match" not in feed.looks[0].lower()
    for look in feed.looks[1:]:
        assert 'if-none-match: "' in look.lower()
        assert "if-modified-since: sat, 31 jan 2026 10:00:00 gmt" in look.lower()
    assert len(feed.fetches("/bonn")) == 1


async def test_only_changed_articles_are_fetched_again(
    feed: FeedSite, follow: Follow, store: SqliteStore, corpus: Path, clock: SettableClock
) -> None:
    """And not posted again."""
    feed.etags = False
    feed.add("bonn", "kiel")
    async with follow(feed.url):
        await all_written(store, feed, 2)
        feed.change("kiel")
        await until(lambda: "fifty lime trees" in article(corpus, "kiel"))
        await looked(feed)
    assert len(feed.fetches("/bonn")) == 1
    assert len(feed.fetches("/kiel")) == 2
    assert names(corpus) == ["bonn", "kiel"]
    assert await waiting(store, clock) == []


async def test_a_file_that_was_edited_by_hand_is_left_alone(
    feed: FeedSite,
    follow: Follow,
    store: SqliteStore,
    corpus: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The log says so, once."""
    caplog.set_level("INFO")
    feed.add("bonn")
    async with follow(feed.url):
        await all_written(store, feed, 1)
        [file] = corpus.glob("*.md")
        edited = file.read_text().replace("forty", "a hundred")
        file.write_text(edited)
        feed.change("bonn")
        await until(lambda: "was edited by hand" in caplog.text)
        await all_written(store, feed, 1)
        await looked(feed)
    assert file.read_text() == edited
    assert caplog.text.count("was edited by hand") == 1


async def test_the_feeds_own_text_is_used_where_a_page_has_none(
    feed: FeedSite, follow: Follow, store: SqliteStore, corpus: Path
) -> None:
    """If it is the whole text: the first sentences are no article."""
    feed.add("bonn", pages=False, content=paragraphs("bonn"))
    feed.add("kiel", pages=False, content="<p>Only the first sentence.</p>")
    async with follow(feed.url):
        await until(lambda: names(corpus) == ["bonn"])
        await looked(feed)
        assert await store.count_pending(digest(feed.url)) == 1
    text = article(corpus, "bonn")
    assert "forty lime trees" in text
    assert f"url: {feed.site.url}/bonn" in text


async def test_a_page_that_fails_is_fetched_later(
    feed: FeedSite, follow: Follow, store: SqliteStore, corpus: Path, clock: SettableClock
) -> None:
    """Even if the feed no longer lists it by then; and it is posted."""
    feed.add("bonn")
    async with follow(feed.url):
        await all_written(store, feed, 1)
        feed.add("kiel", pages=False)
        await until(lambda: len(feed.fetches("/kiel")) >= 2)
        gone = feed.items.pop()
        await looked(feed)
        feed.add(gone.name)
        feed.items.pop()
        await all_written(store, feed, 2)
    assert names(corpus) == ["bonn", "kiel"]
    assert [post.article_id for post in await waiting(store, clock)] == [
        "library-for-kiel-is-decided"
    ]


async def test_an_article_is_given_up_after_some_time(
    feed: FeedSite,
    follow: Follow,
    store: SqliteStore,
    corpus: Path,
    clock: SettableClock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """With one line in the log; a change of the entry is a new chance."""
    feed.add("bonn")
    async with follow(feed.url):
        await all_written(store, feed, 1)
        feed.add("kiel", pages=False)
        await all_written(store, feed, 2)
        assert len(feed.fetches("/kiel")) == MAX_TRIES
        assert caplog.text.count("is given up: ") == 1
        assert "/kiel cannot be fetched: the server answers 404" in caplog.text
        feed.change("kiel")
        await until(lambda: names(corpus) == ["bonn", "kiel"])
    assert await waiting(store, clock) == []


async def test_a_feed_that_fails_is_asked_less_and_less_often(
    feed: FeedSite,
    follow: Follow,
    store: SqliteStore,
    clock: SettableClock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The log says it once, and when it is over; the address shows without its query."""
    feed.status = "500 Internal Server Error"
    url = f"{feed.url}?key=secret-of-the-feed"
    async with follow(url):
        await until(lambda: len(feed.looks) >= 4)
        state = await store.feed_state(digest(url))
        assert state.failures >= 3
        assert state.next_look > clock() + 2 * INTERVAL
        feed.status = "200 OK"
        feed.add("bonn")
        await until(lambda: "can be read again" in caplog.text)
    assert (await store.feed_state(digest(url))).failures == 0
    assert caplog.text.count("cannot be read, trying again") == 1
    assert f"The feed {feed.url} cannot be read" in caplog.text
    assert "secret-of-the-feed" not in caplog.text


@pytest.mark.parametrize("status", ["200 OK", "503 Service Unavailable", "429 Too Many Requests"])
async def test_a_server_that_asks_for_patience_gets_it(
    feed: FeedSite, follow: Follow, store: SqliteStore, clock: SettableClock, status: str
) -> None:
    """Also after a restart."""
    feed.status, feed.headers = status, {"Retry-After": "3600"}

    async def noted() -> FeedState:
        return await store.feed_state(digest(feed.url))

    async def is_noted() -> bool:
        return (await noted()).next_look > clock() + 3_500

    async with follow(feed.url):
        await until(is_noted)
    other = FeedSite(feed.site, "/other")
    async with follow(feed.url, other.url):
        await looked(other, 5)
        assert len(feed.looks) == 1
        clock.advance(3_601)
        await until(lambda: len(feed.looks) == 2)


async def test_a_clock_that_was_set_back_stops_no_feed(
    feed: FeedSite, follow: Follow, store: SqliteStore, clock: SettableClock
) -> None:
    """The next look is not years ahead."""
    clock.advance(10 * 365 * 86_400)
    async with follow(feed.url):
        await looked(feed)
    clock.advance(-10 * 365 * 86_400)
    async with follow(feed.url):
        await looked(feed)


async def test_a_slow_feed_delays_no_other(
    feed: FeedSite, follow: Follow, store: SqliteStore, corpus: Path
) -> None:
    """Nor does one that is no feed at all."""
    slow, wrong = FeedSite(feed.site, "/slow"), feed.site.page("/wrong", "<p>A page</p>")
    slow.held = asyncio.Event()
    feed.add("bonn")
    async with follow(slow.url, wrong, feed.url):
        await until(lambda: len(slow.looks) == 1)
        await all_written(store, feed, 1)
        await looked(feed)
        assert len(slow.looks) == 1
        slow.held.set()
        await looked(slow)
    assert names(corpus) == ["bonn"]


async def test_two_feeds_may_list_the_same_article(
    feed: FeedSite, follow: Follow, store: SqliteStore, corpus: Path
) -> None:
    """It is one file."""
    other = FeedSite(feed.site, "/other")
    feed.add("bonn", "kiel")
    other.add("bonn", "kiel")
    async with follow(feed.url, other.url):
        await all_written(store, feed, 2)
        await all_written(store, other, 2)
    assert names(corpus) == ["bonn", "kiel"]


async def test_what_is_listed_is_not_lost_when_the_bot_is_killed(
    feed: FeedSite, follow: Follow, store: SqliteStore, corpus: Path, clock: SettableClock
) -> None:
    """Between the look and the pages, though the feed has not changed since."""
    feed.add("bonn")
    async with follow(feed.url):
        await all_written(store, feed, 1)
        stuck, reached = asyncio.Event(), asyncio.Event()

        async def never(_: asyncio.StreamWriter) -> None:
            reached.set()
            await stuck.wait()

        feed.add("kiel", pages=False)
        feed.site.script("/kiel", never)
        await reached.wait()
    stuck.set()
    feed.items.pop()
    feed.add("kiel")
    async with follow(feed.url):
        await until(lambda: names(corpus) == ["bonn", "kiel"])
        await all_written(store, feed, 2)
    assert len(await waiting(store, clock)) == 1


async def test_a_database_that_fails_ends_nothing(
    feed: FeedSite,
    follow: Follow,
    store: SqliteStore,
    corpus: Path,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The log says it once, and when it is over."""
    feed.add("bonn")
    async with follow(feed.url):
        await all_written(store, feed, 1)
        (tmp_path / "votes.db").rename(tmp_path / "away.db")
        await until(lambda: "votes.db is gone" in caplog.text)
        feed.add("kiel")
        (tmp_path / "away.db").rename(tmp_path / "votes.db")
        await until(lambda: names(corpus) == ["bonn", "kiel"])
    assert caplog.text.count("is gone") == 1
    assert "What is known of feeds is saved again." in caplog.text


async def test_a_folder_that_cannot_be_written_loses_nothing(
    feed: FeedSite,
    follow: Follow,
    store: SqliteStore,
    corpus: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Its articles are written when it is there again, however long that takes."""
    feed.add("bonn")
    away = corpus.rename(corpus.with_name("away"))
    async with follow(feed.url):
        await until(lambda: len(feed.fetches("/bonn")) > MAX_TRIES)
        away.rename(corpus)
        await until(lambda: names(corpus) == ["bonn"])
    assert caplog.text.count("no article can be written there") == 1
    assert "Articles of feeds are written again." in caplog.text
