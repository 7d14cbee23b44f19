"""The language that a group chose: by /language, or a button below it; its admins only."""

import logging
from dataclasses import dataclass

from telegram import CallbackQuery, Message
from telegram.constants import ChatMemberStatus
from telegram.error import TelegramError

from bot.delivery.identity import speaks_as_group
from bot.errors import StoreError
from bot.handlers.services import Services
from bot.views import chat_texts
from bot.views.answers import OutgoingMessage
from bot.views.i18n import Translator

ADMINS = (ChatMemberStatus.OWNER, ChatMemberStatus.ADMINISTRATOR)

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class GroupLanguage:
    """Lets a group's admins choose."""

    desk: Services

    async def command(self, message: Message, named: str) -> OutgoingMessage:
        """Choose the language that is named, or offer all; return what to say."""
        chat = message.chat
        words = await self.desk.words(chat.id, chat.type, None)
        chosen = self.desk.languages.named(named)
        if chosen is None:
            return chat_texts.set_language(words, self.desk.languages, unknown=bool(named))
        user_id = message.from_user.id if message.from_user else 0
        if not speaks_as_group(message) and not await self._is_admin(message, user_id):
            return OutgoingMessage(words.text("language_admins"))
        return OutgoingMessage(await self._choose(chat.id, words, chosen))

    async def press(self, query: CallbackQuery, code: str) -> None:
        """A language's button was pressed."""
        message = query.message
        chosen = self.desk.languages.of(code)
        if not isinstance(message, Message) or chosen.code != code:
            words = self.desk.languages.of(query.from_user.language_code)
            await self.desk.sender.answer_button(query, words.text("old_button"))
            return
        words = await self.desk.words(message.chat.id, message.chat.type, query.from_user)
        if not await self._is_admin(message, query.from_user.id):
            await self.desk.sender.answer_button(query, words.text("language_admins"))
            return
        said = await self._choose(message.chat.id, words, chosen)
        await self.desk.sender.answer_button(query, said)
        await self.desk.replace_text(message, OutgoingMessage(said))

    async def _choose(self, chat_id: int, words: Translator, chosen: Translator) -> str:
        try:
            await self.desk.store.set_language(self.desk.voters.voter(chat_id), chosen.code)
        except StoreError as error:
            self.desk.trouble.failed(str(error))
            return words.text("could_not_save")
        return chosen.text("language_set")

    async def _is_admin(self, message: Message, user_id: int) -> bool:
        try:
            member = await message.get_bot().get_chat_member(message.chat.id, user_id)
        except TelegramError as error:
            log.warning("Telegram does not tell who is an admin: %s", error.message)
            return False
        return member.status in ADMINS
