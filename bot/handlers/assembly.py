"""Builds what handlers work with."""

import logging
from collections.abc import Callable
from dataclasses import replace

from telegram.ext import ExtBot

from bot.config import Settings
from bot.corpus.loader import Corpus
from bot.delivery.live_counts import LiveCounts
from bot.delivery.message_editor import MessageEditor
from bot.delivery.metrics import Metrics
from bot.delivery.rate_limiter import Limits, RateLimiter
from bot.delivery.sender import Sender
from bot.handlers.admin_desk import AdminDesk
from bot.handlers.article_refs import ArticleResolver
from bot.handlers.chat_state import ChatState
from bot.handlers.conversations import Conversations
from bot.handlers.messenger import Messenger
from bot.handlers.responder import Responder
from bot.handlers.services import Services
from bot.handlers.targets import Targets
from bot.logs import FailureLog
from bot.retrieval.index import Index
from bot.store.base import Store
from bot.store.voters import Voters
from bot.views.i18n import read_languages

log = logging.getLogger(__name__)


def build_services(
    settings: Settings,
    corpus: Corpus,
    index: Index,
    store: Store,
    voters: Voters,
    bot: ExtBot[None],
    clock: Callable[[], float],
    desk: AdminDesk,
    metrics: Metrics,
) -> Services:
    """Build what handlers work with, and all of its parts."""
    failures = FailureLog(log, lambda: metrics.errors.add("database"))
    languages = read_languages()
    sender = _sender(settings, metrics)
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


def _sender(settings: Settings, metrics: Metrics) -> Sender:
    limiter = RateLimiter(
        Limits(
            settings.private_chat_per_second,
            settings.group_per_minute,
            settings.overall_per_second,
        )
    )
    metrics.gauge(
        "telegram_calls_waiting",
        "Messages and edits that wait until a limit admits them.",
        lambda: limiter.waiting,
    )
    return Sender(limiter)
