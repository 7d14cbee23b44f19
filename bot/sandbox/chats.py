"""Readers, the chats they share with the bot, and the private ones among these.

A message is a dict as in the Bot API. It is never changed in place: an edit puts a new one into
its chat, so whoever holds one (an update, an event) holds it as it was.
"""

import asyncio
import secrets
import time
from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

Message = dict[str, Any]

# Message ids count on from the clock: a bot that stores them meets new ones after a restart.
_FIRST_MESSAGE_EPOCH = 1_767_225_600
# What a bot is in a chat that it cannot write to.
_OUTSIDE = frozenset({"left", "kicked"})


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


class Chat(ABC):
    """What all chats have.

    bot_status: what the bot is in it, as a ChatMember's status. authors: the readers who wrote
    the messages, by message id; a message itself may hide who wrote it.
    """

    def __init__(self, chat_id: int, readers: Iterable[Reader], bot_status: str) -> None:
        self.id = chat_id
        self.readers = {reader.id: reader for reader in readers}
        self.bot_status = bot_status
        self.instance = str(secrets.randbits(62))
        self.messages: dict[int, Message] = {}
        self.authors: dict[int, int] = {}
        self.waiters: set[asyncio.Future[None]] = set()
        self._first = max(1, int(time.time()) - _FIRST_MESSAGE_EPOCH)
        self._next = self._first

    @property
    def closed(self) -> bool:
        """Whether the bot was blocked or removed, or never was in it."""
        return self.bot_status in _OUTSIDE

    @property
    @abstractmethod
    def closed_words(self) -> str:
        """What the bot is told when it is closed."""

    @abstractmethod
    def head(self) -> dict[str, Any]:
        """The chat as Telegram's Chat."""

    @abstractmethod
    def shown(self) -> dict[str, Any]:
        """The chat with all its messages, for the page."""

    @abstractmethod
    def lets_through(self, message: Message, bot: dict[str, Any], *, privacy: bool) -> bool:
        """Whether `bot` (a User) hears of this message of a reader. privacy: its switch."""

    @abstractmethod
    def rules(self, reader: int) -> bool:
        """Whether this reader may take away what others wrote."""

    def new_id(self) -> int:
        """The next message's id."""
        self._next += 1
        return self._next - 1

    def after(self, message_id: int) -> list[Message]:
        """The messages with higher ids, in order; costs as much as there are of these."""
        ids = range(max(message_id + 1, self._first), self._next)
        return [self.messages[number] for number in ids if number in self.messages]


class PrivateChat(Chat):
    """One reader with the bot; its id is the reader's, as in Telegram."""

    closed_words = "Forbidden: bot was blocked by the user"

    def __init__(self, reader: Reader) -> None:
        super().__init__(reader.id, [reader], "member")

    @property
    def reader(self) -> Reader:
        """Whose chat it is."""
        return self.readers[self.id]

    def head(self) -> dict[str, Any]:
        """The chat as Telegram's Chat."""
        return {"id": self.id, "first_name": self.reader.first_name, "type": "private"}

    def shown(self) -> dict[str, Any]:
        """The chat with all its messages, for the page; with bot_status when the bot is blocked."""
        usual = {
            "id": self.id,
            "type": "private",
            "reader": self.reader.id,
            "messages": list(self.messages.values()),
        }
        return {**usual, "bot_status": self.bot_status} if self.closed else usual

    def lets_through(
        self,
        message: Message,  # noqa: ARG002
        bot: dict[str, Any],  # noqa: ARG002
        *,
        privacy: bool,  # noqa: ARG002
    ) -> bool:
        """Everything."""
        return True

    def rules(self, reader: int) -> bool:  # noqa: ARG002
        """Either side may take away anything, for both."""
        return True
