"""An update in the queue, and the part of the store in which it is saved."""

import asyncio
import json
import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any

from bot.errors import StoreError
from bot.store.base import Store

SAVE_AGAIN_AFTER = 2.0
"""Seconds after which an update is saved again if the database failed."""
SAVE_PATIENCE = 0.3
"""Seconds for which ``save_soon`` waits for the database, which may hang."""
FAILING_FOR = 1.0
"""Seconds for which ``save_soon`` does not try the database again after it failed."""

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
    """Saves updates in the store, for which the database may take its time, or fail."""

    def __init__(self, store: Store, on_saved: Callable[[QueuedUpdate], None]) -> None:
        """Create it.

        Args:
            store: Where they are saved.
            on_saved: Called with every update that was saved.
        """
        self._store, self._on_saved = store, on_saved
        self._failed_at = -FAILING_FOR

    async def all(self) -> list[dict[str, Any]]:
        """Return all saved updates, oldest first.

        Raises:
            StoreError: The store cannot be read.
        """
        return [json.loads(body) for _, body in await self._store.deferred()]

    def save(self, update: QueuedUpdate) -> "asyncio.Task[None]":
        """Begin to save an update, if that is not going on already."""
        if update.saving is None or (update.saving.done() and not update.saved):
            update.saving = asyncio.create_task(self._save(update))
        return update.saving

    async def save_soon(self, updates: Collection[QueuedUpdate]) -> None:
        """Save updates, but wait for the database only if it works."""
        now = asyncio.get_running_loop().time
        if not updates or now() - self._failed_at < FAILING_FOR:
            return
        await asyncio.wait([self.save(update) for update in updates], timeout=SAVE_PATIENCE)
        if any(not update.receipt.done() for update in updates):
            self._failed_at = now()

    async def delete(self, update: QueuedUpdate) -> None:
        """Delete an update that was handled, if it was saved; a failure is logged."""
        if update.saving is not None:
            await update.saving
        if update.saved:
            try:
                await self._store.delete_deferred(update.update_id)
            except StoreError as error:
                log.warning("Update %s may be handled again: %s", update.update_id, error)

    async def _save(self, update: QueuedUpdate) -> None:
        loop = asyncio.get_running_loop()
        try:
            await self._store.defer(update.update_id, json.dumps(update.body))
        except StoreError:
            # It stays unconfirmed, which is as safe.
            self._failed_at = loop.time()
            if not update.receipt.done():
                update.timer = loop.call_later(SAVE_AGAIN_AFTER, self.save, update)
        else:
            update.saved = True
            self._on_saved(update)
