"""Follows feeds: new articles are added to the corpus, changed ones are updated.

What a feed lists is saved in the database before anything is done with it, in the transaction that
also notes that this version of the feed was read. So nothing is lost when the bot is killed, and
what could not be fetched is fetched later, even if the feed no longer lists it.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bot.corpus.article_ids import article_id as article_id_of_name
from bot.corpus.outcomes import read_file
from bot.errors import FetchError, StoreError, WebError
from bot.logs import FailureLog
from bot.store.base import Store
from bot.store.feed_records import FeedState, ListedEntry, PendingEntry, PostState
from bot.web.addresses import without_query
from bot.web.article_files import Outcome, write_article
from bot.web.entries import FeedEntry, digest
from bot.web.entry_articles import article_of
from bot.web.feeds import read_feed
from bot.web.fetcher import Fetcher

FEED_INTERVAL = 300.0
"""Seconds between two looks at a feed: news is soon there, and a server that answers "not modified"
hardly notices."""
MAX_BACK_OFF = 6 * 3_600.0
"""Seconds between two looks at a feed that fails all the time."""
MAX_WAIT = 86_400.0
"""Seconds between two looks at a feed whose server asks for more."""
FIRST_ARTICLES = 20
"""Articles that the first look at a feed adds, the newest ones."""
MAX_POSTS = 5
"""Articles of one look that are posted, the newest ones: nobody reads a channel that is flooded."""
MAX_PAGES = 20
"""Pages of one feed that are fetched in a row."""
MAX_TRIES = 6
"""How often an article is tried: the last time after two and a half hours."""
MAX_PENDING = 500
"""Entries of a feed that are kept until their articles are written."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Followed:
    """A feed that is followed.

    Attributes:
        url: Its address.
        key: What the database knows it by: the address may hold a secret.
        name: What the log calls it.
    """

    url: str
    key: str
    name: str


