"""Rate limiter with priorities for outgoing Bot API calls."""

import asyncio
from bisect import insort
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import IntEnum
from itertools import count
from math import inf

from telegram.error import RetryAfter

from bot.delivery.flood_watch import FloodWatch
from bot.delivery.identity import caller
from bot.delivery.sliding_window import Window
from bot.delivery.telegram_errors import retry_delay

MAX_CHATS = 10_000
"""Number of chats in memory from which on those without recent calls are dropped."""
GROUP_RESERVE = 0.25
"""Share of a group's limit that refreshing leaves free for taps, while readers tap. Answers to one
member leave it free for others, once that member has had as many in a minute."""
MAX_MEMBERS = 100
"""Number of members of a group in memory from which on those without recent answers are dropped."""
REFRESH_SHARE = 0.25
"""Share of a chat's limit that refreshing may use while readers tap. It is small because the counts
will soon change again, and because answers and the final counts must not wait."""
GROUP_WINDOW_PARTS = 5
"""Number of equal parts of a group's minute; the share applies to each of them, to spread edits."""
TAP_COOLDOWN = 2.0
"""Seconds after a tap in which other messages of that private chat are not refreshed, so that the
next tap need not wait, and in which refreshing in all chats is limited to REFRESH_SHARE."""

ChatKey = int | str
"""Whose limit a call counts against: a chat's id (below 0 for groups and channels), or the id of a
message sent inline."""


class Priority(IntEnum):
    """Which of the waiting calls goes first: the lowest."""

    ANSWER = 0
    TAPPED = 1
    REFRESH = 2


@dataclass(frozen=True)
class Limits:
    """How many calls Telegram allows; each number is above 0 and may be below 1."""

    private_chat_per_second: float = 1.0
    group_per_minute: float = 20.0
    overall_per_second: float = 30.0


@dataclass
class _Chat:
    """The state of a chat.

    Attributes:
        window: Its limit.
        refreshing: The limit of refreshing while readers tap.
        members: The share of answers to each member of a group that others must not wait for.
        blocked_until: Until when Telegram accepts no call.
        cooldown_until: Until when refreshing waits; see TAP_COOLDOWN.
    """

    window: Window
    refreshing: Window
    members: dict[int, Window] = field(default_factory=dict)
    blocked_until: float = 0.0
    cooldown_until: float = 0.0


@dataclass(order=True)
class _Waiter:
    priority: Priority
    order: int
    chat: ChatKey = field(compare=False)
    member: int | None = field(compare=False)
    admitted: asyncio.Future[None] = field(compare=False)


