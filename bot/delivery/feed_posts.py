"""Follows the feeds of the settings in the running bot, and posts their articles in the channel."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from importlib.util import find_spec

from telegram import ChatFullInfo
from telegram.error import BadRequest, ChatMigrated, Forbidden, NetworkError, TelegramError

from bot.config import Settings
from bot.corpus.article import Article
from bot.corpus.loader import Corpus, comes_with_the_bot, find_corpus
from bot.delivery.channel_publisher import ChannelPublisher, channel_name, refused, tracked_post
from bot.delivery.telegram_errors import Refusal, describe, outcome_unknown, refusal_of
from bot.errors import PublishError, SettingsError
from bot.logs import FailureLog
from bot.store.base import Store
from bot.web.fetcher import Fetcher
from bot.web.post_queue import Posting, PostQueue, save_at_last

PACKAGES = ("feedparser", "trafilatura")
"""What the extra ``web`` installs and feeds need."""

log = logging.getLogger(__name__)


def check_feeds(settings: Settings) -> None:
    """Check at the start that the feeds of the settings can be followed, if there are any.

    Raises:
        SettingsError: The extra ``web`` is not installed, or the corpus is not the operator's.
    """
    if not settings.feeds:
        return
    if not all(map(find_spec, PACKAGES)):
        raise SettingsError(
            "FEEDS is set, but feeds need more packages. Install them with: "
            "pip install 'article-bot[web]'"
        )
    if comes_with_the_bot(find_corpus(settings.corpus_dir)):
        raise SettingsError(
            "FEEDS is set, but there is no folder for their articles: make a folder named corpus, "
            "or set CORPUS_DIR."
        )


async def follow_feeds(
    settings: Settings,
    store: Store,
    publisher: Callable[[], ChannelPublisher],
    corpus: Callable[[], Corpus],
    clock: Callable[[], float],
) -> None:
    """Follow the feeds of the settings, and post their articles, until cancelled.

    Args:
        settings: The settings; without feeds, nothing is done.
        store: Keeps what is known of the feeds.
        publisher: Returns what posts, with the reactions as they are.
        corpus: Returns the articles that the bot has now.
        clock: Returns the time in seconds since 1970.
    """
    if not settings.feeds:
        return
    # Only now, because feedparser is an optional dependency.
    from bot.web.feed_follower import FeedFollower  # noqa: PLC0415

    folder, to = find_corpus(settings.corpus_dir), settings.publish_to
    async with Fetcher(settings.allow_private_addresses) as fetcher, asyncio.TaskGroup() as group:
        follower = FeedFollower(
            store, fetcher, settings.feeds, folder, posts=to is not None, clock=clock
        )
        group.create_task(follower.run())
        if to is not None:
            poster = ChannelPoster(publisher, corpus, to)
            queue = PostQueue(store, poster.has, poster.post, clock)
            group.create_task(queue.run())


class ChannelPoster:
    """Posts articles in one channel, each once."""

    def __init__(
        self, publisher: Callable[[], ChannelPublisher], corpus: Callable[[], Corpus], to: str
    ) -> None:
        """Store the arguments; Telegram is not asked yet.

        Args:
            publisher: Returns what posts.
            corpus: Returns the articles that the bot has now.
            to: The channel: "@name" or its id.
        """
        self._publisher = publisher
        self._corpus = corpus
        self._to = to
        self._chat: ChatFullInfo | None = None
        self._refusal: str | None = None
        self._failures = FailureLog(log)

    def has(self, article_id: str) -> bool:
        """Return whether the bot has an article."""
        return self._article(article_id) is not None

    def _article(self, article_id: str) -> Article | None:
        articles = self._corpus().articles
        return next((article for article in articles if article.id == article_id), None)

    async def post(self, article_id: str, begin: Callable[[], Awaitable[None]]) -> Posting:
        """Post an article, unless it is in the channel already; see ``bot.web.post_queue.Post``."""
        article, publisher = self._article(article_id), self._publisher()
        try:
            chat = self._chat or await publisher.find_chat(self._to)
        except PublishError as error:
            return self._refused(str(error))
        except TelegramError as error:
            return self._refused(describe(error))
        self._chat = chat
        if article is None:
            return Posting.NOT_ACCEPTED
        if await publisher.store.channel_post(chat.id, article_id) is not None:
            return Posting.POSTED
        message = await publisher.render(article)
        try:
            ref = await publisher.send(chat, message, begin)
        except TelegramError as error:
            return self._failed(error, article_id, chat)
        # First what keeps it from being posted again.
        store, number = publisher.store, ref.message_id or 0
        tracked = tracked_post(ref, message, message.counts_version)
        await save_at_last(
            lambda: store.save_channel_post(chat.id, article_id, number), self._failures
        )
        await save_at_last(lambda: store.track(tracked), self._failures)
        self._failures.recovered("What was posted is saved again.")
        if self._refusal is not None:
            self._refusal = None
            log.warning("Articles are posted in %s again.", self._to)
        return Posting.POSTED

    def _failed(self, error: TelegramError, article_id: str, chat: ChatFullInfo) -> Posting:
        if isinstance(error, BadRequest | ChatMigrated | Forbidden):
            if refusal_of(error) is Refusal.OTHER:
                log.warning("The post of %s is not accepted: %s", article_id, error.message)
                return Posting.NOT_ACCEPTED
            # It may be another one next time, if the name was given to another channel.
            self._chat = None
            return self._refused(str(refused(error, channel_name(chat))))
        if isinstance(error, NetworkError) and outcome_unknown(error):
            return Posting.UNKNOWN
        return self._refused(describe(error))

    def _refused(self, reason: str) -> Posting:
        """Log why nothing can be posted, each reason once."""
        if reason != self._refusal:
            self._refusal = reason
            log.warning("Articles cannot be posted in %s, trying again: %s", self._to, reason)
        return Posting.REFUSED
