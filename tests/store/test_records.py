"""Everything that a store keeps beside votes, the same on both engines."""

import json

from bot.store.base import NO_VOTES, ChatSettings, MessageRef, TrackedMessage
from bot.store.retention import QUESTION_KEPT
from bot.store.sql import SqlStore
from tests.store.conftest import ADA, BEN, Clock


async def tracked(store: SqlStore, ref: MessageRef) -> TrackedMessage | None:
    found = await store.tracked_with_counts(ref)
    return found[0] if found else None


async def test_messages_are_tracked_until_they_are_forgotten(store: SqlStore) -> None:
    """Messages in chats and inline messages."""
    kept, gone = (
        TrackedMessage(MessageRef(-5, 1), "x", "{}", 3, 5.0),
        TrackedMessage(MessageRef(6, 2), "x", "{}", 4, 6.0),
    )
    inline = TrackedMessage(MessageRef(inline_message_id="abc"), "x", '{"a": "ü"}', 5, 7.0)
    for message in (kept, gone, inline):
        await store.track(message)
    for message in (kept, gone, inline):
        assert await tracked(store, message.ref) == message
    newer = TrackedMessage(kept.ref, "x", "[]", 9, 8.0)
    await store.track(newer)
    assert await tracked(store, kept.ref) == newer
    assert await store.tracked_in_chat(6, 5) == [gone]
    assert await store.tracked_in_chat(6, 0) == []
    assert await store.tracked_count() == 3
    await store.forget_chat(6)
    assert await store.tracked_in_chat(6, 5) == []
    await store.forget_message(inline.ref)
    assert [await tracked(store, m.ref) for m in (kept, gone, inline)] == [newer, None, None]


async def test_a_message_is_updated_only_if_it_is_tracked(store: SqlStore) -> None:
    """An edit that ends after the message was forgotten does not bring it back."""
    message = TrackedMessage(MessageRef(1, 2), "x", "{}", 3, 5.0)
    await store.update(message)
    assert await tracked(store, message.ref) is None
    await store.track(message)
    newer = TrackedMessage(message.ref, "y", "[]", 4, 6.0)
    await store.update(newer)
    assert await tracked(store, message.ref) == newer


async def test_a_tracked_message_comes_with_its_articles_counts(store: SqlStore) -> None:
    """All reactions of the article, and none before the first vote."""
    message = TrackedMessage(MessageRef(1, 2), "x", "{}", 0, 5.0)
    await store.track(message)
    assert await store.tracked_with_counts(message.ref) == (message, NO_VOTES)
    await store.vote("x", ADA, "like", "1")
    await store.vote("y", ADA, "like", "2")
    result = await store.vote("x", BEN, "love", "3")
    assert result.counts.votes == {"like": 1, "love": 1}
    assert result.counts.own == "love"
    for voter, own in ((ADA, "like"), (BEN, "love"), (b"c" * 32, None), (None, None)):
        found = await store.tracked_with_counts(message.ref, voter)
        assert found is not None
        assert found[1].own == own
        assert (await store.counts("x", voter)).own == own
    assert await store.tracked_with_counts(message.ref) == (message, result.counts)


async def test_outdated_messages_come_most_recently_seen_first(store: SqlStore) -> None:
    """Only those that show older counts of their article, a page at a time."""
    version = (await store.vote("x", ADA, "like", "1")).counts.version
    for number in range(6):
        await store.track(TrackedMessage(MessageRef(1, number + 1), "x", "{}", 0, float(number)))
    await store.track(TrackedMessage(MessageRef(2, 1), "x", "{}", version, 99.0))
    await store.track(TrackedMessage(MessageRef(3, 1), "y", "{}", 0, 99.0))
    page = await store.outdated(float("inf"), 4)
    assert [message.last_seen for message in page] == [5.0, 4.0, 3.0, 2.0]
    page = await store.outdated(page[-1].last_seen, 4)
    assert [message.last_seen for message in page] == [1.0, 0.0]
    assert await store.outdated(0.0, 4) == []
    since = await store.outdated_since(2.0, 2)
    assert [(message.ref, message.last_seen) for message in since] == [
        (MessageRef(1, 6), 5.0),
        (MessageRef(1, 5), 4.0),
    ]
    assert await store.outdated_since(5.0, 2) == []


async def test_updates_are_deferred_until_they_are_handled(store: SqlStore) -> None:
    """The oldest comes first; one that is deferred twice is kept once."""
    for number in (9, 7, 8, 7):
        await store.defer([(number, json.dumps({"update_id": number}))])
    await store.delete_deferred(8)
    assert await store.deferred() == [(7, '{"update_id": 7}'), (9, '{"update_id": 9}')]


async def test_chat_settings_are_kept_and_can_be_moved(store: SqlStore) -> None:
    """Article and language are independent."""
    assert await store.chat_settings(ADA) == ChatSettings()
    await store.set_article(ADA, "x")
    await store.set_language(ADA, "uk")
    await store.set_article(ADA, None)
    assert await store.chat_settings(ADA) == ChatSettings(None, "uk")
    await store.set_article(BEN, "y")
    await store.move_chat_settings(ADA, BEN)
    await store.move_chat_settings(ADA, BEN)
    assert await store.chat_settings(ADA) == ChatSettings()
    assert await store.chat_settings(BEN) == ChatSettings(None, "uk")
    await store.forget_chat_settings(BEN)
    assert await store.chat_settings(BEN) == ChatSettings()


async def test_questions_are_saved_for_a_day(store: SqlStore, clock: Clock) -> None:
    """Older ones cannot be read, even before they are deleted."""
    await store.save_question("k", "Why?")
    await store.save_question("k", "Why?")
    assert await store.saved_question("k") == "Why?"
    assert await store.saved_question("l") is None
    clock.now += QUESTION_KEPT + 1
    assert await store.saved_question("k") is None
    await store.save_question("l", "When?")
    assert await store.saved_question("l") == "When?"


async def test_a_channel_post_is_found_by_channel_and_article(store: SqlStore) -> None:
    """The newest one."""
    await store.save_channel_post(-5, "x", 7)
    await store.save_channel_post(-5, "y", 8)
    await store.save_channel_post(-5, "x", 9)
    assert [await store.channel_post(-5, a) for a in ("x", "y", "z")] == [9, 8, None]
    assert await store.channel_post(-6, "x") is None
