"""Queues of updates: many readers at once, each reader's in order, nobody's without bound.

Whoever receives updates, by polling or by a webhook, hands each of them in and is told when
Telegram may forget it:

    await queues.start()                # handles what was saved before the last stop
    if await queues.safe(body): ...     # confirm it: it is handled, in the database or dropped
    else: ...                           # the bot stops: do not confirm it, it must come again
    await queues.stop()                 # then nothing waits for ``safe`` any more

``body`` is the update's JSON, for which ``update_facts.is_update`` must be true. It may be handed
in again at any time, also while it is being handled. An update that takes long, or waits for
others of its reader, is saved by the queues themselves, so that ``safe`` ends within about
``SAVE_AFTER`` seconds unless the database fails; then saving is tried again.

Who polls does not wait for each update, but calls ``accept`` and looks into ``unconfirmed``. As
Telegram shows only the first hundred updates that are not confirmed, ``save`` makes a chosen part
of them confirmable now, and ``shed`` drops what a reader has too much of if that failed.
"""

import asyncio
import itertools
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any

from telegram import Bot, Update

from bot.delivery.identity import actor_id, caller
from bot.delivery.metrics import Metrics
from bot.delivery.ordering import UpdateSequencer
from bot.delivery.queued_update import QueuedUpdate, Receipt, SavedUpdates
from bot.delivery.surplus_notices import SurplusNotices
from bot.delivery.update_facts import kind_of, typist_id, writer_id
from bot.store.base import Store

