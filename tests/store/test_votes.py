"""Votes in a store, the same on both engines."""

from pathlib import Path

import pytest

from bot.errors import StoreError
from bot.store.base import (
    REPEAT_WINDOW,
    VERSION_UNKNOWN,
    Change,
    MessageRef,
    TrackedMessage,
)
from bot.store.retention import CALLBACK_QUERY_KEPT
from bot.store.sql import SqlStore
from tests.store.conftest import ADA, BEN, Clock, create_store


async def test_vote_change_take_back(store: SqlStore, clock: Clock) -> None:
    """The counts follow, and each article has votes of its own."""
    result = await store.vote("x", ADA, "like", "1")
    assert (result.change, result.choice, result.previous) == (Change.VOTED, "like", None)
    assert result.counts.votes == {"like": 1}
    result = await store.vote("x", ADA, "love", "2")
    assert (result.change, result.choice, result.previous) == (Change.CHANGED, "love", "like")
    assert result.counts.votes == {"love": 1}
    clock.now += REPEAT_WINDOW
    result = await store.vote("x", ADA, "love", "3")
    assert (result.change, result.choice, result.previous) == (Change.TAKEN_BACK, None, "love")
    assert result.counts.votes == {}
    await store.vote("y", ADA, "like", "4")
    assert (await store.counts("x")).votes == {}
    assert (await store.counts("y")).votes == {"like": 1}
    assert await store.all_counts() == {"x": {}, "y": {"like": 1}}


async def test_versions_grow_with_every_change_and_only_then(store: SqlStore) -> None:
    """A message with an older version is therefore known to show old counts."""
    assert (await store.counts("x")).version == 0
    versions = [
        (await store.vote("x", ADA, "like", "1")).counts.version,
        (await store.vote("x", BEN, "like", "2")).counts.version,
        (await store.vote("x", ADA, "sad", "3")).counts.version,
    ]
    assert versions == sorted(set(versions))
    assert (await store.vote("x", ADA, "sad", "3")).counts.version == versions[-1]
    await store.forget_voter(BEN)
    assert (await store.counts("x")).version > versions[-1]


async def test_a_callback_query_counts_once(store: SqlStore, clock: Clock) -> None:
    """It is recognized for a day, whatever comes in between."""
    await store.vote("x", ADA, "like", "1")
    await store.vote("x", ADA, "love", "2")
    clock.now += CALLBACK_QUERY_KEPT - 1
    result = await store.vote("x", ADA, "like", "1")
    assert (result.change, result.counts.votes) == (Change.REPEATED, {"love": 1})


async def test_the_same_tap_within_a_second_counts_once(store: SqlStore, clock: Clock) -> None:
    """The second callback query does not count later either."""
    await store.vote("x", ADA, "like", "1")
    clock.now += REPEAT_WINDOW / 2
    assert (await store.vote("x", ADA, "like", "2")).change is Change.REPEATED
    clock.now += REPEAT_WINDOW * 5
    assert (await store.vote("x", ADA, "like", "2")).change is Change.REPEATED
    assert (await store.vote("x", ADA, "like", "3")).change is Change.TAKEN_BACK


async def test_another_reader_is_no_repeat(store: SqlStore) -> None:
    """Both taps count, even at the same time."""
    await store.vote("x", ADA, "like", "1")
    assert (await store.vote("x", BEN, "like", "2")).counts.votes == {"like": 2}


async def test_a_clock_that_is_set_back(store: SqlStore, clock: Clock) -> None:
    """A tap that seems to come from the future does not make the next one a repeated one."""
    await store.vote("x", ADA, "like", "1")
    clock.now -= 4000
    assert (await store.vote("x", ADA, "like", "2")).counts.votes == {}
    clock.now += REPEAT_WINDOW / 2
    assert (await store.vote("x", ADA, "like", "3")).change is Change.REPEATED
    clock.now += REPEAT_WINDOW
    assert (await store.vote("x", ADA, "like", "4")).counts.votes == {"like": 1}


async def test_a_vote_changes_what_is_known_of_the_tapped_message(
    store: SqlStore, clock: Clock
) -> None:
    """A vote makes its version unknown, a repeated tap only updates when it was last seen."""
    ref = MessageRef(1, 2)
    message, other = (TrackedMessage(r, "x", "{}", 0, 5.0) for r in (ref, MessageRef(1, 3)))
    for each in (message, other):
        await store.track(each)
    first = await store.vote("x", ADA, "like", "1", ref)
    assert (first.message, first.voted_at) == (message, clock.now)
    found = await store.tracked_with_counts(ref)
    assert found == (
        TrackedMessage(ref, "x", "{}", VERSION_UNKNOWN, first.voted_at),
        first.counts,
    )
    await store.update(TrackedMessage(ref, "x", "{}", first.counts.version, 6.0))
    again = await store.vote("x", ADA, "like", "1", ref)
    assert again.change is Change.REPEATED
    assert again.message == TrackedMessage(ref, "x", "{}", first.counts.version, 6.0)
    found = await store.tracked_with_counts(ref)
    assert found is not None
    assert found[0] == TrackedMessage(ref, "x", "{}", first.counts.version, again.voted_at)
    assert (await store.tracked_with_counts(other.ref) or [None])[0] == other


async def test_a_vote_on_a_message_that_is_not_tracked(store: SqlStore) -> None:
    """The vote counts, and the message stays untracked."""
    ref = MessageRef(inline_message_id="abc")
    result = await store.vote("x", ADA, "like", "1", ref)
    assert (result.message, result.counts.votes) == (None, {"like": 1})
    assert await store.tracked_with_counts(ref) is None


async def test_forget_removes_a_reader_for_good(store: SqlStore) -> None:
    """A repeated callback query does not bring a vote back."""
    await store.vote("x", ADA, "like", "1")
    await store.vote("y", ADA, "like", "2")
    await store.vote("x", BEN, "like", "3")
    assert await store.forget_voter(ADA) == 2
    assert (await store.counts("x")).votes == {"like": 1}
    assert (await store.vote("x", ADA, "like", "1")).change is Change.REPEATED
    assert (await store.counts("x")).votes == {"like": 1}
    assert await store.forget_voter(ADA) == 0


async def test_another_voter_key_is_refused(store: SqlStore, address: str | Path) -> None:
    """With another key, every reader could vote twice."""
    other = create_store(address, Clock(), b"other key")
    with pytest.raises(StoreError, match="made with another voter key"):
        await other.open()
    await other.close()
    await store.vote("x", ADA, "like", "1")
