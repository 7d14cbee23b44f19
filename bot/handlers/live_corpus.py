"""Gives handlers the newest version of the articles while the bot runs, and edits their posts."""

import asyncio
import logging
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

from telegram.error import TelegramError

from bot.corpus.article import Article
from bot.corpus.loader import Corpus
from bot.corpus.reloading import UNFINISHED, CorpusReloader
from bot.corpus.watching import changes
from bot.corpus.workers import Progress, no_progress
from bot.delivery.channel_publisher import ChannelPublisher
from bot.delivery.telegram_errors import describe
from bot.errors import Fault, StoreError
from bot.retrieval.encoder import Encoder
from bot.retrieval.index import Index
from bot.retrieval.samples import AnsweredSamples
from bot.store.kept_ids import KeptIds

RETRY_INTERVAL = 5.0
"""Seconds after which something is tried again if the database or Telegram failed."""

MAX_NAMED = 5
"""Articles that a line of the log names; more are counted."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Look:
    """What was found when the files were looked at.

    Attributes:
        added: Ids of articles that are new.
        changed: Ids of articles that are other than before.
        removed: Ids of articles that are gone.
        faults: What is wrong in files, whose last good versions are used.
        failed: Whether the files could not be looked at, because of a fault of the bot.
    """

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()
    failed: bool = False


class LiveCorpus:
    """The corpus that is in use: what it was read from is watched, and read again.

    Attributes:
        requested: Set to have the files looked at, although nothing seems to have changed.
    """

    def __init__(
        self,
        corpus: Corpus,
        kept_ids: KeptIds,
        told: asyncio.Event | None = None,
        looking: Callable[[], AbstractContextManager[object]] = nullcontext,
        progress: Progress = no_progress,
        encoder: Encoder | None = None,
    ) -> None:
        """Start with a corpus as it was read.

        Args:
            corpus: The corpus.
            kept_ids: Knows the ids under which votes are.
            told: Set to have the files looked at, if somebody else sets it; it is cleared then.
            looking: Entered when that begins, and left when what was found is in use.
            progress: Told how many articles are indexed.
            encoder: Compares questions and sentences by their meaning; None for words alone.
        """
        self.requested = asyncio.Event()
        self._told = told or asyncio.Event()
        self._looking = looking
        self._reloader = CorpusReloader(corpus)
        self._corpus = corpus
        self._kept_ids = kept_ids
        self._progress = progress
        self._encoder = encoder
        self._samples = AnsweredSamples()
        self._index: Index | None = None
        self._is_unused = False
        self._outdated_posts: dict[str, Article | None] = {}
        self._has_outdated = asyncio.Event()
        self._waiting: list[asyncio.Future[Look]] = []

    async def look(self) -> Look:
        """Have the files looked at now, and wait until what was found is in use.

        It never ends if ``run`` does not run.
        """
        found: asyncio.Future[Look] = asyncio.get_running_loop().create_future()
        self._waiting.append(found)
        self.requested.set()
        return await found

    async def _look_when_told(self) -> None:
        while True:
            await self._told.wait()
            self._told.clear()
            with self._looking():
                await self.look()

    async def prepare(self) -> tuple[Corpus, Index]:
        """Return the newest version of the corpus, and its index.

        Raises:
            StoreError: The database cannot be used.
        """
        self._corpus = await self._kept_ids.apply(self._reloader.corpus)
        # In a thread: indexing would delay all answers.
        return await asyncio.to_thread(self._indexed, self._corpus)

    def _indexed(self, corpus: Corpus) -> tuple[Corpus, Index]:
        index = Index(
            corpus.articles,
            corpus.aliases,
            previous=self._index,
            cache=corpus.cache_folder,
            progress=self._progress,
            encoder=self._encoder,
        )
        answered = self._samples.of(corpus, index)
        self._index = index
        return answered, index

    async def run(
        self, use: Callable[[Corpus, Index], None], publisher: Callable[[], ChannelPublisher]
    ) -> None:
        """Watch the files until cancelled.

        Args:
            use: Called in a thread with every new version, from which updates are then answered.
            publisher: Returns what edits posts.
        """
        folder = self._reloader.corpus.folder
        if folder is None:
            return
        async with asyncio.TaskGroup() as group:
            group.create_task(self._edit_posts(publisher))
            group.create_task(self._look_when_told())
            async for _ in changes(folder, self.requested):
                # Those who ask while the files are being read may mean a later change.
                waiting, self._waiting = self._waiting, []
                try:
                    look = await self._reload(use)
                    if self._reloader.is_unfinished:
                        asyncio.get_running_loop().call_later(UNFINISHED, self.requested.set)
                except Exception:
                    # What the bot has goes on being right.
                    log.exception("The articles could not be read again")
                    look = Look(failed=True)
                for each in waiting:
                    if not each.done():
                        each.set_result(look)

    async def _reload(self, use: Callable[[Corpus, Index], None]) -> Look:
        if await asyncio.to_thread(self._reloader.reload) is None and not self._is_unused:
            return Look(faults=self._reloader.faults)
        before, self._is_unused = self._corpus, True
        try:
            prepared = await self.prepare()
        except StoreError as error:
            log.warning("The articles are read again later: %s", error)
            asyncio.get_running_loop().call_later(RETRY_INTERVAL, self.requested.set)
            return Look(failed=True)
        await asyncio.to_thread(use, *prepared)
        self._is_unused = False
        return self._report(before.articles, self._corpus.articles)

    def _report(self, before: Iterable[Article], after: Iterable[Article]) -> Look:
        """Return and log what is new, and note whose posts are outdated."""
        old, new = {a.id: a for a in before}, {a.id: a for a in after}
        # Most are the same object, which is found out at once.
        both = (id_ for id_ in new.keys() & old.keys() if new[id_] is not old[id_])
        changed = [id_ for id_ in both if new[id_] != old[id_]]
        look = Look(
            added=tuple(sorted(new.keys() - old.keys())),
            changed=tuple(sorted(changed)),
            removed=tuple(sorted(old.keys() - new.keys())),
            faults=self._reloader.faults,
        )
        news = {"added": look.added, "changed": look.changed, "removed": look.removed}
        for verb, ids in news.items():
            if ids:
                more = f" and {len(ids) - MAX_NAMED} more" if len(ids) > MAX_NAMED else ""
                log.info("Articles %s: %s%s.", verb, ", ".join(ids[:MAX_NAMED]), more)
        # An article that is there again has posts without buttons.
        outdated = {*changed, *look.added, *look.removed}
        self._outdated_posts |= {id_: new.get(id_) for id_ in outdated}
        if outdated:
            self._has_outdated.set()
        return look

    async def _edit_posts(self, publisher: Callable[[], ChannelPublisher]) -> None:
        """Edit the posts of articles that were changed, one article after the other."""
        while True:
            await self._has_outdated.wait()
            self._has_outdated.clear()
            while self._outdated_posts:
                id_, article = next(iter(self._outdated_posts.items()))
                try:
                    if article is not None:
                        await publisher().edit_posts(article)
                    else:
                        await publisher().close_posts(id_)
                except (StoreError, TelegramError) as error:
                    reason = describe(error) if isinstance(error, TelegramError) else str(error)
                    log.warning("Posts of %s are edited later: %s", id_, reason)
                    await asyncio.sleep(RETRY_INTERVAL)
                    continue
                except Exception:
                    log.exception("Posts of %s could not be edited", id_)
                if self._outdated_posts.get(id_, False) is article:
                    del self._outdated_posts[id_]
