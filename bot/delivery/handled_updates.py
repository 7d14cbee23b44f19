"""Remembers in the database which updates were handled, so that no process handles one again.

Telegram repeats an update until it is confirmed, which happens only after it was handled. If a
process is killed between, the next one gets it again and finds it here.
"""

import asyncio
import functools
import logging
from collections.abc import Awaitable, Callable
from contextvars import ContextVar

from telegram import Update

from bot.errors import StoreError
from bot.logs import FailureLog
from bot.store.base import MAX_HANDLED, Store
from bot.views.callback_data import ReactionButton, parse

AT_ONCE = 50
"""Updates that are saved in one transaction."""
PAUSE = 0.005
"""Seconds between transactions: under load one is for many updates."""
PAUSE_AFTER_FAILURE = 1.0
"""Seconds after which it is tried again if the database fails."""
LAST_SAVE = 1.0
"""Seconds that the last updates get to be saved when the bot stops."""
FORGET_EVERY = 1_000
"""Updates after which the oldest are forgotten."""

_note: ContextVar[Callable[[], None] | None] = ContextVar("notes what is handled", default=None)

log = logging.getLogger(__name__)


def answered() -> None:
    """Note that the answer to the update that is being handled was sent.

    What is left to do for it, such as tracking the answer, takes time in which the process may be
    killed, and does less harm when it is left out than a second answer.
    """
    if (note := _note.get()) is not None:
        note()


class HandledUpdates:
    """Has each update handled once."""

    def __init__(
        self, store: Store, handle: Callable[[Update], Awaitable[None]], failures: FailureLog
    ) -> None:
        """Store the arguments; ``start`` comes before the first update.

        Args:
            store: Where handled updates are remembered.
            handle: Handles an update.
            failures: Where failures of the store are logged.
        """
        self._store, self._handle = store, handle
        self._before: frozenset[int] = frozenset()
        self._handled: dict[int, None] = {}
        self._unsaved: dict[int, None] = {}
        self._any_unsaved, self._all_saved = asyncio.Event(), asyncio.Event()
        self._saved = 0
        self._failures = failures

    async def start(self) -> None:
        """Read what earlier processes handled, and begin to save what this one does.

        Raises:
            StoreError: The database fails.
        """
        # What this process could not save when it served before is known to it alone.
        self._before = frozenset((*await self._store.handled(), *self._handled))
        self._saving = asyncio.create_task(self._save_all())

    async def handle(self, update: Update) -> None:
        """Handle an update, unless an earlier process has done so."""
        if update.update_id in self._before:
            return
        if not _is_for_once(update):
            await self._handle(update)
            return
        note = functools.partial(self._note, update.update_id)
        _note.set(note)
        await self._handle(update)
        note()

    def _note(self, update_id: int) -> None:
        if update_id not in self._handled:
            self._handled[update_id] = self._unsaved[update_id] = None
            for each in (self._handled, self._unsaved):
                if len(each) > MAX_HANDLED:
                    del each[next(iter(each))]
            self._any_unsaved.set()
            self._all_saved.clear()

    async def stop(self) -> None:
        """Save the last ones, if that does not take long."""
        try:
            if self._unsaved:
                async with asyncio.timeout(LAST_SAVE):
                    await self._all_saved.wait()
        except TimeoutError:
            log.warning("%s updates may be answered again.", len(self._unsaved))
        finally:
            self._saving.cancel()
            await asyncio.gather(self._saving, return_exceptions=True)

    async def _save_all(self) -> None:
        while True:
            await self._any_unsaved.wait()
            some = list(self._unsaved)[:AT_ONCE]
            try:
                await self._store.save_handled(some)
                await self._forget_some(len(some))
            except StoreError as error:
                self._failures.failed(str(error))
                await asyncio.sleep(PAUSE_AFTER_FAILURE)
                continue
            for update_id in some:
                self._unsaved.pop(update_id, None)
            if not self._unsaved:
                self._any_unsaved.clear()
                self._all_saved.set()
            await asyncio.sleep(PAUSE)

    async def _forget_some(self, saved: int) -> None:
        self._saved += saved
        if self._saved >= FORGET_EVERY:
            self._saved = 0
            await self._store.forget_handled()


def _is_for_once(update: Update) -> bool:
    """Return whether it does harm to handle an update twice.

    A vote is counted once anyway, and a list of results may be sent again.
    """
    query = update.callback_query
    if query is not None:
        return not isinstance(parse(query.data), ReactionButton)
    return update.inline_query is None and update.chosen_inline_result is None
