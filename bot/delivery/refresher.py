"""Refreshes outdated messages in the background, within Telegram's limits.

A message is outdated when its article's counts have changed since it was last edited. The store
finds that by comparing versions, so nothing has to be marked and a restart loses nothing.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Sequence

from telegram.error import RetryAfter, TelegramError

from bot.delivery.live_counts import LiveCounts, chat_key
from bot.delivery.rate_limiter import ChatKey, Priority, RateLimiter
from bot.errors import StoreError
from bot.store.base import MessageRef, OutdatedMessage, Store

CHECK_INTERVAL = 1.0
"""Seconds between checks for outdated messages while nobody votes in this process."""
SKIPPED_INTERVAL = 0.5
"""Seconds until messages that were skipped are checked again."""
FAILURE_INTERVAL = 3.0
"""Seconds until messages whose edit failed are tried again."""
PAGE_SIZE = 200
"""Outdated messages read at a time: a page takes a while if a great many are outdated."""
CHUNK_SIZE = 20
"""Messages of a page that are refreshed before those that were seen in the meantime."""
CONCURRENCY = 16
"""Messages that may wait for the rate limiter at the same time."""
MAX_DELAY = 0.5
"""Seconds. If a chat accepts no call for longer, its messages are skipped and found again later."""

log = logging.getLogger(__name__)


class Refresher:
    """Edits all outdated messages, round after round."""

    def __init__(
        self,
        store: Store,
        live_counts: LiveCounts,
        limiter: RateLimiter,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Create the refresher; ``run`` starts it.

        Args:
            store: Finds outdated messages.
            live_counts: Edits a message.
            limiter: Admits the edits.
            clock: Returns the time in seconds since 1970, as the store's clock does.
        """
        self._store = store
        self._live_counts = live_counts
        self._limiter = limiter
        self._clock = clock
        self._free = asyncio.Semaphore(CONCURRENCY)
        self._running: dict[ChatKey, asyncio.Task[None]] = {}
        self._failed = self._skipped = False

    async def run(self) -> None:
        """Refresh until cancelled."""
        try:
            while True:
                self._live_counts.changed.clear()
                self._failed = self._skipped = False
                try:
                    await self._live_counts.track_unsaved()
                    await self._refresh_all()
                except StoreError as error:
                    self._report(error)
                except Exception:
                    # One unexpected error must not end the refreshing of all messages.
                    log.exception("Messages could not be refreshed")
                    self._failed = True
                await self._pause()
        finally:
            tasks = list(self._running.values())
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _pause(self) -> None:
        if self._failed:
            await asyncio.sleep(FAILURE_INTERVAL)
            return
        with contextlib.suppress(TimeoutError):
            interval = SKIPPED_INTERVAL if self._skipped else CHECK_INTERVAL
            await asyncio.wait_for(self._live_counts.changed.wait(), interval)

    async def _refresh_all(self) -> None:
        """Refresh every outdated message once, the most recently seen first."""
        started, before, done = self._clock(), float("inf"), set[MessageRef]()
        page: Sequence[OutdatedMessage] = ()
        while not self._limiter.is_closed:
            if not page:
                page = await self._store.outdated(before, PAGE_SIZE)
                if not page:
                    break
                before = page[-1].last_seen
            # Messages that were seen since this round began go first.
            newest = await self._store.outdated_since(started, CHUNK_SIZE)
            chunk, page = page[:CHUNK_SIZE], page[CHUNK_SIZE:]
            for message in (*newest, *chunk):
                if message.ref not in done and self._admits(chat_key(message.ref)):
                    done.add(message.ref)
                    await self._start(message.ref)
        if self._running:
            tasks = self._running.values()
            await asyncio.wait(tasks, timeout=CHECK_INTERVAL, return_when=asyncio.FIRST_COMPLETED)

    def _admits(self, chat: ChatKey) -> bool:
        """Return whether a chat may get an edit now; one at a time, to leave slots for others."""
        is_free = chat not in self._running
        admits = is_free and self._limiter.delay(chat, Priority.REFRESH) <= MAX_DELAY
        self._skipped |= not admits
        return admits

    async def _start(self, ref: MessageRef) -> None:
        await self._free.acquire()
        self._running[chat_key(ref)] = asyncio.create_task(self._refresh(ref))

    async def _refresh(self, ref: MessageRef) -> None:
        chat = chat_key(ref)
        try:
            # Most changes of a large count are not visible, and then no slot is needed.
            if not await self._live_counts.is_current(ref):
                async with self._limiter.slot(chat, Priority.REFRESH):
                    await self._live_counts.refresh(ref)
        except RetryAfter:
            self._skipped = True
        except (StoreError, TelegramError) as error:
            self._report(error)
        except Exception:
            log.exception("A message could not be refreshed")
            self._failed = True
        finally:
            del self._running[chat]
            self._free.release()

    def _report(self, error: StoreError | TelegramError) -> None:
        self._failed = True
        self._live_counts.report(error)
