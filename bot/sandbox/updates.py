"""The bot's queue of updates and getUpdates, with Telegram's rules of delivery."""

import asyncio
import random
import time
from collections import deque
from dataclasses import dataclass
from itertools import islice
from typing import Any

from bot.sandbox.errors import ApiError
from bot.sandbox.faults import Faults
from bot.sandbox.listeners import Hold

Update = dict[str, Any]

# Kinds that a bot gets only when it asks for them by name.
_ON_REQUEST = frozenset({"chat_member", "message_reaction", "message_reaction_count"})

# An offset that is further than this beyond the next id is none.
_FAR = 10


@dataclass(frozen=True)
class Poll:
    """One getUpdates.

    offset: drop updates with lower ids; negative: drop all but the last -offset; 0: drop none.
    limit: 1-100 updates. timeout: 0-50 seconds. allowed: kinds of updates wanted from now on,
    empty for the usual ones, None to leave it as it was.
    """

    offset: int
    limit: int
    timeout: int
    allowed: frozenset[str] | None


class UpdateQueue:
    """Updates that the bot has not confirmed yet, oldest first.

    faults: those of the kinds "repeated" and "reordered" change what is delivered.
    """

    def __init__(self, faults: Faults) -> None:
        self._faults = faults
        self._updates: deque[Update] = deque()
        # The highest id that was delivered, and confirmed updates that are to come once more.
        self._delivered = 0
        self._again: deque[Update] = deque()
        # From the clock: a bot that stores update ids must not meet them again after a restart.
        self._next = time.time_ns() // 1_000_000
        self._allowed: frozenset[str] = frozenset()
        self._pending: asyncio.Future[bool] | None = None

    def __len__(self) -> int:
        return len(self._updates)

    def push(self, kind: str, body: Any) -> int | None:
        """Queue an update; its id, or None when the bot asked not to get this kind."""
        wanted = kind in self._allowed if self._allowed else kind not in _ON_REQUEST
        return self.push_raw({kind: body}) if wanted else None

    def push_raw(self, update: Update) -> int:
        """Queue an update of any kind, whatever the bot asked for; its id."""
        update_id = self._next
        self._next += 1
        self._updates.append({**update, "update_id": update_id})
        self._settle(arrived=True)
        return update_id

    def renumber(self, first: int) -> None:
        """Number updates from `first` on, as Telegram does at random after a week without any."""
        self._next, self._delivered = first, 0

    def clear(self) -> None:
        """Forget everything that is pending."""
        self._updates.clear()
        self._again.clear()

    async def poll(self, poll: Poll, hold: Hold) -> list[Update]:
        """Confirm, then give what is there, or wait for the first one.

        Ends an older poll that still waits: that one raises ApiError 409.
        """
        if poll.allowed is not None:
            self._allowed = poll.allowed
        self._confirm(poll.offset)
        self._settle(arrived=False)
        if not self._updates and not self._again and poll.timeout:
            pending: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
            self._pending = pending
            came = await hold(pending, poll.timeout)
            if self._pending is pending:
                self._pending = None
            if came and not pending.result():
                raise ApiError(
                    409,
                    "Conflict: terminated by other getUpdates request; "
                    "make sure that only one bot instance is running",
                )
        return self._deliver(poll.limit)

    def _deliver(self, limit: int) -> list[Update]:
        """The next updates, after those that come again, as the faults that are on will have it."""
        repeated, again = self._faults.of("repeated"), []
        if repeated:
            again = [self._again.popleft() for _ in range(min(limit, len(self._again)))]
        else:
            self._again.clear()
        new = list(islice(self._updates, limit - len(again)))
        if new:
            self._delivered = max(self._delivered, new[-1]["update_id"])
        if repeated and again:
            self._faults.hit(repeated)
        return self._shuffled(again + new)

    def _shuffled(self, updates: list[Update]) -> list[Update]:
        fault = self._faults.of("reordered")
        if not fault or len(updates) < 2 or not fault.comes():
            return updates
        self._faults.hit(fault)
        shuffled = random.sample(updates, len(updates))
        # Chance may leave all in place; a strike that is counted must also show.
        return updates[::-1] if shuffled == updates else shuffled

    def _confirm(self, offset: int) -> None:
        if offset < 0:
            while len(self._updates) > -offset:
                self._drop_first()
        if offset > self._next + _FAR:
            # From before the ids began anew; it confirms nothing.
            return
        while offset > 0 and self._updates and self._updates[0]["update_id"] < offset:
            self._drop_first()

    def _drop_first(self) -> None:
        update = self._updates.popleft()
        repeated = self._faults.of("repeated")
        if repeated and update["update_id"] <= self._delivered and repeated.comes():
            self._again.append(update)

    def _settle(self, *, arrived: bool) -> None:
        """Wake the poll that waits, if there is one: an update arrived, or another poll did."""
        if self._pending and not self._pending.done():
            self._pending.set_result(arrived)
        self._pending = None
