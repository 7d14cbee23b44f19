"""Groups: silent unless addressed; then an answer that replies and quotes what was asked."""

import logging
import re
from dataclasses import dataclass

from telegram import ChatMember, ChatMemberRestricted, ChatMemberUpdated, Update
from telegram.constants import ChatMemberStatus, ChatType
from telegram.error import Forbidden, TelegramError
from telegram.ext import ContextTypes

from bot import talk
from bot.address import Call, call_in, call_of_command
from bot.errors import StoreError
from bot.handlers.asking import answer_call
from bot.handlers.desk import Desk, me, plain, typing_if_slow
from bot.messages import Rendered
from bot.pace import Rank
from bot.sender import sending

OUTSIDE = (ChatMemberStatus.LEFT, ChatMemberStatus.BANNED)
"""What the bot is in a group that it is not in."""

_ASK = re.compile(r"/ask(?:@(\w+))?(?=\s|$)")
Context = ContextTypes.DEFAULT_TYPE
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Groups:
    """Answers in groups, and follows where they go."""

    desk: Desk

    async def heard(self, update: Update, _: Context) -> None:
        """Something was written in a group: answer it when it is meant for the bot."""
        message = update.effective_message
        if message is None or message.is_automatic_forward or message.via_bot is not None:
            return
        account = me(message.get_bot())
        # The library looks for commands in texts, and not below pictures.
        named = _ASK.match(message.caption or "")
        if named is not None and named[1] in (None, account.username):
            call: Call | None = call_of_command(message, account)
        else:
            call = call_in(message, account)
        if call is None:
            return
        async with typing_if_slow(message):
            reply = await answer_call(self.desk, update, call)
        await self.desk.send_reply(call, reply)

    async def unknown_command(self, update: Update, _: Context) -> None:
        """A command that is not known: of other bots, unless it names this one."""
        message = update.effective_message
        if message is None:
            return
        command = (message.text or "").split(maxsplit=1)[0].lower()
        if command.endswith(f"@{me(message.get_bot()).username}".lower()):
            words = await self.desk.words_for(update)
            said = plain(Rendered(words.text("unknown_command")))
            await self.desk.send_reply(Call("", message, None), said)

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
            await self.desk.store.move_choices(voter(old), voter(new))
        except StoreError as error:
            self.desk.trouble.failed(str(error))
        await self.desk.live.gone(old)

    async def _greet(self, change: ChatMemberUpdated, context: Context) -> None:
        words = await self.desk.words(change.chat.id, change.chat.type, None)
        said = talk.greeting(words, self.desk.corpus.articles, me(context.bot).username or "")
        send = context.bot.send_message
        try:
            await self.desk.sender.call(
                change.chat.id, Rank.ANSWER, lambda: send(change.chat.id, **sending(said))
            )
        except Forbidden:
            await self.desk.live.gone(change.chat.id)
        except TelegramError as error:
            log.info("A group could not be greeted: %s", error.message)

    async def _forget_choices(self, chat_id: int) -> None:
        try:
            await self.desk.store.forget_choices(self.desk.voters.voter(chat_id))
        except StoreError as error:
            self.desk.trouble.failed(str(error))


def _is_in(member: ChatMember) -> bool:
    if isinstance(member, ChatMemberRestricted):
        return member.is_member
    return member.status not in OUTSIDE
