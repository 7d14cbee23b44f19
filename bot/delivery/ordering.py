"""Many readers at once, each reader's own updates one by one."""

from collections.abc import AsyncIterator, Hashable
from contextlib import AsyncExitStack, asynccontextmanager

from telegram import Update

from bot.delivery.identity import actor_id
from bot.delivery.locks import KeyedLocks
from bot.views.callback_data import ReactionButton, parse


class UpdateSequencer:
    """Lanes of each reader: what comes into one is handled in the order in which it came.

    Votes have one of their own, or a tap would wait for an answer that its chat's limit holds
    back; so have inline queries, which come with every letter that is typed; and so has each
    chat, as one that Telegram closes must not close the others.
    """

    def __init__(self) -> None:
        self._locks = KeyedLocks()

    @asynccontextmanager
    async def hold(self, update: Update) -> AsyncIterator[None]:
        """Wait until what came before an update in its lanes is done, and keep others waiting."""
        async with AsyncExitStack() as held:
            for lane in _lanes(update):
                await held.enter_async_context(self._locks.hold((actor_id(update), lane)))
            yield


def _lanes(update: Update) -> tuple[Hashable, ...]:
    if update.inline_query is not None or update.chosen_inline_result is not None:
        return ("inline",)
    chat = update.effective_chat.id if update.effective_chat is not None else 0
    if update.callback_query is not None:
        is_vote = isinstance(parse(update.callback_query.data), ReactionButton)
        return ("votes",) if is_vote else (chat,)
    # What came before or after /forget must stay before or after it, taps and questions alike.
    text = update.effective_message.text if update.effective_message else None
    return ("votes", chat) if text is not None and text.startswith("/forget") else (chat,)
