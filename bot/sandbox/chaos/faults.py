"""Faults to switch on: refusals, slow and lost answers, updates repeated or out of order."""

import random
from collections.abc import Callable
from dataclasses import asdict, dataclass
from itertools import count
from math import ceil
from typing import Any

from bot.sandbox.api_errors import ApiError, too_many_requests

CALL_KINDS = ("429", "403", "500", "slow", "dropped")
"""Faults of single calls."""
UPDATE_KINDS = ("repeated", "reordered")
"""Faults of what getUpdates delivers."""
DEFAULT_SECONDS: dict[str, float] = {"429": 3, "slow": 2}
"""The kinds that have a duration, with its default."""


@dataclass
class Fault:
    """A fault that is switched on.

    Attributes:
        kind: one of CALL_KINDS or UPDATE_KINDS.
        method: the method that it concerns, None: all but getUpdates.
        chat: the id of the chat that it concerns, None: all.
        times: occurrences after which it is switched off; None for never.
        share: the probability that it occurs, 0 to 1.
        seconds: how long it delays a call, or tells the bot to wait.
        struck: how often it occurred.
    """

    id: int
    kind: str
    method: str | None
    chat: int | None
    times: int | None
    share: float
    seconds: float | None
    struck: int = 0

    def matches(self, method: str, chat: int | None) -> bool:
        """Whether it concerns this call; `method` in lower case."""
        if self.kind in UPDATE_KINDS or self.chat not in (None, chat):
            return False
        # A fault of all methods must not stop the polls: the bot would not do anything any more.
        return method != "getupdates" if self.method is None else self.method.lower() == method

    def occurs(self) -> bool:
        """Decide at random whether it occurs this time."""
        # random() is below 1: a share of 1 means always, one of 0 never.
        return random.random() < self.share

    def refusal(self) -> ApiError | None:
        """Return the error that the call gets; None when it is carried out."""
        if self.kind == "429":
            return too_many_requests(ceil(self.seconds or 1))
        if self.kind == "403":
            return ApiError(403, "Forbidden: bot was blocked by the user")
        return ApiError(500, "Internal Server Error") if self.kind == "500" else None


@dataclass
class Injection:
    """What happens to one call. delay: in seconds; dropped: whether the answer is lost."""

    delay: float = 0
    dropped: bool = False
    refusal: ApiError | None = None


class Faults:
    """All faults that are switched on; `changed` is called when one is added or removed."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed = changed
        self.by_id: dict[int, Fault] = {}
        self._ids = count(1)

    def for_page(self) -> list[dict[str, Any]]:
        """Return the faults, the oldest first."""
        return [asdict(fault) for fault in self.by_id.values()]

    def add(self, **options: Any) -> dict[str, Any]:
        """Switch a fault on and return it; `options` as for Fault, except for the id."""
        fault = Fault(next(self._ids), **options)
        self.by_id[fault.id] = fault
        self._changed()
        return asdict(fault)

    def remove(self, fault: Fault) -> None:
        """Switch a fault off."""
        del self.by_id[fault.id]
        self._changed()

    def clear(self) -> None:
        """Switch all faults off."""
        self.by_id.clear()
        self._changed()

    def inject(self, method: str, chat: int | None) -> Injection:
        """Decide what happens to a call; after a refusal no further fault is looked at."""
        injection = Injection()
        # A copy: a fault that occurred often enough is removed in the loop.
        for fault in list(self.by_id.values()):
            if fault.matches(method, chat) and fault.occurs():
                self.count(fault)
                injection.dropped |= fault.kind == "dropped"
                injection.delay += (fault.seconds or 0) if fault.kind == "slow" else 0
                injection.refusal = fault.refusal()
                if injection.refusal:
                    break
        return injection

    def first(self, kind: str) -> Fault | None:
        """Return the oldest fault of this kind; None when there is none."""
        return next((fault for fault in self.by_id.values() if fault.kind == kind), None)

    def count(self, fault: Fault) -> None:
        """Count an occurrence; remove the fault when it occurred often enough."""
        fault.struck += 1
        if fault.times is not None and fault.struck >= fault.times:
            self.remove(fault)
