"""What is known of feeds, their entries and the posts of these, on both engines."""

from dataclasses import replace

import pytest

from bot.store import feed_sql
from bot.store.feed_records import FeedState, ListedEntry, PostState, WaitingPost
from bot.store.sql import SqlStore

FEED, OTHER = "f" * 64, "o" * 64
READ = FeedState('"1"', "Sat, 31 Jan 2026 10:00:00 GMT", 1000.0, 1300.0, 0)


def listed(*keys: str, post: PostState = PostState.WAITING) -> list[ListedEntry]:
    return [ListedEntry(key, f"{key}1", f"body of {key}", post) for key in keys]


async def write(store: SqlStore, feed: str = FEED, now: float = 1000.0) -> None:
    """Note that all pending articles were written, each named as its entry."""
    for entry in await store.pending_entries(feed, now, 100):
        await store.entry_written(feed, entry, entry.key, now)


async def waiting(store: SqlStore, now: float = 2000.0) -> list[WaitingPost]:
    return list(await store.waiting_posts(now, 100))


async def names(store: SqlStore, now: float = 2000.0) -> list[str]:
    return [post.article_id for post in await waiting(store, now)]


async def test_a_feed_is_unknown_until_it_was_looked_at(store: SqlStore) -> None:
    """And a look that failed is not its first one."""
    assert await store.feed_state(FEED) == FeedState(None, None, None, 0.0, 0)
    failed = FeedState(next_look=500.0, failures=1)
    await store.save_feed_state(FEED, failed)
    assert await store.feed_state(FEED) == failed
    await store.save_entries(FEED, READ, [])
    assert await store.feed_state(FEED) == READ
    assert await store.feed_state(OTHER) == FeedState()


async def test_entries_are_pending_until_their_articles_are_written(store: SqlStore) -> None:
    """The oldest first, and each feed's own."""
    await store.save_entries(FEED, READ, [*listed("a", "b"), ListedEntry("c", "c1", None)])
    await store.save_entries(OTHER, READ, listed("a"))
    assert await store.entry_fingerprints(FEED) == {"a": "a1", "b": "b1", "c": "c1"}
    first, second = await store.pending_entries(FEED, 0.0, 10)
    assert (first.key, first.body, first.failures) == ("a", "body of a", 0)
    assert await store.count_pending(FEED) == 2
    await store.entry_written(FEED, first, "article-a", 1.0)
    await store.entry_failed(FEED, second, 50.0)
    assert await store.pending_entries(FEED, 49.0, 10) == []
    [again] = await store.pending_entries(FEED, 50.0, 10)
    assert (again.key, again.failures) == ("b", 1)
    await store.give_entry_up(FEED, again)
    assert await store.count_pending(FEED) == 0
    assert [entry.key for entry in await store.pending_entries(OTHER, 0.0, 10)] == ["a"]
    assert await names(store) == ["article-a"]


async def test_a_changed_entry_is_written_again_and_not_posted_again(store: SqlStore) -> None:
    """Nor is a change lost that comes while the earlier version is being written."""
    await store.save_entries(FEED, READ, listed("a"))
    [old] = await store.pending_entries(FEED, 0.0, 1)
    await store.save_entries(FEED, READ, [ListedEntry("a", "a2", "new body", PostState.WAITING)])
    await store.entry_written(FEED, old, "article-a", 1.0)
    [new] = await store.pending_entries(FEED, 0.0, 1)
    assert (new.fingerprint, new.body) == ("a2", "new body")
    await store.entry_written(FEED, new, "article-a", 1.0)
    [post] = await waiting(store)
    await store.begin_post(post, 3000.0)
    await store.end_post(post, PostState.POSTED)
    await store.save_entries(FEED, READ, [ListedEntry("a", "a3", "newer", PostState.WAITING)])
    assert await store.count_pending(FEED) == 1
    await write(store)
    assert await names(store) == []


async def test_posts_wait_oldest_first(store: SqlStore) -> None:
    """Of all feeds, and only what is to be posted and was written."""
    await store.save_entries(FEED, READ, listed("a", "b"))
    await store.save_entries(OTHER, READ, [*listed("c", post=PostState.NONE), *listed("d")])
    assert await names(store) == []
    await write(store, OTHER)
    await write(store, FEED)
    assert await names(store) == ["a", "b", "d"]
    assert [post.article_id for post in await store.waiting_posts(2000.0, 1)] == ["a"]


async def test_what_is_being_sent_is_not_sent_by_another(store: SqlStore) -> None:
    """Until its time is over; then it is known that a call was begun."""
    await store.save_entries(FEED, READ, listed("a"))
    await write(store)
    [post] = await waiting(store)
    assert await store.begin_post(post, 2150.0)
    assert not await store.begin_post(post, 2150.0)
    assert await names(store, 2149.0) == []
    [again] = await waiting(store, 2150.0)
    assert again == replace(post, sends=1)
    assert await store.begin_post(again, 2300.0)
    assert [each.sends for each in await waiting(store, 2300.0)] == [2]


@pytest.mark.parametrize("state", [PostState.POSTED, PostState.UNKNOWN, PostState.NONE])
async def test_what_has_ended_is_not_sent_again(store: SqlStore, state: PostState) -> None:
    """Whatever became of it."""
    await store.save_entries(FEED, READ, listed("a"))
    await write(store)
    [post] = await waiting(store)
    await store.begin_post(post, 2150.0)
    await store.end_post(post, state)
    assert await waiting(store, 9999.0) == []


async def test_what_was_certainly_not_sent_does_not_count(store: SqlStore) -> None:
    """A refusal can be repeated as often as it takes, also after a call that nobody heard of."""
    await store.save_entries(FEED, READ, listed("a"))
    await write(store)
    for sends in (0, 1):
        for _ in range(3):
            [post] = await waiting(store, 5000.0)
            assert post.sends == sends
            await store.begin_post(post, 9999.0)
            await store.delay_post(post, 4000.0)
            assert await names(store, 3999.0) == []
        [post] = await waiting(store, 5000.0)
        await store.begin_post(post, 5000.0)


async def test_an_entry_that_was_given_up_is_not_posted(store: SqlStore) -> None:
    """Unless an earlier version of it was written."""
    await store.save_entries(FEED, READ, listed("a", "b"))
    first, second = await store.pending_entries(FEED, 0.0, 2)
    await store.entry_written(FEED, first, "article-a", 1.0)
    await store.save_entries(FEED, READ, [ListedEntry("a", "a2", "new", PostState.NONE)])
    [changed, _] = await store.pending_entries(FEED, 0.0, 2)
    await store.give_entry_up(FEED, changed)
    await store.give_entry_up(FEED, second)
    await store.save_entries(FEED, READ, [ListedEntry("b", "b2", "new", PostState.NONE)])
    await write(store)
    assert await names(store) == ["article-a"]


async def test_the_oldest_entries_are_forgotten_but_none_that_waits(store: SqlStore) -> None:
    """A feed that lists others all the time fills no disk."""
    await store.save_entries(FEED, READ, listed("waits"))
    await write(store)
    many = [ListedEntry(f"e{n}", "1", None) for n in range(feed_sql.MAX_ENTRIES_KEPT + 1)]
    await store.save_entries(FEED, READ, many)
    kept = await store.entry_fingerprints(FEED)
    assert "waits" in kept
    assert "e0" not in kept
    assert len(kept) == feed_sql.MAX_ENTRIES_KEPT + 1
    assert await names(store) == ["waits"]
