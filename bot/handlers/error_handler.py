"""What readers are told when a handler fails."""

import contextlib
import logging

from telegram import Update
from telegram.constants import ChatType
from telegram.error import TelegramError

from bot.errors import BotError
from bot.handlers.services import Context
from bot.views.outgoing import OutgoingMessage

log = logging.getLogger(__name__)


async def handler_failed(update: object, context: Context) -> None:
    """Log what a handler raised. In a private chat and after a tap, ask the reader to try again."""
    context.services.metrics.errors.add("handler")
    if isinstance(context.error, TelegramError | BotError):
        # No fault of the code: where it was raised says nothing.
        log.warning("An update could not be handled: %s", context.error)
    else:
        log.error("An update could not be handled", exc_info=context.error)
    if not isinstance(update, Update):
        return
    services, reader, message = context.services, update.effective_user, update.message
    translator = services.languages.of(reader.language_code if reader else None)
    text = translator.text("failed")
    with contextlib.suppress(TelegramError):
        if update.callback_query is not None:
            await services.sender.answer_button(update.callback_query, text)
        elif message is not None and message.chat.type == ChatType.PRIVATE:
            await services.messenger.send(message, OutgoingMessage(text))
