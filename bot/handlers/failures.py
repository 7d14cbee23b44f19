"""What readers are told when something of ours fails."""

import contextlib
import logging
from dataclasses import dataclass

from telegram import Update
from telegram.constants import ChatType
from telegram.error import TelegramError
from telegram.ext import ContextTypes

from bot.handlers.desk import Desk, plain
from bot.messages import Rendered

Context = ContextTypes.DEFAULT_TYPE
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Failures:
    """Logs failures, and lets readers know where that is possible."""

    desk: Desk

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
                await self.desk.send(message, plain(Rendered(said)), None)
