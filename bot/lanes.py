"""Many readers at once, each reader's own updates one by one."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from telegram import Update

from bot.callbacks import ReactionButton, parse
from bot.locks import KeyedLocks


class Lanes:
    """Two lanes a reader: what comes into one is handled in the order in which it came.

    Votes have a lane of their own, or a tap would wait for an answer that its chat's limit holds
    back.
    """

    def __init__(self) -> None:
        self._locks = KeyedLocks()

    @asynccontextmanager
    async def hold(self, update: Update) -> AsyncIterator[None]:
        """Wait until what came before an update in its lane is done, and keep others waiting."""
        async with self._locks.hold((_reader(update), _is_about_votes(update))):
            yield


def _reader(update: Update) -> int:
    if update.effective_user is not None:
        return update.effective_user.id
    return update.effective_chat.id if update.effective_chat is not None else 0


def _is_about_votes(update: Update) -> bool:
    if update.callback_query is not None:
        return isinstance(parse(update.callback_query.data), ReactionButton)
    # A tap before or after /forget must stay before or after it.
    text = update.effective_message.text if update.effective_message else None
    return text is not None and text.startswith("/forget")