MAX_WAITING = 20
"""Messages of a reader that may wait for the one being answered; further ones are dropped."""
MAX_CROWDING = 5
"""Messages that a reader may have in the queues before those at Telegram are held up by them."""
SAVE_AFTER = 2.0
"""Seconds after which an update that is still being handled is saved in the store."""
SAVE_WAITING_AFTER = 0.5
"""The same for a message that waits for another one of its reader."""
SHUTDOWN_GRACE = 5.0
"""Seconds that updates being handled get to finish when the bot stops."""
LAST_SAVE = 1.0
"""Seconds for which saving those that need longer may take then."""
MAX_REMEMBERED = 10_000
"""Ids of handled updates that are remembered, in case Telegram repeats a confirmed one."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Readers:
    """What the queues do for readers.

    Attributes:
        handle: Handles an update; if it raises, that is logged and the update is skipped.
        asks: Returns whether an update wants an answer in words. Others do not count as waiting.
        tell: Tells the reader of an update that it was dropped, because too many wait.
    """

    handle: Callable[[Update], Awaitable[None]]
    asks: Callable[[Update], bool]
    tell: Callable[[Update], Awaitable[None]]


class ReaderQueues:
    """Has updates handled, many at the same time, and says when each is safe.

    Attributes:
        unconfirmed: Updates that Telegram must not forget yet, by their id.
        dropped: How many updates were dropped so far.
    """

    def __init__(self, bot: Bot, store: Store, readers: Readers, metrics: Metrics) -> None:
        """Create empty queues.

        Args:
            bot: The bot whose updates they are.
            store: Where updates that take long are saved.
            readers: What is done for readers.
            metrics: Count the updates.
        """
        self._metrics = metrics
        metrics.gauge(
            "updates_in_hand", "Updates that are being handled or wait for it.", self.__len__
        )
        self.unconfirmed: dict[int, QueuedUpdate] = {}
        self.dropped = 0
        self._bot, self._readers = bot, readers
        self._saved = SavedUpdates(store, self._before, self._settle)
        self._sequencer = UpdateSequencer()
        self._in_flight: dict[int, QueuedUpdate] = {}
        self._handled: dict[int, None] = {}
        self._messages: Counter[int] = Counter()
        self._typed: dict[int, QueuedUpdate] = {}
        self._notices = SurplusNotices(readers.tell)
        self._stopped = False

    def __len__(self) -> int:
        """How many updates are handled or wait."""
        return len(self._in_flight)

    async def start(self) -> None:
        """Take up the updates that are saved in the store.

        Raises:
            StoreError: The store cannot be read.
        """
        for body in await self._saved.all():
            self._take(body, saved=True)

    def knows(self, update_id: int) -> bool:
        """Return whether an update was accepted before, as far as is remembered."""
        return update_id in self._in_flight or update_id in self._handled

    async def safe(self, body: dict[str, Any]) -> bool:
        """Take an update in, and wait until Telegram may forget it.

        Returns:
            False if the bot stops before.
        """
        # Shielded, as others may wait for the same update when this waiting is cancelled.
        return await asyncio.shield(self.accept(body))

    def accept(self, body: dict[str, Any]) -> Receipt:
        """Take an update in, or drop it if too many of its reader wait."""
        update_id = body["update_id"]
        if update_id in self._in_flight:
            return self._in_flight[update_id].receipt
        if update_id in self._handled or self._stopped:
            return _done(update_id in self._handled)
        writer = writer_id(body)
        if writer is not None and self._messages[writer] > MAX_WAITING:
            self._drop_surplus(body, writer)
            return _done(True)
        return self._take(body)

    def crowding(self) -> list[QueuedUpdate]:
        """Return unconfirmed messages of readers who have more than MAX_CROWDING."""
        return [
            update
            for update in self.unconfirmed.values()
            if update.reader is not None and self._messages[update.reader] > MAX_CROWDING
        ]

    async def save(self, updates: Collection[QueuedUpdate]) -> None:
        """Save updates in the store, so that they may be confirmed, if it can do that at once."""
        await self._saved.save_soon(updates)

    def begin_to_save(self, updates: Collection[QueuedUpdate]) -> None:
        """Save updates as soon as the store can."""
        for update in updates:
            self._saved.begin(update)

    def shed(self) -> None:
        """Drop the messages that crowd, and do not wait for the end of what was answered.

        Those whose turn has come are handled all the same, unless the bot is killed.
        """
        for update in self.crowding():
            self._drop(update)
        for update in list(self.unconfirmed.values()):
            if update.caller.is_answered:
                self._settle(update)

    async def stop(self) -> None:
        """Let updates that were begun finish, and save all others."""
        self._stopped = True
        try:
            for update in self._in_flight.values():
                if not update.begun:
                    update.task.cancel()
                    if not update.receipt.done():
                        self._saved.save(update)
            if begun := [update.task for update in self._in_flight.values() if update.begun]:
                await asyncio.wait(begun, timeout=SHUTDOWN_GRACE)
            if saving := [self._saved.save(update) for update in self.unconfirmed.values()]:
                await asyncio.wait(saving, timeout=LAST_SAVE)
        finally:
            # Also if this is cancelled, because another process serves from now on.
            for update in list(self._in_flight.values()):
                update.task.cancel()
                self._settle(update, confirmable=False)
            self._notices.stop()

    def _take(self, body: dict[str, Any], saved: bool = False) -> Receipt:
        loop = asyncio.get_running_loop()
        update = QueuedUpdate(body, loop.create_future(), loop.time(), saved=saved)
        if not saved:
            self._metrics.updates.add(kind_of(body))
        parsed = self._read(update)
        self._in_flight[update.update_id] = update
        if saved:
            self._settle(update)
        else:
            self.unconfirmed[update.update_id] = update
            waits = update.reader is not None and self._messages[update.reader] > 1
            self._saved.save_after(SAVE_WAITING_AFTER if waits else SAVE_AFTER, update)
        update.task = asyncio.create_task(self._work(update, parsed))
        return update.receipt

    def _read(self, update: QueuedUpdate) -> Update | None:
        """Return an update as an object, and count it; None if that fails, which is logged."""
        try:
            parsed = Update.de_json(update.body, self._bot)
            update.caller.id = actor_id(parsed)
            writer, typist = writer_id(update.body), typist_id(update.body)
            if writer is not None and self._readers.asks(parsed):
                update.reader = writer
                self._messages[writer] += 1
        except Exception:
            self._log_skipped(update.body)
            return None
        if typist is not None:
            earlier, self._typed[typist] = self._typed.get(typist), update
            if earlier is not None and not earlier.begun:
                # The reader has typed on, and only the last list is shown.
                self._drop(earlier)
        return parsed

    async def _work(self, update: QueuedUpdate, parsed: Update | None) -> None:
        try:
            if parsed is not None:
                caller.set(update.caller)
                async with self._sequencer.hold(parsed):
                    update.begun = True
                    if not update.dropped:
                        await self._readers.handle(parsed)
                        seconds = asyncio.get_running_loop().time() - update.since
                        self._metrics.handling.add(kind_of(update.body), seconds)
        except Exception:
            self._log_skipped(update.body)
        self._remember(update.update_id)
        self._settle(update)
        self._uncount(update)
        await self._saved.delete(update)
        del self._in_flight[update.update_id]

    def _before(self, update: QueuedUpdate) -> Iterable[QueuedUpdate]:
        actor = update.caller.id
        same = (each for each in self.unconfirmed.values() if actor and each.caller.id == actor)
        return itertools.takewhile(lambda each: each is not update, same)

    def _drop_surplus(self, body: dict[str, Any], reader: int) -> None:
        self.dropped += 1
        self._metrics.dropped.add(kind_of(body))
        self._remember(body["update_id"])
        if self._notices.due(reader):
            try:
                parsed = Update.de_json(body, self._bot)
                if self._readers.asks(parsed):
                    self._notices.tell(reader, parsed)
            except Exception:
                self._log_skipped(body)

    def _drop(self, update: QueuedUpdate) -> None:
        self.dropped += 1
        self._metrics.dropped.add(kind_of(update.body))
        update.dropped = True
        self._uncount(update)
        self._settle(update)

    def _uncount(self, update: QueuedUpdate) -> None:
        reader, update.reader = update.reader, None
        if reader is not None:
            self._messages[reader] -= 1
            if not self._messages[reader]:
                del self._messages[reader]
        typist = typist_id(update.body)
        if typist is not None and self._typed.get(typist) is update:
            del self._typed[typist]

    def _settle(self, update: QueuedUpdate, confirmable: bool = True) -> None:
        if confirmable:
            self.unconfirmed.pop(update.update_id, None)
        if update.timer is not None:
            update.timer.cancel()
        if not update.receipt.done():
            update.receipt.set_result(confirmable)

    def _remember(self, update_id: int) -> None:
        self._handled[update_id] = None
        if len(self._handled) > MAX_REMEMBERED:
            del self._handled[next(iter(self._handled))]

    def _log_skipped(self, body: dict[str, Any]) -> None:
        self._metrics.errors.add("update")
        log.exception("Update %s cannot be read or handled, and is skipped", body["update_id"])


def _done(confirmable: bool) -> Receipt:
    receipt: Receipt = asyncio.get_running_loop().create_future()
    receipt.set_result(confirmable)
    return receipt
