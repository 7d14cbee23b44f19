"""What readers do, and what the page and the tests see of it."""

import asyncio
import time

import pytest

from .conftest import ADA, BEN, until_held


async def test_state(api, people):
    """The bot, the two readers and their chats, in exactly this shape."""
    await api("setMyCommands", commands=[{"command": "start", "description": "Begin"}])
    await api("setMyDescription", description="Long")
    await api("setMyShortDescription", short_description="Short")
    message = await people.write("x", BEN)
    state = await people.get("state")
    assert state["bot"]["username"] == "article_sandbox_bot"
    assert state["bot"]["commands"] == [{"command": "start", "description": "Begin"}]
    assert (state["bot"]["description"], state["bot"]["short_description"]) == ("Long", "Short")
    assert state["readers"] == [
        {"id": ADA, "first_name": "Ada", "language_code": "en"},
        {"id": BEN, "first_name": "Ben", "language_code": "en"},
    ]
    assert state["chats"] == [
        {"id": ADA, "type": "private", "reader": ADA, "messages": []},
        {"id": BEN, "type": "private", "reader": BEN, "messages": [message]},
    ]


async def test_readers_write_and_edit(api, people):
    """Each becomes an update that holds the whole message."""
    first = await people.post("messages", reader=ADA, text=" /start now ")
    message = first["message"]
    assert message["from"] == {
        "id": ADA,
        "is_bot": False,
        "first_name": "Ada",
        "language_code": "en",
    }
    assert message["text"] == "/start now"
    changed = await people.post(
        "messages/edit", reader=ADA, message_id=message["message_id"], text="later"
    )
    assert changed["message"]["edit_date"] >= message["date"]
    assert "entities" not in changed["message"]
    assert await api("getUpdates") == [
        {"update_id": first["update_id"], "message": message},
        {"update_id": changed["update_id"], "edited_message": changed["message"]},
    ]
    reply = await people.post("messages", reader=ADA, text="y", reply_to=message["message_id"])
    assert reply["message"]["reply_to_message"] == changed["message"]


async def test_photos_and_stickers(people):
    """python-telegram-bot's own classes read them."""
    from telegram import Message

    photo = await people.post("messages", reader=ADA, photo=True, caption="see @someone")
    parsed = Message.de_json(photo["message"], None)
    assert (len(parsed.photo), parsed.caption, parsed.text) == (2, "see @someone", None)
    assert parsed.caption_entities[0].type == "mention"
    sticker = await people.post("messages", reader=ADA, sticker=True)
    assert Message.de_json(sticker["message"], None).sticker.width == 512


@pytest.mark.parametrize(
    ("path", "fields", "status"),
    [
        ("messages", {"reader": 5, "text": "x"}, 404),
        ("messages", {"text": "x"}, 400),
        ("messages", {"reader": ADA}, 400),
        ("messages", {"reader": ADA, "text": " "}, 400),
        ("messages", {"reader": ADA, "text": 7}, 400),
        ("messages", {"reader": ADA, "text": "x" * 4097}, 400),
        ("messages", {"reader": ADA, "text": "x", "photo": True}, 400),
        ("messages", {"reader": ADA, "text": "x", "reply_to": 1}, 404),
        ("messages/edit", {"reader": ADA, "text": "x", "message_id": 1}, 404),
        ("taps", {"reader": ADA, "chat": ADA, "message_id": 1, "data": "x"}, 404),
        ("taps", {"reader": ADA, "chat": 9, "message_id": 1, "data": "x"}, 404),
        ("updates", {"update": []}, 400),
        ("readers", {"first_name": 1}, 400),
        ("readers/5/block", {"blocked": True}, 404),
        (f"readers/{ADA}/block", {"blocked": 1}, 400),
    ],
)
async def test_what_readers_cannot_do(people, path, fields, status):
    """400 for a wrong field, 404 for what does not exist; the error is a sentence."""
    assert await people.refused(path, **fields) == status


async def test_the_bots_messages_are_not_the_readers_to_edit(api, people):
    """400."""
    sent = await api("sendMessage", chat_id=ADA, text="x")
    fields = {"reader": ADA, "message_id": sent["message_id"], "text": "y"}
    assert await people.refused("messages/edit", **fields) == 400


async def test_tap(api, people):
    """The query holds the message as it is now; it can be answered once, with 200 characters."""
    markup = {"inline_keyboard": [[{"text": "A", "callback_data": "a"}]]}
    sent = await api("sendMessage", chat_id=ADA, text="x", reply_markup=markup)
    place = {"reader": ADA, "chat": ADA, "message_id": sent["message_id"]}
    tapped = await people.post("taps", **place, data="forged " * 20)
    (update,) = await api("getUpdates")
    query = update["callback_query"]
    assert (update["update_id"], query["id"]) == (tapped["update_id"], tapped["callback_query_id"])
    assert query["id"].isdigit()
    assert query["message"] == sent
    assert query["data"] == "forged " * 20
    assert query["from"]["id"] == ADA
    assert query["chat_instance"]
    too_long = await api.refused(
        "answerCallbackQuery", callback_query_id=query["id"], text="x" * 201
    )
    assert too_long == (400, "MESSAGE_TOO_LONG")
    await api("answerCallbackQuery", callback_query_id=query["id"], text="x" * 200)
    old = (400, "query is too old and response timeout expired or query ID is invalid")
    assert await api.refused("answerCallbackQuery", callback_query_id=query["id"]) == old
    assert await api.refused("answerCallbackQuery", callback_query_id="5") == old
    assert await people.refused("taps", **{**place, "reader": BEN}, data="a") == 400


