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
# The bot's statuses in a chat where it cannot write, and how errors say them.
_EXCLUSIONS = {"kicked": "was kicked from", "left": "is not a member of"}


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
        kind: its type, as in Telegram's Chat.
        readers: by id.
        bot_status: the status of the bot, as in Telegram's ChatMember.
        messages: by id, in order.
        creator: the first of the readers; in a channel the owner.
        admins: ids of the readers who may delete what others wrote.
        authors: the reader who wrote a message, by message id; None when no reader did. The
            message itself may not tell.
        waiters: requests that wait for a message of the bot.
    """

    kind: str

    def __init__(self, chat_id: int, readers: Iterable[Reader], bot_status: str) -> None:
        self.id = chat_id
        self.readers = {reader.id: reader for reader in readers}
        self.creator = next(iter(self.readers))
        self.admins = {self.creator}
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
        return self.bot_status in _EXCLUSIONS

    @property
    def exclusion_text(self) -> str:
        """The error that the bot gets while it is excluded."""
        return f"Forbidden: bot {_EXCLUSIONS[self.bot_status]} the {self.kind} chat"

    @abstractmethod
    def as_chat(self) -> dict[str, Any]:
        """Return the chat as Telegram's Chat."""

    @abstractmethod
    def for_page(self) -> dict[str, Any]:
        """Return the chat as the control interface shows it, with all its messages."""

    def _with_messages(self, **fields: Any) -> dict[str, Any]:
        """Add all messages to what the control interface shows, and why the bot is not here."""
        page = {**fields, "messages": list(self.messages.values())}
        return {**page, "bot_status": self.bot_status} if self.excludes_bot else page

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

    kind = "private"
    exclusion_text = "Forbidden: bot was blocked by the user"

    def __init__(self, reader: Reader) -> None:
        super().__init__(reader.id, [reader], "member")

    def as_chat(self) -> dict[str, Any]:
        """Return the chat as Telegram's Chat."""
        name = self.readers[self.id].first_name
        return {"id": self.id, "first_name": name, "type": self.kind}

    def for_page(self) -> dict[str, Any]:
        """Return the chat with all its messages, and with bot_status when the bot is blocked."""
        return self._with_messages(id=self.id, type=self.kind, reader=self.id)
