"""The bot's queue of updates and getUpdates, with Telegram's rules of delivery."""

import asyncio
import random
import time
from collections import deque
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from bot.sandbox.api_errors import ApiError
from bot.sandbox.chaos.faults import Faults
from bot.sandbox.held_requests import Hold

Update = dict[str, Any]

# A bot gets updates of these kinds only when it asks for them by name.
_ON_REQUEST = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
# An offset that is further beyond the next id is from before a renumbering.
_MAX_OFFSET_AHEAD = 10
_ANOTHER_POLL = (
    "Conflict: terminated by other getUpdates request; "
    "make sure that only one bot instance is running"
)


class UpdateQueue:
    """Updates that the bot has not confirmed, oldest first.

    Faults of the kinds "repeated" and "reordered" change what getUpdates delivers. `pushed` is
    called when an update came, `allowed` are the kinds that the bot wants; empty: the usual ones.
    """

    def __init__(self, faults: Faults) -> None:
        self._faults = faults
        self._updates: deque[Update] = deque()
        # The highest id that was delivered, and the confirmed updates to deliver once more.
        self._delivered = 0
        self._repeats: deque[Update] = deque()
        # From the clock: a bot that stores update ids must not meet them again after a restart.
        self._next = time.time_ns() // 1_000_000
        self.allowed: frozenset[str] = frozenset()
        self.pushed: Callable[[], None] = lambda: None
        self._pending: asyncio.Future[str] | None = None

    def __iter__(self) -> Iterator[Update]:
        return iter(tuple(self._updates))

    def __len__(self) -> int:
        return len(self._updates)

    def push(self, kind: str, body: Any) -> int | None:
        """Queue an update; return its id, or None when the bot does not want this kind."""
        wanted = kind in self.allowed if self.allowed else kind not in _ON_REQUEST
        return self.push_raw({kind: body}) if wanted else None

    def push_raw(self, update: Update) -> int:
        """Queue an update of any kind, whatever the bot wants; return its id."""
        update_id = self._next
        self._next += 1
        self._updates.append({**update, "update_id": update_id})
        self._end_poll("")
        self.pushed()
        return update_id

    def remove(self, update: Update) -> None:
        """Drop an update that a webhook has taken, if it is still there."""
        if update in self._updates:
            self._updates.remove(update)

    def end_poll_for_webhook(self, *, is_set: bool) -> None:
        """End the poll that waits, if any: setWebhook or deleteWebhook was called."""
        name = "setWebhook" if is_set else "deleteWebhook"
        self._end_poll(f"Conflict: terminated by {name} request")

    def renumber(self, first: int) -> None:
        """Continue with the id `first`, as Telegram does at random after a week without updates."""
        self._next, self._delivered = first, 0

    def clear(self) -> None:
        """Drop all updates."""
        self._updates.clear()
        self._repeats.clear()

    async def poll(
        self, offset: int, limit: int, wait: int, allowed: frozenset[str] | None, hold: Hold
    ) -> list[Update]:
        """Confirm updates, and return the next ones; wait for the first one if there is none.

        Args:
            offset: confirms updates with lower ids; negative: all but the last -offset; 0: none.
            limit: the most updates to return, 1 to 100.
            wait: seconds to wait for the first update, 0 to 50.
            allowed: the kinds of updates wanted from now on; empty: all but _ON_REQUEST; None: as
                before.
            hold: keeps the request open.

        Raises:
            ApiError: 409, another poll began or a webhook was set while this one waited.
        """
        if allowed is not None:
            self.allowed = allowed
        self._confirm(offset)
        self._end_poll(_ANOTHER_POLL)
        if not self._updates and not self._repeats and wait:
            pending: asyncio.Future[str] = asyncio.get_running_loop().create_future()
            self._pending = pending
            came = await hold(pending, wait)
            if self._pending is pending:
                self._pending = None
            if came and pending.result():
                raise ApiError(409, pending.result())
        return self._deliver(limit)

    def _deliver(self, limit: int) -> list[Update]:
        """Return the next updates, with the faults that are on; repeated ones come first."""
        fault, repeats = self._faults.first("repeated"), []
        if fault:
            repeats = [self._repeats.popleft() for _ in range(min(limit, len(self._repeats)))]
        else:
            self._repeats.clear()
        new = list(islice(self._updates, limit - len(repeats)))
        if new:
            self._delivered = max(self._delivered, new[-1]["update_id"])
        if fault and repeats:
            self._faults.count(fault)
        return self._reordered(repeats + new)

    def _reordered(self, updates: list[Update]) -> list[Update]:
        fault = self._faults.first("reordered")
        if not fault or len(updates) < 2 or not fault.occurs():
            return updates
        self._faults.count(fault)
        shuffled = random.sample(updates, len(updates))
        # A random order may be the old one, but an occurrence that is counted must show.
        return updates[::-1] if shuffled == updates else shuffled

    def _confirm(self, offset: int) -> None:
        if offset > self._next + _MAX_OFFSET_AHEAD:
            return
        while offset < 0 and len(self._updates) > -offset:
            self._drop_first()
        while offset > 0 and self._updates and self._updates[0]["update_id"] < offset:
            self._drop_first()

    def _drop_first(self) -> None:
        update = self._updates.popleft()
        fault = self._faults.first("repeated")
        if fault and update["update_id"] <= self._delivered and fault.occurs():
            self._repeats.append(update)

    def _end_poll(self, conflict: str) -> None:
        """End the poll that waits, if any. conflict: why it fails; "" when an update came."""
        if self._pending and not self._pending.done():
            self._pending.set_result(conflict)
        self._pending = None
