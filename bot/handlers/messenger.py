"""Sends, replies and edits. Every message that shows counts is tracked from then on."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Iterator

from telegram import Bot, MaybeInaccessibleMessage, Message, ReplyParameters
from telegram.constants import ChatAction, ChatType
from telegram.error import BadRequest, ChatMigrated, Forbidden, TelegramError

from bot.delivery.calls import send_message
from bot.delivery.handled_updates import answered
from bot.delivery.live_counts import LiveCounts
from bot.delivery.rate_limiter import Priority
from bot.delivery.sender import ANSWER_DEADLINE, Sender
from bot.delivery.telegram_errors import NoAnswerError
from bot.handlers.mentions import AddressedQuestion
from bot.logs import FailureLog
from bot.store.base import MessageRef
from bot.views.inline_results import single_result
from bot.views.outgoing import OutgoingMessage, with_question

TYPING_AFTER = 0.5
"""Seconds without an answer after which the chat shows "typing"."""
TYPING_INTERVAL = 4.0
"""Seconds between repetitions; apps show "typing" for five seconds."""

log = logging.getLogger(__name__)


class Messenger:
    """Sends the bot's messages within the rate limits."""

    def __init__(self, bot: Bot, sender: Sender, live_counts: LiveCounts) -> None:
        self._bot = bot
        self._sender = sender
        self._live_counts = live_counts
        self._failures = FailureLog(log)

    async def send(self, beside: MaybeInaccessibleMessage, message: OutgoingMessage) -> None:
        """Send a message to the chat and topic of another message; a failure is logged.

        Args:
            beside: A message in that chat.
            message: What to send.
        """
        reply_to = None
        if isinstance(beside, Message) and beside.message_thread_id and _topic(beside) is None:
            # In the comments on a channel post, which show replies only.
            reply_to = ReplyParameters(beside.message_id, allow_sending_without_reply=True)
        with self._refusal_logged():
            await self._send(beside.chat.id, message, reply_to, _topic(beside))

    async def reply(self, question: AddressedQuestion, message: OutgoingMessage) -> None:
        """Send a message as a reply that quotes the question; a failure is logged.

        If the question can no longer be quoted, it is shown above its answer instead.
        """
        asked, topic = question.message, _topic(question.message)
        with self._refusal_logged():
            try:
                await self._send(asked.chat.id, message, question.reply_parameters(), topic)
            except BadRequest as error:
                # It was edited or deleted in the meantime, or cannot be quoted.
                log.debug("A question could not be quoted: %s", error.message)
                root = asked.message_thread_id if topic is None else None
                reply_to = ReplyParameters(root, allow_sending_without_reply=True) if root else None
                with_it = with_question(message, question.text)
                await self._send(asked.chat.id, with_it, reply_to, topic)

    async def send_or_reply(self, to: Message, message: OutgoingMessage) -> None:
        """Send a message to a private chat, or elsewhere as a reply; a failure is logged."""
        if to.chat.type == ChatType.PRIVATE:
            await self.send(to, message)
        else:
            await self.reply(AddressedQuestion("", to), message)

    async def send_to_chat(self, chat_id: int, message: OutgoingMessage) -> None:
        """Send a message to a chat, not as a reply; a failure is logged."""
        with self._refusal_logged():
            await self._send(chat_id, message)

    async def edit(self, old: Message, new: OutgoingMessage) -> None:
        """Replace a message that shows no counts with another one; a failure is logged."""
        try:
            await self._sender.call(
                old.chat.id, Priority.ANSWER, lambda: old.edit_text(**new.arguments)
            )
        except TelegramError as error:
            log.info("A message could not be edited: %s", error.message)

    async def answer_guest(self, guest_query_id: str, message: OutgoingMessage) -> None:
        """Answer in a chat that the bot is not a member of; a failure is logged.

        Args:
            guest_query_id: Telegram's id of the question.
            message: The answer.
        """
        result = single_result(message)
        try:
            sent = await self._sender.call(
                guest_query_id,
                Priority.ANSWER,
                lambda: self._bot.answer_guest_query(guest_query_id, result),
            )
        except TelegramError as error:
            log.warning("A guest's question could not be answered: %s", error.message)
            return
        await self._track(MessageRef(inline_message_id=sent.inline_message_id), message)

    async def _send(
        self,
        chat_id: int,
        message: OutgoingMessage,
        reply: ReplyParameters | None = None,
        topic: int | None = None,
    ) -> None:
        async def send() -> MessageRef:
            try:
                return await send_message(self._bot, chat_id, message, reply, topic)
            except ChatMigrated as error:
                return await send_message(self._bot, error.new_chat_id, message)
            except NoAnswerError as error:
                if error.may_be_done:
                    self._live_counts.expect_copies(chat_id)
                raise

        try:
            sent = await self._sender.call(chat_id, Priority.ANSWER, send, deadline=ANSWER_DEADLINE)
        except Forbidden as error:
            self._log_refusal(error)
            await self._live_counts.forget_chat(chat_id)
        else:
            if message.article_id is not None:
                answered()
            await self._track(sent, message)

    async def _track(self, ref: MessageRef, message: OutgoingMessage) -> None:
        if message.article_id is not None and message.keyboard_json is not None:
            await self._live_counts.track(
                ref, message.article_id, message.keyboard_json, message.counts_version
            )

    @contextlib.contextmanager
    def _refusal_logged(self) -> Iterator[None]:
        try:
            yield
        except TelegramError as error:
            self._log_refusal(error)

    def _log_refusal(self, error: TelegramError) -> None:
        self._failures.failed(f"A message could not be sent: {error.message}")


def _topic(message: MaybeInaccessibleMessage) -> int | None:
    if not isinstance(message, Message) or not message.is_topic_message:
        return None
    return message.message_thread_id


@contextlib.asynccontextmanager
async def typing_if_slow(message: Message) -> AsyncIterator[None]:
    """Show "typing" in the chat of a message if an answer takes long."""

    async def show() -> None:
        await asyncio.sleep(TYPING_AFTER)
        with contextlib.suppress(TelegramError):
            while True:
                await message.reply_chat_action(ChatAction.TYPING)
                await asyncio.sleep(TYPING_INTERVAL)

    task = asyncio.create_task(show())
    try:
        yield
    finally:
        task.cancel()