class RateLimiter:
    """Admits calls within the limits of their chat and of all chats together.

    Beyond that, no call is made to a chat while Telegram refuses that, and while it refuses the
    whole bot, only answers are: edits can wait, and would be refused one by one.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._overall = Window(limits.overall_per_second, 1.0)
        self._refresh_interval = 1.0 / limits.overall_per_second
        self._next_refresh = 0.0
        self._last_tap = -inf
        self._flood = FloodWatch()
        self._edits_running = 0
        self._chats: dict[ChatKey, _Chat] = {}
        self._waiting: list[_Waiter] = []
        self._numbers = count()
        self._timer: asyncio.TimerHandle | None = None

    @property
    def waiting(self) -> int:
        """How many calls wait until they may be made."""
        return len(self._waiting)

    @asynccontextmanager
    async def slot(self, chat: ChatKey, priority: Priority) -> AsyncIterator[None]:
        """Wait until a call may be made, and occupy its slot while it is made.

        If the call raises RetryAfter, no other is made to the chat for as long as Telegram asks.
        In a group, answers to one member (``caller``) leave room for answers to others.
        """
        number = next(self._numbers)
        # First in, first out; but of tapped messages the last one first: if there are too many
        # taps, most readers see their vote at once and only a few see it late.
        order = -number if priority is Priority.TAPPED else number
        admitted = asyncio.get_running_loop().create_future()
        answered = caller.get() if priority is Priority.ANSWER else None
        member = answered.id if answered is not None and is_group(chat) else None
        waiter = _Waiter(priority, order, chat, member, admitted)
        insort(self._waiting, waiter)
        self._admit()
        try:
            await admitted
        except asyncio.CancelledError:
            if waiter in self._waiting:
                self._waiting.remove(waiter)
            else:
                self._end(waiter)
            raise
        started = _now()
        try:
            yield
            self._flood.accepted(started)
            if answered is not None:
                answered.is_answered = True
        except RetryAfter as error:
            # Before the slot is free, so that the next call does not take it in vain.
            self.block(chat, retry_delay(error))
            raise
        finally:
            self._end(waiter)

    @property
    def is_closed(self) -> bool:
        """Whether Telegram refuses the whole bot, as far as that is known."""
        return self._flood.closed_until > _now()

    def block(self, chat: ChatKey, seconds: float) -> None:
        """Admit no call to a chat for the given seconds, because Telegram asks for that."""
        now, state = _now(), self._state(chat)
        state.blocked_until = max(state.blocked_until, now + seconds)
        self._flood.refused(chat, now, seconds)

    def delay(self, chat: ChatKey, priority: Priority) -> float:
        """Return the seconds until the chat's own limit admits a call; infinity if unknown."""
        now = _now()
        return self._free_at(chat, priority, now) - now

    def _free_at(
        self, chat: ChatKey, priority: Priority, now: float, member: int | None = None
    ) -> float:
        state = self._state(chat)
        window = state.window
        if priority is not Priority.REFRESH:
            free = window.free_at(now)
            if member in state.members:
                share = max(free, state.members[member].free_at(now))
                free = min(share, window.free_at(now, _reserve(window)))
            closed = 0.0 if priority is Priority.ANSWER else self._flood.closed_until
            return max(free, state.blocked_until, closed)
        tapping = now <= self._last_tap + TAP_COOLDOWN
        free = window.free_at(now, _reserve(window) if tapping else 1)
        share = state.refreshing.free_at(now) if tapping else now
        closed = max(state.blocked_until, state.cooldown_until, self._flood.closed_until)
        return max(free, share, closed)

    def _state(self, chat: ChatKey) -> _Chat:
        if chat not in self._chats:
            if len(self._chats) >= MAX_CHATS:
                self._drop_idle_chats(_now())
            if is_group(chat):
                limit, seconds, parts = self._limits.group_per_minute, 60.0, GROUP_WINDOW_PARTS
            else:
                limit, seconds, parts = self._limits.private_chat_per_second, 1.0, 1
            refreshing = Window(limit * REFRESH_SHARE / parts, seconds / parts)
            self._chats[chat] = _Chat(Window(limit, seconds), refreshing)
        return self._chats[chat]

    def _member(self, state: _Chat, member: int) -> Window:
        if member not in state.members:
            if len(state.members) >= MAX_MEMBERS:
                now, members = _now(), state.members
                state.members = {who: of for who, of in members.items() if not of.is_idle(now)}
            state.members[member] = Window(max(1, _reserve(state.window)), 60.0)
        return state.members[member]

    def _drop_idle_chats(self, now: float) -> None:
        for chat, state in list(self._chats.items()):
            is_open = state.blocked_until <= now and state.cooldown_until <= now
            if is_open and state.window.is_idle(now):
                del self._chats[chat]

    def _admit(self) -> None:
        """Admit every call that may start now, and set a timer for the next one."""
        now = _now()
        soonest = inf
        for waiter in list(self._waiting):
            if (overall := self._overall.free_at(now)) > now:
                soonest = min(soonest, overall)
                break
            free = self._free_at(waiter.chat, waiter.priority, now, waiter.member)
            if waiter.priority is Priority.REFRESH:
                # Spread evenly: after a burst of them the next answer would wait for a second.
                free = max(free, self._next_refresh)
            if waiter.priority is not Priority.ANSWER and self._must_probe():
                free = inf
            if free > now:
                soonest = min(soonest, free)
            # If admitted is done, the waiter was cancelled and is about to leave the queue.
            elif not waiter.admitted.done():
                self._waiting.remove(waiter)
                self._start(waiter, now)
        if self._timer is not None:
            self._timer.cancel()
        if soonest < inf:
            self._timer = asyncio.get_running_loop().call_at(soonest, self._admit)

    def _must_probe(self) -> bool:
        """Return whether the outcome of a running edit tells if others may be made."""
        return self._flood.is_suspected and self._edits_running > 0

    def _start(self, waiter: _Waiter, now: float) -> None:
        state = self._state(waiter.chat)
        self._edits_running += waiter.priority is not Priority.ANSWER
        state.window.start()
        self._overall.start()
        if waiter.member is not None:
            self._member(state, waiter.member).start()
        if waiter.priority is Priority.TAPPED:
            self._last_tap = now
            state.cooldown_until = 0.0 if is_group(waiter.chat) else now + TAP_COOLDOWN
        if waiter.priority is Priority.REFRESH:
            state.refreshing.start()
            self._next_refresh = max(now, self._next_refresh + self._refresh_interval)
        waiter.admitted.set_result(None)

    def _end(self, waiter: _Waiter) -> None:
        now, state = _now(), self._state(waiter.chat)
        self._edits_running -= waiter.priority is not Priority.ANSWER
        state.window.end(now)
        if waiter.member is not None:
            self._member(state, waiter.member).end(now)
        if waiter.priority is Priority.REFRESH:
            state.refreshing.end(now)
        self._overall.end(now)
        self._admit()


def _reserve(window: Window) -> int:
    return int(window.capacity * GROUP_RESERVE)


def is_group(chat: ChatKey) -> bool:
    """Return whether a chat is a group or a channel."""
    return isinstance(chat, int) and chat < 0


def _now() -> float:
    return asyncio.get_running_loop().time()
