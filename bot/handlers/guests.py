"""Guest mode: asked in a chat that the bot is no member of, it answers once."""

import logging
from dataclasses import dataclass

from telegram import Update
from telegram.error import TelegramError
from telegram.ext import ContextTypes

from bot.address import Call, call_in, content
from bot.copies import Copy
from bot.handlers.asking import answer_call
from bot.handlers.desk import Desk, me
from bot.inline import single_result
from bot.pace import Rank

Context = ContextTypes.DEFAULT_TYPE
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Guests:
    """Answers guest queries."""

    desk: Desk

    async def asked(self, update: Update, context: Context) -> None:
        """A reader called the bot into a chat: answer with one message."""
        message = update.guest_message
        if message is None or message.guest_query_id is None:
            return
        text = content(message)[0].strip()
        # Telegram decided that it is meant for the bot.
        call = call_in(message, me(context.bot)) or Call(text, message, None)
        reply = await answer_call(self.desk, update, call)
        rendered = reply.render(None)
        result = single_result(rendered)
        try:
            sent = await self.desk.sender.call(
                message.guest_query_id,
                Rank.ANSWER,
                lambda: context.bot.answer_guest_query(message.guest_query_id or "", result),
            )
        except TelegramError as error:
            log.warning("A guest's question could not be answered: %s", error.message)
            return
        copy = Copy(inline_message_id=sent.inline_message_id)
        await self.desk.register(copy, rendered, reply.tally)
