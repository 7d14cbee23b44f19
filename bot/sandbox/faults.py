"""Faults to order: refusals, slow answers, lost answers, updates that come twice or mixed up."""

import random
from collections.abc import Callable
from dataclasses import asdict, dataclass
from itertools import count
from math import ceil
from typing import Any

from bot.sandbox.errors import ApiError, too_many_requests

# Faults of single calls, and faults of what getUpdates delivers.
CALL_KINDS = ("429", "403", "500", "slow", "dropped")
UPDATE_KINDS = ("repeated", "reordered")
KINDS = (*CALL_KINDS, *UPDATE_KINDS)
# The kinds that take seconds, with what they take when none are given.
SECONDS: dict[str, float] = {"429": 3, "slow": 2}


@dataclass
class Fault:
    """A fault that is switched on.

    method, chat: the calls it strikes, None for any. times: the strikes after which it is gone,
    None for no end. share: the chance that it strikes. struck: how often it did.
    """

    id: int
    kind: str
    method: str | None
    chat: int | None
    times: int | None
    share: float
    seconds: float | None
    struck: int = 0

    def fits(self, method: str, chat: int | None) -> bool:
        """Whether it is about this call; `method` in lower case."""
        if self.kind in UPDATE_KINDS or self.chat not in (None, chat):
            return False
        # A fault of all methods would also stop the polls, and then nothing more would happen.
        return method != "getupdates" if self.method is None else self.method.lower() == method

    def comes(self) -> bool:
        """Whether it strikes this time."""
        # random() is below 1, so a share of 1 always strikes and one of 0 never does.
        return random.random() < self.share

    def refusal(self) -> ApiError | None:
        """What the struck call is told; None when it is carried out."""
        if self.kind == "429":
            return too_many_requests(ceil(self.seconds or 1))
        if self.kind == "403":
            return ApiError(403, "Forbidden: bot was blocked by the user")
        return ApiError(500, "Internal Server Error") if self.kind == "500" else None


@dataclass
class Strike:
    """What happens to one call: it waits for `delay` seconds, is refused, or loses its answer."""

    delay: float = 0
    dropped: bool = False
    refusal: ApiError | None = None


class Faults:
    """All faults that are switched on; `changed` is called when one comes or goes."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed = changed
        self._faults: dict[int, Fault] = {}
        self._ids = count(1)

    def shown(self) -> list[dict[str, Any]]:
        """The faults, oldest first."""
        return [asdict(fault) for fault in self._faults.values()]

    def add(
        self,
        kind: str,
        method: str | None = None,
        chat: int | None = None,
        times: int | None = None,
        share: float = 1,
        seconds: float | None = None,
    ) -> dict[str, Any]:
        """Switch a fault on; the fault as it is shown."""
        fault = Fault(next(self._ids), kind, method, chat, times, share, seconds)
        self._faults[fault.id] = fault
        self._changed()
        return asdict(fault)

    def remove(self, fault_id: int) -> None:
        """Switch a fault off; KeyError when there is none with this id."""
        del self._faults[fault_id]
        self._changed()

    def clear(self) -> None:
        """Switch all faults off."""
        self._faults.clear()
        self._changed()

    def strike(self, method: str, chat: int | None) -> Strike:
        """Decide about a call; the first fault that refuses it is the last that strikes it."""
        strike = Strike()
        # A copy: a fault that is used up goes while we look.
        for fault in list(self._faults.values()):
            if fault.fits(method, chat) and fault.comes():
                self.hit(fault)
                strike.dropped |= fault.kind == "dropped"
                strike.delay += (fault.seconds or 0) if fault.kind == "slow" else 0
                strike.refusal = fault.refusal()
                if strike.refusal:
                    break
        return strike

    def of(self, kind: str) -> Fault | None:
        """The oldest fault of this kind; None when there is none."""
        return next((fault for fault in self._faults.values() if fault.kind == kind), None)

    def hit(self, fault: Fault) -> None:
        """Count a strike; a fault that is used up goes."""
        fault.struck += 1
        if fault.times is not None and fault.struck >= fault.times:
            self._faults.pop(fault.id, None)
            self._changed()
