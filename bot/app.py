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
from bot.delivery.client import create_bot, create_request, errors_explained
from bot.delivery.expiry import delete_expired
from bot.delivery.feed_posts import check_feeds, follow_feeds
from bot.delivery.live_counts import LiveCounts
from bot.delivery.message_editor import MessageEditor
from bot.delivery.ordering import UpdateSequencer
from bot.delivery.polling import Poller
from bot.delivery.rate_limiter import Limits, RateLimiter
from bot.delivery.refresher import Refresher
from bot.delivery.sender import Sender
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
from bot.store.open import open_store
from bot.store.voters import Voters
from bot.views.i18n import read_languages

BotApplication = Application[ExtBot[None], Context, dict[Any, Any], dict[Any, Any], BotData, Any]
Clock = Callable[[], float]
"""Returns the time in seconds since 1970."""

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

    Args:
        settings: The settings.
        corpus: Articles and reactions.
        stop: Ends the bot.
        ready: Called once, with the bot's username, when the bot takes questions.
        clock: The clock of votes and of everything else that is kept.
        reload: Set to have the files of the corpus looked at; they are watched anyway.
        progress: Told how many articles are indexed.

    Raises:
        SettingsError: A setting that is needed is missing, or something that a setting needs.
        StoreError: The database or the voter key's file cannot be used.
        ConnectError: Telegram cannot be reached at the start, or refuses the token at any time.
    """
    check_feeds(settings)
    bot = create_bot(settings)
    async with open_store(settings, clock) as (store, voters):
        live = LiveCorpus(corpus, KeptIds(store), reload, progress)
        desk = build_desk(settings, live, clock)
        prepared = await live.prepare()
        services = build_services(settings, *prepared, store, voters, bot, clock, desk)
        application = build_application(bot, services)
        with errors_explained(settings):
            async with application:
                await register(bot, services.languages, settings.admins)
                # Telegram allows no polling while a webhook is set.
                await bot.delete_webhook()
                ready(bot.username)
                await _serve(settings, application, live, stop, clock)


def build_services(
    settings: Settings,
    corpus: Corpus,
    index: Index,
    store: Store,
    voters: Voters,
    bot: ExtBot[None],
    clock: Clock,
    desk: AdminDesk,
) -> Services:
    """Build what handlers work with, and all of its parts."""
    failures, languages = FailureLog(log), read_languages()
    limits = Limits(
        settings.private_chat_per_second, settings.group_per_minute, settings.overall_per_second
    )
    sender = Sender(RateLimiter(limits))
    editor = MessageEditor(bot, store, voters, corpus.reactions)
    live_counts = LiveCounts(store, editor, sender, failures)
    articles = ArticleResolver(corpus.articles)
    chats = ChatState(store, voters, languages, articles, failures)
    conversations, targets = Conversations(clock), Targets(articles, chats)
    responder = Responder(
        corpus, index, store, articles, chats, targets, conversations, voters, failures
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
    live: LiveCorpus,
    stop: asyncio.Event,
    clock: Clock,
) -> None:
    sequencer, services = UpdateSequencer(), application.bot_data.services

    async def handle(update: Update) -> None:
        async with sequencer.hold(update):
            await application.process_update(update)

    store = services.store
    refresher = Refresher(store, services.live_counts, services.sender.limiter, clock)
    background = [
        asyncio.create_task(refresher.run()),
        asyncio.create_task(delete_expired(store)),
        asyncio.create_task(_follow_corpus(application, live)),
        asyncio.create_task(_follow_feeds(settings, application, clock)),
    ]
    try:
        async with create_request(settings) as request:
            poller = Poller(application.bot, request, allowed_updates(), store, handle)
            await poller.run(stop)
    finally:
        for task in background:
            task.cancel()
        await asyncio.gather(*background, return_exceptions=True)
        await services.live_counts.stop()


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
