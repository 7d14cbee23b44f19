"""What the bot called: the last calls one by one, and how many there were of each kind."""

from collections import deque
from itertools import count, islice
from typing import Any

MAX_CALLS = 2000
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly "
    "the same as a current content and reply markup of the message"
)


class CallLog:
    """The last 2,000 Bot API calls, each numbered: n counts up from 1 without gaps."""

    def __init__(self) -> None:
        self._calls: deque[dict[str, Any]] = deque(maxlen=MAX_CALLS)
        self._answers: deque[dict[str, Any]] = deque(maxlen=MAX_CALLS)
        self._numbers = count(1)
        self._totals: dict[str, dict[str, int]] = {}
        self._not_modified = 0

    def add(self, call: dict[str, Any], **answer: Any) -> None:
        """Log a call; its number is put in front. answer: what the caller was told."""
        self._calls.append({"n": next(self._numbers), **call})
        self._answers.append(answer)

    def after(self, number: int) -> list[dict[str, Any]]:
        """The calls with numbers above `number`."""
        return list(islice(self._calls, self._place(number), None))

    def answered_after(self, number: int, most: int) -> list[dict[str, Any]]:
        """The last `most` of these calls, with what the caller was told."""
        first = max(self._place(number), len(self._calls) - most)
        both = zip(self._calls, self._answers, strict=True)
        return [{**call, **answer} for call, answer in islice(both, first, None)]

    def _place(self, number: int) -> int:
        return max(0, number + 1 - self._calls[0]["n"]) if self._calls else 0

    def count(self, method: str, status: int, description: str | None) -> None:
        """Count a call, also one that the log leaves out."""
        totals = self._totals.setdefault(method.lower(), {})
        totals[str(status)] = totals.get(str(status), 0) + 1
        if description and description.endswith(NOT_MODIFIED):
            self._not_modified += 1

    def totals(self) -> dict[str, Any]:
        """The calls since the start, by method in lower case and status."""
        calls = {method: dict(by_status) for method, by_status in self._totals.items()}
        return {"calls": calls, "not_modified": self._not_modified}
