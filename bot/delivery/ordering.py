"""Handles updates of many readers at the same time, and those of each reader in order."""

from collections.abc import AsyncIterator, Hashable
from contextlib import AsyncExitStack, asynccontextmanager

from telegram import Update

from bot.delivery.identity import actor_id
from bot.delivery.keyed_locks import KeyedLocks
from bot.views.callback_data import ReactionButton, parse


class UpdateSequencer:
    """Keeps updates of the same reader and subject in the order in which they came.

    Each chat is a subject: one that Telegram blocks must not block the others. So are votes,
    because a tap would otherwise wait for an answer that is held back by the chat's rate limit, and
    inline queries, which come with every letter that is typed.
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
    # Both votes and questions must stay before or after /forget, as they were sent.
    text = update.effective_message.text if update.effective_message else None
    return ("votes", chat) if text is not None and text.startswith("/forget") else (chat,)
