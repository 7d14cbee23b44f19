"""Composition root: settings -> a running bot; and the list of routes."""

import asyncio
import contextlib
import logging
import os
import time
from collections.abc import AsyncIterator, Callable, Iterator

from telegram import Bot, Update
from telegram.error import InvalidToken, TelegramError
from telegram.ext import (
    Application,
    BaseHandler,
    CallbackQueryHandler,
    ChatMemberHandler,
    ChosenInlineResultHandler,
    CommandHandler,
    ContextTypes,
    InlineQueryHandler,
    MessageHandler,
    filters,
)
from telegram.request import HTTPXRequest

from bot.config import NEW_KEY, Settings
from bot.corpus.loader import Corpus
from bot.delivery.identity import FromPeople
from bot.delivery.live_counts import LiveCounts
from bot.delivery.ordering import UpdateSequencer
from bot.delivery.polling import Poller
from bot.delivery.rate_limiter import Limits, RateLimiter
from bot.delivery.refresher import Refresher
from bot.delivery.sender import Sender
from bot.errors import ConnectError, SettingsError, StoreError
from bot.handlers.article_refs import ArticleResolver
from bot.handlers.buttons import ButtonHandlers
from bot.handlers.commands import CommandHandlers
from bot.handlers.error_handler import ErrorHandler
from bot.handlers.groups import GroupHandlers
from bot.handlers.guests import GuestHandlers
from bot.handlers.inline import InlineHandlers
from bot.handlers.language import GroupLanguage
from bot.handlers.private import PrivateHandlers
from bot.handlers.profile import register
from bot.handlers.services import Services
from bot.logs import FailureLog
from bot.retrieval.index import Index
from bot.retrieval.intents import read_phrases
from bot.store.base import DELETE_QUESTIONS_EVERY, Store
from bot.store.sqlite import SqliteStore
from bot.store.voters import Voters, voter_key
from bot.views.i18n import read_languages

UPDATES = [
    *("message", "edited_message", "callback_query", "inline_query", "chosen_inline_result"),
    *("my_chat_member", "guest_message"),
]
"""Kinds of updates to ask Telegram for: those that a route below handles."""

NO_TOKEN = "BOT_TOKEN is not set: get a token from @BotFather and put it into .env."

Route = BaseHandler[object, ContextTypes.DEFAULT_TYPE, object]
log = logging.getLogger(__name__)


def routes(desk: Services) -> list[Route]:
    """Return what handles which update; the first that fits handles it, so the order matters."""
    language = GroupLanguage(desk)
    commands, presses = CommandHandlers(desk, language), ButtonHandlers(desk, language)
    private_chats, groups = PrivateHandlers(desk), GroupHandlers(desk)
    inline, guests = InlineHandlers(desk), GuestHandlers(desk)
    people, written = FromPeople(), filters.TEXT | filters.CAPTION
    new = people & filters.UpdateType.MESSAGE
    private = people & filters.UpdateType.MESSAGES & filters.ChatType.PRIVATE
    # Only new ones: a group does not wait for the answer to what somebody corrected.
    group = new & filters.ChatType.GROUPS
    found: list[object] = [
        # First, as most updates are presses, and each route that is asked before takes its time.
        CallbackQueryHandler(presses.press),
        # Before those of messages: for the library a guest's message is a message like any.
        MessageHandler(people & filters.UpdateType.GUEST_MESSAGE, guests.asked),
        *(
            CommandHandler(name, getattr(commands, name), filters=private | group)
            for name in ("start", "help", "article", "ask", "privacy", "forget", "language")
        ),
        InlineQueryHandler(inline.query),
        ChosenInlineResultHandler(inline.chosen),
        ChatMemberHandler(groups.membership, ChatMemberHandler.MY_CHAT_MEMBER),
        MessageHandler(private & filters.COMMAND, commands.unknown),
        # An edited question is asked again; an edited picture or a moving location is not.
        MessageHandler(private & written, private_chats.question),
        MessageHandler(private & new & ~filters.StatusUpdate.ALL, private_chats.not_a_question),
        MessageHandler(group & filters.StatusUpdate.MIGRATE, groups.moved),
        MessageHandler(group & filters.COMMAND, groups.unknown_command),
        MessageHandler(group & written, groups.heard),
    ]
    return found  # type: ignore[return-value]


@contextlib.asynccontextmanager
async def open_database(
    settings: Settings, clock: Callable[[], float] = time.time
) -> AsyncIterator[tuple[Store, Voters]]:
    """Open the database of the settings, and make what tells its voters apart.

    Raises:
        SettingsError: the driver of the database is not installed, or PostgreSQL has no VOTER_KEY.
        StoreError: the database or the voter key's file cannot be used.
    """
    if settings.sqlite_file is None and settings.voter_key is None:
        raise SettingsError(f"VOTER_KEY is needed with PostgreSQL: {NEW_KEY}")
    voters = Voters(voter_key(settings.voter_key, settings.sqlite_file))
    database = _database(settings, voters.fingerprint, clock)
    try:
        await database.open()
        yield database, voters
    finally:
        await database.close()


