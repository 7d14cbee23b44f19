"""In which order updates are handled: many readers at once, each reader's own one by one."""

from asyncio import Semaphore
from collections.abc import Awaitable
from typing import Any

from telegram import Update
from telegram.ext import BaseUpdateProcessor

from bot.live import KeyedLocks

AT_ONCE = 32
"""Updates that are being handled at the same time."""
UNDER_WAY = 100_000
"""Updates taken from Telegram and not handled yet: a bound that no real load reaches."""


class ReaderOrder(BaseUpdateProcessor):
    """Handles a reader's updates in the order in which they came.

    The limit is inside the reader's lock: taken first, a reader's hundred taps that wait for one
    another would hold all places and keep everybody else waiting.
    """

    def __init__(self) -> None:
        super().__init__(UNDER_WAY)
        self._readers = KeyedLocks[int]()
        self._places = Semaphore(AT_ONCE)

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        """Handle an update when its reader's earlier ones are done."""
        async with self._readers.hold(_reader(update)), self._places:
            await coroutine

    async def initialize(self) -> None:
        """Do nothing; there is nothing to prepare."""

    async def shutdown(self) -> None:
        """Do nothing; there is nothing to let go of."""


def _reader(update: object) -> int:
    if isinstance(update, Update):
        if update.effective_user is not None:
            return update.effective_user.id
        if update.effective_chat is not None:
            return update.effective_chat.id
    return 0
