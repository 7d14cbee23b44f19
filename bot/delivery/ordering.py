"""Handles many readers' updates at the same time, and each reader's own in order."""

from collections.abc import AsyncIterator, Hashable
from contextlib import AsyncExitStack, asynccontextmanager

from telegram import Update

from bot.delivery.identity import actor_id
from bot.delivery.keyed_locks import KeyedLocks
from bot.views.callback_data import ReactionButton, parse


class UpdateSequencer:
    """Keeps updates of one reader and one subject in the order in which they came.

    Votes are a subject of their own, or a tap would wait for an answer that its chat's limit holds
    back. So are inline queries, which come with every letter typed, and so is each chat: one that
    Telegram blocks must not block the others.
    """

    def __init__(self) -> None:
        self._locks = KeyedLocks()

    @asynccontextmanager
    async def hold(self, update: Update) -> AsyncIterator[None]:
        """Wait for earlier updates of the same reader and subject, and hold up later ones."""
        actor = actor_id(update)
        async with AsyncExitStack() as held:
            for subject in _subjects(update):
                await held.enter_async_context(self._locks.hold((actor, subject)))
            yield


def _subjects(update: Update) -> tuple[Hashable, ...]:
    if update.inline_query is not None or update.chosen_inline_result is not None:
        return ("inline",)
    chat = update.effective_chat.id if update.effective_chat is not None else 0
    if update.callback_query is not None:
        is_vote = isinstance(parse(update.callback_query.data), ReactionButton)
        return ("votes",) if is_vote else (chat,)
    # What came before or after /forget must stay so, taps and questions alike.
    text = update.effective_message.text if update.effective_message else None
    return ("votes", chat) if text is not None and text.startswith("/forget") else (chat,)