def _database(settings: Settings, fingerprint: bytes, clock: Callable[[], float]) -> Store:
    if settings.sqlite_file is not None:
        return SqliteStore(settings.sqlite_file, fingerprint, clock)
    try:
        from bot.store.postgres import PostgresStore  # noqa: PLC0415
    except ImportError:
        raise SettingsError(
            "DATABASE_URL names PostgreSQL, of which the driver is not installed: "
            'pip install "article-bot[postgres]".'
        ) from None
    return PostgresStore(settings.database_url, fingerprint, clock)


def build_desk(settings: Settings, corpus: Corpus, database: Store, voters: Voters) -> Services:
    """Return what handlers work with, and in it everything that it is made of."""
    phrases = read_phrases()
    sender = Sender(
        RateLimiter(
            Limits(
                settings.private_chat_per_second,
                settings.group_per_minute,
                settings.overall_per_second,
            )
        )
    )
    trouble = FailureLog(log)
    return Services(
        corpus=corpus,
        index=Index(corpus.articles, corpus.aliases, phrases),
        store=database,
        voters=voters,
        sender=sender,
        live=LiveCounts(database, corpus.reactions, sender, trouble),
        phrases=phrases,
        languages=read_languages(),
        shown=ArticleResolver(corpus.articles),
        trouble=trouble,
    )


def build_application(settings: Settings, token: str, desk: Services) -> Application:  # type: ignore[type-arg]
    """Return python-telegram-bot's application, which routes updates and fetches none."""
    # Spans of time and not numbers, which the library is about to give up.
    os.environ.setdefault("PTB_TIMEDELTA", "true")
    application = (
        Application.builder()
        .token(token)
        .base_url(settings.base_url)
        .request(_request(settings))
        .updater(None)
        .build()
    )
    for route in routes(desk):
        application.add_handler(route)
    application.add_error_handler(ErrorHandler(desk).failed)
    return application


def _request(settings: Settings) -> HTTPXRequest:
    # A proxy that the environment names cannot reach a server on this machine.
    return HTTPXRequest(httpx_kwargs={"trust_env": False} if settings.is_local else {})


async def run(
    settings: Settings,
    corpus: Corpus,
    stop: asyncio.Event,
    ready: Callable[[str], None],
    clock: Callable[[], float] = time.time,
) -> None:
    """Run the bot by long polling until stop is set; what was begun is finished first.

    ready: called once with the bot's username when it takes questions. clock: seconds since 1970.

    Raises:
        SettingsError: no token is set.
        StoreError: the database or the voter key's file cannot be used.
        ConnectError: Telegram cannot be reached at the start, or refuses the token at any time.
    """
    if settings.bot_token is None:
        raise SettingsError(NO_TOKEN)
    async with open_database(settings, clock) as (database, voters):
        desk = build_desk(settings, corpus, database, voters)
        application = build_application(settings, settings.bot_token, desk)
        with failures_explained(settings):
            async with application, _request(settings) as polling:
                await register(application.bot, desk.languages)
                # Telegram lets nobody poll while it delivers to a webhook.
                await application.bot.delete_webhook()
                ready(application.bot.username)
                await _serve(application, polling, database, desk, stop)


@contextlib.asynccontextmanager
async def connected(settings: Settings) -> AsyncIterator[Bot]:
    """Connect for a few calls, without fetching updates.

    Raises:
        SettingsError: no token is set.
        ConnectError: Telegram cannot be reached, refuses the token, or refuses a call.
    """
    if settings.bot_token is None:
        raise SettingsError(NO_TOKEN)
    with failures_explained(settings):
        bot = Bot(settings.bot_token, base_url=settings.base_url, request=_request(settings))
        async with bot:
            yield bot


@contextlib.contextmanager
def failures_explained(settings: Settings) -> Iterator[None]:
    """Turn what Telegram's client raises into a ConnectError that says what to do."""
    try:
        yield
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


async def _serve(
    application: Application,  # type: ignore[type-arg]
    polling: HTTPXRequest,
    database: Store,
    desk: Services,
    stop: asyncio.Event,
) -> None:
    lanes = UpdateSequencer()

    async def handle(update: Update) -> None:
        async with lanes.hold(update):
            await application.process_update(update)

    refresher = Refresher(database, desk.live, desk.sender.pace)
    beside = [
        asyncio.create_task(refresher.run(application.bot)),
        asyncio.create_task(_drop_old_questions(database)),
    ]
    try:
        await Poller(application.bot, polling, UPDATES, database, handle).run(stop)
    finally:
        for task in beside:
            task.cancel()
        await asyncio.gather(*beside, return_exceptions=True)
        await desk.live.stop()


async def _drop_old_questions(database: Store) -> None:
    while True:
        with contextlib.suppress(StoreError):
            await database.delete_old_questions()
        await asyncio.sleep(DELETE_QUESTIONS_EVERY)
