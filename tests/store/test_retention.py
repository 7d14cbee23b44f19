"""What is kept no longer is deleted by the clock, on both engines; what was promised stays."""

import asyncio

import pytest

from bot.delivery import expiry
from bot.delivery.expiry import INTERVAL
from bot.errors import StoreError
from bot.store.base import MessageRef, TrackedMessage
from bot.store.retention import CALLBACK_QUERY_KEPT, DAY, TRACKED_KEPT, KeptRows
from bot.store.sql import SqlStore
from tests.store.conftest import ADA, BEN, Clock
from tests.support.virtual_time import run_in_virtual_time

ALL = 1_000


async def rows(store: SqlStore) -> dict[str, int]:
    return {kept.table: kept.rows for kept in await store.kept() if kept.rows}


async def test_what_privacy_promises_goes_after_a_day(store: SqlStore, clock: Clock) -> None:
    """The tap, the long question and the deferred update, though nobody taps; the vote stays."""
    await store.vote("x", ADA, "like", "1")
    await store.save_question("k", "Why?")
    await store.defer([(7, "{}")])
    clock.now += CALLBACK_QUERY_KEPT - 1
    await store.vote("x", BEN, "like", "2")
    assert await store.delete_expired(ALL) == 0
    clock.now += 1
    assert await store.delete_expired(ALL) == 3
    assert await rows(store) == {"votes": 2, "callback_queries": 1}
    assert (await store.counts("x")).votes == {"like": 2}
    assert await store.delete_expired(ALL) == 0


def test_readers_are_told_no_more_than_is_kept() -> None:
    """ "For a day" holds, although rows are only looked at from time to time."""
    assert CALLBACK_QUERY_KEPT + INTERVAL + expiry.FAILURE_INTERVAL < DAY


async def test_messages_that_nobody_sees_are_dropped(store: SqlStore, clock: Clock) -> None:
    """After 90 days without a tap, inline ones too; a tap and a post in a channel keep theirs."""
    refs = [MessageRef(1, 1), MessageRef(1, 2), MessageRef(inline_message_id="abc")]
    post, answer_there = MessageRef(-5, 7), MessageRef(-5, 8)
    for ref in (*refs, post, answer_there):
        await store.track(TrackedMessage(ref, "x", "{}", 0, clock()))
    await store.save_channel_post(-5, "x", 7)
    clock.now += TRACKED_KEPT - 1
    await store.vote("x", ADA, "like", "1", refs[1])
    assert await store.delete_expired(ALL) == 0
    clock.now += 1
    assert await store.delete_expired(ALL) == 3
    found = [await store.tracked_with_counts(ref) for ref in (*refs, post, answer_there)]
    assert [bool(each) for each in found] == [False, True, False, True, False]


async def test_a_message_that_was_dropped_is_known_again(store: SqlStore, clock: Clock) -> None:
    """Its next tap counts, and says that the message is not tracked, so that it will be."""
    ref = MessageRef(1, 1)
    await store.track(TrackedMessage(ref, "x", "{}", 0, clock()))
    clock.now += TRACKED_KEPT + 1
    await store.delete_expired(ALL)
    result = await store.vote("x", ADA, "like", "1", ref)
    assert (result.message, result.counts.votes) == (None, {"like": 1})


async def test_few_are_deleted_at_a_time(store: SqlStore, clock: Clock) -> None:
    """So that votes do not wait; the oldest go first, of each table."""
    for number in range(5):
        await store.save_question(f"q{number}", "Why?")
        await store.defer([(number, "{}")])
    clock.now += 2 * DAY
    assert [await store.delete_expired(2) for _ in range(4)] == [4, 4, 2, 0]


async def test_what_is_kept_and_since_when(store: SqlStore, clock: Clock) -> None:
    """Each table with the time of its oldest row; of posts in channels, no age."""
    began = clock.now
    await store.vote("x", ADA, "like", "1")
    await store.vote("y", ADA, "like", "2")
    await store.track(TrackedMessage(MessageRef(-5, 7), "x", "{}", 0, began - 500))
    await store.track(TrackedMessage(MessageRef(1, 1), "x", "{}", 0, began - 100))
    await store.save_channel_post(-5, "x", 7)
    kept = {each.table: each for each in await store.kept()}
    assert kept["votes"] == KeptRows("votes", 2)
    assert kept["channel_posts"] == KeptRows("channel_posts", 1)
    assert kept["tracked_messages"] == KeptRows("tracked_messages", 1, began - 100, TRACKED_KEPT)
    assert kept["deferred_updates"].oldest is None
    oldest = kept["callback_queries"].oldest
    assert oldest is not None
    assert began < oldest < began + 1


async def test_handled_updates_are_known_for_longer_than_telegram_repeats_them(
    store: SqlStore, clock: Clock
) -> None:
    """Then they are forgotten: Telegram may give the id of one to another."""
    await store.save_handled([7, 8])
    clock.now += DAY + INTERVAL
    assert await store.delete_expired(ALL) == 0
    assert sorted(await store.handled()) == [7, 8]
    clock.now += DAY
    assert await store.handled() == []
    assert await store.delete_expired(ALL) == 2
    assert await rows(store) == {}


class Rows:
    """Stands for a database: how many rows have expired, and when each deletion was made."""

    def __init__(self, *expired: int | Exception) -> None:
        self.expired = list(expired)
        self.deletions: list[float] = []

    async def delete_expired(self, limit: int) -> int:
        self.deletions.append(asyncio.get_running_loop().time())
        found = self.expired.pop(0) if self.expired else 0
        if isinstance(found, Exception):
            raise found
        return min(found, limit)


def test_it_goes_on_by_the_clock() -> None:
    """At the start, then every half hour; a batch after another, and soon again after a failure."""
    store = Rows(500, 20, 0, 0, StoreError("gone"), RuntimeError("odd"), 0)

    async def four_intervals() -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(3.5 * INTERVAL):
                await expiry.delete_expired(store)  # type: ignore[arg-type]

    run_in_virtual_time(four_intervals())
    after_failure = 2 * INTERVAL + expiry.FAILURE_INTERVAL
    assert store.deletions == pytest.approx(
        [0, 0.1, 0.2, INTERVAL, 2 * INTERVAL, after_failure, after_failure + INTERVAL], abs=1
    )
