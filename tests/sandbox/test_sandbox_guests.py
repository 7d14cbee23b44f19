"""Guest mode: the bot is asked in groups that it is not in."""

import asyncio

import pytest
from telegram import Bot as PtbBot
from telegram import InlineQueryResultArticle, InputTextMessageContent, Update

from .conftest import ADA, BEN, TOKEN, until_held
from .test_sandbox_inline_queries import TOO_OLD, article
from .test_sandbox_messages import button, keyboard
from .test_sandbox_python_telegram_bot import request

ASK = "@Article_Sandbox_Bot what happened?"


@pytest.fixture
async def group(people):
    fields = {"title": "A", "readers": [ADA, BEN], "bot": False}
    return (await people.post("groups", **fields))["chat"]


async def write(people, chat, text=ASK, reader=ADA, **more):
    return await people.post("messages", reader=reader, chat=chat, text=text, **more)


async def last(api):
    return Update.de_json((await api("getUpdates"))[-1], None)


async def answer(api, update, **more):
    query_id = update.guest_message.guest_query_id
    return await api("answerGuestQuery", guest_query_id=query_id, result=article(**more))


async def messages(people, chat):
    return (await people.get(f"chats/{chat}/messages"))["messages"]


async def test_a_bot_is_asked(api, people, group):
    """By a mention, with the message and the id to answer it; not by what says nothing to it."""
    asked = await write(people, group)
    for text in ("hello", "/start", "/start@article_sandbox_bot", "@somebody_else"):
        assert (await write(people, group, text))["update_id"] is None
    (raw,) = await api("getUpdates")
    update = Update.de_json(raw, None)
    assert (update.update_id, update.message) == (asked["update_id"], None)
    assert update.guest_message.text == ASK
    assert (update.guest_message.chat.id, update.guest_message.from_user.id) == (group, ADA)
    assert raw["guest_message"].pop("guest_query_id")
    assert raw["guest_message"] == asked["message"]


async def test_it_answers(api, people, group, server):
    """In the group, as an answer to who asked, with an id to edit it; whoever waits goes on."""
    asked = (await write(people, group))["message"]
    path = f"chats/{group}/messages"
    waiting = asyncio.create_task(people.get(path, after=asked["message_id"], wait=10))
    await until_held(server)
    markup = keyboard([button()])
    got = await answer(api, await last(api), reply_markup=markup)
    (message,) = (await waiting)["messages"]
    assert got == {"inline_message_id": message["inline_message_id"]}
    assert (message["text"], message["reply_markup"]) == ("Hello", markup)
    assert message["from"]["is_bot"] is True
    assert message["guest_bot_caller_user"]["id"] == ADA
    assert message["reply_to_message"]["message_id"] == asked["message_id"]
    place = {"reader": BEN, "chat": group, "message_id": message["message_id"]}
    await people.post("taps", **place, data="a")
    query = (await last(api)).callback_query
    assert (query.inline_message_id, query.message) == (got["inline_message_id"], None)
    assert await api("editMessageText", **got, text="Changed") is True
    assert (await messages(people, group))[-1]["text"] == "Changed"
    refused = await api.refused("sendMessage", chat_id=group, text="x")
    assert refused == (403, "Forbidden: bot is not a member of the supergroup chat")


async def test_it_is_asked_back(api, people, group):
    """Whoever answers what it said asks again, without a mention."""
    await write(people, group)
    await answer(api, await last(api))
    said = (await messages(people, group))[-1]
    await write(people, group, "and why?", BEN, reply_to=said["message_id"])
    update = await last(api)
    assert update.guest_message.text == "and why?"
    assert update.guest_message.reply_to_message.message_id == said["message_id"]
    assert "inline_message_id" not in (update.guest_message.reply_to_message.api_kwargs or {})
    await answer(api, update)
    assert (await messages(people, group))[-1]["guest_bot_caller_user"]["id"] == BEN


async def test_an_anonymous_administrator_asks(api, people, group):
    """The answer names the chat."""
    await write(people, group, **{"as": "group"})
    await answer(api, await last(api))
    said = (await messages(people, group))[-1]
    assert said["guest_bot_caller_chat"]["id"] == group
    assert "guest_bot_caller_user" not in said


async def test_once_only(api, people, group):
    """No second answer, none to what is unknown; a wrong one leaves the query as it is."""
    await write(people, group)
    update = await last(api)
    place = {"guest_query_id": update.guest_message.guest_query_id}
    for wrong in ({}, article(""), article(text=" "), article(type="photo")):
        assert (await api.refused("answerGuestQuery", **place, result=wrong))[0] == 400
    await answer(api, update)
    assert await api.refused("answerGuestQuery", **place, result=article()) == TOO_OLD
    place["guest_query_id"] = "5"
    assert await api.refused("answerGuestQuery", **place, result=article()) == TOO_OLD


async def test_when_it_is_not_asked(api, people, group):
    """Switched off; in chats where it is a member; by an edit."""
    message = (await write(people, group, "hello"))["message"]
    place = {"reader": ADA, "chat": group, "message_id": message["message_id"]}
    assert (await people.post("messages/edit", **place, text=ASK))["update_id"] is None
    await people.post("bot", guest=False)
    assert (await write(people, group))["update_id"] is None
    await people.post("bot")
    await people.post(f"groups/{group}/add", reader=ADA)
    await write(people, group)
    update = await last(api)
    assert (update.guest_message, update.message.text) == (None, ASK)


async def test_a_removed_bot_is_a_guest(api, people, group):
    """Like one that never was there; a question that is gone is answered all the same."""
    await people.post(f"groups/{group}/add", reader=ADA)
    await people.post(f"groups/{group}/remove", reader=ADA)
    asked = (await write(people, group))["message"]
    await people.post("messages/delete", reader=ADA, chat=group, message_id=asked["message_id"])
    await answer(api, await last(api))
    assert "reply_to_message" not in (await messages(people, group))[-1]


async def test_limits_and_faults(api, people, group):
    """The method counts among all that the bot writes, and can be struck."""
    await write(people, group)
    update = await last(api)
    await people.post("limits", overall_per_second=1)
    await people.post("faults", kind="500", method="answerGuestQuery", times=1)
    place = {"guest_query_id": update.guest_message.guest_query_id, "result": article()}
    assert (await api.refused("answerGuestQuery", **place))[0] == 500
    await answer(api, update)
    assert (await api.refused("answerGuestQuery", **place))[0] == 429


async def test_python_telegram_bot_answers(server, people, group):
    """And reads the answer's id."""
    await write(people, group)
    async with PtbBot(TOKEN, base_url=f"{server.url}/bot", request=request()) as bot:
        (update,) = await bot.get_updates()
        content = InputTextMessageContent("Hello")
        result = InlineQueryResultArticle("1", "A title", content)
        sent = await update.guest_message.answer_guest_query(result)
    assert sent.inline_message_id == (await messages(people, group))[-1]["inline_message_id"]
