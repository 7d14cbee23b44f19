"""Which of several processes of one bot serves: the leader. All others stand by.

Only the leader fetches or accepts updates, answers them, edits messages and follows feeds. Two
would answer every question twice. Whoever does such work asks the ``Leadership`` that ``bot.app``
gives it:

- ``is_leader``: whether updates may be fetched or accepted now. A webhook answers 503 without it,
  and so does ``/readyz``. It costs no call, so it is asked each time.
- ``may_finish``: whether what was begun may still call Telegram. It holds a little longer than
  ``is_leader`` when the database cannot be reached, and never when another process may serve.
- ``await acquired()``: returns when this process serves.
- ``await lost()``: returns when it must begin nothing more.

``bot.delivery.serving`` runs what serves from the one moment to the other, again and again, so
what runs there need not ask. ``Store.leadership`` creates the object:

    async with store.leadership() as leadership:
        await leadership.acquired()
"""

import asyncio
import time
from abc import ABC, abstractmethod
from types import TracebackType
from typing import Self

SERVES_FOR = 4.5
"""Seconds for which a leader begins work after the last time that the database confirmed it."""
FINISHES_FOR = 6.0
"""Seconds after which its last call to Telegram must have begun."""
TAKEN_OVER_AFTER = 7.0
"""Seconds without a sign of life after which another process takes over.

The difference is for calls that are on their way, and for clocks that run at different rates.
"""


def steady_time() -> float:
    """Return seconds that pass also while the machine sleeps, and never jump otherwise."""
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()


class Leadership(ABC):
    """Whether this process is the leader; entered as a context, whose end lets another lead."""

    def __init__(self) -> None:
        self._acquired, self._lost = asyncio.Event(), asyncio.Event()
        self._lost.set()

    @property
    def is_leader(self) -> bool:
        """Whether this process may begin work now."""
        return self._acquired.is_set()

    @property
    def may_finish(self) -> bool:
        """Whether it may still call Telegram, to finish what it has begun."""
        return self.seconds_to_finish > 0

    @property
    def seconds_to_finish(self) -> float:
        """For how long ``may_finish`` holds if nothing changes; 0 if it does not, or infinite."""
        return float("inf") if self.is_leader else 0.0

    async def acquired(self) -> None:
        """Wait until this process is the leader. It competes for that only while this waits."""
        await self._acquired.wait()

    async def lost(self) -> None:
        """Wait until this process must begin nothing more; at once if it is not the leader."""
        await self._lost.wait()

    async def __aenter__(self) -> Self:
        """Make ready to compete.

        Raises:
            StoreError: Another process serves, and the database allows no second one to wait.
        """
        await self._open()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let another process lead at once."""
        self._end()
        await self._close()

    @abstractmethod
    async def _open(self) -> None: ...

    @abstractmethod
    async def _close(self) -> None: ...

    def _begin(self) -> None:
        self._lost.clear()
        self._acquired.set()

    def _end(self) -> None:
        self._acquired.clear()
        self._lost.set()
