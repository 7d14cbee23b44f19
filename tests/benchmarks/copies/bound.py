"""The best that Telegram's limits allow, for the very taps of a run."""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tests.benchmarks.copies.server import ChatKey
from tests.benchmarks.copies.taps import Tapped

STEP = 0.01
"""Seconds between moments at which edits may be made; less than any figure can tell."""


@dataclass(frozen=True)
class Limits:
    """How many calls in how many seconds."""

    overall: float
    private: tuple[int, float] = (1, 1.0)
    group: tuple[int, float] = (20, 60.0)

    def of(self, chat: int) -> tuple[int, float]:
        """The limit of a chat; groups have ids below 0."""
        return self.group if chat < 0 else self.private


class Room:
    """A sliding window: so many calls in so many seconds."""

    def __init__(self, limit: tuple[int, float], used: Iterable[float] = ()) -> None:
        self._seconds = limit[1]
        self._calls = deque(used, maxlen=limit[0])

    def from_when(self, now: float) -> float:
        """From when on there is room for a call."""
        full = len(self._calls) == self._calls.maxlen
        return max(now, self._calls[0] + self._seconds) if full else now

    def use(self, now: float) -> None:
        """Count a call."""
        self._calls.append(now)


def freshest(taps: Sequence[Tapped], limits: Limits) -> list[float]:
    """Seconds until each tap's copy shows it, if every edit goes to the last tapped copy.

    In no time, and no other copy is refreshed: about the best that a bot can do that does not know
    who will tap next. Where there are more taps than edits, most of the others wait for long.
    """
    overall, rooms = Room((int(limits.overall), 1.0)), dict[int, Room]()
    waiting: dict[ChatKey, list[float]] = {}
    delays: list[float] = []
    coming = deque(sorted(taps, key=lambda made: made.at))
    now = coming[0].at if coming else 0.0
    while coming or waiting:
        while coming and coming[0].at <= now:
            made = coming.popleft()
            # At the end of the order, also when it was tapped before.
            waiting[made.tap.copy] = [*waiting.pop(made.tap.copy, []), made.at]
        for copy in reversed(list(waiting)):
            if overall.from_when(now) > now:
                break
            room = rooms.setdefault(copy[0], Room(limits.of(copy[0])))
            if room.from_when(now) <= now:
                room.use(now)
                overall.use(now)
                delays += [now - at for at in waiting.pop(copy)]
        now += STEP
    return delays


def least(
    stale: Sequence[ChatKey], limits: Limits, used: Sequence[tuple[float, int]] = ()
) -> float:
    """Seconds that the limits need for one edit of each stale copy, and no other call.

    used: when before now (below 0) which chat was written to; without it, all limits have all
    their room.
    """
    chats: dict[int, int] = {}
    for chat, _ in stale:
        chats[chat] = chats.get(chat, 0) + 1
    needed = _needed((int(limits.overall), 1.0), len(stale), [at for at, _ in used])
    for chat, number in chats.items():
        own = [at for at, place in used if place == chat]
        needed = max(needed, _needed(limits.of(chat), number, own))
    return needed


def _needed(limit: tuple[int, float], calls: int, used: Sequence[float]) -> float:
    room, now = Room(limit, used), 0.0
    for _ in range(calls):
        now = room.from_when(now)
        room.use(now)
    return now
