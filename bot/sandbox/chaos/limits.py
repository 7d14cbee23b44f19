"""How many calls a bot may make: Telegram's limits, with numbers that the tester chooses.

Each limit is a sliding window: N calls within the period that ends now.
"""

import time
from collections import deque
from collections.abc import Callable
from math import ceil

from bot.sandbox.api_errors import too_many_requests

Target = int | str
"""What a limit counts separately: a chat by its id, an inline message by its own."""
PERIODS = {"private_per_second": 1, "group_per_minute": 60, "overall_per_second": 1}
"""Each limit's period in seconds."""


class Window:
    """The last calls of one kind: at most `number` of them in `period` seconds."""

    def __init__(self, number: float, period: float) -> None:
        # 0.5 in one second becomes 1 in two seconds: half a call cannot be counted.
        most = max(1, int(number))
        self._period = period * most / number
        self._calls: deque[float] = deque(maxlen=most)
        self._closed_until = 0.0

    def wait(self, now: float) -> float:
        """Return the seconds until a call is allowed; 0 or less when it is allowed now."""
        full = len(self._calls) == self._calls.maxlen
        allowed = self._calls[0] + self._period if full else now
        return max(allowed, self._closed_until) - now

    def add(self, now: float) -> None:
        """Count a call that was allowed."""
        self._calls.append(now)

    def close(self, now: float) -> None:
        """Allow nothing for the whole seconds that the caller is told to wait."""
        # Calls that come too early must not make the wait longer.
        if now >= self._closed_until:
            self._closed_until = now + ceil(self.wait(now))


class Limits:
    """The limits in force, none at first; `changed` is called when they change."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed = changed
        self._numbers: dict[str, float | None] = dict.fromkeys(PERIODS)
        self._windows: dict[Target, Window] = {}
        self._overall: Window | None = None

    def for_page(self) -> dict[str, float | None]:
        """Return the limits by name; None where there is none."""
        return dict(self._numbers)

    def set(self, numbers: dict[str, float | None]) -> None:
        """Replace all limits by these (numbers above 0, or None), and count from zero."""
        self._numbers = {name: numbers.get(name) for name in PERIODS}
        self._windows.clear()
        self._overall = self._new_window("overall_per_second")
        self._changed()

    def take(self, target: Target | None, *, group: bool) -> None:
        """Count a call to a chat or an inline message.

        Args:
            target: None when it does not exist; then only the overall limit applies.
            group: whether the target has a group's limit.

        Raises:
            ApiError: 429, a limit is reached. The target then stays closed for the seconds that
                the bot is told to wait.
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
        window = self._new_window("group_per_minute" if group else "private_per_second")
        if window:
            self._windows[target] = window
        return window

    def _new_window(self, name: str) -> Window | None:
        number = self._numbers[name]
        return Window(number, PERIODS[name]) if number else None
