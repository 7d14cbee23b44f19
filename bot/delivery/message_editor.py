"""Edits messages that show counts, so that none keeps outdated ones."""

import json
import logging
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from telegram import Bot
from telegram.error import RetryAfter, TelegramError

from bot.corpus.reactions import Reaction
from bot.delivery.calls import edit_keyboard, edit_text
from bot.delivery.keyed_locks import KeyedLocks
from bot.delivery.metrics import Metrics
from bot.delivery.telegram_errors import Refusal, refusal_of
from bot.store.base import (
    VERSION_UNKNOWN,
    Change,
    MessageRef,
    Store,
    TrackedMessage,
    VoteCounts,
    VoteResult,
)
from bot.store.voters import Voters
from bot.views.keyboards import with_counts
from bot.views.outgoing import OutgoingMessage, keyboard_json

Rows = list[Sequence[Mapping[str, str]]]
"""Rows of buttons, as the Bot API's JSON has them, decoded."""

log = logging.getLogger(__name__)


class MessageEditor:
    """Brings tracked messages up to date.

    Each message is edited by one call at a time, and its counts are read just before: of two
    simultaneous calls, the one with the older counts could arrive last.

    Attributes:
        reactions: The reactions that messages show when they are edited.
    """

    def __init__(
        self,
        bot: Bot,
        store: Store,
        voters: Voters,
        reactions: Sequence[Reaction],
        metrics: Metrics,
    ) -> None:
        """Create the editor.

        Args:
            bot: Makes the calls.
            store: Where messages are tracked.
            voters: Tells whose vote is marked in a private chat.
            reactions: The reactions that messages show when they are edited.
            metrics: Counts the edits.
        """
        self._bot = bot
        self._metrics = metrics
        self._store = store
        self._voters = voters
        self.reactions = reactions
        self._locks = KeyedLocks()
        # What messages showed when they were tapped, until they were edited.
        self._shown_at_tap: dict[MessageRef, TrackedMessage] = {}

    async def needs_edit(self, result: VoteResult) -> bool:
        """Return whether a tapped message has to be edited after a vote.

        Counts may change without a visible difference: 1,234 and 1,235 are both "1.2K".

        Args:
            result: The vote, on a message that is tracked.

        Raises:
            StoreError: The database failed.
        """
        before = result.message
        if before is None:
            return True
        if before.version == VERSION_UNKNOWN:
            earlier = self._shown_at_tap.get(before.ref)
            if earlier is not None and replace(earlier, version=VERSION_UNKNOWN) == before:
                self._shown_at_tap[before.ref] = replace(earlier, last_seen=result.voted_at)
            return True
        shows_them = self._with_counts(before, result.counts) == rows_of(before.keyboard)
        if result.change is Change.REPEATED:
            return not shows_them
        self._shown_at_tap[before.ref] = replace(before, last_seen=result.voted_at)
        # An edit that began before the vote may have ended since: the message is read again.
        if not shows_them or not await self.is_current(before.ref):
            return True
        self.forget_vote(before.ref)
        return False

    def forget_vote(self, ref: MessageRef) -> None:
        """Forget what a message showed when it was tapped."""
        self._shown_at_tap.pop(ref, None)

    async def is_current(self, ref: MessageRef) -> bool:
        """Return whether a message needs no edit; if so, note that it shows the current counts.

        Returns:
            True if it shows the current counts or is not tracked.

        Raises:
            StoreError: The database failed.
        """
        async with self._locks.hold(ref):
            return await self._outdated(ref) is None

    async def refresh(self, ref: MessageRef) -> bool:
        """Edit a message if its counts are outdated.

        Returns:
            Whether it was edited.

        Raises:
            TelegramError: It could not be edited.
            StoreError: The database failed.
        """
        async with self._locks.hold(ref):
            outdated = await self._outdated(ref)
            edited = outdated is not None and await self._edit_keyboard(*outdated)
            self.forget_vote(ref)
            return edited

    async def show_last(self, message: TrackedMessage) -> None:
        """Edit a message that is no longer tracked to show the current counts, without a mark.

        Raises:
            TelegramError: It could not be edited.
            StoreError: The database failed.
        """
        ref, shown = message.ref, rows_of(message.keyboard)
        async with self._locks.hold(ref):
            votes = (await self._store.counts(message.article_id)).votes
            keyboard = with_counts(shown, message.article_id, self.reactions, votes)
            if keyboard != shown or message.version == VERSION_UNKNOWN:
                call = edit_keyboard(self._bot, ref, keyboard_json(keyboard))
                await self._edit(ref, call)

    async def replace(
        self, ref: MessageRef, article_id: str, render: Callable[[VoteCounts], OutgoingMessage]
    ) -> None:
        """Replace the text of a message with another text about the same article.

        Args:
            ref: The message; it may have been deleted.
            article_id: The article whose counts it shows.
            render: Returns the new message for the counts at the time of the edit.

        Raises:
            TelegramError: The message could not be edited.
            StoreError: The database failed.
        """
        async with self._locks.hold(ref):
            message = render(await self._store.counts(article_id, self._reader(ref)))
            keyboard = message.keyboard_json or "{}"
            tracked = TrackedMessage(ref, article_id, keyboard, VERSION_UNKNOWN)
            await self._store.track(tracked)
            call = edit_text(self._bot, ref, message)
            if await self._edit(ref, call):
                await self._store.update(replace(tracked, version=message.counts_version))

    async def _outdated(self, ref: MessageRef) -> tuple[TrackedMessage, TrackedMessage] | None:
        """Return a message that needs an edit: as tracked, and as it should be.

        Returns:
            None if it is not tracked, or shows the current counts, which is then noted.
        """
        found = await self._store.tracked_with_counts(ref, self._reader(ref))
        if found is None:
            return None
        message, counts = found
        keyboard = self._with_counts(message, counts)
        new = replace(message, keyboard=keyboard_json(keyboard), version=counts.version)
        if not self._shows(message, keyboard):
            return message, new
        await self._store.update(new)
        return None

    async def _edit_keyboard(self, old: TrackedMessage, new: TrackedMessage) -> bool:
        """Edit a keyboard, and note that the message shows it.

        Returns:
            False if the message is gone.

        Raises:
            TelegramError: It could not be edited.
        """
        # Unknown from before the edit on: if this process dies or the answer is lost, it is not
        # known what the message shows, and it must be edited again.
        was_known = old.version != VERSION_UNKNOWN
        if was_known:
            await self._store.update(replace(new, version=VERSION_UNKNOWN))
        call = edit_keyboard(self._bot, old.ref, new.keyboard)
        try:
            if not await self._edit(old.ref, call):
                return False
        except RetryAfter:
            # It was not carried out, so the message still shows what it showed before.
            if was_known:
                await self._store.update(old)
            raise
        except TelegramError:
            self.forget_vote(old.ref)
            raise
        # Not tracked anew: the message may have been forgotten in the meantime.
        await self._store.update(new)
        return True

    async def _edit(self, ref: MessageRef, call: Coroutine[Any, Any, object]) -> bool:
        """Make an edit.

        Returns:
            False if the message is gone, which is then no longer tracked.

        Raises:
            TelegramError: It could not be edited.
        """
        try:
            await call
        except TelegramError as error:
            refusal = refusal_of(error)
            self._metrics.edits.add(refusal.name.lower() if refusal else "failed")
            match refusal:
                case None:
                    raise
                case Refusal.NOT_MODIFIED:
                    return True
                case Refusal.CHAT_GONE | Refusal.FORBIDDEN if ref.chat_id is not None:
                    # Also for a group that became a supergroup: its messages have new ids.
                    await self._store.forget_chat(ref.chat_id)
                    return False
                case Refusal.MESSAGE_GONE | Refusal.CHAT_GONE | Refusal.FORBIDDEN:
                    await self._store.forget_message(ref)
                    return False
                case _:
                    log.warning("A message is not edited until the next vote: %s", error.message)
        else:
            self._metrics.edits.add("edited")
        return True

    def _with_counts(self, message: TrackedMessage, counts: VoteCounts) -> Rows:
        shown = rows_of(message.keyboard)
        own = counts.own if _is_private(message.ref) else None
        return with_counts(shown, message.article_id, self.reactions, counts.votes, own)

    def _reader(self, ref: MessageRef) -> bytes | None:
        """Return the reader of a private chat, whose own vote its messages mark."""
        return self._voters.code(ref.chat_id or 0) if _is_private(ref) else None

    def _shows(self, message: TrackedMessage, keyboard: Rows) -> bool:
        """Return whether a message certainly shows a keyboard."""
        if rows_of(message.keyboard) != keyboard:
            return False
        if message.version != VERSION_UNKNOWN:
            return True
        # A vote made the version unknown. If nothing touched the message since, neither a vote nor
        # an edit, here or in another process, it still shows what it showed at the vote.
        before = self._shown_at_tap.get(message.ref)
        return before is not None and replace(before, version=VERSION_UNKNOWN) == message


def _is_private(ref: MessageRef) -> bool:
    """Return whether a message is in a private chat: its id is the reader's, and above 0."""
    return ref.chat_id is not None and ref.chat_id > 0


@lru_cache(maxsize=1_024)
def rows_of(keyboard: str) -> Rows:
    """Return the rows of buttons of a keyboard, which is the Bot API's JSON; not to be changed."""
    # The JSON of a keyboard without buttons has no rows at all.
    return list(json.loads(keyboard).get("inline_keyboard", ()))
