"""Callback queries and guest queries, which the bot answers once."""

import time
from collections import OrderedDict
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from bot.sandbox.api_errors import QUERY_TOO_OLD, bad_request
from bot.sandbox.content import Message
from bot.sandbox.held_requests import Waiters, wake
from bot.sandbox.state.chats import Chat
from bot.sandbox.state.shared_chats import SERVICE_FIELDS, Group, mentions

MAX_QUERIES = 20_000
"""So many queries of each kind are kept; older ones are "too old", as on Telegram."""


def store_recent(entries: OrderedDict[Any, Any], key: object, value: object, most: int) -> None:
    """Store an entry as the newest, and drop the oldest when there are more than `most`."""
    entries[key] = value
    entries.move_to_end(key)
    if len(entries) > most:
        entries.popitem(last=False)


@dataclass
class CallbackQuery:
    """A reader's tap. answer: text and show_alert; None until the bot answered."""

    reader: int
    answer: dict[str, Any] | None = None
    waiters: Waiters = field(default_factory=set)


class CallbackQueries:
    """The last callback queries, by_id."""

    def __init__(self) -> None:
        self.by_id: OrderedDict[str, CallbackQuery] = OrderedDict()
        self._ids = count(time.time_ns() // 1_000)

    def new_id(self) -> str:
        """Return an id that no query of any kind has had."""
        return str(next(self._ids))

    def open(self, query_id: str, reader: int) -> CallbackQuery:
        """Store a query so that it can be answered; a known one is returned as it is."""
        query = self.by_id.get(query_id)
        if query is None:
            query = CallbackQuery(reader)
            store_recent(self.by_id, query_id, query, MAX_QUERIES)
        return query

    def answer(self, query_id: str, text: str | None, show_alert: bool) -> CallbackQuery:
        """Answer a query once; ApiError for an unknown id and for a second answer.

        Requests that wait for an answer to the query go on in both cases.
        """
        query = self.by_id.get(query_id)
        if query:
            wake(query.waiters)
        if not query or query.answer:
            raise bad_request(QUERY_TOO_OLD)
        query.answer = {"text": text, "show_alert": show_alert}
        return query


@dataclass(frozen=True)
class GuestQuery:
    """A message that asks the bot in a group where it is no member."""

    chat: Chat
    asked: Message

    def caller(self) -> dict[str, Any]:
        """Return the answer's field that tells who asked."""
        if "sender_chat" in self.asked:
            return {"guest_bot_caller_chat": self.asked["sender_chat"]}
        return {"guest_bot_caller_user": self.asked["from"]}


class GuestQueries:
    """The guest queries without an answer, and the answers that the bot sent."""

    def __init__(self) -> None:
        self._queries: OrderedDict[str, GuestQuery] = OrderedDict()
        self._sent: set[tuple[int, int]] = set()

    def asks_guest(self, chat: Chat, message: Message, bot: dict[str, Any]) -> bool:
        """Whether a reader's new message asks `bot` (a User) as a guest.

        That is one which mentions the bot, or replies to what it said there as a guest.
        """
        if not isinstance(chat, Group) or not chat.excludes_bot or chat.migrated_to is not None:
            return False
        if chat.authors[message["message_id"]] is None or SERVICE_FIELDS & message.keys():
            return False
        replied = message.get("reply_to_message", {}).get("message_id", 0)
        return (chat.id, replied) in self._sent or mentions(message, bot)

    def open(self, query_id: str, chat: Chat, asked: Message) -> None:
        """Store a query so that it can be answered."""
        store_recent(self._queries, query_id, GuestQuery(chat, asked), MAX_QUERIES)

    def take(self, query_id: str) -> GuestQuery:
        """Return a query and remove it; ApiError when there is none with this id."""
        query = self._queries.pop(query_id, None)
        if query is None:
            raise bad_request(QUERY_TOO_OLD)
        return query

    def add_sent(self, chat: Chat, message: Message) -> None:
        """Note a message that the bot sent as a guest."""
        self._sent.add((chat.id, message["message_id"]))
