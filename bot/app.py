"""Composition root: settings -> a running bot; and the list of routes."""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Callable

from telegram import Bot
from telegram.error import Conflict, InvalidToken, TelegramError
from telegram.ext import (
    Application,
    BaseHandler,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    MessageHandler,
    filters,
)
from telegram.request import HTTPXRequest

from bot import messages
from bot.config import Settings
from bot.corpus import Corpus
from bot.errors import ConnectError, SettingsError
from bot.handlers import Handlers
from bot.live import LiveCounts
from bot.order import ReaderOrder
from bot.phrases import read_phrases
from bot.reactions import Voters, voter_key
from bot.search import Index
from bot.sqlite_store import SqliteStore

UPDATES = ["message", "edited_message", "callback_query"]
"""Kinds of updates to ask Telegram for: those that a route below handles."""
SAME_TROUBLE_AGAIN = 60.0
"""Seconds before the same failure of polling is logged again."""

Route = BaseHandler[object, ContextTypes.DEFAULT_TYPE, object]
log = logging.getLogger(__name__)


def routes(handlers: Handlers) -> list[Route]:
    """Return what handles which update; the first that fits handles it, so the order matters."""
    private = filters.ChatType.PRIVATE
    new = filters.UpdateType.MESSAGE
    found: list[object] = [
        CommandHandler("start", handlers.start),
        CommandHandler("help", handlers.help),
        CommandHandler("article", handlers.article),
        CommandHandler("privacy", handlers.privacy),
        CommandHandler("forget", handlers.forget),
        CallbackQueryHandler(handlers.press),
        MessageHandler(private & filters.COMMAND, handlers.unknown_command),
        # An edited question is asked again; an edited picture or a moving location is not.
        MessageHandler(private & (filters.TEXT | filters.CAPTION), handlers.question),
        MessageHandler(private & new & ~filters.StatusUpdate.ALL, handlers.not_a_question),
    ]
    return found  # type: ignore[return-value]


@contextlib.asynccontextmanager
async def open_handlers(settings: Settings, corpus: Corpus) -> AsyncIterator[Handlers]:
    """Build everything that answers readers, with the database open.

    Raises:
        StoreError: the database or the voter key's file cannot be used.
    """
    voters = Voters(voter_key(settings.voter_key, settings.database_path))
    store = SqliteStore(settings.database_path, voters.fingerprint)
    phrases = read_phrases()
    try:
        await store.open()
        yield Handlers(
            corpus=corpus,
            index=Index(corpus.articles, corpus.aliases, phrases),
            store=store,
            voters=voters,
            live=LiveCounts(store, corpus.reactions),
            phrases=phrases,
        )
    finally:
        await store.close()


def build_application(settings: Settings, token: str, handlers: Handlers) -> Application:  # type: ignore[type-arg]
    """Return python-telegram-bot's application, not started."""
    # A proxy that the environment names cannot reach a server on this machine.
    local = {"trust_env": False} if settings.is_local else {}
    application = (
        Application.builder()
        .token(token)
        .base_url(settings.base_url)
        .request(HTTPXRequest(httpx_kwargs=local))
        # Two connections: the last call confirms what was handled, and must not wait for the
        # long poll that was just given up.
        .get_updates_request(HTTPXRequest(connection_pool_size=2, httpx_kwargs=local))
        .concurrent_updates(ReaderOrder())
        .build()
    )
    for route in routes(handlers):
        application.add_handler(route)
    application.add_error_handler(handlers.error)
    return application


async def run(
    settings: Settings, corpus: Corpus, stop: asyncio.Event, ready: Callable[[str], None]
) -> None:
    """Run the bot by long polling until stop is set; what was begun is finished first.

    ready: called once with the bot's username when it takes questions.

    Raises:
        SettingsError: no token is set.
        StoreError: the database or the voter key's file cannot be used.
        ConnectError: Telegram cannot be reached at the start, or refuses the token at any time.
    """
    if settings.bot_token is None:
        raise SettingsError(
            "BOT_TOKEN is not set: get a token from @BotFather and put it into .env, "
            "or try the bot without one: article-bot sandbox."
        )
    async with open_handlers(settings, corpus) as handlers:
        application = build_application(settings, settings.bot_token, handlers)
        updater = application.updater
        assert updater is not None
        try:
            async with application:
                await register(application.bot)
                await application.start()
                await updater.start_polling(
                    allowed_updates=UPDATES, error_callback=PollingTrouble().report
                )
                ready(application.bot.username)
                await _until(stop, _polling_task())
                await updater.stop()
                await application.stop()
        except InvalidToken:
            # From None: the exception's own text holds the token.
            raise ConnectError(
                f"{settings.bot_api_url} refuses the token: copy BOT_TOKEN again from @BotFather, "
                "and check BOT_API_URL and TELEGRAM_TEST_ENVIRONMENT."
            ) from None
        except TelegramError as error:
            raise ConnectError(
                f"{settings.bot_api_url} cannot be used ({error.message}): "
                "check the network and BOT_API_URL."
            ) from None


async def register(bot: Bot) -> None:
    """Tell Telegram the commands and descriptions, where they differ from what it has."""
    try:
        if await bot.get_my_commands() != messages.COMMANDS:
            await bot.set_my_commands(messages.COMMANDS)
        if (await bot.get_my_description()).description != messages.DESCRIPTION:
            await bot.set_my_description(messages.DESCRIPTION)
        short = await bot.get_my_short_description()
        if short.short_description != messages.SHORT_DESCRIPTION:
            await bot.set_my_short_description(messages.SHORT_DESCRIPTION)
    except InvalidToken:
        raise
    except TelegramError as error:
        log.warning("Commands and descriptions could not be registered: %s", error.message)


def _polling_task() -> asyncio.Task[object] | None:
    # The updater keeps its task to itself, but names it; when Telegram revokes the token that
    # task ends, and nothing else tells.
    name = "Updater:start_polling:polling_task"
    return next((task for task in asyncio.all_tasks() if task.get_name() == name), None)


async def _until(stop: asyncio.Event, polling: asyncio.Task[object] | None) -> None:
    """Wait for stop, or raise what ended the polling."""
    stopping = asyncio.create_task(stop.wait())
    tasks = {stopping, polling} if polling is not None else {stopping}
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if polling is not None and polling.done() and not polling.cancelled():
        polling.result()


class PollingTrouble:
    """Logs why updates cannot be fetched, once for each reason and minute."""

    def __init__(self) -> None:
        self._last = ""
        self._at = 0.0

    def report(self, error: TelegramError) -> None:
        """Log an error in a line."""
        text = error.message
        if isinstance(error, Conflict):
            text = "another process polls with the same token; stop one of them"
        if text != self._last or time.monotonic() - self._at >= SAME_TROUBLE_AGAIN:
            log.warning("No updates for now, trying again: %s", text)
            self._last, self._at = text, time.monotonic()
