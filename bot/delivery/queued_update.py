"""An update in the queue, and the part of the store in which it is saved."""

import asyncio
import json
import logging
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from bot.delivery.identity import Caller
from bot.errors import StoreError
from bot.store.base import Store

SAVE_PATIENCE = 0.5
"""Seconds for which ``save_soon`` waits for the database, which may hang."""
FAILING_FOR = 1.0
"""Seconds for which the database is not tried again after it failed."""

Receipt = asyncio.Future[bool]
"""Done with True when Telegram may forget an update; with False when the bot stops before."""

log = logging.getLogger(__name__)


@dataclass
class QueuedUpdate:
    """An update that is being handled or waits for that.

    Attributes:
        body: Its JSON, decoded.
        receipt: Whether it may be confirmed, when that is known.
        since: When it was received, by the event loop's clock.
        caller: Whom its answers are for.
        reader: Whose message it is; None if it does not count as one of those that wait.
        begun: Whether its turn has come.
        saved: Whether it is in the store.
        dropped: Whether it may be confirmed without having been handled.
        saving: Saves it.
        timer: Will begin to save it.
        task: Handles it.
    """

    body: dict[str, Any]
    receipt: Receipt
    since: float
    caller: Caller = field(default_factory=Caller)
    reader: int | None = None
    begun: bool = False
    saved: bool = False
    dropped: bool = False
    saving: asyncio.Task[None] | None = None
    timer: asyncio.TimerHandle | None = None
    task: asyncio.Task[None] = field(init=False)

    @property
    def update_id(self) -> int:
        """Telegram's id."""
        return int(self.body["update_id"])


class SavedUpdates:
    """Saves updates in the store, for which the database may take its time, or fail.

    An update is saved together with those before it of the same reader, or after them: if the bot
    is killed, those that are not saved come from Telegram again, and later than those that are.

    While it fails, it is tried with one update at a time: a database that hangs would otherwise
    have more and more to do.
    """

    def __init__(
        self,
        store: Store,
        before: Callable[[QueuedUpdate], Iterable[QueuedUpdate]],
        on_saved: Callable[[QueuedUpdate], None],
    ) -> None:
        """Create it.

        Args:
            store: Where they are saved.
            before: Returns the unconfirmed updates of the same reader that came before, in order.
            on_saved: Called with every update that was saved.
        """
        self._store, self._before, self._on_saved = store, before, on_saved
        self._next: dict[int, QueuedUpdate] = {}
        """What the next transaction saves."""
        self._one_at_a_time = asyncio.Lock()
        self._failed_at: float | None = None
        self._running: set[asyncio.Task[None]] = set()

    async def all(self) -> list[dict[str, Any]]:
        """Return all saved updates, oldest first.

        Raises:
            StoreError: The store cannot be read.
        """
        return [json.loads(body) for _, body in await self._store.deferred()]

    def save_after(self, seconds: float, update: QueuedUpdate) -> None:
        """Save an update after some time, unless its receipt is done by then."""
        update.timer = asyncio.get_running_loop().call_later(seconds, self.begin, update)

    def begin(self, update: QueuedUpdate) -> None:
        """Begin to save an update; later, if the database fails."""
        if self._may_try():
            self.save(update)
        elif update.timer is None or update.timer.when() <= _now():
            self.save_after(FAILING_FOR, update)

    def save(self, update: QueuedUpdate) -> "asyncio.Task[None]":
        """Begin to save an update, and those before it, if that is not going on already."""
        for each in self._before(update):
            self._begin(each)
        return self._begin(update)

    async def save_soon(self, updates: Collection[QueuedUpdate]) -> None:
        """Save updates, but wait for the database only as long as it usually takes."""
        if self._failed_at is not None:
            if not self._may_try():
                return
            await self._tried(list(updates)[:1])
        if self._failed_at is None:
            await self._tried([update for update in updates if not update.receipt.done()])

    async def delete(self, update: QueuedUpdate) -> None:
        """Delete an update that was handled, if it was saved; a failure is logged."""
        if update.saving is not None:
            await update.saving
        if update.saved:
            try:
                await self._store.delete_deferred(update.update_id)
            except StoreError as error:
                log.warning("Update %s may be handled again: %s", update.update_id, error)

    async def _tried(self, updates: Collection[QueuedUpdate]) -> None:
        if updates:
            await asyncio.wait([self.save(update) for update in updates], timeout=SAVE_PATIENCE)
            if not all(update.receipt.done() for update in updates):
                self._failed_at = _now()

    def _may_try(self) -> bool:
        """Return whether it makes sense to try now."""
        if self._failed_at is None:
            return True
        return not self._running and _now() - self._failed_at >= FAILING_FOR

    def _begin(self, update: QueuedUpdate) -> "asyncio.Task[None]":
        if update.saving is None or (update.saving.done() and not update.saved):
            self._next[update.update_id] = update
            update.saving = asyncio.create_task(self._save(update))
            self._running.add(update.saving)
            update.saving.add_done_callback(self._running.discard)
        return update.saving

    async def _save(self, update: QueuedUpdate) -> None:
        async with self._one_at_a_time:
            # Unless another's task has just tried to save it.
            if update.update_id in self._next:
                some, self._next = self._next, {}
                await self._save_together(some.values())

    async def _save_together(self, updates: Collection[QueuedUpdate]) -> None:
        try:
            await self._store.defer([(each.update_id, json.dumps(each.body)) for each in updates])
        except StoreError:
            # They stay unconfirmed, which is as safe.
            self._failed_at = _now()
            for update in updates:
                if not update.receipt.done():
                    self.save_after(FAILING_FOR, update)
        else:
            self._failed_at = None
            for update in updates:
                update.saved = True
                self._on_saved(update)


def _now() -> float:
    return asyncio.get_running_loop().time()