class FeedFollower:
    """Looks at every feed from time to time, at each independently of the others."""

    def __init__(
        self,
        store: Store,
        fetcher: Fetcher,
        feeds: Sequence[str],
        folder: Path,
        *,
        posts: bool,
        clock: Callable[[], float] = time.time,
        interval: float = FEED_INTERVAL,
    ) -> None:
        """Store the arguments; nothing is fetched yet.

        Args:
            store: Keeps what is known of the feeds.
            fetcher: Fetches feeds and pages.
            feeds: Addresses of the feeds.
            folder: The corpus, which exists.
            posts: Whether new articles are to be posted.
            clock: Returns the time in seconds since 1970.
            interval: Seconds between two looks at a feed.
        """
        self._store = store
        self._fetcher = fetcher
        self._feeds = [_Followed(url, digest(url), without_query(url)) for url in feeds]
        self._folder = folder
        self._posts = posts
        self._clock = clock
        self._interval = interval
        self._failures, self._folder_failures = FailureLog(log), FailureLog(log)
        self._failing: set[str] = set()
        # Two feeds may list the same article at the same time, which is one file.
        self._writing = asyncio.Lock()

    async def run(self) -> None:
        """Follow all feeds until cancelled."""
        async with asyncio.TaskGroup() as group:
            for feed in self._feeds:
                group.create_task(self._follow(feed))

    async def _follow(self, feed: _Followed) -> None:
        while True:
            wait = self._interval
            try:
                wait = await self._look_if_due(feed)
                await self._write_articles(feed)
                self._failures.recovered("What is known of feeds is saved again.")
            except StoreError as error:
                self._failures.failed(str(error))
            except Exception:
                # One feed that finds a fault of ours must not end all of them.
                log.exception("A feed could not be followed")
            await asyncio.sleep(min(wait, self._interval))

    async def _look_if_due(self, feed: _Followed) -> float:
        """Look at a feed unless it is too early; return the seconds until the next look."""
        state, now = await self._store.feed_state(feed.key), self._clock()
        # If the clock was set back, the next look may seem to be years ahead.
        if now < state.next_look <= now + MAX_WAIT:
            return state.next_look - now
        try:
            wait = await self._look(feed, state)
        except WebError as error:
            wait = await self._note_failure(feed, state, error)
        else:
            if feed.key in self._failing:
                self._failing.remove(feed.key)
                log.warning("The feed %s can be read again.", feed.name)
        return wait

    async def _look(self, feed: _Followed, state: FeedState) -> float:
        """Look at a feed, save what is new and changed; return the seconds until the next look.

        Raises:
            WebError: It cannot be fetched or read.
        """
        fetched = await self._fetcher.get(
            feed.url, etag=state.etag, last_modified=state.last_modified
        )
        wait, now = self._wait(self._interval, fetched.retry_after), self._clock()
        read = replace(state, read_at=now, next_look=now + wait, failures=0)
        if fetched.status == 304:
            await self._store.save_feed_state(feed.key, read)
            return wait
        entries = (await asyncio.to_thread(read_feed, fetched)).entries
        known = await self._store.entry_fingerprints(feed.key)
        listed = [e for e in entries if known.get(e.key) != e.fingerprint]
        room = max(0, MAX_PENDING - await self._store.count_pending(feed.key))
        complete = len(listed) <= room
        # What there is no room for now is read again later, and is not "not modified" then.
        read = replace(
            read,
            etag=fetched.etag if complete else None,
            last_modified=fetched.last_modified if complete else None,
        )
        to_save = self._to_save(feed, listed[:room], known.keys(), state.read_at is None)
        await self._store.save_entries(feed.key, read, to_save)
        return wait

    def _to_save(
        self, feed: _Followed, listed: Sequence[FeedEntry], known: Collection[str], first: bool
    ) -> list[ListedEntry]:
        """Return new and changed entries as they are to be saved, oldest first.

        Args:
            feed: The feed.
            listed: The entries, newest first.
            known: Keys of the entries that are only changed.
            first: Whether this is the first look, of which nothing is posted.
        """
        new = [entry.key for entry in listed if entry.key not in known]
        to_post = set(new[:MAX_POSTS]) if self._posts and not first else set[str]()
        left_out = set(new[FIRST_ARTICLES:]) if first else set[str]()
        if listed:
            log.info("The feed %s: %d articles are new or changed.", feed.name, len(listed))
        if to_post and len(new) > MAX_POSTS:
            log.warning(
                "The feed %s lists %s new articles at once: only the newest are posted.",
                *(feed.name, len(new)),
            )
        return [
            ListedEntry(
                entry.key,
                entry.fingerprint,
                None if entry.key in left_out else entry.body,
                PostState.WAITING if entry.key in to_post else PostState.NONE,
            )
            for entry in reversed(listed)
        ]

    async def _note_failure(self, feed: _Followed, state: FeedState, error: WebError) -> float:
        """Note that a feed could not be read; return the seconds until the next look."""
        if feed.key not in self._failing:
            self._failing.add(feed.key)
            log.warning("The feed %s cannot be read, trying again: %s", feed.name, error)
        back_off = min(self._interval * 2.0 ** min(state.failures, 30), MAX_BACK_OFF)
        asked = error.retry_after if isinstance(error, FetchError) else None
        wait = self._wait(max(back_off, self._interval), asked)
        failed = replace(state, next_look=self._clock() + wait, failures=state.failures + 1)
        await self._store.save_feed_state(feed.key, failed)
        return wait

    @staticmethod
    def _wait(own: float, asked: float | None) -> float:
        """Return the seconds to wait: our own, or as long as the server asks, within reason."""
        return max(own, min(asked or 0.0, MAX_WAIT))

    async def _write_articles(self, feed: _Followed) -> None:
        """Write the articles of entries that are new or changed, or could not be fetched before."""
        for pending in await self._store.pending_entries(feed.key, self._clock(), MAX_PAGES):
            entry = FeedEntry.from_body(pending.body)
            try:
                article = await article_of(entry, self._fetcher)
            except WebError as error:
                await self._note_missing(feed, pending, error)
                continue
            try:
                async with self._writing:
                    written = await asyncio.to_thread(write_article, self._folder, article)
            except WebError as error:
                # Not the entry's fault: it is tried until the folder can be written to again.
                self._folder_failures.failed(str(error))
                return
            self._folder_failures.recovered("Articles of feeds are written again.")
            if written.outcome is Outcome.EDITED:
                log.info("%s was edited by hand, and is not updated.", written.file.name)
            article_id = await asyncio.to_thread(_id_of, self._folder, written.file)
            await self._store.entry_written(feed.key, pending, article_id, self._clock())

    async def _note_missing(self, feed: _Followed, pending: PendingEntry, error: WebError) -> None:
        """Note that an entry's article could not be fetched; give it up after MAX_TRIES."""
        if pending.failures + 1 >= MAX_TRIES:
            log.warning("An article of the feed %s is given up: %s", feed.name, error)
            await self._store.give_entry_up(feed.key, pending)
            return
        asked = error.retry_after if isinstance(error, FetchError) else None
        wait = self._wait(self._interval * 2.0**pending.failures, asked)
        await self._store.entry_failed(feed.key, pending, self._clock() + wait)


def _id_of(folder: Path, file: Path) -> str:
    """Return the id of a file's article, which may have been edited by hand."""
    located = read_file(folder, file).located
    return located.article.id if located else article_id_of_name(file.stem)
