"""Bare bots, each a process: they echo questions, and answer a button and edit its message.

python -m tests.benchmarks.throughput.bare NAME ADDRESS
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import Any

from tests.benchmarks.throughput.stub import REACTIONS, TOKEN

ANSWER = "The United States has agreed. " * 12


def library(address: str, at_once: int, own_client: bool = False) -> None:
    """python-telegram-bot: one update after the other, or many at once."""
    from telegram import InlineKeyboardButton, InlineKeyboardMarkup
    from telegram.ext import Application, CallbackQueryHandler, MessageHandler, filters

    from bot.delivery.http_requests import BotApiRequest

    async def echo(update: Any, _: Any) -> None:
        await update.message.reply_text(ANSWER)

    async def tapped(update: Any, _: Any) -> None:
        query = update.callback_query
        await query.answer("Thank you")
        row = [InlineKeyboardButton("👍 1", callback_data=name) for name in REACTIONS]
        await query.edit_message_reply_markup(InlineKeyboardMarkup([row]))

    builder = Application.builder().token(TOKEN).base_url(f"{address}/bot")
    if own_client:
        builder = builder.request(BotApiRequest(address)).get_updates_request(
            BotApiRequest(address)
        )
    application = builder.concurrent_updates(at_once if at_once > 1 else False).build()
    application.add_handler(MessageHandler(filters.TEXT, echo))
    application.add_handler(CallbackQueryHandler(tapped))
    application.run_polling()


def aiogram(address: str) -> None:
    """Aiogram, which handles many updates at once."""
    from aiogram import Bot, Dispatcher
    from aiogram.client.session.aiohttp import AiohttpSession
    from aiogram.client.telegram import TelegramAPIServer
    from aiogram.types import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message

    dispatcher = Dispatcher()

    @dispatcher.message()
    async def echo(message: Message) -> None:
        await message.answer(ANSWER)

    @dispatcher.callback_query()
    async def tapped(query: CallbackQuery) -> None:
        await query.answer("Thank you")
        row = [InlineKeyboardButton(text="👍 1", callback_data=name) for name in REACTIONS]
        assert isinstance(query.message, Message)
        await query.message.edit_reply_markup(
            reply_markup=InlineKeyboardMarkup(inline_keyboard=[row])
        )

    async def run() -> None:
        session = AiohttpSession(api=TelegramAPIServer.from_base(address))
        await dispatcher.start_polling(Bot(TOKEN, session=session))

    asyncio.run(run())


BOTS: dict[str, Callable[[str], Awaitable[None] | None]] = {
    "python-telegram-bot, one at a time": lambda address: library(address, 1),
    "python-telegram-bot, 64 at once": lambda address: library(address, 64),
    "the same on the bot's client": lambda address: library(address, 64, own_client=True),
    "aiogram": aiogram,
}
"""By the name in the table."""


if __name__ == "__main__":
    BOTS[sys.argv[1]](sys.argv[2])
