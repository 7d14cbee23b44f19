"""Feeds, pages, the database and the folder of articles fail; nothing is lost."""

import asyncio
from pathlib import Path

import pytest

from bot.store.feed_records import FeedState
from bot.store.sqlite import SqliteStore
from bot.web.entries import digest
from bot.web.feed_follower import MAX_TRIES
from tests.support.feed_site import FeedSite
from tests.support.threads import SettableClock
from tests.support.waiting import until
from tests.web.conftest import INTERVAL, Follow
from tests.web.following import all_written, looked, names, waiting


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
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The log says it once, and when it is over; the address shows without its query."""
    feed.status = "500 Internal Server Error"
    url = f"{feed.url}?key=secret-of-the-feed"
    async with follow(url):
        state = later = await store.feed_state(digest(url))

        async def failed_again() -> bool:
            nonlocal later
            later = await store.feed_state(digest(url))
            return later.failures > max(3, state.failures)

        await until(lambda: len(feed.looks) >= 4)
        state = await store.feed_state(digest(url))
        await until(failed_again)
        assert later.next_look - state.next_look > 2 * INTERVAL
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
    feed: FeedSite, follow: Follow, clock: SettableClock
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


async def test_several_feeds_may_list_the_same_article(
    feed: FeedSite, follow: Follow, store: SqliteStore, corpus: Path
) -> None:
    """It is one file, even if they are read at the same moment."""
    feeds = [FeedSite(feed.site, f"/feed{n}") for n in range(4)]
    held, towns = asyncio.Event(), ["bonn", "kiel", "ulm"]
    for number in range(300):
        # Among many files it takes a while to find out that an article has none.
        (corpus / f"old-{number}.md").write_text("---\ntitle: Old\n---\nNews of yesterday.\n")
    for each in feeds:
        each.held = held
        each.add(*towns)
    async with follow(*(each.url for each in feeds)):
        await until(lambda: all(len(each.looks) == 1 for each in feeds))
        held.set()
        for each in feeds:
            await all_written(store, each, len(towns))
    assert names(corpus) == towns


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
        await until(lambda: "What is known of feeds is saved again." in caplog.text)
    assert caplog.text.count("is gone") == 1


async def test_a_folder_that_cannot_be_written_loses_nothing(
    feed: FeedSite,
    follow: Follow,
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
        await until(lambda: "Articles of feeds are written again." in caplog.text)
    assert caplog.text.count("no article can be written there") == 1
