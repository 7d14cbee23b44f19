"""Readers, what all chats have in common, and private chats."""

import secrets
import time
from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from bot.sandbox.content import Message
from bot.sandbox.held_requests import Waiters

# Message ids are counted from the clock, so that a bot which stores them meets new ones after a
# restart of the sandbox.
_FIRST_MESSAGE_EPOCH = 1_767_225_600
# The bot's statuses in a chat where it cannot write.
_EXCLUDED = frozenset({"left", "kicked"})


@dataclass(frozen=True)
class Reader:
    """A person. language_code: that of the person's app; None when the app does not tell it."""

    id: int
    first_name: str
    language_code: str | None

    def for_page(self) -> dict[str, Any]:
        """Return the reader as the control interface shows it."""
        return asdict(self)

    def as_user(self) -> dict[str, Any]:
        """Return the reader as Telegram's User."""
        user = {"id": self.id, "is_bot": False, "first_name": self.first_name}
        return {**user, "language_code": self.language_code} if self.language_code else user


class Chat(ABC):
    """A chat of readers, with the bot in it or not.

    Attributes:
        readers: by id.
        bot_status: the status of the bot, as in Telegram's ChatMember.
        messages: by id, in order.
        authors: the reader who wrote a message, by message id; None when no reader did. The
            message itself may not tell.
        waiters: requests that wait for a message of the bot.
    """

    def __init__(self, chat_id: int, readers: Iterable[Reader], bot_status: str) -> None:
        self.id = chat_id
        self.readers = {reader.id: reader for reader in readers}
        self.bot_status = bot_status
        self.instance = str(secrets.randbits(62))
        self.messages: dict[int, Message] = {}
        self.authors: dict[int, int | None] = {}
        self.waiters: Waiters = set()
        self._first = max(1, int(time.time()) - _FIRST_MESSAGE_EPOCH)
        self.next_id = self._first

    @property
    def excludes_bot(self) -> bool:
        """Whether the bot was blocked or removed, or never was a member."""
        return self.bot_status in _EXCLUDED

    @property
    @abstractmethod
    def exclusion_text(self) -> str:
        """The error that the bot gets while it is excluded."""

    @abstractmethod
    def as_chat(self) -> dict[str, Any]:
        """Return the chat as Telegram's Chat."""

    @abstractmethod
    def for_page(self) -> dict[str, Any]:
        """Return the chat as the control interface shows it, with all its messages."""

    @abstractmethod
    def is_delivered_to_bot(self, message: Message, bot: dict[str, Any], *, privacy: bool) -> bool:
        """Whether `bot` (a User) gets a reader's message. privacy: whether privacy mode is on."""

    @abstractmethod
    def is_admin(self, reader: int) -> bool:
        """Whether this reader may delete what others wrote."""

    def new_id(self) -> int:
        """Return the next message's id."""
        self.next_id += 1
        return self.next_id - 1

    def after(self, message_id: int) -> list[Message]:
        """Return the messages with higher ids, in order."""
        ids = range(max(message_id + 1, self._first), self.next_id)
        return [self.messages[number] for number in ids if number in self.messages]


class PrivateChat(Chat):
    """One reader with the bot; its id is the reader's, as in Telegram."""

    exclusion_text = "Forbidden: bot was blocked by the user"

    def __init__(self, reader: Reader) -> None:
        super().__init__(reader.id, [reader], "member")

    @property
    def reader(self) -> Reader:
        """The reader."""
        return self.readers[self.id]

    def as_chat(self) -> dict[str, Any]:
        """Return the chat as Telegram's Chat."""
        return {"id": self.id, "first_name": self.reader.first_name, "type": "private"}

    def for_page(self) -> dict[str, Any]:
        """Return the chat with all its messages, and with bot_status when the bot is blocked."""
        chat = {
            "id": self.id,
            "type": "private",
            "reader": self.reader.id,
            "messages": list(self.messages.values()),
        }
        return {**chat, "bot_status": self.bot_status} if self.excludes_bot else chat

    def is_delivered_to_bot(self, *_message: Any, **_privacy: Any) -> bool:
        """Return True: the bot gets everything."""
        return True

    def is_admin(self, _reader: int) -> bool:
        """Return True: both sides may delete anything, for both."""
        return True
