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

from bot.copies import Copy, CopyStore
from bot.errors import StoreError
from bot.live import LiveCounts, place
from bot.pace import Pace, Place, Rank
from bot.sender import seconds

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

    def __init__(self, store: CopyStore, live: LiveCounts, pace: Pace) -> None:
        self._store = store
        self._live = live
        self._pace = pace
        self._places = asyncio.Semaphore(AT_ONCE)
        self._under_way: dict[Place, asyncio.Task[None]] = {}
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
        started, before, done = time.time(), float("inf"), set[Copy]()
        while await self._store.on_duty():
            # Those that were seen since the pass began go first too.
            newer = await self._store.stale(float("inf"), PAGE) if done else []
            page = await self._store.stale(before, PAGE)
            if not page:
                break
            for known in (*(known for known in newer if known.seen > started), *page):
                if known.copy not in done and self._is_open(place(known.copy)):
                    done.add(known.copy)
                    await self._begin(bot, known.copy)
            before = page[-1].seen
        if self._under_way:
            tasks = self._under_way.values()
            await asyncio.wait(tasks, timeout=LOOK_EVERY, return_when=asyncio.FIRST_COMPLETED)

    def _is_open(self, where: Place) -> bool:
        """Whether a copy there may be refreshed now; one at a time, or one chat takes all turns."""
        is_open = where not in self._under_way and self._pace.wait(where, Rank.OTHERS) <= TOO_LONG
        self._passed_over |= not is_open
        return is_open

    async def _begin(self, bot: Bot, copy: Copy) -> None:
        await self._places.acquire()
        self._under_way[place(copy)] = asyncio.create_task(self._refresh(bot, copy))

    async def _refresh(self, bot: Bot, copy: Copy) -> None:
        try:
            # Many changes of a big count do not show: such a copy needs no turn.
            if not await self._live.edit(None, copy):
                async with self._pace.turn(place(copy), Rank.OTHERS):
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
