"""Composition root: settings -> a running bot; and the list of routes."""

import asyncio
import contextlib
import logging
import os
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Protocol

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

from bot.chats import QUESTIONS_DROPPED_EVERY, ChatStore
from bot.config import NEW_KEY, Settings
from bot.copies import CopyStore
from bot.corpus import Corpus
from bot.errors import ConnectError, SettingsError, StoreError
from bot.handlers.commands import Commands
from bot.handlers.desk import Desk
from bot.handlers.failures import Failures
from bot.handlers.groups import Groups
from bot.handlers.guests import Guests
from bot.handlers.inline import Inline
from bot.handlers.languages import GroupLanguage
from bot.handlers.presses import Presses
from bot.handlers.private import PrivateChats
from bot.lanes import Lanes
from bot.live import LiveCounts
from bot.logs import Trouble
from bot.pace import Limits, Pace
from bot.people import FromPeople
from bot.phrases import read_phrases
from bot.profile import register
from bot.reactions import ReactionStore
from bot.refresh import Refresher
from bot.search import Index
from bot.sender import Sender
from bot.shown import ShownArticles
from bot.store.sqlite import SqliteStore
from bot.updates import Inbox, Updates
from bot.voters import Voters, voter_key
from bot.words import read_languages

UPDATES = [
    *("message", "edited_message", "callback_query", "inline_query", "chosen_inline_result"),
    *("my_chat_member", "guest_message"),
]
"""Kinds of updates to ask Telegram for: those that a route below handles."""

NO_TOKEN = "BOT_TOKEN is not set: get a token from @BotFather and put it into .env."

Route = BaseHandler[object, ContextTypes.DEFAULT_TYPE, object]
log = logging.getLogger(__name__)


class Database(ReactionStore, CopyStore, ChatStore, Inbox, Protocol):
    """All that is kept."""

    async def open(self) -> None:
        """Open it, made or brought up to date where necessary; raises StoreError."""
        ...

    async def close(self) -> None:
        """Finish what was begun and let go of it."""
        ...


def routes(desk: Desk) -> list[Route]:
    """Return what handles which update; the first that fits handles it, so the order matters."""
    language = GroupLanguage(desk)
    commands, presses = Commands(desk, language), Presses(desk, language)
    private_chats, groups = PrivateChats(desk), Groups(desk)
    inline, guests = Inline(desk), Guests(desk)
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
async def open_database(settings: Settings) -> AsyncIterator[tuple[Database, Voters]]:
    """Open the database of the settings, and make what tells its voters apart.

    Raises:
        SettingsError: the driver of the database is not installed, or PostgreSQL has no VOTER_KEY.
        StoreError: the database or the voter key's file cannot be used.
    """
    if settings.sqlite_file is None and settings.voter_key is None:
        raise SettingsError(f"VOTER_KEY is needed with PostgreSQL: {NEW_KEY}")
    voters = Voters(voter_key(settings.voter_key, settings.sqlite_file))
    database = _database(settings, voters.fingerprint)
    try:
        await database.open()
        yield database, voters
    finally:
        await database.close()


def _database(settings: Settings, fingerprint: bytes) -> Database:
    if settings.sqlite_file is not None:
        return SqliteStore(settings.sqlite_file, fingerprint)
    try:
        from bot.store.postgres import PostgresStore  # noqa: PLC0415
    except ImportError:
        raise SettingsError(
            "DATABASE_URL names PostgreSQL, of which the driver is not installed: "
            'pip install "article-bot[postgres]".'
        ) from None
    return PostgresStore(settings.database_url, fingerprint)


def build_desk(settings: Settings, corpus: Corpus, database: Database, voters: Voters) -> Desk:
    """Return what handlers work with, and in it everything that it is made of."""
    phrases = read_phrases()
    sender = Sender(
        Pace(
            Limits(
                settings.private_chat_per_second,
                settings.group_per_minute,
                settings.overall_per_second,
            )
        )
    )
    trouble = Trouble(log)
    return Desk(
        corpus=corpus,
        index=Index(corpus.articles, corpus.aliases, phrases),
        store=database,
        voters=voters,
        sender=sender,
        live=LiveCounts(database, corpus.reactions, sender, trouble),
        phrases=phrases,
        languages=read_languages(),
        shown=ShownArticles(corpus.articles),
        trouble=trouble,
    )


def build_application(settings: Settings, token: str, desk: Desk) -> Application:  # type: ignore[type-arg]
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
    application.add_error_handler(Failures(desk).failed)
    return application


def _request(settings: Settings) -> HTTPXRequest:
    # A proxy that the environment names cannot reach a server on this machine.
    return HTTPXRequest(httpx_kwargs={"trust_env": False} if settings.is_local else {})


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
        raise SettingsError(NO_TOKEN)
    async with open_database(settings) as (database, voters):
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
    database: Database,
    desk: Desk,
    stop: asyncio.Event,
) -> None:
    lanes = Lanes()

    async def handle(update: Update) -> None:
        async with lanes.hold(update):
            await application.process_update(update)

    refresher = Refresher(database, desk.live, desk.sender.pace)
    beside = [
        asyncio.create_task(refresher.run(application.bot)),
        asyncio.create_task(_drop_old_questions(database)),
    ]
    try:
        await Updates(application.bot, polling, UPDATES, database, handle).run(stop)
    finally:
        for task in beside:
            task.cancel()
        await asyncio.gather(*beside, return_exceptions=True)
        await desk.live.stop()


async def _drop_old_questions(database: Database) -> None:
    while True:
        with contextlib.suppress(StoreError):
            await database.drop_old_questions()
        await asyncio.sleep(QUESTIONS_DROPPED_EVERY)
