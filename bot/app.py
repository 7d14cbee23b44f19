"""Composition root: settings -> services -> a running bot."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from typing import Any

from telegram import Update
from telegram.ext import Application, ContextTypes, ExtBot

from bot.config import Settings
from bot.corpus.loader import Corpus
from bot.corpus.workers import Progress, no_progress
from bot.delivery.channel_publisher import ChannelPublisher
from bot.delivery.client import create_bot, create_request, errors_explained
from bot.delivery.expiry import delete_expired
from bot.delivery.feed_posts import check_feeds, follow_feeds
from bot.delivery.first_calls import connected_at_last
from bot.delivery.handled_updates import HandledUpdates
from bot.delivery.listeners import Listeners, listeners
from bot.delivery.metrics import Metrics
from bot.delivery.reader_queues import ReaderQueues, Readers
from bot.delivery.receiving import Receiver
from bot.delivery.refresher import Refresher
from bot.delivery.serving import LeaderRequest, serve_as_leader
from bot.errors import StoreError
from bot.handlers import surplus
from bot.handlers.admin_desk import build_desk
from bot.handlers.assembly import build_services, with_corpus
from bot.handlers.error_handler import handler_failed
from bot.handlers.live_corpus import LiveCorpus
from bot.handlers.profile import register
from bot.handlers.routes import allowed_updates, routes
from bot.handlers.services import BotData, Context, Services
from bot.retrieval.chosen_encoder import chosen_encoder
from bot.retrieval.index import Index
from bot.store.base import Store
from bot.store.kept_ids import KeptIds
from bot.store.leadership import Leadership
from bot.store.open import open_to_serve
from bot.store.voters import Voters

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
    reloading: Callable[[], AbstractContextManager[object]] = contextlib.nullcontext,
    progress: Progress = no_progress,
) -> None:
    """Run the bot until ``stop`` is set; what was begun is finished first.

    While another process of the bot serves, this one stands by.

    Args:
        settings: The settings.
        corpus: Articles and reactions.
        stop: Ends the bot.
        ready: Called with the bot's username whenever this process begins to take questions.
        clock: The clock of votes and of everything else that is kept.
        reload: Set to have the files of the corpus looked at; they are watched anyway.
        reloading: Entered when that begins because of ``reload``, and left when it is done.
        progress: Told how many articles are indexed.

    Raises:
        SettingsError: A setting that is needed is missing, or something that a setting needs.
        StoreError: The database or the voter key's file cannot be used, or another process uses
            the SQLite file.
        ConnectError: Telegram refuses the token. If it cannot be reached, the bot waits for it.
    """
    check_feeds(settings)
    # In a thread: a model may take seconds to load.
    encoder = await asyncio.to_thread(chosen_encoder, settings)
    metrics = Metrics()
    async with (
        listeners(settings, metrics) as answering,
        open_to_serve(settings, clock) as opened,
    ):
        live = LiveCorpus(corpus, KeptIds(opened[0]), reload, reloading, progress, encoder)
        await _run(settings, live, stop, ready, clock, metrics, answering, opened)


async def _run(
    settings: Settings,
    live: LiveCorpus,
    stop: asyncio.Event,
    ready: Callable[[str], None],
    clock: Clock,
    metrics: Metrics,
    answering: Listeners,
    opened: tuple[Store, Voters, Leadership],
) -> None:
    store, voters, leadership = opened
    answering.health.store, answering.health.leadership = store, leadership
    calls, polls = (LeaderRequest(create_request(settings, metrics)) for _ in range(2))
    bot, server = create_bot(settings, calls), settings.shown_api_url
    desk = build_desk(settings, live, clock)
    prepared = await live.prepare()
    answering.health.index_ready = True
    services = build_services(settings, *prepared, store, voters, bot, clock, desk, metrics)
    application = build_application(bot, services)
    handled = HandledUpdates(store, application.process_update, services.failures)

    async def serve(end: asyncio.Event) -> None:
        await register(bot, services.languages, settings.admins)
        kinds, begun = allowed_updates(), partial(ready, bot.username)
        receiver = Receiver(settings, bot, polls, kinds, answering, begun)
        try:
            await _serve(settings, application, receiver, handled, live, end, clock)
        except StoreError as error:
            # The database fails while this process begins to serve: it begins again.
            services.failures.failed(str(error))
            await asyncio.sleep(SERVE_AGAIN_AFTER)

    with errors_explained(settings):
        async with connected_at_last(bot, server), application, polls:
            # From here on: any process may ask who it is.
            calls.leadership = polls.leadership = leadership
            await serve_as_leader(leadership, stop, serve)


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
