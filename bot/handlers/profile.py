"""The bot's profile in Telegram: its commands and descriptions in every language."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from telegram import (
    Bot,
    BotCommandScope,
    BotCommandScopeAllGroupChats,
    BotCommandScopeChat,
    BotCommandScopeDefault,
)
from telegram.error import InvalidToken, TelegramError

from bot.views.chat_texts import ADMIN_COMMANDS, GROUP_COMMANDS, PRIVATE_COMMANDS, commands
from bot.views.i18n import Languages, Translator

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Entry:
    """One thing that the profile holds in one language.

    Attributes:
        wanted: What it should be.
        read: Asks Telegram what it is.
        write: Sets it.
    """

    wanted: object
    read: Callable[[], Awaitable[object]]
    write: Callable[[], Awaitable[object]]

    async def update(self) -> None:
        """Set it, unless it is as it should be.

        Raises:
            TelegramError: A call failed.
        """
        if await self.read() != self.wanted:
            await self.write()


async def register(bot: Bot, languages: Languages, admins: Collection[int] = ()) -> None:
    """Set commands and descriptions in every language, unless Telegram already has them.

    All calls are made side by side, so this takes as long as two of them. A failure is only logged,
    because readers can ask without them.

    Args:
        bot: The Bot API client, connected.
        languages: The languages that the bot speaks.
        admins: Ids of users whose private chats list the commands for admins too.

    Raises:
        InvalidToken: Telegram does not know the token.
    """
    # English also without a code, for every language that the bot does not speak.
    spoken = [(None, languages.english), *((each.code, each) for each in languages.all)]
    everybody = [entry for code, words in spoken for entry in _entries(bot, code, words)]
    listed = (*PRIVATE_COMMANDS, *ADMIN_COMMANDS)
    own = {
        admin: [_commands(bot, BotCommandScopeChat(admin), *each, listed) for each in spoken]
        for admin in admins
    }
    problem, *of_admins = await asyncio.gather(*map(_update, (everybody, *own.values())))
    if problem:
        log.warning("Commands and descriptions could not be registered: %s", problem)
    for admin, each in zip(own, of_admins, strict=True):
        if each:
            # As long as the admin has not opened the chat with the bot.
            log.info("Commands of the admin %s are not listed: %s", admin, each)


async def _update(entries: Sequence[Entry]) -> str | None:
    """Update entries at the same time; return why one could not be, None if all could."""
    ends = await asyncio.gather(*(entry.update() for entry in entries), return_exceptions=True)
    errors = [end for end in ends if end is not None]
    for error in errors:
        if isinstance(error, InvalidToken) or not isinstance(error, TelegramError):
            raise error
    return next((error.message for error in errors if isinstance(error, TelegramError)), None)


def _entries(bot: Bot, code: str | None, words: Translator) -> Iterator[Entry]:
    """Yield what the profile holds for everybody in a language; None: in all without their own."""
    yield _commands(bot, BotCommandScopeDefault(), code, words, PRIVATE_COMMANDS)
    yield _commands(bot, BotCommandScopeAllGroupChats(), code, words, GROUP_COMMANDS)

    async def description() -> str:
        return (await bot.get_my_description(language_code=code)).description

    async def short() -> str:
        return (await bot.get_my_short_description(language_code=code)).short_description

    text = words.text("description")
    yield Entry(text, description, partial(bot.set_my_description, text, language_code=code))
    text = words.text("short_description")
    yield Entry(text, short, partial(bot.set_my_short_description, text, language_code=code))


def _commands(
    bot: Bot, scope: BotCommandScope, code: str | None, words: Translator, names: Sequence[str]
) -> Entry:
    listed = commands(words, names)
    return Entry(
        listed,
        partial(bot.get_my_commands, scope=scope, language_code=code),
        partial(bot.set_my_commands, listed, scope=scope, language_code=code),
    )
