"""A limit of how many calls are made in any interval of some length."""

from collections import deque
from math import inf


class Window:
    """A sliding window: at most ``limit`` calls in any interval of ``seconds``.

    A call counts from its start until the interval's length after its end, because it reaches
    Telegram at an unknown time in between.
    """

    def __init__(self, limit: float, seconds: float) -> None:
        """Allow ``limit`` calls in ``seconds``; a limit of 0.5 a second is 1 in two seconds."""
        self.capacity = max(1, int(limit))
        self._seconds = seconds * self.capacity / limit
        self._ended: deque[float] = deque(maxlen=self.capacity)
        self._running = 0

    def free_at(self, now: float, reserve: int = 0) -> float:
        """Return when the next call may start.

        Args:
            now: The present time, in seconds.
            reserve: How many calls must remain possible for others; at most capacity - 1 counts.

        Returns:
            ``now`` or a later time; infinity while a running call must end first.
        """
        self._expire(now)
        reserve = min(reserve, self.capacity - 1)
        excess = len(self._ended) + self._running - (self.capacity - reserve) + 1
        if excess <= 0:
            return now
        return self._ended[excess - 1] + self._seconds if excess <= len(self._ended) else inf

    def start(self) -> None:
        """Count a call that starts."""
        self._running += 1

    def end(self, now: float) -> None:
        """Count a started call as ended."""
        self._running -= 1
        self._ended.append(now)

    def is_idle(self, now: float) -> bool:
        """Return whether no call counts at present."""
        self._expire(now)
        return not self._ended and not self._running

    def _expire(self, now: float) -> None:
        while self._ended and self._ended[0] + self._seconds <= now:
            self._ended.popleft()
