"""Leads with PostgreSQL: gives signs of life in ``leader_row``, and ends in time without them.

They are given in a thread: while hundreds of questions are being answered, the event loop may be
late by seconds. A process whose event loop does nothing at all for STUCK_AFTER seconds gives none.
"""

import asyncio
import contextvars
import logging
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress

from bot.logs import FailureLog
from bot.store.leader_row import FAILURES, Connection, LeaderRow
from bot.store.leadership import FINISHES_FOR, SERVES_FOR, Leadership, steady_time

RENEW_EVERY = 1.0
"""Seconds between the leader's signs of life."""
LOOK_EVERY = 0.5
"""Seconds between looks of a process that stands by."""
STUCK_AFTER = 30.0
"""Seconds without any progress of the event loop after which another process shall serve."""
_NEVER = -float("inf")

log = logging.getLogger(__name__)


class PostgresLeadership(Leadership):
    """Competes for the row of a bot, and keeps it."""

    def __init__(self, bot: str, connect: Callable[[], Awaitable[Connection]]) -> None:
        """Store the arguments; nothing is opened yet.

        Args:
            bot: Stands for the bot; those of other bots in the database do not matter.
            connect: Opens a connection.
        """
        super().__init__()
        self._row = LeaderRow(bot, connect)
        self._confirmed = _NEVER
        """When the sign of life was sent that succeeded last; the thread sets it."""
        self._competes = self._holds = self._closing = False
        self._stands_by = self._has_lost = False
        self._alive = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._failures = FailureLog(log)

    @property
    def is_leader(self) -> bool:
        """Whether this process may begin work now."""
        return super().is_leader and steady_time() < self._confirmed + SERVES_FOR

    @property
    def seconds_to_finish(self) -> float:
        """For how long it may still call Telegram."""
        return max(0.0, self._confirmed + FINISHES_FOR - steady_time())

    async def acquired(self) -> None:
        """Wait until this process is the leader. It competes for that only while this waits."""
        # What it did as the leader before has ended, or it would not wait here.
        self._competes = True
        self._wake_thread()
        try:
            await super().acquired()
        finally:
            self._competes = False

    async def _open(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._has_begun = asyncio.Event()
        context = contextvars.copy_context()
        self._thread = threading.Thread(
            target=context.run, args=(asyncio.run, self._run()), name="leadership", daemon=True
        )
        self._thread.start()
        await self._has_begun.wait()
        self._watch()

    async def _close(self) -> None:
        self._closing = True
        self._wake_thread()
        await asyncio.to_thread(self._thread.join)
        self._confirmed = _NEVER

    def _watch(self) -> None:
        """Look whether the signs of life still succeed, and note that the event loop runs."""
        self._alive = steady_time()
        if super().is_leader and not self.is_leader:
            self._lose("the database cannot be reached")
        self._timer = self._loop.call_later(0.25, self._watch)

    def _started(self) -> None:
        """Begin to serve: the thread has taken the row."""
        if not self._competes:
            # It stands by again, and takes the row at once when it competes.
            self._holds = False
        elif not super().is_leader:
            if self._stands_by or self._has_lost:
                self._stands_by = self._has_lost = False
                log.info("This process serves now.")
            self._begin()

    def _lose(self, why: str) -> None:
        if super().is_leader:
            self._has_lost = True
            log.warning("This process no longer serves: %s.", why)
            self._holds = False
            super()._end()

    def _end(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._holds = False
        super()._end()

    # What follows runs in the thread.

    async def _run(self) -> None:
        self._wake, self._own_loop = asyncio.Event(), asyncio.get_running_loop()
        self._loop.call_soon_threadsafe(self._has_begun.set)
        while not self._closing:
            try:
                await self._step()
                self._failures.recovered("The database says again who serves.")
            except FAILURES as error:
                self._row.disconnect()
                if self._stands_by:
                    reason = str(error).strip() or type(error).__name__
                    self._failures.failed(f"The database does not say who serves: {reason}")
            except Exception:
                # Without a sign of life this process ends to serve, and tries again.
                log.exception("Whether this process serves could not be found out")
            self._wake.clear()
            seconds = RENEW_EVERY if self._holds else LOOK_EVERY
            if not self._closing:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), seconds)
        await self._row.release()

    async def _step(self) -> None:
        sent = steady_time()
        if self._holds:
            if sent > self._alive + STUCK_AFTER:
                return
            if await self._row.keep():
                self._confirmed = sent
            else:
                self._confirmed, self._holds = _NEVER, False
                self._loop.call_soon_threadsafe(self._lose, "another process has taken over")
        elif self._competes:
            if await self._row.take():
                self._confirmed, self._holds = sent, True
                self._loop.call_soon_threadsafe(self._started)
            elif not self._stands_by:
                self._stands_by = True
                log.info("Another process serves; this one stands by.")

    def _wake_thread(self) -> None:
        with suppress(RuntimeError):  # The thread has ended.
            self._own_loop.call_soon_threadsafe(self._wake.set)
