"""What handlers work with, and the context through which they get it."""

from dataclasses import dataclass, field
from typing import Any

from telegram.ext import CallbackContext, ExtBot

from bot.corpus.loader import Corpus
from bot.delivery.live_counts import LiveCounts
from bot.delivery.metrics import Metrics
from bot.delivery.sender import Sender
from bot.handlers.admin_desk import AdminDesk
from bot.handlers.article_refs import ArticleResolver
from bot.handlers.chat_state import ChatState
from bot.handlers.conversations import Conversations
from bot.handlers.messenger import Messenger
from bot.handlers.responder import Responder
from bot.logs import FailureLog
from bot.store.base import Store
from bot.store.voters import Voters
from bot.views.i18n import Languages


@dataclass(frozen=True)
class Services:
    """Everything that handlers work with, built once in ``bot.app``.

    Attributes:
        corpus: Articles and reactions.
        store: Votes, tracked messages, settings of chats and deferred updates.
        voters: Turns ids of readers and chats into the codes they are stored under.
        languages: The languages that the bot speaks.
        articles: Finds the article that a message is about.
        chats: Settings of chats.
        responder: Answers questions.
        conversations: What readers asked last.
        messenger: Sends messages.
        sender: Answers buttons.
        live_counts: Keeps the counts under messages up to date.
        failures: Where failures of the store are logged.
        desk: What admins work with.
        metrics: What is counted.
    """

    corpus: Corpus
    store: Store
    voters: Voters
    languages: Languages
    articles: ArticleResolver
    chats: ChatState
    responder: Responder
    conversations: Conversations
    messenger: Messenger
    sender: Sender
    live_counts: LiveCounts
    failures: FailureLog
    desk: AdminDesk
    metrics: Metrics


@dataclass
class BotData:
    """What python-telegram-bot hands to every handler; ``bot.app`` fills it in.

    Attributes:
        services: What handlers work with that begin now; others, when the articles change.
    """

    services: Services = field(init=False)


class Context(CallbackContext[ExtBot[None], dict[Any, Any], dict[Any, Any], BotData]):
    """The context of a handler, made for each update.

    Attributes:
        services: What the handler works with: that of the moment when it began, so that an answer
            is finished on the version of the articles on which it was begun.
    """

    def __init__(self, application: Any, chat_id: int | None = None, user_id: int | None = None):
        """Take the present services; the library gives the arguments."""
        super().__init__(application, chat_id, user_id)
        self.services: Services = application.bot_data.services
