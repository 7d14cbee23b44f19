"""The sandbox's state: readers, chats, messages, callback queries; all of it in memory.

A message is a dict as in the Bot API. It is never changed in place: an edit puts a new one into
its chat, so whoever holds one (an update, an event) holds it as it was.
"""

import asyncio
import secrets
import time
from collections import deque
from dataclasses import dataclass, field
from itertools import count, islice
from typing import Any

from bot.sandbox.errors import bad_request
from bot.sandbox.listeners import Broadcast
from bot.sandbox.profile import Profile
from bot.sandbox.updates import UpdateQueue

Message = dict[str, Any]

MAX_CALLS = 2000
# Queries older than the last so many are "too old", as Telegram says of old ones.
MAX_QUERIES = 20_000
# Message ids count on from the clock: a bot that stores them meets new ones after a restart.
_FIRST_MESSAGE_EPOCH = 1_767_225_600


@dataclass(frozen=True)
class Reader:
    """A person. language_code: as the person's app tells it; None when it tells none."""

    id: int
    first_name: str
    language_code: str | None

    def shown(self) -> dict[str, Any]:
        """The reader for the page."""
        return {
            "id": self.id,
            "first_name": self.first_name,
            "language_code": self.language_code,
        }

    def user(self) -> dict[str, Any]:
        """The reader as Telegram's User."""
        user = {"id": self.id, "is_bot": False, "first_name": self.first_name}
        return {**user, "language_code": self.language_code} if self.language_code else user


class Chat:
    """A private chat of one reader with the bot. `blocked`: the reader has blocked the bot."""

    def __init__(self, chat_id: int, reader: Reader) -> None:
        self.id = chat_id
        self.reader = reader
        self.blocked = False
        self.instance = str(secrets.randbits(62))
        self.messages: dict[int, Message] = {}
        self.waiters: set[asyncio.Future[None]] = set()
        self._first = max(1, int(time.time()) - _FIRST_MESSAGE_EPOCH)
        self._next = self._first

    def head(self) -> dict[str, Any]:
        """The chat as Telegram's Chat."""
        return {"id": self.id, "first_name": self.reader.first_name, "type": "private"}

    def shown(self) -> dict[str, Any]:
        """The chat with all its messages, for the page."""
        return {
            "id": self.id,
            "type": "private",
            "reader": self.reader.id,
            "messages": list(self.messages.values()),
        }

    def new_id(self) -> int:
        """The next message's id."""
        self._next += 1
        return self._next - 1

    def after(self, message_id: int) -> list[Message]:
        """The messages with higher ids, in order; costs as much as there are of these."""
        ids = range(max(message_id + 1, self._first), self._next)
        return [self.messages[number] for number in ids if number in self.messages]


@dataclass
class Query:
    """A callback query. answer: text and show_alert once the bot answered, None before."""

    reader: int
    answer: dict[str, Any] | None = None
    waiters: set["asyncio.Future[None]"] = field(default_factory=set)


def wake(waiters: set["asyncio.Future[None]"]) -> None:
    """Let everyone in `waiters` go on."""
    for waiter in waiters:
        if not waiter.done():
            waiter.set_result(None)
    waiters.clear()


class CallLog:
    """The last 2,000 Bot API calls, each numbered: n counts up from 1 without gaps."""

    def __init__(self) -> None:
        self._calls: deque[dict[str, Any]] = deque(maxlen=MAX_CALLS)
        self._numbers = count(1)

    def add(self, call: dict[str, Any]) -> None:
        """Log a call; its number is put in front."""
        self._calls.append({"n": next(self._numbers), **call})

    def after(self, number: int) -> list[dict[str, Any]]:
        """The calls with numbers above `number`."""
        if not self._calls:
            return []
        return list(islice(self._calls, max(0, number + 1 - self._calls[0]["n"]), None))


class World:
    """Everything there is. Changes go through here, so that every page hears of them."""

    def __init__(self, bot_id: int) -> None:
        self.profile = Profile(bot_id)
        self.readers: dict[int, Reader] = {}
        self.chats: dict[int, Chat] = {}
        self.updates = UpdateQueue()
        self.events = Broadcast()
        self.calls = CallLog()
        self._queries: dict[str, Query] = {}
        self._query_ids = count(time.time_ns() // 1_000)
        self._reader_ids = count(1001)
        for name in ("Ada", "Ben"):
            self.add_reader(name, "en")

    def state(self) -> dict[str, Any]:
        """All a page needs to begin with."""
        return {
            "bot": self.profile.shown(),
            "readers": [reader.shown() for reader in self.readers.values()],
            "chats": [chat.shown() for chat in self.chats.values()],
        }

    def add_reader(self, first_name: str, language_code: str | None) -> Chat:
        """A new reader's private chat with the bot; its id is the reader's, as in Telegram."""
        reader = Reader(next(self._reader_ids), first_name, language_code)
        chat = Chat(reader.id, reader)
        self.readers[reader.id] = reader
        self.chats[chat.id] = chat
        self.events.send("reader", {"reader": reader.shown(), "chat": chat.shown()})
        return chat

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
            quoted = {**chat.messages[replied]}
            quoted.pop("reply_to_message", None)
            message["reply_to_message"] = quoted
        message.update(content)
        self.put(chat, message)
        if sender["is_bot"]:
            wake(chat.waiters)
        return message

    def put(self, chat: Chat, message: Message) -> None:
        """Put a message, new or edited, in its place."""
        chat.messages[message["message_id"]] = message
        self.events.send("message", {"chat": chat.id, "message": message})

    def delete(self, chat: Chat, message_id: int) -> None:
        """Take a message away; KeyError when it is not there."""
        del chat.messages[message_id]
        self.events.send("deleted", {"chat": chat.id, "message_id": message_id})

    def new_query_id(self) -> str:
        """An id that no callback query had before."""
        return str(next(self._query_ids))

    def open_query(self, query_id: str, reader: int) -> Query:
        """Remember a callback query so that it can be answered; a known one stays as it is."""
        query = self._queries.setdefault(query_id, Query(reader))
        if len(self._queries) > MAX_QUERIES:
            del self._queries[next(iter(self._queries))]
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
            raise bad_request(
                "query is too old and response timeout expired or query ID is invalid"
            )
        query.answer = {"text": text, "show_alert": show_alert}
        self.events.send(
            "toast", {"reader": query.reader, "callback_query_id": query_id, **query.answer}
        )
