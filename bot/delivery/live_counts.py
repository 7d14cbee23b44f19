"""Keeps the counts under tapped messages up to date, and knows which messages show counts.

Every message that shows an article's counts is tracked in the store. A tapped message is edited at
once; ``bot.delivery.refresher`` goes through all others.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Coroutine, Iterator, Sequence
from typing import Any

from telegram import InlineKeyboardMarkup
from telegram.error import TelegramError

from bot.corpus.reactions import Reaction
from bot.delivery.message_editor import MessageEditor
from bot.delivery.rate_limiter import ChatKey, Priority
from bot.delivery.sender import Sender
from bot.errors import StoreError
from bot.logs import FailureLog
from bot.store.base import (
    VERSION_UNKNOWN,
    MessageRef,
    Store,
    TrackedMessage,
    VoteCounts,
    VoteResult,
)
from bot.views.callback_data import ReactionButton, parse
from bot.views.outgoing import OutgoingMessage

MAX_UNSAVED = 10_000
"""Messages kept in memory until they can be tracked, while the database fails."""

MAX_CHATS_WITH_COPIES = 1_000
"""Chats in memory in which there may be messages that are not tracked, the latest ones."""

MAX_LAST_EDITS = 100
"""Messages of a chat that are edited a last time when the chat is forgotten, the latest ones."""

log = logging.getLogger(__name__)


class LiveCounts:
    """Tracks messages that show counts, and edits those that are tapped.

    Attributes:
        changed: Set when a vote was counted in this process, so that messages may be outdated.
    """

    def __init__(
        self, store: Store, editor: MessageEditor, sender: Sender, failures: FailureLog
    ) -> None:
        """Initialize it.

        Args:
            store: Where messages are tracked.
            editor: Edits a message.
            sender: Repeats calls that fail, within the rate limits.
            failures: Where failures of the store are logged.
        """
        self.changed = asyncio.Event()
        self._store = store
        self._editor = editor
        self._sender = sender
        self._failures = failures
        self._network_failures = FailureLog(log)
        self._waiting: dict[MessageRef, asyncio.Task[None]] = {}
        self._unsaved: dict[MessageRef, TrackedMessage] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._with_copies: dict[int, None] = {}

    def use_reactions(self, reactions: Sequence[Reaction]) -> None:
        """Show other reactions from now on, in every message that is edited."""
        self._editor.reactions = reactions

    async def track(
        self,
        ref: MessageRef,
        article_id: str,
        keyboard: InlineKeyboardMarkup | str | None,
        version: int = VERSION_UNKNOWN,
    ) -> None:
        """Track a message that was not tracked so far; a failure of the database is logged.

        Args:
            ref: The message.
            article_id: The article whose counts it shows.
            keyboard: The keyboard that it shows, also as the Bot API's JSON; None if that is not
                known.
            version: Version of the counts in it, or VERSION_UNKNOWN.
        """
        if not isinstance(keyboard, str):
            keyboard = keyboard.to_json() if keyboard else "{}"
        message = TrackedMessage(ref, article_id, keyboard, version)
        if not await self._failures.succeeds(self._store.track(message)):
            # It is tracked nowhere else, so it is kept in memory until the database works again.
            self._unsaved[ref] = message
            if len(self._unsaved) > MAX_UNSAVED:
                del self._unsaved[next(iter(self._unsaved))]

    def expect_copies(self, chat_id: int) -> None:
        """Note that a chat may have a message that nobody knows the id of: its answer was lost."""
        self._with_copies[chat_id] = None
        if len(self._with_copies) > MAX_CHATS_WITH_COPIES:
            del self._with_copies[next(iter(self._with_copies))]

    async def recognize(self, ref: MessageRef, shown: InlineKeyboardMarkup | None) -> None:
        """Track a message of which a button was tapped, if it may be one of ``expect_copies``.

        A vote makes a message tracked in any case; this is for all other buttons.
        """
        article_id = _article_of(shown)
        if ref.chat_id in self._with_copies and article_id is not None:
            with self._failures_logged():
                if await self._store.tracked_with_counts(ref) is None:
                    await self.track(ref, article_id, shown)
                    self.changed.set()

    async def track_unsaved(self) -> None:
        """Track the messages that could not be tracked while the database failed.

        Raises:
            StoreError: The database still fails.
        """
        for ref, message in list(self._unsaved.items()):
            if await self._store.tracked_with_counts(ref) is None:
                await self._store.track(message)
            del self._unsaved[ref]

    async def forget_chat(self, chat_id: int) -> None:
        """Stop tracking a chat's messages: the bot can no longer write there."""
        await self._failures.succeeds(self._store.forget_chat(chat_id))

    async def forget_private_chat(self, chat_id: int) -> None:
        """Stop tracking a private chat's messages, and edit each a last time in the background.

        So none goes on showing a vote that was deleted, and nothing of the chat stays stored.
        """
        found = self._store.tracked_in_chat(chat_id, MAX_LAST_EDITS)
        messages = await self._failures.value_or((), found)
        await self.forget_chat(chat_id)
        for message in messages:
            self._start(self._edit_last(message))

    async def voted(
        self,
        ref: MessageRef,
        article_id: str,
        shown: InlineKeyboardMarkup | None,
        result: VoteResult,
    ) -> None:
        """Update a tapped message as soon as the rate limiter allows it, and the others later.

        Args:
            ref: The message that was tapped.
            article_id: The article whose counts it shows.
            shown: The keyboard that it shows; None if that is not known.
            result: The vote.
        """
        self.changed.set()
        if result.message is None:
            await self.track(ref, article_id, shown)
        elif not await self._failures.value_or(True, self._editor.needs_edit(result)):
            return
        self._edit_soon(ref)

    async def update(
        self, ref: MessageRef, article_id: str, shown: InlineKeyboardMarkup | None
    ) -> None:
        """Edit a message to show the current reactions and counts; arguments as for ``voted``."""
        with self._failures_logged():
            if await self._store.tracked_with_counts(ref) is None:
                await self.track(ref, article_id, shown)
        self._edit_soon(ref)

    async def replace(
        self, ref: MessageRef, article_id: str, render: Callable[[VoteCounts], OutgoingMessage]
    ) -> None:
        """Replace a message with another one about the same article; a failure is logged.

        Args:
            ref: The message; it may have been deleted.
            article_id: The article whose counts it shows.
            render: Returns the new message for the counts at the time of the edit.
        """

        async def replace() -> None:
            await self._editor.replace(ref, article_id, render)

        try:
            call = self._sender.call(chat_key(ref), Priority.ANSWER, replace)
            await self._failures.succeeds(call)
        except TelegramError as error:
            log.warning("A message could not be replaced: %s", error.message)

    async def is_current(self, ref: MessageRef) -> bool:
        """Return whether a message needs no edit; see ``MessageEditor.is_current``."""
        return await self._editor.is_current(ref)

    async def refresh(self, ref: MessageRef) -> None:
        """Edit a message if its counts are outdated; see ``MessageEditor.refresh``."""
        if await self._editor.refresh(ref):
            self._network_failures.recovered("Messages can be edited again.")

    async def stop(self) -> None:
        """Cancel waiting edits; the messages stay outdated and are found after a restart."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def report(self, error: StoreError | TelegramError) -> None:
        """Log that a message could not be refreshed; it stays outdated and is found again."""
        if isinstance(error, StoreError):
            self._failures.failed(str(error))
        else:
            self._network_failures.failed(f"Counts are not refreshed for now: {error.message}")

    def _edit_soon(self, ref: MessageRef) -> None:
        if ref in self._waiting:
            # Tapped again: it moves to the front of the queue and is edited only once.
            self._waiting[ref].cancel()
        self._waiting[ref] = self._start(self._edit(ref))

    def _start(self, edit: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(edit)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _edit_last(self, message: TrackedMessage) -> None:
        with self._failures_logged():
            await self._sender.call(
                chat_key(message.ref),
                Priority.REFRESH,
                lambda: self._editor.show_last(message),
            )

    async def _edit(self, ref: MessageRef) -> None:
        task = asyncio.current_task()

        def leave_queue() -> None:
            if self._waiting.get(ref) is task:
                del self._waiting[ref]

        async def refresh() -> None:
            # A tap after this needs another edit.
            leave_queue()
            await self.refresh(ref)

        try:
            with self._failures_logged():
                await self._sender.call(chat_key(ref), Priority.TAPPED, refresh)
        finally:
            leave_queue()
            if ref not in self._waiting:
                self._editor.forget_vote(ref)

    @contextlib.contextmanager
    def _failures_logged(self) -> Iterator[None]:
        try:
            yield
        except (StoreError, TelegramError) as error:
            self.report(error)


def chat_key(ref: MessageRef) -> ChatKey:
    """Return whose rate limit an edit counts against: the chat's, or that of an inline message."""
    return ref.chat_id if ref.chat_id is not None else ref.inline_message_id or ""


def _article_of(keyboard: InlineKeyboardMarkup | None) -> str | None:
    """Return the article whose counts a keyboard shows; None if it shows none."""
    for row in keyboard.inline_keyboard if keyboard else ():
        for button in row:
            parsed = parse(button.callback_data) if isinstance(button.callback_data, str) else None
            if isinstance(parsed, ReactionButton):
                return parsed.article_id
    return None
