"""python-telegram-bot itself, unchanged, against the sandbox."""

import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, ReplyParameters
from telegram.error import BadRequest, InvalidToken
from telegram.ext import Application, CallbackQueryHandler, CommandHandler, MessageHandler, filters
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
