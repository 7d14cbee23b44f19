"""Readers, and the chats they share with the bot: private ones and groups.

A message is a dict as in the Bot API. It is never changed in place: an edit puts a new one into
its chat, so whoever holds one (an update, an event) holds it as it was.
"""

import asyncio
import re
import secrets
import time
from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

Message = dict[str, Any]

# Message ids count on from the clock: a bot that stores them meets new ones after a restart.
_FIRST_MESSAGE_EPOCH = 1_767_225_600
_ADDRESSED_COMMAND = re.compile(r"/\w+@(\w+)", re.ASCII)


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
    """What all chats have. `closed`: the bot was blocked or removed, `closed_words` tells it so."""

    closed_words: str

    def __init__(self, chat_id: int, readers: Iterable[Reader]) -> None:
        self.id = chat_id
        self.readers = {reader.id: reader for reader in readers}
        self.closed = False
        self.instance = str(secrets.randbits(62))
        self.messages: dict[int, Message] = {}
        self.waiters: set[asyncio.Future[None]] = set()
        self._first = max(1, int(time.time()) - _FIRST_MESSAGE_EPOCH)
        self._next = self._first

    @abstractmethod
    def head(self) -> dict[str, Any]:
        """The chat as Telegram's Chat."""

    @abstractmethod
    def shown(self) -> dict[str, Any]:
        """The chat with all its messages, for the page."""

    @abstractmethod
    def lets_through(self, message: Message, bot: dict[str, Any], *, privacy: bool) -> bool:
        """Whether `bot` (a User) hears of this message of a reader. privacy: its switch."""

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
        super().__init__(reader.id, [reader])
        self.reader = reader

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

    def lets_through(
        self,
        message: Message,  # noqa: ARG002
        bot: dict[str, Any],  # noqa: ARG002
        *,
        privacy: bool,  # noqa: ARG002
    ) -> bool:
        """Everything."""
        return True


class Group(Chat):
    """Several readers with the bot, which is no administrator."""

    closed_words = "Forbidden: bot was kicked from the supergroup chat"

    def __init__(self, chat_id: int, title: str, readers: Iterable[Reader]) -> None:
        super().__init__(chat_id, readers)
        self.title = title

    def head(self) -> dict[str, Any]:
        """The chat as Telegram's Chat."""
        return {"id": self.id, "title": self.title, "type": "supergroup"}

    def shown(self) -> dict[str, Any]:
        """The group with all its messages, for the page."""
        return {
            "id": self.id,
            "type": "supergroup",
            "title": self.title,
            "readers": list(self.readers),
            "messages": list(self.messages.values()),
        }

    def lets_through(self, message: Message, bot: dict[str, Any], *, privacy: bool) -> bool:
        """What privacy mode lets through: commands, replies, mentions, messages via the bot."""
        if self.closed or not privacy:
            return not self.closed
        text = message.get("text", "")
        replied = message.get("reply_to_message", {})
        return (
            _is_command_for(text, bot["username"])
            or replied.get("from", {}).get("id") == bot["id"]
            or message.get("via_bot", {}).get("id") == bot["id"]
            or _mentions(text, message.get("entities", ()), bot["username"])
            or _mentions(
                message.get("caption", ""), message.get("caption_entities", ()), bot["username"]
            )
        )


def _is_command_for(text: str, username: str) -> bool:
    """Whether the text begins with a slash and is not meant for another bot."""
    addressed = _ADDRESSED_COMMAND.match(text)
    if addressed:
        return addressed[1].lower() == username.lower()
    return text.startswith("/")


def _mentions(text: str, entities: Iterable[dict[str, Any]], username: str) -> bool:
    units = text.encode("utf-16-le")
    for entity in entities:
        if entity["type"] == "mention":
            start, end = entity["offset"], entity["offset"] + entity["length"]
            if units[2 * start : 2 * end].decode("utf-16-le").lower() == f"@{username.lower()}":
                return True
    return False
