"""Many readers at once, each reader's own updates one by one."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from telegram import Update

from bot.callbacks import ReactionButton, parse
from bot.locks import KeyedLocks
from bot.people import actor_id


class Lanes:
    """Three lanes a reader: what comes into one is handled in the order in which it came.

    Votes have a lane of their own, or a tap would wait for an answer that its chat's limit holds
    back; so have inline queries, which come with every letter that is typed.
    """

    def __init__(self) -> None:
        self._locks = KeyedLocks()

    @asynccontextmanager
    async def hold(self, update: Update) -> AsyncIterator[None]:
        """Wait until what came before an update in its lane is done, and keep others waiting."""
        async with self._locks.hold((actor_id(update), _lane(update))):
            yield


def _lane(update: Update) -> str:
    if update.inline_query is not None or update.chosen_inline_result is not None:
        return "inline"
    if update.callback_query is not None:
        is_vote = isinstance(parse(update.callback_query.data), ReactionButton)
    else:
        # A tap before or after /forget must stay before or after it.
        text = update.effective_message.text if update.effective_message else None
        is_vote = text is not None and text.startswith("/forget")
    return "votes" if is_vote else "questions"
