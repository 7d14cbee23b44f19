"""Composition root: settings -> services -> a running bot."""

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from telegram import Update
from telegram.ext import Application, ContextTypes, ExtBot

from bot.config import Settings
from bot.corpus.loader import Corpus
from bot.corpus.workers import Progress, no_progress
from bot.delivery.channel_publisher import ChannelPublisher
from bot.delivery.client import create_bot, create_request, errors_explained, opened
from bot.delivery.expiry import delete_expired
from bot.delivery.feed_posts import check_feeds, follow_feeds
from bot.delivery.handled_updates import HandledUpdates
from bot.delivery.listeners import listeners
from bot.delivery.live_counts import LiveCounts
from bot.delivery.message_editor import MessageEditor
from bot.delivery.metrics import Metrics
from bot.delivery.rate_limiter import Limits, RateLimiter
from bot.delivery.reader_queues import ReaderQueues, Readers
from bot.delivery.receiving import Receiver
from bot.delivery.refresher import Refresher
from bot.delivery.sender import Sender
from bot.delivery.serving import LeaderRequest, serve_as_leader
from bot.errors import StoreError
from bot.handlers import surplus
from bot.handlers.admin_desk import AdminDesk, build_desk
from bot.handlers.article_refs import ArticleResolver
from bot.handlers.chat_state import ChatState
from bot.handlers.conversations import Conversations
from bot.handlers.error_handler import handler_failed
from bot.handlers.live_corpus import LiveCorpus
from bot.handlers.messenger import Messenger
from bot.handlers.profile import register
from bot.handlers.responder import Responder
from bot.handlers.routes import allowed_updates, routes
from bot.handlers.services import BotData, Context, Services
from bot.handlers.targets import Targets
from bot.logs import FailureLog
from bot.retrieval.index import Index
from bot.store.base import Store
from bot.store.kept_ids import KeptIds
from bot.store.open import open_to_serve
from bot.store.voters import Voters
from bot.views.i18n import read_languages

BotApplication = Application[ExtBot[None], Context, dict[Any, Any], dict[Any, Any], BotData, Any]
Clock = Callable[[], float]
"""Returns the time in seconds since 1970."""

SERVE_AGAIN_AFTER = 1.0
"""Seconds after which it is tried again to serve if the database failed at the begin."""

log = logging.getLogger(__name__)


async def run(
    settings: Settings,
    corpus: Corpus,
    stop: asyncio.Event,
    ready: Callable[[str], None],
    clock: Clock = time.time,
    reload: asyncio.Event | None = None,
    progress: Progress = no_progress,
) -> None:
    """Run the bot by long polling until ``stop`` is set; what was begun is finished first.

    While another process of the bot serves, this one stands by.

    Args:
        settings: The settings.
        corpus: Articles and reactions.
        stop: Ends the bot.
        ready: Called with the bot's username whenever this process begins to take questions.
        clock: The clock of votes and of everything else that is kept.
        reload: Set to have the files of the corpus looked at; they are watched anyway.
        progress: Told how many articles are indexed.

    Raises:
        SettingsError: A setting that is needed is missing, or something that a setting needs.
        StoreError: The database or the voter key's file cannot be used, or another process uses
            the SQLite file.
        ConnectError: Telegram cannot be reached at the start, or refuses the token at any time.
    """
    check_feeds(settings)
    metrics = Metrics()
    calls, polls = (LeaderRequest(create_request(settings, metrics)) for _ in range(2))
    bot = create_bot(settings, calls)
    async with (
        listeners(settings, metrics) as answering,
        open_to_serve(settings, clock) as (store, voters, leadership),
    ):
        answering.health.store, answering.health.leadership = store, leadership
        live = LiveCorpus(corpus, KeptIds(store), reload, progress)
        desk = build_desk(settings, live, clock)
        prepared = await live.prepare()
        answering.health.index_ready = True
        services = build_services(settings, *prepared, store, voters, bot, clock, desk, metrics)
        application = build_application(bot, services)
        handled = HandledUpdates(store, application.process_update, services.failures)

        async def serve(end: asyncio.Event) -> None:
            await register(bot, services.languages, settings.admins)
            receiver = Receiver(settings, bot, polls, allowed_updates(), answering)
            await receiver.arrange()
            ready(bot.username)
            try:
                await _serve(settings, application, receiver, handled, live, end, clock)
            except StoreError as error:
                # The database fails while this process begins to serve: it begins again.
                services.failures.failed(str(error))
                await asyncio.sleep(SERVE_AGAIN_AFTER)

        with errors_explained(settings):
            async with opened(bot), application, polls:
                # From here on: any process may ask who it is.
                calls.leadership = polls.leadership = leadership
                await serve_as_leader(leadership, stop, serve)


