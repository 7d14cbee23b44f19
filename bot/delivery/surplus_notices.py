"""Tells readers whose messages are dropped, because too many of them wait."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from math import inf

from telegram import Update

TELL_EVERY = 60.0
"""Seconds in which a reader is told once."""
MAX_READERS = 1_000
"""Number of readers in memory from which on those are dropped who may be told again."""

log = logging.getLogger(__name__)


class SurplusNotices:
    """Tells each reader once a minute."""

    def __init__(self, tell: Callable[[Update], Awaitable[None]]) -> None:
        """Create it.

        Args:
            tell: Tells the reader of an update that it was dropped.
        """
        self._tell = tell
        self._told: dict[int, float] = {}
        self._telling: set[asyncio.Task[None]] = set()

    def due(self, reader: int) -> bool:
        """Return whether a reader was not told in the last minute."""
        return _now() - self._told.get(reader, -inf) >= TELL_EVERY

    def tell(self, reader: int, update: Update) -> None:
        """Begin to tell a reader."""
        if len(self._told) >= MAX_READERS:
            self._told = {who: at for who, at in self._told.items() if not self.due(who)}
        self._told[reader] = _now()
        # Not in the reader's own queue, where it would come after all the answers.
        task = asyncio.create_task(self._told_or_logged(update))
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)

    def stop(self) -> None:
        """Tell nobody any more."""
        for task in self._telling:
            task.cancel()

    async def _told_or_logged(self, update: Update) -> None:
        try:
            await self._tell(update)
        except Exception:
            log.exception("A reader could not be told that messages were left out")


def _now() -> float:
    return asyncio.get_running_loop().time()
