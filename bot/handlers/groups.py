"""Groups: silent unless addressed; then an answer that replies and quotes what was asked."""

import logging
import re
from dataclasses import dataclass

from telegram import ChatMember, ChatMemberRestricted, ChatMemberUpdated, Update
from telegram.constants import ChatMemberStatus, ChatType
from telegram.error import Forbidden, TelegramError
from telegram.ext import ContextTypes

from bot.delivery.rate_limiter import Priority
from bot.delivery.sender import sending
from bot.errors import StoreError
from bot.handlers.mentions import AddressedQuestion, addressed_question, command_question
from bot.handlers.responder import respond
from bot.handlers.services import Services, me, plain, typing_if_slow
from bot.views import chat_texts
from bot.views.answers import OutgoingMessage

OUTSIDE = (ChatMemberStatus.LEFT, ChatMemberStatus.BANNED)
"""What the bot is in a group that it is not in."""

_ASK = re.compile(r"/ask(?:@(\w+))?(?=\s|$)")
Context = ContextTypes.DEFAULT_TYPE
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class GroupHandlers:
    """Answers in groups, and follows where they go."""

    desk: Services

    async def heard(self, update: Update, _: Context) -> None:
        """Something was written in a group: answer it when it is meant for the bot."""
        message = update.effective_message
        if message is None or message.is_automatic_forward or message.via_bot is not None:
            return
        account = me(message.get_bot())
        # The library looks for commands in texts, and not below pictures.
        named = _ASK.match(message.caption or "")
        if named is not None and named[1] in (None, account.username):
            call: AddressedQuestion | None = command_question(message, account)
        else:
            call = addressed_question(message, account)
        if call is None:
            return
        async with typing_if_slow(message):
            reply = await respond(self.desk, update, call)
        await self.desk.send_reply(call, reply)

    async def unknown_command(self, update: Update, _: Context) -> None:
        """A command that is not known: of other bots, unless it names this one."""
        message = update.effective_message
        if message is None:
            return
        command = (message.text or "").split(maxsplit=1)[0].lower()
        if command.endswith(f"@{me(message.get_bot()).username}".lower()):
            words = await self.desk.words_for(update)
            said = plain(OutgoingMessage(words.text("unknown_command")))
            await self.desk.send_reply(AddressedQuestion("", message, None), said)

    async def membership(self, update: Update, context: Context) -> None:
        """The bot was added: greet once. It was removed: forget what is kept of the group."""
        change = update.my_chat_member
        if change is None or change.chat.type not in (ChatType.GROUP, ChatType.SUPERGROUP):
            return
        was, now = (_is_in(member) for member in (change.old_chat_member, change.new_chat_member))
        if was and not now:
            await self.desk.live.gone(change.chat.id)
            await self._forget_choices(change.chat.id)
        elif now and not was:
            await self._greet(change, context)

    async def moved(self, update: Update, _: Context) -> None:
        """A group became a supergroup: its choices go along, its copies are not there."""
        message = update.effective_message
        if message is None:
            return
        old = message.migrate_from_chat_id or message.chat.id
        new = message.migrate_to_chat_id or message.chat.id
        voter = self.desk.voters.voter
        try:
            await self.desk.store.move_chat_settings(voter(old), voter(new))
        except StoreError as error:
            self.desk.trouble.failed(str(error))
        await self.desk.live.gone(old)

    async def _greet(self, change: ChatMemberUpdated, context: Context) -> None:
        words = await self.desk.words(change.chat.id, change.chat.type, None)
        said = chat_texts.greeting(words, self.desk.corpus.articles, me(context.bot).username or "")
        send = context.bot.send_message
        try:
            await self.desk.sender.call(
                change.chat.id, Priority.ANSWER, lambda: send(change.chat.id, **sending(said))
            )
        except Forbidden:
            await self.desk.live.gone(change.chat.id)
        except TelegramError as error:
            log.info("A group could not be greeted: %s", error.message)

    async def _forget_choices(self, chat_id: int) -> None:
        try:
            await self.desk.store.forget_chat_settings(self.desk.voters.voter(chat_id))
        except StoreError as error:
            self.desk.trouble.failed(str(error))


def _is_in(member: ChatMember) -> bool:
    if isinstance(member, ChatMemberRestricted):
        return member.is_member
    return member.status not in OUTSIDE