def build_services(
    settings: Settings,
    corpus: Corpus,
    index: Index,
    store: Store,
    voters: Voters,
    bot: ExtBot[None],
    clock: Clock,
    desk: AdminDesk,
    metrics: Metrics,
) -> Services:
    """Build what handlers work with, and all of its parts."""
    failures = FailureLog(log, lambda: metrics.errors.add("database"))
    languages = read_languages()
    limits = Limits(
        settings.private_chat_per_second, settings.group_per_minute, settings.overall_per_second
    )
    sender = Sender(RateLimiter(limits))
    metrics.gauge(
        "telegram_calls_waiting",
        "Messages and edits that wait until a limit admits them.",
        lambda: sender.limiter.waiting,
    )
    editor = MessageEditor(bot, store, voters, corpus.reactions, metrics)
    live_counts = LiveCounts(store, editor, sender, failures)
    articles = ArticleResolver(corpus.articles)
    chats = ChatState(store, voters, languages, articles, failures)
    conversations, targets = Conversations(clock), Targets(articles, chats)
    responder = Responder(
        corpus, index, store, articles, chats, targets, conversations, voters, failures, metrics
    )
    return Services(
        corpus=corpus,
        store=store,
        voters=voters,
        languages=languages,
        articles=articles,
        chats=chats,
        responder=responder,
        conversations=conversations,
        messenger=Messenger(bot, sender, live_counts),
        sender=sender,
        live_counts=live_counts,
        failures=failures,
        desk=desk,
        metrics=metrics,
    )


def with_corpus(services: Services, corpus: Corpus, index: Index) -> Services:
    """Return services that answer from another version of the corpus, and share all else."""
    services.live_counts.use_reactions(corpus.reactions)
    articles = ArticleResolver(corpus.articles, services.articles)
    chats = replace(services.chats, articles=articles)
    targets = Targets(articles, chats)
    responder = replace(
        services.responder,
        corpus=corpus,
        index=index,
        articles=articles,
        chats=chats,
        targets=targets,
    )
    return replace(services, corpus=corpus, articles=articles, chats=chats, responder=responder)


def build_application(bot: ExtBot[None], services: Services) -> BotApplication:
    """Return python-telegram-bot's application: it routes updates, and fetches none."""
    application = (
        Application.builder()
        .bot(bot)
        .updater(None)
        .context_types(ContextTypes(context=Context, bot_data=BotData))
        .build()
    )
    application.bot_data.services = services
    for route in routes(services.desk):
        application.add_handler(route.handler)
    application.add_error_handler(handler_failed)
    return application


async def _serve(
    settings: Settings,
    application: BotApplication,
    receiver: Receiver,
    handled: HandledUpdates,
    live: LiveCorpus,
    stop: asyncio.Event,
    clock: Clock,
) -> None:
    services = application.bot_data.services

    async def tell(update: Update) -> None:
        await surplus.tell(update, application.bot_data.services)

    readers = Readers(handled.handle, surplus.asks, tell)
    store = services.store
    refresher = Refresher(store, services.live_counts, services.sender.limiter, clock)
    background = [
        asyncio.create_task(refresher.run()),
        asyncio.create_task(delete_expired(store)),
        asyncio.create_task(_follow_corpus(application, live)),
        asyncio.create_task(_follow_feeds(settings, application, clock)),
    ]
    try:
        await handled.start()
        queues = ReaderQueues(application.bot, store, readers, services.metrics)
        await receiver.run(queues, stop)
    finally:
        for task in background:
            task.cancel()
        ending = (handled.stop(), services.live_counts.stop())
        await asyncio.gather(*background, *ending, return_exceptions=True)


async def _follow_corpus(application: BotApplication, live: LiveCorpus) -> None:
    data = application.bot_data

    def use(corpus: Corpus, index: Index) -> None:
        data.services = with_corpus(data.services, corpus, index)

    await live.run(use, lambda: _publisher(application))


async def _follow_feeds(settings: Settings, application: BotApplication, clock: Clock) -> None:
    data = application.bot_data
    await follow_feeds(
        settings,
        data.services.store,
        lambda: _publisher(application),
        lambda: data.services.corpus,
        clock,
    )


def _publisher(application: BotApplication) -> ChannelPublisher:
    services = application.bot_data.services
    return ChannelPublisher(
        application.bot,
        services.store,
        services.sender,
        services.languages,
        services.corpus.reactions,
    )
