"""Replies that quote, and replies to messages of other chats."""

import pytest
from telegram import Message, MessageOriginChannel, MessageOriginChat, MessageOriginUser

from .conftest import ADA, BEN

INVALID = (400, "QUOTE_TEXT_INVALID")
TEXT = "😀 a bold word, a word"
BOLD = {"type": "bold", "offset": 5, "length": 9}
LINK = {"type": "text_link", "offset": 5, "length": 4, "url": "https://example.org/"}


@pytest.fixture
async def group(people):
    return (await people.post("groups", title="A", readers=[ADA, BEN]))["chat"]


@pytest.fixture
async def said(api):
    """What the bot said to Ada; in UTF-16 units "word" stands at 10 and at 18."""
    sent = await api("sendMessage", chat_id=ADA, text=TEXT, entities=[BOLD, LINK])
    return sent["message_id"]


async def answer(people, chat, **more):
    fields = {"reader": ADA, "chat": chat, "text": "/why", **more}
    return (await people.post("messages", **fields))["message"]


async def test_a_reader_quotes(people, said):
    """A part of the text, with its form."""
    message = await answer(people, ADA, reply_to=said, quote="bold word")
    assert message["reply_to_message"]["message_id"] == said
    assert message["quote"] == {
        "text": "bold word",
        "position": 5,
        "entities": [{"type": "bold", "offset": 0, "length": 9}],
        "is_manual": True,
    }
    quote = Message.de_json(message, None).quote
    assert (quote.text, quote.position, quote.is_manual) == ("bold word", 5, True)
    half = await answer(people, ADA, reply_to=said, quote="word, a")
    assert half["quote"]["entities"] == [{"type": "bold", "offset": 0, "length": 4}]
    plain = await answer(people, ADA, reply_to=said, quote=", a word")
    assert plain["quote"] == {"text": ", a word", "position": 14, "is_manual": True}


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"quote": "nowhere"}, 400),
        ({"quote": ""}, 400),
        ({"quote": 1}, 400),
        ({"quote": "a", "reply_to": None}, 400),
        ({"reply_to_chat": BEN}, 400),
        ({"reply_to_chat": 5}, 404),
        ({"reply_to": 1}, 404),
    ],
)
async def test_what_readers_cannot_quote(people, said, fields, status):
    """Each with a sentence that says why."""
    right = {"reader": ADA, "text": "x", "reply_to": said}
    assert await people.refused("messages", **{**right, **fields}) == status


async def quoted(api, said, text, entities=None, **more):
    reply = {"message_id": said, "quote": text, **more}
    if entities is not None:
        reply["quote_entities"] = entities
    return await api("sendMessage", chat_id=ADA, text="x", reply_parameters=reply)


async def test_the_bot_quotes(api, said):
    """With the form that the text has there; at the place that is nearest to the one named."""
    bold = [{"type": "bold", "offset": 0, "length": 4}]
    sent = await quoted(api, said, "word", bold, quote_position=18)
    assert sent["quote"] == {"text": "word", "position": 10, "entities": bold, "is_manual": True}
    assert sent["reply_to_message"]["message_id"] == said
    plain = await quoted(api, said, "word")
    assert plain["quote"] == {"text": "word", "position": 18, "is_manual": True}
    for position, found in ((0, 3), (16, 16)):
        assert (await quoted(api, said, "a", quote_position=position))["quote"]["position"] == found
    # What quotes do not keep does not matter.
    link = {**LINK, "offset": 0}
    assert (await quoted(api, said, "bold", [*bold, link]))["quote"]["entities"] == bold
    assert "quote" not in await quoted(api, said, "")


@pytest.mark.parametrize(
    ("text", "entities"),
    [
        ("bold", []),
        ("bold", [{"type": "italic", "offset": 0, "length": 4}]),
        ("bold", [{"type": "bold", "offset": 0, "length": 3}]),
        (", a", [{"type": "bold", "offset": 0, "length": 1}]),
        ("nowhere", []),
        ("bold  word", []),
    ],
)
async def test_what_the_bot_cannot_quote(api, said, text, entities):
    """Another form, or what is not there."""
    reply = {"message_id": said, "quote": text, "quote_entities": entities}
    reply["allow_sending_without_reply"] = True
    refused = await api.refused("sendMessage", chat_id=ADA, text="x", reply_parameters=reply)
    assert refused == INVALID


async def test_the_longest_quote(api, people):
    """1024 UTF-16 units."""
    long = (await people.write("😀" * 600))["message_id"]
    assert (await quoted(api, long, "😀" * 512))["quote"]["position"] == 0
    reply = {"message_id": long, "quote": "😀" * 512 + "😀"}
    refused = await api.refused("sendMessage", chat_id=ADA, text="x", reply_parameters=reply)
    assert refused == INVALID


async def test_an_answer_to_another_chat(api, people, group, said):
    """The bot sees whose message it was, and the quote; of a private chat nothing more."""
    await answer(people, group, reply_to=said, reply_to_chat=ADA, quote="bold word")
    (update,) = await api("getUpdates")
    message = Message.de_json(update["message"], None)
    assert message.reply_to_message is None
    assert isinstance(message.external_reply.origin, MessageOriginUser)
    assert message.external_reply.origin.sender_user.is_bot
    assert (message.external_reply.chat, message.external_reply.message_id) == (None, None)
    assert message.quote.text == "bold word"


async def test_an_answer_to_a_post_and_to_a_group(api, people, group):
    """Their chats and message ids are told, and the post's preview."""
    fields = {"title": "News", "username": "the_news", "readers": [ADA]}
    channel = (await people.post("channels", **fields))["chat"]
    preview = {"is_disabled": True}
    post = await api("sendMessage", chat_id=channel, text="x", link_preview_options=preview)
    place = {"reply_to": post["message_id"], "reply_to_chat": channel}
    message = Message.de_json(await answer(people, ADA, **place), None)
    assert isinstance(message.external_reply.origin, MessageOriginChannel)
    assert message.external_reply.chat.id == channel
    assert message.external_reply.message_id == post["message_id"]
    assert message.external_reply.link_preview_options.is_disabled is True
    there = await answer(people, group, **{"as": "group"})
    place = {"reply_to": there["message_id"], "reply_to_chat": group}
    message = Message.de_json(await answer(people, ADA, **place), None)
    assert isinstance(message.external_reply.origin, MessageOriginChat)
    assert message.external_reply.message_id == there["message_id"]
    here = await answer(people, group, reply_to=there["message_id"], reply_to_chat=group)
    assert here["reply_to_message"]["message_id"] == there["message_id"]
