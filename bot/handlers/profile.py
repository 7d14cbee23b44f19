"""What Telegram shows of the bot beside its messages: commands and descriptions, by language."""

import asyncio
import logging

from telegram import (
    Bot,
    BotCommandScope,
    BotCommandScopeAllGroupChats,
    BotCommandScopeDefault,
)
from telegram.error import InvalidToken, TelegramError

from bot.views.chat_texts import GROUP_COMMANDS, PRIVATE_COMMANDS, commands
from bot.views.i18n import Languages, Translator

log = logging.getLogger(__name__)


async def register(bot: Bot, languages: Languages) -> None:
    """Tell Telegram commands and descriptions in every language, where they differ from its own.

    A failure is logged and no more, as readers can ask all the same.

    Raises:
        InvalidToken: Telegram does not know the token.
    """
    # English without a code too: it stands for every language that is not spoken here.
    spoken = [(None, languages.english), *((words.code, words) for words in languages.all)]
    try:
        await asyncio.gather(*(_register(bot, code, words) for code, words in spoken))
    except InvalidToken:
        raise
    except TelegramError as error:
        log.warning("Commands and descriptions could not be registered: %s", error.message)


async def _register(bot: Bot, code: str | None, words: Translator) -> None:
    scopes: list[tuple[BotCommandScope, tuple[str, ...]]] = [
        (BotCommandScopeDefault(), PRIVATE_COMMANDS),
        (BotCommandScopeAllGroupChats(), GROUP_COMMANDS),
    ]
    for scope, names in scopes:
        listed = commands(words, names)
        if await bot.get_my_commands(scope=scope, language_code=code) != listed:
            await bot.set_my_commands(listed, scope=scope, language_code=code)
    description = words.text("description")
    if (await bot.get_my_description(language_code=code)).description != description:
        await bot.set_my_description(description, language_code=code)
    short = words.text("short_description")
    if (await bot.get_my_short_description(language_code=code)).short_description != short:
        await bot.set_my_short_description(short, language_code=code)
