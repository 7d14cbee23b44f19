"""Guest mode: asked in a chat that the bot is no member of, it answers once."""

import logging
from dataclasses import dataclass

from telegram import Update
from telegram.error import TelegramError
from telegram.ext import ContextTypes

from bot.delivery.rate_limiter import Priority
from bot.handlers.mentions import AddressedQuestion, addressed_question, content
from bot.handlers.responder import respond
from bot.handlers.services import Services, me
from bot.store.base import MessageRef
from bot.views.inline_results import single_result

Context = ContextTypes.DEFAULT_TYPE
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class GuestHandlers:
    """Answers guest queries."""

    desk: Services

    async def asked(self, update: Update, context: Context) -> None:
        """A reader called the bot into a chat: answer with one message."""
        message = update.guest_message
        if message is None or message.guest_query_id is None:
            return
        text = content(message)[0].strip()
        # Telegram decided that it is meant for the bot.
        call = addressed_question(message, me(context.bot)) or AddressedQuestion(
            text, message, None
        )
        reply = await respond(self.desk, update, call)
        rendered = reply.render(None)
        result = single_result(rendered)
        try:
            sent = await self.desk.sender.call(
                message.guest_query_id,
                Priority.ANSWER,
                lambda: context.bot.answer_guest_query(message.guest_query_id or "", result),
            )
        except TelegramError as error:
            log.warning("A guest's question could not be answered: %s", error.message)
            return
        copy = MessageRef(inline_message_id=sent.inline_message_id)
        await self.desk.register(copy, rendered, reply.counts)
