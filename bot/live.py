"""Keeps the counts that a shown message carries fresh."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Generic, TypeVar

from telegram import Bot, InlineKeyboardMarkup, LinkPreviewOptions
from telegram.error import BadRequest, Forbidden

from bot.corpus import Reaction
from bot.keyboards import with_counts
from bot.messages import Rendered
from bot.reactions import ReactionStore

REMEMBERED = 10_000
"""Copies of which it is remembered what was put there last."""

Key = TypeVar("Key")


@dataclass(frozen=True)
class Copy:
    """A message with reactions: in a chat, or sent inline (then only inline_message_id is set)."""

    chat_id: int | None = None
    message_id: int | None = None
    inline_message_id: str | None = None


class KeyedLocks(Generic[Key]):
    """A lock for each key, kept only while somebody holds it or waits; first come, first served."""

    def __init__(self) -> None:
        self._locks: dict[Key, tuple[asyncio.Lock, int]] = {}

    @asynccontextmanager
    async def hold(self, key: Key) -> AsyncIterator[None]:
        """Hold the key's lock."""
        lock, users = self._locks.get(key, (asyncio.Lock(), 0))
        self._locks[key] = (lock, users + 1)
        try:
            async with lock:
                yield
        finally:
            lock, users = self._locks[key]
            if users == 1:
                del self._locks[key]
            else:
                self._locks[key] = (lock, users - 1)


class LiveCounts:
    """Edits the keyboards of copies."""

    def __init__(self, store: ReactionStore, reactions: Sequence[Reaction]) -> None:
        self._store = store
        self._reactions = reactions
        self._editing = KeyedLocks[Copy]()
        self._shown: OrderedDict[Copy, InlineKeyboardMarkup] = OrderedDict()

    async def refresh(
        self, bot: Bot, copy: Copy, article_id: str, shown: InlineKeyboardMarkup | None
    ) -> None:
        """Make a copy show the present counts; does nothing where it already does.

        shown: the keyboard that it shows; None when that is not known. A copy that is gone, or
        that shows the truth by now, is no error.
        """
        # One edit of a copy at a time, each with counts read when its turn comes: of two edits
        # under way at once, the older counts could arrive last.
        async with self._editing.hold(copy):
            # What was put there last is newer than what came with a press made before that.
            shown = self._shown.get(copy, shown)
            counts = await self._store.counts(article_id)
            keyboard = with_counts(shown, article_id, self._reactions, counts)
            if keyboard == shown:
                return
            try:
                await bot.edit_message_reply_markup(
                    chat_id=copy.chat_id,
                    message_id=copy.message_id,
                    inline_message_id=copy.inline_message_id,
                    reply_markup=keyboard,
                )
            except (BadRequest, Forbidden) as error:
                if not _is_harmless(error):
                    raise
            self._remember(copy, keyboard)

    async def replace(
        self, bot: Bot, copy: Copy, article_id: str, render: Callable[[Mapping[str, int]], Rendered]
    ) -> None:
        """Make a copy show another text of the same article, with the present counts.

        render: counts -> the message. A copy that is gone is no error.
        """
        async with self._editing.hold(copy):
            rendered = render(await self._store.counts(article_id))
            try:
                await bot.edit_message_text(
                    rendered.text,
                    chat_id=copy.chat_id,
                    message_id=copy.message_id,
                    inline_message_id=copy.inline_message_id,
                    entities=rendered.entities,
                    reply_markup=rendered.keyboard,
                    link_preview_options=LinkPreviewOptions(is_disabled=True),
                )
            except (BadRequest, Forbidden) as error:
                if not _is_harmless(error):
                    raise
            if rendered.keyboard is not None:
                self._remember(copy, rendered.keyboard)

    def _remember(self, copy: Copy, keyboard: InlineKeyboardMarkup) -> None:
        self._shown[copy] = keyboard
        self._shown.move_to_end(copy)
        if len(self._shown) > REMEMBERED:
            self._shown.popitem(last=False)


def _is_harmless(error: BadRequest | Forbidden) -> bool:
    """Tell whether an edit failed because there was nothing to do, or nothing left to edit."""
    text = error.message.lower()
    return isinstance(error, Forbidden) or any(
        part in text
        for part in (
            "message is not modified",
            "message to edit not found",
            "message can't be edited",
            "message_id_invalid",
            "chat not found",
        )
    )
