"""python-telegram-bot itself, unchanged, against the sandbox."""

import pytest
from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InlineQueryResultsButton,
    InputTextMessageContent,
    ReplyParameters,
    Update,
)
from telegram.error import BadRequest, InvalidToken
from telegram.ext import (
    Application,
    CallbackQueryHandler,
    ChatMemberHandler,
    ChosenInlineResultHandler,
    CommandHandler,
    InlineQueryHandler,
    MessageHandler,
    filters,
)
from telegram.request import HTTPXRequest

from .conftest import ADA, TOKEN


def request():
    return HTTPXRequest(connection_pool_size=8, httpx_kwargs={"trust_env": False})


def keyboard(label):
    return InlineKeyboardMarkup([[InlineKeyboardButton(label, callback_data="tap")]])


async def on_start(update, context):
    await update.message.reply_text(f"welcome {context.args}")


async def on_text(update, _context):
    message = update.message
    reply = ReplyParameters(message.message_id, allow_sending_without_reply=True)
    await message.reply_text(message.text, reply_markup=keyboard("0"), reply_parameters=reply)


async def on_tap(update, _context):
    query = update.callback_query
    await query.answer("counted")
    await query.edit_message_reply_markup(keyboard("1"))


async def test_a_polling_application(server, people):
    """It echoes a message, runs a command, counts a tap on the keyboard and answers it."""
    builder = Application.builder().token(TOKEN).base_url(f"{server.url}/bot")
    application = builder.request(request()).get_updates_request(request()).build()
    application.add_handler(CommandHandler("start", on_start))
    application.add_handler(MessageHandler(filters.TEXT, on_text))
    application.add_handler(CallbackQueryHandler(on_tap))
    async with application:
        await application.start()
        await application.updater.start_polling(poll_interval=0, timeout=5)
        path = f"chats/{ADA}/messages"
        asked = await people.write("hello there")
        got = await people.get(path, after=asked["message_id"], wait=5)
        (echo,) = got["messages"]
        assert echo["text"] == "hello there"
        assert echo["reply_to_message"]["message_id"] == asked["message_id"]
        place = {"reader": ADA, "chat": ADA, "message_id": echo["message_id"]}
        tapped = await people.post("taps", **place, data="tap", wait=5)
        assert tapped["answer"] == {"text": "counted", "show_alert": False}
        asked = await people.write("/start now")
        got = await people.get(path, after=asked["message_id"], wait=5)
        (answer,) = got["messages"]
        assert answer["text"] == "welcome ['now']"
        await application.updater.stop()
        await application.stop()
    messages = (await people.get(path, after=echo["message_id"] - 1))["messages"]
    assert messages[0]["reply_markup"]["inline_keyboard"][0][0]["text"] == "1"


async def test_a_bots_errors(server):
    """The library raises what it raises for Telegram itself."""
    async with Bot(TOKEN, base_url=f"{server.url}/bot", request=request()) as bot:
        with pytest.raises(BadRequest, match="Chat not found"):
            await bot.send_message(5, "x")
        sent = await bot.send_message(ADA, "x")
        with pytest.raises(BadRequest, match="Message is not modified"):
            await sent.edit_text("x")
        assert (await bot.get_chat(ADA)).first_name == "Ada"
    stranger = Bot("1:x", base_url=f"{server.url}/bot", request=request())
    with pytest.raises(InvalidToken):
        await stranger.initialize()
    await stranger.shutdown()


async def on_query(update, _context):
    query = update.inline_query
    content = InputTextMessageContent(f"re {query.query}")
    result = InlineQueryResultArticle("1", "A title", content, reply_markup=keyboard("0"))
    above = InlineQueryResultsButton("Open", start_parameter="inline")
    await query.answer([result], cache_time=0, next_offset="1", button=above)


async def on_chosen(update, context):
    inline_id = update.chosen_inline_result.inline_message_id
    await context.bot.edit_message_text("later", inline_message_id=inline_id)


async def on_guest(update, _context):
    content = InputTextMessageContent("as a guest")
    result = InlineQueryResultArticle("1", "A title", content)
    await update.guest_message.answer_guest_query(result)


async def on_member(update, context):
    moved = update.my_chat_member
    if moved.new_chat_member.status == "member":
        await context.bot.send_message(moved.chat.id, "thanks")


async def test_an_application_beyond_private_chats(server, people):
    """It is asked inline and as a guest, is brought into the group, and posts in a channel."""
    builder = Application.builder().token(TOKEN).base_url(f"{server.url}/bot")
    application = builder.request(request()).get_updates_request(request()).build()
    application.add_handler(InlineQueryHandler(on_query))
    application.add_handler(ChosenInlineResultHandler(on_chosen))
    application.add_handler(ChatMemberHandler(on_member))
    guests = filters.UpdateType.GUEST_MESSAGE
    application.add_handler(MessageHandler(guests, on_guest))
    group = (await people.post("groups", title="A", readers=[ADA], bot=False))["chat"]
    place = {"reader": ADA, "chat": group}
    fields = {"title": "News", "username": "the_news", "readers": [ADA], "discussion": group}
    await people.post("channels", **fields)
    path = f"chats/{group}/messages"
    async with application:
        await application.start()
        allowed = Update.ALL_TYPES
        await application.updater.start_polling(poll_interval=0, timeout=5, allowed_updates=allowed)
        got = await people.post("inline_queries", **place, query="q")
        content = got["results"][0]["input_message_content"]
        assert (content["message_text"], got["next_offset"]) == ("re q", "1")
        choice = {"inline_query_id": got["inline_query_id"], "result_id": "1"}
        chosen = (await people.post("inline_queries/choose", **place, **choice))["message"]
        asked = await people.post("messages", **place, text="@article_sandbox_bot?")
        after = asked["message"]["message_id"]
        (answer,) = (await people.get(path, after=after, wait=5))["messages"]
        assert answer["text"] == "as a guest"
        added = await people.post(f"groups/{group}/add", reader=ADA)
        after = added["message"]["message_id"]
        (thanks,) = (await people.get(path, after=after, wait=5))["messages"]
        assert thanks["text"] == "thanks"
        post = await application.bot.send_message("@the_news", "hello")
        assert (post.from_user, post.sender_chat.username) == (None, "the_news")
        assert (await application.bot.get_chat("@the_news")).linked_chat_id == group
        await application.updater.stop()
        await application.stop()
    messages = (await people.get(path))["messages"]
    assert messages[-1]["is_automatic_forward"] is True
    changed = next(m for m in messages if m["message_id"] == chosen["message_id"])
    assert changed["text"] == "later"
