"""Knows every copy that shows an article's counts, and edits it."""

import asyncio
import contextlib
import json
import logging
import time
from collections.abc import Callable, Coroutine, Iterator, Sequence
from dataclasses import replace
from typing import Any

from telegram import Bot, InlineKeyboardMarkup
from telegram.error import BadRequest, ChatMigrated, Forbidden, RetryAfter, TelegramError

from bot.corpus.loader import Reaction
from bot.delivery.locks import KeyedLocks
from bot.delivery.rate_limiter import ChatKey, Priority
from bot.delivery.sender import Sender, sending
from bot.errors import StoreError
from bot.logs import FailureLog
from bot.store.base import VERSION_UNKNOWN, MessageRef, Store, TrackedMessage, VoteCounts
from bot.views.answers import OutgoingMessage
from bot.views.keyboards import with_counts

MOST_LATE = 10_000
"""Copies kept in memory while the database fails."""
GONE = ("message to edit not found", "message can't be edited", "message_id_invalid")
"""What Telegram says of messages that are no more, in small letters."""

log = logging.getLogger(__name__)


class LiveCounts:
    """Knows the copies and edits their keyboards.

    changed: set when counts were changed here, and other copies may be stale.
    """

    def __init__(
        self, store: Store, reactions: Sequence[Reaction], sender: Sender, trouble: FailureLog
    ) -> None:
        """Note what to work with. trouble: where failures of the store are logged."""
        self._store = store
        self._reactions = reactions
        self._sender = sender
        self._trouble = trouble
        self._network = FailureLog(log)
        self._editing = KeyedLocks()
        self.changed = asyncio.Event()
        self._waiting: dict[MessageRef, asyncio.Task[None]] = {}
        self._late: dict[MessageRef, TrackedMessage] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def sent(
        self, copy: MessageRef, article_id: str, keyboard: InlineKeyboardMarkup, version: int
    ) -> None:
        """Remember a message that was just sent. version: of the counts in its keyboard."""
        await self._remember(TrackedMessage(copy, article_id, keyboard.to_json(), version))

    async def pressed(
        self,
        bot: Bot,
        copy: MessageRef,
        article_id: str,
        shown: InlineKeyboardMarkup | None,
        tally: VoteCounts,
    ) -> None:
        """Have a pressed copy show the counts as soon as its turn comes, and the others later.

        shown: the keyboard that it shows; None when that is not known. tally: the counts by now.
        """
        self.changed.set()
        with self._failures_reported():
            found = await self._store.tracked_with_counts(copy)
            known = found[0] if found else None
            if known is None:
                keyboard = shown or InlineKeyboardMarkup([])
                known = TrackedMessage(
                    copy, article_id, keyboard.to_json(), VERSION_UNKNOWN if not shown else 0
                )
                await self._remember(known)
            if not self._is_true(known, tally):
                if copy in self._waiting:
                    # Pressed again: it goes to the front of the queue, and is edited once.
                    self._waiting[copy].cancel()
                self._waiting[copy] = self._begin(self._refresh_pressed(bot, copy))

    async def replace(
        self,
        bot: Bot,
        copy: MessageRef,
        article_id: str,
        render: Callable[[VoteCounts], OutgoingMessage],
    ) -> None:
        """Make a copy show another text of the same article, with the present counts.

        render: counts -> the message. A copy that is gone is no error.

        Raises:
            TelegramError: the message could not be edited.
            StoreError: the counts could not be read.
        """

        async def edit() -> None:
            async with self._editing.hold(copy):
                tally = await self._store.counts(article_id)
                rendered = render(tally)
                keyboard = (rendered.keyboard or InlineKeyboardMarkup([])).to_json()
                await self._store.track(TrackedMessage(copy, article_id, keyboard, VERSION_UNKNOWN))
                if await self._edited(copy, _text_edit(bot, copy, rendered)):
                    await self._store.update(
                        TrackedMessage(copy, article_id, keyboard, tally.version)
                    )

        await self._sender.call(place(copy), Priority.ANSWER, edit)

    async def stop(self) -> None:
        """Leave the copies that were pressed as they are: they are stale, and found again."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def gone(self, chat_id: int) -> None:
        """Forget a chat's copies: the bot may write there no more."""
        with self._failures_reported():
            await self._store.forget_chat(chat_id)

    async def _remember(self, known: TrackedMessage) -> None:
        """Record a copy, or later when the database fails: nobody else knows of it."""
        try:
            await self._store.track(known)
        except StoreError as error:
            self._trouble.failed(str(error))
            self._late[known.ref] = known
            if len(self._late) > MOST_LATE:
                del self._late[next(iter(self._late))]

    async def record_late(self) -> None:
        """Record the copies that could not be recorded before; raises StoreError."""
        for copy, known in list(self._late.items()):
            if await self._store.tracked_with_counts(copy) is None:
                await self._store.track(known)
            del self._late[copy]

    def _begin(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _refresh_pressed(self, bot: Bot, copy: MessageRef) -> None:
        task = asyncio.current_task()

        async def edit() -> None:
            # Whoever presses from now on needs another edit.
            if self._waiting.get(copy) is task:
                del self._waiting[copy]
            await self.edit(bot, copy, seen=time.time())

        try:
            with self._failures_reported():
                await self._sender.call(place(copy), Priority.PRESSED, edit)
        finally:
            if self._waiting.get(copy) is task:
                del self._waiting[copy]

    async def edit(self, bot: Bot | None, copy: MessageRef, seen: float = 0.0) -> bool:
        """Edit a copy that does not show the truth; tell whether it does, or is gone.

        bot: None to edit nothing, and only note that a copy shows the truth. seen: when a reader
        was last known to look at it, if that is known now.

        Raises:
            TelegramError: it could not be edited.
            StoreError: the database failed.
        """
        # One edit of a copy at a time, each with counts read when its turn comes: of two edits
        # under way at once, the older counts could arrive last.
        async with self._editing.hold(copy):
            found = await self._store.tracked_with_counts(copy)
            if found is None:
                return True
            known, tally = found
            keyboard = self._keyboard(known, tally)
            if not self._is_true(known, tally):
                if bot is None:
                    return False
                # Noted before: if this process dies in between, or the answer is lost, nobody
                # knows what the copy shows, and it must be edited whatever the counts are then.
                await self._store.update(replace(known, version=VERSION_UNKNOWN))
                edit = bot.edit_message_reply_markup(**_of(copy), reply_markup=keyboard)
                try:
                    if not await self._edited(copy, edit):
                        return True
                except RetryAfter:
                    await self._store.update(known)
                    raise
            # Amended and not recorded: the reader may have had the chat forgotten meanwhile.
            seen = max(seen, known.last_seen)
            await self._store.update(
                replace(known, keyboard=keyboard.to_json(), version=tally.version, last_seen=seen)
            )
            return True

    def _keyboard(self, known: TrackedMessage, tally: VoteCounts) -> InlineKeyboardMarkup:
        return with_counts(_shown(known), known.article_id, self._reactions, tally.votes)

    def _is_true(self, known: TrackedMessage, tally: VoteCounts) -> bool:
        return known.version != VERSION_UNKNOWN and self._keyboard(known, tally) == _shown(known)

    async def _edited(self, copy: MessageRef, edit: Coroutine[Any, Any, object]) -> bool:
        """Make an edit; False when there is nothing left to edit, which is forgotten then."""
        try:
            await edit
        except (BadRequest, Forbidden, ChatMigrated) as error:
            text = error.message.lower()
            if "message is not modified" in text:
                return True
            if not isinstance(error, BadRequest) or "chat not found" in text:
                # Messages of a group that became a supergroup have other numbers there.
                await self._forget_place(copy)
            elif any(part in text for part in GONE):
                await self._store.forget_message(copy)
            else:
                log.warning("A message is left as it is until counts change: %s", error.message)
                return True
            return False
        self._network.recovered("Messages can be edited again.")
        return True

    async def _forget_place(self, copy: MessageRef) -> None:
        if copy.chat_id is not None:
            await self._store.forget_chat(copy.chat_id)
        else:
            await self._store.forget_message(copy)

    def report(self, error: StoreError | TelegramError) -> None:
        """Log a failure: what is stale stays so, and is found again."""
        if isinstance(error, StoreError):
            self._trouble.failed(str(error))
        else:
            self._network.failed(f"Counts are not refreshed for now: {error.message}")

    @contextlib.contextmanager
    def _failures_reported(self) -> Iterator[None]:
        try:
            yield
        except (StoreError, TelegramError) as error:
            self.report(error)


def place(copy: MessageRef) -> ChatKey:
    """Return what a copy's edits are counted under: its chat, or else the message itself."""
    return copy.chat_id if copy.chat_id is not None else copy.inline_message_id or ""


def _of(copy: MessageRef) -> dict[str, Any]:
    return {
        "chat_id": copy.chat_id,
        "message_id": copy.message_id,
        "inline_message_id": copy.inline_message_id,
    }


def _text_edit(
    bot: Bot, copy: MessageRef, rendered: OutgoingMessage
) -> Coroutine[Any, Any, object]:
    return bot.edit_message_text(**_of(copy), **sending(rendered))


def _shown(known: TrackedMessage) -> InlineKeyboardMarkup | None:
    keyboard = json.loads(known.keyboard)
    # A keyboard without buttons has no rows in its JSON either.
    return InlineKeyboardMarkup.de_json(keyboard, None) if keyboard else None
