"""What readers are told when something of ours fails."""

import contextlib
import logging
from dataclasses import dataclass

from telegram import Update
from telegram.constants import ChatType
from telegram.error import TelegramError
from telegram.ext import ContextTypes

from bot.handlers.services import Services, plain
from bot.views.answers import OutgoingMessage

Context = ContextTypes.DEFAULT_TYPE
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ErrorHandler:
    """Logs failures, and lets readers know where that is possible."""

    desk: Services

    async def failed(self, update: object, context: Context) -> None:
        """A handler raised."""
        log.error("An update could not be handled", exc_info=context.error)
        if not isinstance(update, Update):
            return
        reader, message = update.effective_user, update.message
        said = self.desk.languages.of(reader.language_code if reader else None).text("failed")
        with contextlib.suppress(TelegramError):
            if update.callback_query is not None:
                await self.desk.sender.answer_button(update.callback_query, said)
            elif message is not None and message.chat.type == ChatType.PRIVATE:
                await self.desk.send(message, plain(OutgoingMessage(said)), None)
