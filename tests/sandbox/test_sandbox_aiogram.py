"""A second opinion: aiogram reads every update and answer, and finds nothing that it does not know.

aiogram checks types as pydantic does, and keeps what no model has a field for, where it is looked
for here.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from .conftest import ADA, BEN, TOKEN

# aiogram takes seconds to load: it is imported where a test runs, not where tests are collected.
if TYPE_CHECKING:
    from aiogram import Bot
    from aiogram.types import InlineKeyboardMarkup, InlineQueryResultArticle, Update

NAME = "@article_sandbox_bot"
KINDS = {
    *("message", "edited_message", "channel_post", "edited_channel_post", "callback_query"),
    *("inline_query", "chosen_inline_result", "my_chat_member", "guest_message"),
}


def keyboard() -> InlineKeyboardMarkup:
    from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

    tapped = InlineKeyboardButton(text="A", callback_data="a")
    link = InlineKeyboardButton(text="Read", url="https://example.org/")
    return InlineKeyboardMarkup(inline_keyboard=[[tapped], [link]])


def result() -> InlineQueryResultArticle:
    from aiogram import types

    text = "Title: text"
    bold = types.MessageEntity(type="bold", offset=0, length=5)
    return types.InlineQueryResultArticle(
        id="1",
        title="Title",
        description="Text",
        input_message_content=types.InputTextMessageContent(message_text=text, entities=[bold]),
        reply_markup=keyboard(),
    )


@pytest.fixture
async def bot(server) -> AsyncIterator[Bot]:
    from aiogram import Bot
    from aiogram.client.session.aiohttp import AiohttpSession
    from aiogram.client.telegram import TelegramAPIServer

    api = TelegramAPIServer.from_base(server.url)
    async with Bot(TOKEN, session=AiohttpSession(api=api)) as bot:
        yield bot


def unknown(value: Any, path: str = "") -> Iterator[str]:
    """Name every field that aiogram has no place for."""
    from pydantic import BaseModel

    if isinstance(value, BaseModel):
        yield from (f"{path}.{name}" for name in value.model_extra or {})
        for name, inner in value:
            yield from unknown(inner, f"{path}.{name}")
    elif isinstance(value, list):
        for inner in value:
            yield from unknown(inner, f"{path}[]")


class Reader:
    """Fetches updates as a bot does, and looks at each."""

    def __init__(self, bot: Bot) -> None:
        self.bot = bot
        self.offset = 0
        self.kinds: set[str] = set()

    async def new(self) -> list[Update]:
        updates = await self.bot.get_updates(offset=self.offset, allowed_updates=sorted(KINDS))
        for update in updates:
            self.offset = update.update_id + 1
            self.kinds.add(update.event_type)
            assert list(unknown(update, update.event_type)) == []
        return updates


def known(answer: Any) -> Any:
    """An answer without anything unknown."""
    assert list(unknown(answer)) == []
    return answer


async def test_every_kind_of_update(bot, people) -> None:
    """In private, groups, topics, channels, inline and as a guest."""
    reader = Reader(bot)
    await reader.new()
    await in_private(bot, people, reader)
    await in_groups(bot, people, reader)
    await in_channels(bot, people, reader)
    await inline_and_guests(bot, people, reader)
    assert reader.kinds == KINDS


async def in_private(bot, people, reader) -> None:
    await people.write("hello https://example.org @someone /start")
    await people.post("messages", reader=ADA, photo=True, caption="look")
    await people.post("messages", reader=ADA, sticker=True)
    asked = await people.write("hello")
    place = {"reader": ADA, "message_id": asked["message_id"]}
    await people.post("messages/edit", **place, text="hello there")
    answer = known(await bot.send_message(ADA, "Answer", reply_markup=keyboard()))
    tap = {"reader": ADA, "chat": ADA, "message_id": answer.message_id, "data": "a"}
    await people.post("taps", **tap)
    await people.post(f"readers/{ADA}/block", blocked=True)
    await people.post(f"readers/{ADA}/block", blocked=False)
    query = next(u.callback_query for u in await reader.new() if u.callback_query)
    assert await bot.answer_callback_query(query.id, text="Counted")
    known(await bot.edit_message_text("New", chat_id=ADA, message_id=answer.message_id))
    known(
        await bot.edit_message_reply_markup(
            chat_id=ADA, message_id=answer.message_id, reply_markup=keyboard()
        )
    )
    assert await bot.delete_message(ADA, answer.message_id)


async def in_groups(bot, people, reader) -> None:
    from aiogram.types import ReplyParameters

    group = (await people.post("groups", title="G", readers=[ADA, BEN], forum=True))["chat"]
    topic = (await people.post(f"groups/{group}/topics", name="T"))["topic"]
    here = {"reader": ADA, "chat": group}
    await people.post("messages", **here, text=f"{NAME} hi", topic=topic)
    await people.post("messages", **here, text="/hi", **{"as": "group"})
    asked = next(u.message for u in await reader.new() if u.message and u.message.text == "/hi")
    reply = ReplyParameters(message_id=asked.message_id, quote="/hi")
    known(await bot.send_message(group, "Yes", reply_parameters=reply))
    known(await bot.get_chat(group))
    for user in (ADA, BEN, int(TOKEN.split(":")[0])):
        known(await bot.get_chat_member(group, user))
    await people.post(f"groups/{group}/remove")
    await people.post(f"groups/{group}/add", reader=BEN)
    basic = (await people.post("groups", title="B", readers=[ADA], kind="group"))["chat"]
    await people.post(f"groups/{basic}/migrate")
    await reader.new()


async def in_channels(bot, people, reader) -> None:
    talk = (await people.post("groups", title="Talk", readers=[ADA, BEN]))["chat"]
    channel = await people.post(
        "channels", title="C", username="channel_of_c", readers=[ADA, BEN], discussion=talk
    )
    known(await bot.get_chat("@channel_of_c"))
    post = known(await bot.send_message("@channel_of_c", "Post", reply_markup=keyboard()))
    here = {"reader": ADA, "chat": channel["chat"]}
    await people.post("taps", **here, message_id=post.message_id, data="a")
    own = (await people.post("messages", **here, text="mine"))["message"]
    await people.post("messages/edit", **here, message_id=own["message_id"], text="mine too")
    await people.post("messages", reader=ADA, chat=talk, text="/x", **{"as": channel["chat"]})
    forwards = [u.message for u in await reader.new() if u.message]
    assert any(message.is_automatic_forward for message in forwards)


async def inline_and_guests(bot, people, reader) -> None:
    closed = (await people.post("groups", title="X", readers=[ADA], bot=False))["chat"]
    await people.post("messages", reader=ADA, chat=closed, text=f"{NAME} hi")
    guest = next(u.guest_message for u in await reader.new() if u.guest_message)
    known(await bot.answer_guest_query(guest.guest_query_id, result()))
    asking = people.post("inline_queries", reader=ADA, query="hi", chat=closed, wait=5)
    found = await answered(bot, reader, asking)
    chosen = {"inline_query_id": found["inline_query_id"], "result_id": "1"}
    await people.post("inline_queries/choose", reader=ADA, chat=closed, **chosen)
    sent = next(u.chosen_inline_result for u in await reader.new() if u.chosen_inline_result)
    assert await bot.edit_message_reply_markup(
        inline_message_id=sent.inline_message_id, reply_markup=None
    )


async def answered(bot, reader, asking) -> Any:
    import asyncio

    from aiogram.types import InlineQueryResultsButton

    waiting = asyncio.ensure_future(asking)
    query = None
    while query is None:
        await asyncio.sleep(0.02)
        query = next((u.inline_query for u in await reader.new() if u.inline_query), None)
    button = InlineQueryResultsButton(text="More", start_parameter="x")
    assert await bot.answer_inline_query(
        query.id, [result()], cache_time=0, next_offset="1", button=button
    )
    return await waiting


async def test_the_bots_own_account(bot) -> None:
    """Name, commands, descriptions, webhook."""
    from aiogram.types import BotCommand, BotCommandScopeAllGroupChats

    assert known(await bot.get_me()).supports_inline_queries
    commands = [BotCommand(command="help", description="Help")]
    scope = BotCommandScopeAllGroupChats()
    assert await bot.set_my_commands(commands, scope=scope, language_code="de")
    (command,) = known(await bot.get_my_commands(scope=scope, language_code="de"))
    assert (command.command, command.description) == ("help", "Help")
    assert await bot.delete_my_commands(scope=scope, language_code="de")
    assert await bot.set_my_name("N")
    assert await bot.set_my_description("D")
    assert await bot.set_my_short_description("S")
    assert known(await bot.get_my_name()).name == "N"
    assert known(await bot.get_my_description()).description == "D"
    assert known(await bot.get_my_short_description()).short_description == "S"
    assert await bot.set_webhook("")
    assert await bot.delete_webhook()
    assert known(await bot.get_webhook_info()).url == ""
    assert await bot.send_chat_action(ADA, "typing")


async def test_errors_become_aiograms_own(bot, people) -> None:
    """By code and parameters."""
    from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError, TelegramRetryAfter

    with pytest.raises(TelegramBadRequest, match="chat not found"):
        await bot.send_message(5, "x")
    await people.post(f"readers/{ADA}/block", blocked=True)
    with pytest.raises(TelegramForbiddenError):
        await bot.send_message(ADA, "x")
    await people.post("limits", private_per_second=1)
    await bot.send_message(BEN, "x")
    with pytest.raises(TelegramRetryAfter) as refused:
        await bot.send_message(BEN, "x")
    assert refused.value.retry_after >= 1
