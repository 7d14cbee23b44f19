"""The sandbox's state: readers, chats, messages, callback queries; all of it in memory."""

import secrets
import time
from asyncio import Future
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from bot.sandbox.calls import CallLog
from bot.sandbox.chats import Chat, Group, Message, PrivateChat, Reader
from bot.sandbox.errors import TOO_OLD, bad_request
from bot.sandbox.faults import Faults
from bot.sandbox.inline import InlineQueries
from bot.sandbox.limits import Limits
from bot.sandbox.listeners import Broadcast
from bot.sandbox.profile import Profile
from bot.sandbox.updates import UpdateQueue

# Queries older than the last so many are "too old", as Telegram says of old ones.
MAX_QUERIES = 20_000


@dataclass
class Query:
    """A callback query. answer: text and show_alert once the bot answered, None before."""

    reader: int
    answer: dict[str, Any] | None = None
    waiters: set["Future[None]"] = field(default_factory=set)


def wake(waiters: set["Future[None]"]) -> None:
    """Let everyone in `waiters` go on."""
    for waiter in waiters:
        if not waiter.done():
            waiter.set_result(None)
    waiters.clear()


def as_the_bot_sees(message: Message) -> Message:
    """The message without the id that only who sent it inline learns."""
    return {name: value for name, value in message.items() if name != "inline_message_id"}


class World:
    """Everything there is. Changes go through here, so that every page hears of them."""

    def __init__(self, bot_id: int) -> None:
        self.profile = Profile(bot_id)
        self.readers: dict[int, Reader] = {}
        self.chats: dict[int, Chat] = {}
        self.events = Broadcast()
        self.calls = CallLog()
        self.limits = Limits(self._send_trouble)
        self.faults = Faults(self._send_trouble)
        self.updates = UpdateQueue(self.faults)
        self.inline_queries = InlineQueries()
        self._inline: dict[str, tuple[Chat, int]] = {}
        self._queries: OrderedDict[str, Query] = OrderedDict()
        self._query_ids = count(time.time_ns() // 1_000)
        self._reader_ids = count(1001)
        self._group_ids = count(-1_001_000_000_001, -1)
        for name in ("Ada", "Ben"):
            self.add_reader(name, "en")

    def state(self) -> dict[str, Any]:
        """All a page needs to begin with."""
        return {
            "bot": self.profile.shown(),
            "readers": [reader.shown() for reader in self.readers.values()],
            "chats": [chat.shown() for chat in self.chats.values()],
            **self._trouble(),
        }

    def _trouble(self) -> dict[str, Any]:
        return {"faults": self.faults.shown(), "limits": self.limits.shown()}

    def _send_trouble(self) -> None:
        self.events.send("faults", self._trouble())

    def add_reader(self, first_name: str, language_code: str | None) -> PrivateChat:
        """A new reader's private chat with the bot."""
        reader = Reader(next(self._reader_ids), first_name, language_code)
        chat = PrivateChat(reader)
        self.readers[reader.id] = reader
        self.chats[chat.id] = chat
        self.events.send("reader", {"reader": reader.shown(), "chat": chat.shown()})
        return chat

    def add_group(self, title: str, readers: Iterable[Reader]) -> Group:
        """A new group of these readers and the bot."""
        group = Group(next(self._group_ids), title, readers)
        self.chats[group.id] = group
        self.events.send("chat", {"chat": group.shown()})
        return group

    def add_message(
        self, chat: Chat, sender: dict[str, Any], content: dict[str, Any], replied: int | None
    ) -> Message:
        """Put a message into `chat`. replied: the id of the message it answers, or None."""
        message: Message = {
            "message_id": chat.new_id(),
            "from": sender,
            "chat": chat.head(),
            "date": int(time.time()),
        }
        if replied is not None:
            # Telegram shows one step only: what was replied to does not show its own.
            quoted = as_the_bot_sees(chat.messages[replied])
            quoted.pop("reply_to_message", None)
            message["reply_to_message"] = quoted
        message.update(content)
        self.put(chat, message)
        if sender["is_bot"]:
            wake(chat.waiters)
        return message

    def add_inline(self, chat: Chat, sender: dict[str, Any], content: dict[str, Any]) -> Message:
        """Put a message into `chat` that `sender` chose from what the bot offered inline."""
        inline_id = secrets.token_urlsafe(18)
        inline = {"via_bot": self.profile.user, "inline_message_id": inline_id}
        message = self.add_message(chat, sender, {**inline, **content}, None)
        self._inline[inline_id] = chat, message["message_id"]
        return message

    def inline(self, inline_id: str) -> tuple[Chat, Message] | None:
        """The inline message with this id and its chat; None when there is none."""
        chat, message_id = self._inline.get(inline_id, (None, 0))
        if chat is None or message_id not in chat.messages:
            return None
        return chat, chat.messages[message_id]

    def put(self, chat: Chat, message: Message) -> None:
        """Put a message, new or edited, in its place."""
        chat.messages[message["message_id"]] = message
        self.events.send("message", {"chat": chat.id, "message": message})

    def tell(self, kind: str, chat: Chat, message: Message) -> int | None:
        """Queue an update of `kind` about a reader's message; its id, None when there is none."""
        privacy = self.profile.switches["privacy"]
        if not chat.lets_through(message, self.profile.user, privacy=privacy):
            return None
        return self.updates.push(kind, as_the_bot_sees(message))

    def delete(self, chat: Chat, message_id: int) -> None:
        """Take a message away; KeyError when it is not there."""
        del chat.messages[message_id]
        self.events.send("deleted", {"chat": chat.id, "message_id": message_id})

    def new_query_id(self) -> str:
        """An id that no query of any kind had before."""
        return str(next(self._query_ids))

    def open_query(self, query_id: str, reader: int) -> Query:
        """Remember a callback query so that it can be answered; a known one stays as it is."""
        query = self._queries.setdefault(query_id, Query(reader))
        if len(self._queries) > MAX_QUERIES:
            self._queries.popitem(last=False)
        return query

    def query(self, query_id: str) -> Query | None:
        """The callback query with this id; None when there is none, or not any more."""
        return self._queries.get(query_id)

    def answer_query(self, query_id: str, text: str | None, show_alert: bool) -> None:
        """Answer once; ApiError for an unknown id and for the second time.

        Whoever waits for the bot's reaction to the query goes on either way.
        """
        query = self._queries.get(query_id)
        if query:
            wake(query.waiters)
        if not query or query.answer:
            raise bad_request(TOO_OLD)
        query.answer = {"text": text, "show_alert": show_alert}
        self.events.send(
            "toast", {"reader": query.reader, "callback_query_id": query_id, **query.answer}
        )
