"""Whose turn it is to write: Telegram's limits, and the order of those who wait."""

import asyncio
from bisect import insort
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import IntEnum
from itertools import count

FORGET_OVER = 10_000
"""Chats of which it is remembered when they were written to, before the idle ones are dropped."""

Place = int | str
"""A chat's id, below 0 for groups and channels, or the id of an inline message."""


class Rank(IntEnum):
    """Who goes first; the lowest does."""

    ANSWER = 0
    PRESSED = 1
    OTHERS = 2


@dataclass(frozen=True)
class Limits:
    """How often Telegram lets a bot write. Numbers above 0; below 1 for less than one."""

    private_chat_per_second: float = 1.0
    group_per_minute: float = 20.0
    overall_per_second: float = 30.0


class Window:
    """At most so many calls in so many seconds, wherever the window is put.

    A call counts from its beginning until its time after its end, so that it makes no difference
    how long it was on its way.
    """

    def __init__(self, most: float, seconds: float) -> None:
        # 0.5 a second is one in two seconds.
        self.most = max(1, int(most))
        self._seconds = seconds * self.most / most
        self._ended: deque[float] = deque(maxlen=self.most)
        self._under_way = 0

    def free_at(self, now: float, reserve: int = 0) -> float | None:
        """Return from when on a call may begin; None while others must end first.

        reserve: how many places must be left for others.
        """
        self._expire(now)
        over = len(self._ended) + self._under_way - (self.most - reserve) + 1
        if over <= 0:
            return now
        return self._ended[over - 1] + self._seconds if over <= len(self._ended) else None

    def begin(self) -> None:
        """Count a call that begins."""
        self._under_way += 1

    def end(self, now: float) -> None:
        """Count it as ended."""
        self._under_way -= 1
        self._ended.append(now)

    def is_idle(self, now: float) -> bool:
        """Whether nothing would be lost by forgetting it."""
        self._expire(now)
        return not self._ended and not self._under_way

    def _expire(self, now: float) -> None:
        while self._ended and self._ended[0] + self._seconds <= now:
            self._ended.popleft()


@dataclass(order=True)
class _Waiter:
    rank: Rank
    order: int
    place: Place = field(compare=False)
    go: asyncio.Future[None] = field(compare=False)


class Pace:
    """Lets calls go when their chat, and all together, keep to the limits."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._overall = Window(limits.overall_per_second, 1.0)
        self._even = 1.0 / limits.overall_per_second
        self._next_other = 0.0
        self._windows: dict[Place, Window] = {}
        self._paused: dict[Place, float] = {}
        self._waiting: list[_Waiter] = []
        self._numbers = count()
        self._timer: asyncio.TimerHandle | None = None

    @asynccontextmanager
    async def turn(self, place: Place, rank: Rank) -> AsyncIterator[None]:
        """Wait for a call's turn, and hold it while the call is made."""
        number = next(self._numbers)
        # In the order in which they came, but of pressed copies the last one first: when there
        # are too many, most readers see theirs at once and few see it late.
        order = -number if rank is Rank.PRESSED else number
        go = asyncio.get_running_loop().create_future()
        waiter = _Waiter(rank, order, place, go)
        insort(self._waiting, waiter)
        self._advance()
        try:
            await go
        except asyncio.CancelledError:
            if waiter in self._waiting:
                self._waiting.remove(waiter)
            else:
                self._end(place)
            raise
        try:
            yield
        finally:
            self._end(place)

    def pause(self, place: Place, seconds: float) -> None:
        """Leave a chat alone for so long: Telegram said so."""
        until = _now() + seconds
        self._paused[place] = max(until, self._paused.get(place, 0.0))

    def wait(self, place: Place, rank: Rank) -> float:
        """Return the seconds for which a chat lets nobody of a rank go; infinity: not known."""
        now = _now()
        free = self._free_at(place, rank, now)
        return float("inf") if free is None else free - now

    def _free_at(self, place: Place, rank: Rank, now: float) -> float | None:
        window = self._window(place)
        # A reader who taps in a group must find a place that refreshing has not used up.
        free = window.free_at(now, reserve=window.most // 4 if rank is Rank.OTHERS else 0)
        if free is None:
            return None
        paused = self._paused.get(place, 0.0)
        if paused <= now:
            self._paused.pop(place, None)
        return max(free, paused)

    def _window(self, place: Place) -> Window:
        if place not in self._windows:
            if len(self._windows) >= FORGET_OVER:
                now = _now()
                idle = [key for key, window in self._windows.items() if window.is_idle(now)]
                for key in idle:
                    del self._windows[key]
            group = isinstance(place, int) and place < 0
            self._windows[place] = (
                Window(self._limits.group_per_minute, 60.0)
                if group
                else Window(self._limits.private_chat_per_second, 1.0)
            )
        return self._windows[place]

    def _advance(self) -> None:
        """Let everyone go who may, and come back when the next one may."""
        now = _now()
        soonest = float("inf")
        for waiter in list(self._waiting):
            overall = self._overall.free_at(now)
            if overall is None:
                break
            if overall > now:
                soonest = min(soonest, overall)
                break
            free = self._free_at(waiter.place, waiter.rank, now)
            if free is not None and waiter.rank is Rank.OTHERS:
                # Evenly: a burst of them would make the next answer wait for a second.
                free = max(free, self._next_other)
            # One whose wait was cancelled a moment ago is about to leave the queue.
            if free is None or waiter.go.done():
                continue
            if free > now:
                soonest = min(soonest, free)
                continue
            self._waiting.remove(waiter)
            self._begin(waiter, now)
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if soonest < float("inf"):
            self._timer = asyncio.get_running_loop().call_at(soonest, self._advance)

    def _begin(self, waiter: _Waiter, now: float) -> None:
        self._window(waiter.place).begin()
        self._overall.begin()
        if waiter.rank is Rank.OTHERS:
            self._next_other = max(now, self._next_other + self._even)
        waiter.go.set_result(None)

    def _end(self, place: Place) -> None:
        now = _now()
        self._window(place).end(now)
        self._overall.end(now)
        self._advance()


def _now() -> float:
    return asyncio.get_running_loop().time()
