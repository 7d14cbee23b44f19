"""Messages that readers put into groups through the bot: it knows them by their inline id only."""

import pytest

from .conftest import ADA, BEN
from .test_sandbox_messages import NOT_MODIFIED, button, keyboard

BARE = ("message_id", "from", "chat", "date", "text", "reply_markup", "via_bot")


@pytest.fixture
async def group(people) -> int:
    return int((await people.post("groups", title="Readers", readers=[ADA, BEN]))["chat"])


@pytest.fixture
async def inline(people, group):
    markup = keyboard([button()])
    fields = {"reader": ADA, "chat": group, "text": "/told", "reply_markup": markup}
    return await people.post("inline_messages", **fields)


async def test_an_inline_message(api, people, group, inline):
    """From the reader, via the bot; only the control interface tells its inline id."""
    message = inline["message"]
    assert message["from"]["id"] == ADA
    assert message["via_bot"]["username"] == "article_sandbox_bot"
    assert message["inline_message_id"] == inline["inline_message_id"]
    assert (await people.get(f"chats/{group}/messages"))["messages"] == [message]
    reply = {"reader": BEN, "chat": group, "text": "/why", "reply_to": message["message_id"]}
    await people.post("messages", **reply)
    first, second = await api("getUpdates")
    bare = {name: message[name] for name in (*BARE, "entities")}
    assert first == {"update_id": inline["update_id"], "message": bare}
    assert second["message"]["reply_to_message"] == bare


async def test_a_tap_on_it(api, people, group, inline):
    """The query names the message by its inline id, and can be answered."""
    place = {"reader": BEN, "chat": group, "message_id": inline["message"]["message_id"]}
    await people.post("taps", **place, data="a")
    query = (await api("getUpdates"))[-1]["callback_query"]
    assert query["inline_message_id"] == inline["inline_message_id"]
    assert query["from"]["id"] == BEN
    assert "message" not in query
    await api("answerCallbackQuery", callback_query_id=query["id"])


async def test_edits(api, people, group, inline):
    """They answer true; nothing new is refused as elsewhere, and all readers see the rest."""
    place = {"inline_message_id": inline["inline_message_id"]}
    method, new = "editMessageReplyMarkup", keyboard([button("B")])
    assert await api(method, **place, reply_markup=new) is True
    assert await api.refused(method, **place, reply_markup=new) == (400, NOT_MODIFIED)
    (message,) = (await people.get(f"chats/{group}/messages"))["messages"]
    assert message == {**inline["message"], "reply_markup": new}
    assert await api("editMessageText", **place, text="later") is True
    (message,) = (await people.get(f"chats/{group}/messages"))["messages"]
    assert (message["text"], "reply_markup" in message) == ("later", False)
    assert message["inline_message_id"] == inline["inline_message_id"]
    await people.post(f"groups/{group}/remove")
    assert await api("editMessageText", **place, text="still the bot's") is True


async def test_what_cannot_be_edited(api, people, group, inline):
    """An unknown id; by the message's number; and by readers."""
    for method in ("editMessageText", "editMessageReplyMarkup"):
        refused = await api.refused(method, inline_message_id="no", text="x")
        assert refused == (400, "MESSAGE_ID_INVALID")
        number = inline["message"]["message_id"]
        refused = await api.refused(method, chat_id=group, message_id=number, text="x")
        assert refused == (400, "message can't be edited")
    place = {"reader": ADA, "chat": group, "message_id": number}
    assert await people.refused("messages/edit", **place, text="x") == 400


async def test_a_removed_bot_hears_of_taps_only(people, group, inline):
    """The message stays the bot's; that one more was sent is not told."""
    await people.post(f"groups/{group}/remove")
    fields = {"reader": ADA, "chat": group, "text": "x"}
    assert (await people.post("inline_messages", **fields))["update_id"] is None
    place = {"reader": ADA, "chat": group, "message_id": inline["message"]["message_id"]}
    assert (await people.post("taps", **place, data="a"))["update_id"]


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"chat": ADA}, 400),
        ({"chat": -5}, 404),
        ({"reader": 5}, 404),
        ({"text": " "}, 400),
        ({"reply_markup": []}, 400),
        ({"reply_markup": {"inline_keyboard": [[{"text": "A"}]]}}, 400),
    ],
)
async def test_what_cannot_be_put_into_a_group(people, group, fields, status):
    """Each with a sentence that says why."""
    right = {"reader": ADA, "chat": group, "text": "x"}
    assert await people.refused("inline_messages", **{**right, **fields}) == status
