"""Refreshes stale copies in the background, within Telegram's limits.

A copy is stale when its article's counts have changed since it was last edited. That is seen from
the versions that the store keeps, so nothing has to be marked and nothing is lost in a restart.
"""

import asyncio
import contextlib
import logging
import time

from telegram import Bot
from telegram.error import RetryAfter, TelegramError

from bot.delivery.live_counts import LiveCounts, place
from bot.delivery.rate_limiter import ChatKey, Priority, RateLimiter
from bot.delivery.sender import seconds
from bot.errors import StoreError
from bot.store.base import MessageRef, Store

LOOK_EVERY = 1.0
"""Seconds after which stale copies are looked for, when nobody pressed anything here."""
LOOK_AGAIN = 0.5
"""Seconds after which copies that were passed over are looked for again."""
AFTER_FAILURE = 3.0
"""Seconds before copies of which the edit failed are tried again."""
PAGE = 20
"""Stale copies read at a time; after each page those come first that were seen meanwhile."""
AT_ONCE = 16
"""Stale copies that wait for their turn; one that is seen meanwhile comes after them."""
TOO_LONG = 0.5
"""Seconds: a copy whose chat is closed for longer is passed over, and found again later."""

log = logging.getLogger(__name__)


class Refresher:
    """Goes through the stale copies again and again."""

    def __init__(self, store: Store, live: LiveCounts, pace: RateLimiter) -> None:
        self._store = store
        self._live = live
        self._pace = pace
        self._places = asyncio.Semaphore(AT_ONCE)
        self._under_way: dict[ChatKey, asyncio.Task[None]] = {}
        self._failed = self._passed_over = False

    async def run(self, bot: Bot) -> None:
        """Refresh until cancelled; where there are several processes, one does."""
        try:
            while True:
                self._live.changed.clear()
                self._failed = self._passed_over = False
                try:
                    await self._live.record_late()
                    await self._pass(bot)
                except StoreError as error:
                    self._note(error)
                except Exception:
                    # Whatever it is, all other copies must be refreshed all the same.
                    log.exception("Copies could not be refreshed")
                    self._failed = True
                await self._rest()
        finally:
            tasks = list(self._under_way.values())
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _rest(self) -> None:
        if self._failed:
            await asyncio.sleep(AFTER_FAILURE)
            return
        with contextlib.suppress(TimeoutError):
            wait = LOOK_AGAIN if self._passed_over else LOOK_EVERY
            await asyncio.wait_for(self._live.changed.wait(), wait)

    async def _pass(self, bot: Bot) -> None:
        """Refresh stale copies, the most recently seen first, each once."""
        started, before, done = time.time(), float("inf"), set[MessageRef]()
        while await self._store.try_acquire_leadership():
            # Those that were seen since the pass began go first too.
            newer = await self._store.outdated(float("inf"), PAGE) if done else []
            page = await self._store.outdated(before, PAGE)
            if not page:
                break
            for known in (*(known for known in newer if known.last_seen > started), *page):
                if known.ref not in done and self._is_open(place(known.ref)):
                    done.add(known.ref)
                    await self._begin(bot, known.ref)
            before = page[-1].last_seen
        if self._under_way:
            tasks = self._under_way.values()
            await asyncio.wait(tasks, timeout=LOOK_EVERY, return_when=asyncio.FIRST_COMPLETED)

    def _is_open(self, where: ChatKey) -> bool:
        """Whether a copy there may be refreshed now; one at a time, or one chat takes all turns."""
        is_open = (
            where not in self._under_way and self._pace.wait(where, Priority.OTHERS) <= TOO_LONG
        )
        self._passed_over |= not is_open
        return is_open

    async def _begin(self, bot: Bot, copy: MessageRef) -> None:
        await self._places.acquire()
        self._under_way[place(copy)] = asyncio.create_task(self._refresh(bot, copy))

    async def _refresh(self, bot: Bot, copy: MessageRef) -> None:
        try:
            # Many changes of a big count do not show: such a copy needs no turn.
            if not await self._live.edit(None, copy):
                async with self._pace.turn(place(copy), Priority.OTHERS):
                    await self._live.edit(bot, copy)
        except RetryAfter as error:
            self._pace.pause(place(copy), seconds(error))
        except (StoreError, TelegramError) as error:
            self._note(error)
        except Exception:
            log.exception("A copy could not be refreshed")
            self._failed = True
        finally:
            del self._under_way[place(copy)]
            self._places.release()

    def _note(self, error: StoreError | TelegramError) -> None:
        self._failed = True
        self._live.report(error)
