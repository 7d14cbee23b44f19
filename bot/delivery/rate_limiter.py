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
RESERVED = 0.25
"""Part of a group's limit that refreshing leaves free, for readers who tap there."""
WHILE_TAPPED = 0.25
"""Part of a chat's limit that refreshing uses while readers tap: what it shows is soon old again,
the next answer there must not wait for it, and when they stop there must be places to show what is
true then."""
PER_MINUTE = 5
"""Parts of a minute over which that part is spread in a group."""
QUIET = 2.0
"""Seconds after a tap before other copies in that private chat are refreshed, as the next tap must
not wait for them; and after any tap before refreshing may use groups' limits as it likes."""

ChatKey = int | str
"""A chat's id, below 0 for groups and channels, or the id of an inline message."""


class Priority(IntEnum):
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

        reserve: how many places must be left for others, if there are so many and one more.
        """
        self._expire(now)
        reserve = min(reserve, self.most - 1)
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


@dataclass
class _Chat:
    """What is known of a chat.

    window: its limit. others: a limit for refreshing while readers tap anywhere. closed:
    until when Telegram takes nothing there. busy: until when a reader may tap again any moment.
    """

    window: Window
    others: Window
    closed: float = 0.0
    busy: float = 0.0


@dataclass(order=True)
class _Waiter:
    rank: Priority
    order: int
    place: ChatKey = field(compare=False)
    go: asyncio.Future[None] = field(compare=False)


class RateLimiter:
    """Lets calls go when their chat, and all together, keep to the limits."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._overall = Window(limits.overall_per_second, 1.0)
        self._even = 1.0 / limits.overall_per_second
        self._next_other = 0.0
        self._pressed = float("-inf")
        self._chats: dict[ChatKey, _Chat] = {}
        self._waiting: list[_Waiter] = []
        self._numbers = count()
        self._timer: asyncio.TimerHandle | None = None

    @asynccontextmanager
    async def turn(self, place: ChatKey, rank: Priority) -> AsyncIterator[None]:
        """Wait for a call's turn, and hold it while the call is made."""
        number = next(self._numbers)
        # In the order in which they came, but of pressed copies the last one first: when there
        # are too many, most readers see theirs at once and few see it late.
        order = -number if rank is Priority.PRESSED else number
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
                self._end(place, rank)
            raise
        try:
            yield
        finally:
            self._end(place, rank)

    def pause(self, place: ChatKey, seconds: float) -> None:
        """Leave a chat alone for so long: Telegram said so."""
        chat = self._chat(place)
        chat.closed = max(chat.closed, _now() + seconds)

    def wait(self, place: ChatKey, rank: Priority) -> float:
        """Return the seconds for which a chat lets nobody of a rank go; infinity: not known."""
        now = _now()
        free = self._free_at(place, rank, now)
        return float("inf") if free is None else free - now

    def _free_at(self, place: ChatKey, rank: Priority, now: float) -> float | None:
        chat = self._chat(place)
        if rank is not Priority.OTHERS:
            free = chat.window.free_at(now)
            return None if free is None else max(free, chat.closed)
        tapping = now <= self._pressed + QUIET
        free = chat.window.free_at(now, int(chat.window.most * RESERVED) if tapping else 1)
        even = chat.others.free_at(now) if tapping else now
        return None if free is None or even is None else max(free, even, chat.closed, chat.busy)

    def _chat(self, place: ChatKey) -> _Chat:
        if place not in self._chats:
            if len(self._chats) >= FORGET_OVER:
                self._forget_idle(_now())
            if is_group(place):
                limit, seconds, parts = self._limits.group_per_minute, 60.0, PER_MINUTE
            else:
                limit, seconds, parts = self._limits.private_chat_per_second, 1.0, 1
            others = Window(limit * WHILE_TAPPED / parts, seconds / parts)
            self._chats[place] = _Chat(Window(limit, seconds), others)
        return self._chats[place]

    def _forget_idle(self, now: float) -> None:
        for place, chat in list(self._chats.items()):
            if chat.window.is_idle(now) and chat.closed <= now and chat.busy <= now:
                del self._chats[place]

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
            if free is not None and waiter.rank is Priority.OTHERS:
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
        chat = self._chat(waiter.place)
        chat.window.begin()
        self._overall.begin()
        if waiter.rank is Priority.PRESSED:
            self._pressed = now
            chat.busy = 0.0 if is_group(waiter.place) else now + QUIET
        if waiter.rank is Priority.OTHERS:
            chat.others.begin()
            self._next_other = max(now, self._next_other + self._even)
        waiter.go.set_result(None)

    def _end(self, place: ChatKey, rank: Priority) -> None:
        now, chat = _now(), self._chat(place)
        chat.window.end(now)
        if rank is Priority.OTHERS:
            chat.others.end(now)
        self._overall.end(now)
        self._advance()


def is_group(place: ChatKey) -> bool:
    """Whether it is a group or a channel."""
    return isinstance(place, int) and place < 0


def _now() -> float:
    return asyncio.get_running_loop().time()
