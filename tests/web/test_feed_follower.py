"""Feeds are looked at again and again: what is added, updated and posted."""

from pathlib import Path

import pytest

from bot.store.sqlite import SqliteStore
from bot.web.entries import digest
from bot.web.feed_follower import FIRST_ARTICLES, MAX_POSTS
from tests.support.feed_site import FeedSite, paragraphs
from tests.support.threads import SettableClock
from tests.support.waiting import until
from tests.web.conftest import Follow
from tests.web.following import all_written, article, looked, names, waiting


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
    feed.add("kiel", pages=False, content=paragraphs("kiel", 2))
    async with follow(feed.url):
        await until(lambda: names(corpus) == ["bonn"])
        await looked(feed)
        assert await store.count_pending(digest(feed.url)) == 1
    text = article(corpus, "bonn")
    assert "forty lime trees" in text
    assert f"url: {feed.site.url}/bonn" in text
