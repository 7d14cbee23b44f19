"""Log of the bot's calls: the last ones in full, and totals by method and status."""

from collections import deque
from itertools import count, islice
from typing import Any

from bot.sandbox.api_errors import NOT_MODIFIED

MAX_CALLS = 2000
MAX_ANSWERS = 200


class CallLog:
    """The last 2,000 Bot API calls, numbered from 1 without gaps."""

    def __init__(self) -> None:
        # Each with what the bot was told.
        self._calls: deque[tuple[dict[str, Any], dict[str, Any]]] = deque(maxlen=MAX_CALLS)
        self._numbers = count(1)
        self._totals: dict[str, dict[str, int]] = {}
        self._not_modified = 0

    def add(self, call: dict[str, Any], **answer: Any) -> None:
        """Log a call under the next number. answer: what the bot was told."""
        self._calls.append(({"n": next(self._numbers), **call}, answer))

    def after(self, number: int) -> list[dict[str, Any]]:
        """Return the calls with numbers above `number`."""
        return [call for call, _ in islice(self._calls, self._index_after(number), None)]

    def answered_after(self, number: int) -> list[dict[str, Any]]:
        """Return the last 200 of these calls, with what the bot was told."""
        first = max(self._index_after(number), len(self._calls) - MAX_ANSWERS)
        return [{**call, **answer} for call, answer in islice(self._calls, first, None)]

    def _index_after(self, number: int) -> int:
        return max(0, number + 1 - self._calls[0][0]["n"]) if self._calls else 0

    def count(self, call: dict[str, Any]) -> None:
        """Count a call, also one that is not logged."""
        totals = self._totals.setdefault(call["method"].lower(), {})
        status = str(call["status"])
        totals[status] = totals.get(status, 0) + 1
        self._not_modified += (call["description"] or "").endswith(NOT_MODIFIED)

    def totals(self) -> dict[str, Any]:
        """Return the number of calls since the start, by method in lower case and status."""
        calls = {method: dict(by_status) for method, by_status in self._totals.items()}
        return {"calls": calls, "not_modified": self._not_modified}
