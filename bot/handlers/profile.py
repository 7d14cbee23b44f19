"""The bot's profile in Telegram: its commands and descriptions in every language."""

import asyncio
import logging
from collections.abc import Collection

from telegram import (
    Bot,
    BotCommandScopeAllGroupChats,
    BotCommandScopeChat,
    BotCommandScopeDefault,
)
from telegram.error import InvalidToken, TelegramError

from bot.views.chat_texts import ADMIN_COMMANDS, GROUP_COMMANDS, PRIVATE_COMMANDS, commands
from bot.views.i18n import Languages, Translator

log = logging.getLogger(__name__)


async def register(bot: Bot, languages: Languages, admins: Collection[int] = ()) -> None:
    """Set commands and descriptions in every language, unless Telegram already has them.

    A failure is only logged, because readers can ask without them.

    Args:
        bot: The Bot API client, connected.
        languages: The languages that the bot speaks.
        admins: Ids of users whose private chats list the commands for admins too.

    Raises:
        InvalidToken: Telegram does not know the token.
    """
    # English also without a code, for every language that the bot does not speak.
    spoken = [(None, languages.english), *((each.code, each) for each in languages.all)]
    try:
        await asyncio.gather(*(_register(bot, code, translator) for code, translator in spoken))
    except InvalidToken:
        raise
    except TelegramError as error:
        log.warning("Commands and descriptions could not be registered: %s", error.message)
    for admin in admins:
        try:
            await asyncio.gather(*(_register_for(bot, admin, *each) for each in spoken))
        except InvalidToken:
            raise
        except TelegramError as error:
            # As long as the admin has not opened the chat with the bot.
            log.info("Commands of the admin %s are not listed: %s", admin, error.message)


async def _register_for(bot: Bot, admin: int, code: str | None, translator: Translator) -> None:
    scope = BotCommandScopeChat(admin)
    listed = commands(translator, (*PRIVATE_COMMANDS, *ADMIN_COMMANDS))
    if await bot.get_my_commands(scope=scope, language_code=code) != listed:
        await bot.set_my_commands(listed, scope=scope, language_code=code)


async def _register(bot: Bot, code: str | None, translator: Translator) -> None:
    for scope, names in (
        (BotCommandScopeDefault(), PRIVATE_COMMANDS),
        (BotCommandScopeAllGroupChats(), GROUP_COMMANDS),
    ):
        listed = commands(translator, names)
        if await bot.get_my_commands(scope=scope, language_code=code) != listed:
            await bot.set_my_commands(listed, scope=scope, language_code=code)
    description = translator.text("description")
    if (await bot.get_my_description(language_code=code)).description != description:
        await bot.set_my_description(description, language_code=code)
    short = translator.text("short_description")
    if (await bot.get_my_short_description(language_code=code)).short_description != short:
        await bot.set_my_short_description(short, language_code=code)
