"""What posts articles of feeds in the running bot, without the rest of it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

from bot.corpus.loader import load_corpus
from bot.delivery.channel_publisher import ChannelPublisher
from bot.delivery.feed_posts import ChannelPoster
from bot.delivery.rate_limiter import Limits, RateLimiter
from bot.delivery.sender import Sender
from bot.store.feed_records import FeedState, ListedEntry, PostState
from bot.store.sqlite import SqliteStore
from bot.views.i18n import read_languages
from bot.web.post_queue import PostQueue
from tests.support.chat import Chat
from tests.support.corpora import ARTICLE, write_two_articles
from tests.support.stage import Stage
from tests.support.waiting import until

FEED = "f" * 64
NO_LIMITS = Limits(1000.0, 60_000.0, 1000.0)


class Poster:
    """What posts in the running bot, without the rest of it.

    Attributes:
        loaded: Ids of the articles that the bot has.
        asked: Of which articles it was asked whether the bot has them.
    """

    def __init__(self, stage: Stage, store: SqliteStore, bot: Any) -> None:
        self.stage, self.store, self.bot = stage, store, bot
        self.corpus = load_corpus(write_two_articles(stage.folder))
        self.loaded = {ARTICLE, "bridge"}
        self.asked: list[str] = []
        self.sender = Sender(RateLimiter(NO_LIMITS))

    @contextlib.asynccontextmanager
    async def running(self, chat: Chat) -> AsyncIterator[None]:
        """Post in a chat in the background, as a bot that was just started."""
        reactions = self.corpus.reactions
        publisher = ChannelPublisher(self.bot, self.store, self.sender, read_languages(), reactions)
        poster = ChannelPoster(lambda: publisher, lambda: self.corpus, str(chat.chat))
        clock = self.stage.clock
        queue = PostQueue(self.store, self.has, poster.post, clock, 0.02)
        task = asyncio.create_task(queue.run())
        yield
        assert not task.done()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    def has(self, article_id: str) -> bool:
        self.asked.append(article_id)
        return article_id in self.loaded

    async def list(self, *article_ids: str) -> None:
        """List articles in a feed, which are written at once."""
        waits = PostState.WAITING
        entries = [ListedEntry(name, "1", "body", waits) for name in article_ids]
        await self.store.save_entries(FEED, FeedState(read_at=1.0), entries)
        for entry in await self.store.pending_entries(FEED, 1.0, 10):
            await self.store.entry_written(FEED, entry, entry.key, self.stage.clock())

    async def states(self) -> dict[str, str]:
        """What has become of each post."""
        rows = await self.store._read("SELECT article, post FROM feed_entries")
        return {row["article"]: row["post"] for row in rows}

    async def become(self, state: PostState, article_id: str = ARTICLE) -> None:
        async def fact() -> bool:
            return (await self.states())[article_id] == state

        await until(fact, lambda: f"{article_id} is not {state}")
