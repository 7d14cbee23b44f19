"""How many calls a bot may make: Telegram's limits, with numbers of the tester's choice.

Each limit is a sliding window: N calls within its period, counted back from now.
"""

import time
from collections import deque
from collections.abc import Callable
from math import ceil

from bot.sandbox.errors import too_many_requests

# What a limit counts by itself: a chat by its id, an inline message by its own.
Target = int | str

# Each limit's period in seconds.
PERIODS = {"private_per_second": 1, "group_per_minute": 60, "overall_per_second": 1}


class Window:
    """The last calls of one kind: at most `number` of them in `period` seconds."""

    def __init__(self, number: float, period: float) -> None:
        # 0.5 a second is one in 2 seconds; a window cannot hold half a call.
        most = max(1, int(number))
        self._period = period * most / number
        self._calls: deque[float] = deque(maxlen=most)
        self._closed_until = 0.0

    def wait(self, now: float) -> float:
        """Seconds until there is room for a call; 0 or less when there is now."""
        full = len(self._calls) == self._calls.maxlen
        room = self._calls[0] + self._period if full else now
        return max(room, self._closed_until) - now

    def add(self, now: float) -> None:
        """Count a call that was let through."""
        self._calls.append(now)

    def close(self, now: float) -> None:
        """No room at all for as many whole seconds as the caller is told to wait."""
        # What a call is told while the window is closed must not close it for longer.
        if now >= self._closed_until:
            self._closed_until = now + ceil(self.wait(now))


class Limits:
    """The limits in force, none at first; `changed` is called when they change."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed = changed
        self._numbers: dict[str, float | None] = dict.fromkeys(PERIODS)
        self._windows: dict[Target, Window] = {}
        self._overall: Window | None = None

    def shown(self) -> dict[str, float | None]:
        """The limits by name; None where there is none."""
        return dict(self._numbers)

    def set(self, numbers: dict[str, float | None]) -> None:
        """New numbers (above 0) for all limits; counting begins anew."""
        self._numbers = {name: numbers.get(name) for name in PERIODS}
        self._windows.clear()
        self._overall = self._window("overall_per_second")
        self._changed()

    def take(self, target: Target | None, *, group: bool) -> None:
        """Count a call to `target`, or raise ApiError 429 when a limit has no room for it.

        target: None when the call goes to no chat that there is; then only the overall limit
        counts it. A target that was refused stays closed for the seconds that the bot was told.
        """
        now = time.monotonic()
        window = None if target is None else self._window_of(target, group=group)
        wait = window.wait(now) if window else 0
        if window and wait > 0:
            window.close(now)
        if self._overall:
            wait = max(wait, self._overall.wait(now))
        if wait > 0:
            raise too_many_requests(ceil(wait))
        for counted in (window, self._overall):
            if counted:
                counted.add(now)

    def _window_of(self, target: Target, *, group: bool) -> Window | None:
        if target in self._windows:
            return self._windows[target]
        window = self._window("group_per_minute" if group else "private_per_second")
        if window:
            self._windows[target] = window
        return window

    def _window(self, name: str) -> Window | None:
        number = self._numbers[name]
        return Window(number, PERIODS[name]) if number else None
