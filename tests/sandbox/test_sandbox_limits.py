"""Limits on the bot's calls, and the counters that show how it keeps them."""

import asyncio
import time
from math import ceil

import pytest
from telegram import Bot
from telegram.error import RetryAfter

from bot.sandbox.chaos.limits import Window

from .conftest import ADA, BEN, TOKEN
from .test_sandbox_messages import button, keyboard
from .test_sandbox_python_telegram_bot import request

NONE = {"private_per_second": None, "group_per_minute": None, "overall_per_second": None}


async def send(api, chat=ADA):
    """The seconds that the bot is told to wait; None when the message was sent."""
    response = await api.raw("sendMessage", chat_id=chat, text="x")
    body = response.json()
    if response.status_code == 200:
        return None
    assert response.status_code == body["error_code"] == 429
    seconds = body["parameters"]["retry_after"]
    assert body["description"] == f"Too Many Requests: retry after {seconds}"
    return seconds


async def sent(api, count, chat=ADA):
    return [await send(api, chat) for _ in range(count)]


async def test_none_at_first(api, people):
    """What was set is shown, here and in the state; each setting replaces the one before."""
    assert await people.get("limits") == NONE
    assert await sent(api, 40) == [None] * 40
    set_ = {**NONE, "private_per_second": 1, "group_per_minute": 0.5}
    assert await people.post("limits", private_per_second=1, group_per_minute=0.5) == set_
    assert await people.get("limits") == (await people.get("state"))["limits"] == set_
    assert await people.post("limits") == NONE
    assert await sent(api, 3) == [None] * 3


@pytest.mark.parametrize("number", [0, -1, "1", True, 1e300, 0.0001])
async def test_numbers_that_are_no_limit(people, number):
    """They are refused, and nothing changes."""
    assert await people.refused("limits", overall_per_second=number) == 400
    assert await people.get("limits") == NONE


async def test_private_chats(api, people):
    """Each has its own room; after the time that the bot is told, there is room again."""
    await people.post("limits", private_per_second=2)
    assert await sent(api, 3) == [None, None, 1]
    assert await sent(api, 1, BEN) == [None]
    await asyncio.sleep(1.05)
    assert await sent(api, 3) == [None, None, 1]
    messages = (await people.get(f"chats/{ADA}/messages"))["messages"]
    assert len(messages) == 4


def test_a_refused_chat_stays_closed():
    """For the whole seconds the bot was told, though there would be room a little earlier."""
    window = Window(0.7, period=1)
    window.add(0)
    assert ceil(window.wait(0.1)) == 2
    window.close(0.1)
    assert ceil(window.wait(1.6)) == 1
    window.close(1.6)
    assert window.wait(2.0) > 0
    assert window.wait(2.1) <= 0


def test_a_fraction():
    """0.5 a second is one call in two."""
    window = Window(0.5, period=1)
    window.add(0)
    assert window.wait(0) == 2
    assert window.wait(1.9) > 0
    assert window.wait(2) <= 0


async def test_groups(api, people):
    """Their limit is by the minute, and private chats have nothing to do with it."""
    group = (await people.post("groups", title="A", readers=[ADA]))["chat"]
    await people.post("limits", group_per_minute=3)
    assert await sent(api, 4, group) == [None, None, None, 60]
    assert await sent(api, 5) == [None] * 5


async def test_overall(api, people):
    """All chats together; a chat that is refused for it is not closed."""
    await people.post("limits", overall_per_second=3)
    assert await sent(api, 2) == [None, None]
    assert await sent(api, 2, BEN) == [None, 1]
    await asyncio.sleep(1.05)
    assert await sent(api, 1, BEN) == [None]


async def test_which_calls_count(api, people):
    """Those that write: also edits, also in vain. Answers to taps and the like are free."""
    await people.post("limits", private_per_second=4)
    place = {"chat_id": ADA}
    message_id = (await api("sendMessage", **place, text="x"))["message_id"]
    for _ in range(9):
        await api("sendChatAction", **place, action="typing")
        await api("getChat", **place)
        await api.refused("answerCallbackQuery", callback_query_id="5")
    place["message_id"] = message_id
    assert (await api.refused("editMessageText", **place, text="x"))[0] == 400
    await api("editMessageReplyMarkup", **place, reply_markup=keyboard([button()]))
    await api("deleteMessage", **place)
    for method in ("sendMessage", "editMessageText", "editMessageReplyMarkup", "deleteMessage"):
        assert (await api.refused(method, **place, text="x"))[0] == 429
    # Not even the chat is looked for, and nothing else was counted for a chat that is not there.
    assert (await api.refused("sendMessage", chat_id=5, text="x"))[0] == 400


async def test_inline_messages(api, people):
    """Each has the room of a private chat, and all count in the overall limit."""
    group = (await people.post("groups", title="A", readers=[ADA]))["chat"]
    fields = {"reader": ADA, "chat": group, "text": "x"}
    one, two = [
        (await people.post("inline_messages", **fields))["inline_message_id"] for _ in range(2)
    ]
    limits = {"private_per_second": 2, "overall_per_second": 4}
    await people.post("limits", group_per_minute=1, **limits)

    async def edit(inline_id, text):
        response = await api.raw("editMessageText", inline_message_id=inline_id, text=text)
        return response.status_code

    assert [await edit(one, text) for text in "abc"] == [200, 200, 429]
    assert [await edit(two, text) for text in "aab"] == [200, 400, 429]
    assert await send(api, group) == 1


async def test_python_telegram_bot_reads_it(server, people, monkeypatch):
    """As its own kind of error, with the seconds to wait."""
    # Without this the library warns of its own next version.
    monkeypatch.setenv("PTB_TIMEDELTA", "true")
    await people.post("limits", private_per_second=0.2)
    async with Bot(TOKEN, base_url=f"{server.url}/bot", request=request()) as bot:
        await bot.send_message(ADA, "x")
        with pytest.raises(RetryAfter) as caught:
            await bot.send_message(ADA, "x")
    assert caught.value.retry_after.total_seconds() == 5


async def test_calls_tell_chat_and_time(api, people):
    """Refused ones too; a call to no chat has none."""
    await people.post("limits", private_per_second=1)
    before = time.time()
    await sent(api, 2)
    await api("getMe")
    calls = (await people.get("calls"))["calls"]
    assert [(call["chat"], call["status"]) for call in calls] == [
        (ADA, 200),
        (ADA, 429),
        (None, 200),
    ]
    times = [call["at"] for call in calls]
    assert before <= times[0] <= times[1] <= times[2] <= time.time()


async def test_totals(api, people, http):
    """All calls by method and status, polls too, and the edits that changed nothing."""
    assert await people.get("totals") == {"calls": {}, "not_modified": 0}
    await people.post("limits", private_per_second=3)
    message_id = (await api("sendMessage", chat_id=ADA, text="x"))["message_id"]
    for _ in range(2):
        await api.refused("editMessageText", chat_id=ADA, message_id=message_id, text="x")
    await api.refused("SENDmessage", chat_id=ADA, text="x")
    await api.refused("sendMessage", chat_id=5, text="x")
    await api("getUpdates")
    await http.get("/bot1:wrong/getMe")
    assert await people.get("totals") == {
        "calls": {
            "sendmessage": {"200": 1, "429": 1, "400": 1},
            "editmessagetext": {"400": 2},
            "getupdates": {"200": 1},
        },
        "not_modified": 2,
    }