async def test_a_tap_can_wait_for_its_answer(api, people):
    """It ends with the answer, or with null when time ran out."""
    sent = await api("sendMessage", chat_id=ADA, text="x")
    fields = {"reader": ADA, "chat": ADA, "message_id": sent["message_id"], "data": "a"}
    assert (await people.post("taps", **fields, wait=0.05))["answer"] is None
    update_id = (await api("getUpdates"))[0]["update_id"]
    waiting = asyncio.create_task(people.post("taps", **fields, wait=10))
    (update,) = await api("getUpdates", offset=update_id + 1, timeout=5)
    query_id = update["callback_query"]["id"]
    await api("answerCallbackQuery", callback_query_id=query_id, text="Yes", show_alert=True)
    tapped = await waiting
    assert tapped["answer"] == {"text": "Yes", "show_alert": True}
    assert tapped["callback_query_id"] == query_id
    for wait in (31, -1, "1", True):
        assert await people.refused("taps", **fields, wait=wait) == 400


async def test_a_tap_can_be_delivered_again(api, people):
    """The same query id in a new update; the wait ends with the bot's next try to answer."""
    sent = await api("sendMessage", chat_id=ADA, text="x")
    fields = {"reader": ADA, "chat": ADA, "message_id": sent["message_id"], "data": "a"}
    first = await people.post("taps", **fields)
    query_id = first["callback_query_id"]
    await api("answerCallbackQuery", callback_query_id=query_id, text="Once")
    again = asyncio.create_task(people.post("taps", **fields, callback_query_id=query_id, wait=9))
    await api("getUpdates", offset=first["update_id"] + 1, timeout=5)
    assert (await api.refused("answerCallbackQuery", callback_query_id=query_id))[0] == 400
    repeated = await again
    assert repeated["callback_query_id"] == query_id
    assert repeated["update_id"] > first["update_id"]
    assert repeated["answer"]["text"] == "Once"
    assert await people.refused("taps", **fields, callback_query_id="12") == 404


async def test_add_a_reader(api, people):
    """With a chat whose id is the reader's; both fields may be left out."""
    added = await people.post("readers", first_name="Cleo", language_code="de")
    reader = {"id": added["chat"], "first_name": "Cleo", "language_code": "de"}
    assert added["reader"] == reader
    assert (await api("sendMessage", chat_id=added["chat"], text="x"))["chat"][
        "first_name"
    ] == "Cleo"
    other = (await people.post("readers"))["reader"]
    assert other["first_name"]
    assert (other["language_code"], other["id"]) == ("en", reader["id"] + 1)


async def test_read_a_chat(api, people, http, server):
    """Messages after an id; with wait, until the bot wrote one."""
    asked = await people.write("?")
    path, after = f"chats/{ADA}/messages", asked["message_id"]
    assert (await people.get(path))["messages"] == [asked]
    started = time.monotonic()
    assert (await people.get(path, after=after, wait=0.1))["messages"] == []
    assert time.monotonic() - started >= 0.09
    waiting = asyncio.create_task(people.get(path, after=after, wait=10))
    await until_held(server)
    await people.write("still there?")
    sent = await api("sendMessage", chat_id=ADA, text="!")
    assert [m["text"] for m in (await waiting)["messages"]] == ["still there?", "!"]
    assert (await people.get(path, after=after, wait=10))["messages"][-1] == sent
    for query in ("after=x", "after=1.5", "wait=61", "wait=nan", "wait=-1"):
        assert (await http.get(f"/sandbox/{path}?{query}")).status_code == 400
    assert (await http.get("/sandbox/chats/9/messages")).status_code == 404


async def test_calls(api, people, http):
    """Every call with its number, decoded parameters and outcome; empty polls are left out."""
    await api("getUpdates")
    await api("sendMessage", chat_id=ADA, text="[1]")
    await api.refused("sendMessage", chat_id=9, text="x", reply_markup={})
    await http.get("/bot1:wrong/getMe")
    await people.write("x")
    await api("getUpdates", timeout=0)
    calls = (await people.get("calls"))["calls"]
    assert [call["n"] for call in calls] == [1, 2, 3]
    assert [call["method"] for call in calls] == ["sendMessage", "sendMessage", "getUpdates"]
    assert calls[1]["params"] == {"chat_id": 9, "text": "x", "reply_markup": {}}
    assert [(call["status"], call["description"]) for call in calls[:2]] == [
        (200, None),
        (400, "Bad Request: chat not found"),
    ]
    assert all(call["milliseconds"] >= 0 for call in calls)
    assert (await people.get("calls", after=2))["calls"] == calls[2:]
    assert (await people.get("calls", after=3))["calls"] == []
