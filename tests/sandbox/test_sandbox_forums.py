"""Topics of forums, threads of other supergroups."""

import pytest
from telegram import Update

from .conftest import ADA, BEN

NO_THREAD = (400, "message thread not found")


@pytest.fixture
async def forum(people):
    fields = {"title": "Forum", "readers": [ADA, BEN], "forum": True}
    return (await people.post("groups", **fields))["chat"]


async def write(people, chat, text="/x", reader=ADA, **more):
    return await people.post("messages", reader=reader, chat=chat, text=text, **more)


async def open_topic(people, forum):
    return (await people.post(f"groups/{forum}/topics", name=" Weather "))["topic"]


async def test_a_topic(api, people, forum):
    """The bot is told; the topic's id is that message's; the state shows it."""
    topic = await open_topic(people, forum)
    (update,) = await api("getUpdates")
    message = Update.de_json(update, None).message
    assert (message.message_id, message.message_thread_id) == (topic, topic)
    assert message.forum_topic_created.name == "Weather"
    assert (message.chat.is_forum, message.is_topic_message) == (True, True)
    (shown,) = [c for c in (await people.get("state"))["chats"] if c["id"] == forum]
    assert (shown["is_forum"], shown["topics"]) == (
        True,
        [{"topic": topic, "name": "Weather", "closed": False}],
    )


async def test_messages_in_a_topic(api, people, forum):
    """They carry its id, also replies; what answers nothing answers the topic's opening."""
    topic = await open_topic(people, forum)
    first = (await write(people, forum, topic=topic))["message"]
    assert (first["message_thread_id"], first["is_topic_message"]) == (topic, True)
    assert first["reply_to_message"]["message_id"] == topic
    reply = (await write(people, forum, reply_to=first["message_id"]))["message"]
    assert (reply["message_thread_id"], reply["is_topic_message"]) == (topic, True)
    assert reply["reply_to_message"]["message_id"] == first["message_id"]
    general = (await write(people, forum))["message"]
    assert "message_thread_id" not in general
    assert "is_topic_message" not in general
    assert all(Update.de_json(update, None) for update in await api("getUpdates"))


async def test_the_bot_in_topics(api, people, forum):
    """It names an open one, answers in one, or writes to the general one."""
    topic = await open_topic(people, forum)
    place = {"chat_id": forum, "text": "x"}
    sent = await api("sendMessage", **place, message_thread_id=topic)
    assert (sent["message_thread_id"], sent["is_topic_message"]) == (topic, True)
    asked = (await write(people, forum, topic=topic))["message"]["message_id"]
    reply = await api("sendMessage", **place, reply_parameters={"message_id": asked})
    assert reply["message_thread_id"] == topic
    assert "message_thread_id" not in await api("sendMessage", **place)
    for unknown in (1, topic + 1, asked):
        assert await api.refused("sendMessage", **place, message_thread_id=unknown) == NO_THREAD


async def test_a_closed_topic(api, people, forum):
    """The bot is told; only administrators write there."""
    topic = await open_topic(people, forum)
    asked = (await write(people, forum, topic=topic))["message"]["message_id"]
    closed = {"topic": topic, "closed": True}
    assert await people.post(f"groups/{forum}/topics/close", topic=topic) == closed
    last = Update.de_json((await api("getUpdates"))[-1], None)
    assert last.message.forum_topic_closed
    place = {"chat_id": forum, "text": "x"}
    refused = (400, "TOPIC_CLOSED")
    assert await api.refused("sendMessage", **place, message_thread_id=topic) == refused
    reply = {"message_id": asked}
    assert await api.refused("sendMessage", **place, reply_parameters=reply) == refused
    await write(people, forum, topic=topic)
    fields = {"reader": BEN, "chat": forum, "text": "x"}
    assert await people.refused("messages", **fields, topic=topic) == 400
    assert await people.refused("messages", **fields, reply_to=asked) == 400


async def test_what_topics_cannot_be(people, forum):
    """Each with a sentence that says why."""
    plain = (await people.post("groups", title="A", readers=[ADA]))["chat"]
    assert await people.refused(f"groups/{plain}/topics", name="x") == 400
    assert await people.refused(f"groups/{forum}/topics", name=" ") == 400
    assert await people.refused(f"groups/{forum}/topics/close", topic=5) == 404
    for chat in (plain, forum, ADA):
        fields = {"reader": ADA, "chat": chat, "text": "x", "topic": 5}
        assert await people.refused("messages", **fields) == 404


async def test_threads_of_a_supergroup(api, people):
    """The id of what was answered first; no other thread is there, and none in other chats."""
    group = (await people.post("groups", title="A", readers=[ADA, BEN]))["chat"]
    place = {"chat_id": group, "text": "x"}
    root = (await write(people, group))["message"]["message_id"]
    assert await api.refused("sendMessage", **place, message_thread_id=root) == NO_THREAD
    reply = (await write(people, group, reply_to=root))["message"]
    assert reply["message_thread_id"] == root
    assert "is_topic_message" not in reply
    deeper = (await write(people, group, reply_to=reply["message_id"]))["message"]
    assert deeper["message_thread_id"] == root
    sent = await api("sendMessage", **place, message_thread_id=root)
    assert (sent["message_thread_id"], sent["reply_to_message"]["message_id"]) == (root, root)
    for other in (
        ADA,
        (await people.post("groups", title="B", readers=[ADA], kind="group"))["chat"],
    ):
        elsewhere = {"chat_id": other, "text": "x", "message_thread_id": root}
        assert await api.refused("sendMessage", **elsewhere) == NO_THREAD
