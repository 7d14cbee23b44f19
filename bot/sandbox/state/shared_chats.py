"""Groups and channels, and which of their messages the bot gets."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from bot.sandbox.content import Message
from bot.sandbox.content.formatted_text import Entity
from bot.sandbox.state.chats import Chat, Reader

SERVICE_FIELDS = frozenset(
    {
        *("new_chat_members", "migrate_to_chat_id", "migrate_from_chat_id"),
        *("forum_topic_created", "forum_topic_closed"),
    }
)
"""Fields of service messages, which all bots in a chat get."""
_EXCLUSION_TEXTS = {
    "kicked": "Forbidden: bot was kicked from the {} chat",
    "left": "Forbidden: bot is not a member of the {} chat",
}
_ADDRESSED_COMMAND = re.compile(r"/\w+@(\w+)", re.ASCII)


def mentions(message: Message, bot: dict[str, Any]) -> bool:
    """Whether a message's text, or its photo's caption, mentions the @username of `bot`."""
    return _mentioned(message.get("text", ""), message.get("entities", ()), bot) or _mentioned(
        message.get("caption", ""), message.get("caption_entities", ()), bot
    )


def _mentioned(text: str, entities: Iterable[Entity], bot: dict[str, Any]) -> bool:
    units = text.encode("utf-16-le")
    for entity in entities:
        if entity["type"] == "mention":
            start, end = entity["offset"], entity["offset"] + entity["length"]
            named = units[2 * start : 2 * end].decode("utf-16-le")
            if named.lower() == f"@{bot['username'].lower()}":
                return True
    return False


def _concerns(message: Message, bot: dict[str, Any]) -> bool:
    """Whether a bot in privacy mode gets a message: a command, reply or mention, or its own."""
    text, replied = message.get("text", ""), message.get("reply_to_message", {})
    addressed = _ADDRESSED_COMMAND.match(text)
    if addressed and addressed[1].lower() == bot["username"].lower():
        return True
    return (
        (text.startswith("/") and not addressed)
        or replied.get("from", {}).get("id") == bot["id"]
        or message.get("via_bot", {}).get("id") == bot["id"]
        or mentions(message, bot)
    )


@dataclass
class Topic:
    """A forum's topic. closed: whether only administrators may write there."""

    name: str
    closed: bool = False


class Group(Chat):
    """A group of several readers; the bot is no administrator of it.

    Attributes:
        kind: "supergroup", or "group" for a basic one.
        creator: the first of the readers, who is one of the admins.
        topics: by message_thread_id; empty unless it is a forum.
        threads: ids of the messages that started a thread.
        migrated_to: the id of the supergroup that it became; None when it became none.
        channel: the channel whose posts are discussed here; None when there is none.
    """

    def __init__(
        self,
        chat_id: int,
        title: str,
        readers: Iterable[Reader],
        *,
        kind: str = "supergroup",
        forum: bool = False,
        admins: Iterable[int] = (),
        bot_status: str = "member",
    ) -> None:
        super().__init__(chat_id, readers, bot_status)
        self.title = title
        self.kind = kind
        self.forum = forum
        self.creator = next(iter(self.readers))
        self.admins = {self.creator, *admins}
        self.topics: dict[int, Topic] = {}
        self.threads: set[int] = set()
        self.migrated_to: int | None = None
        self.channel: Channel | None = None

    @property
    def exclusion_text(self) -> str:
        """The error that the bot gets when it is not in the group."""
        return _EXCLUSION_TEXTS[self.bot_status].format(self.kind)

    def as_chat(self) -> dict[str, Any]:
        """Return the group as Telegram's Chat."""
        chat: dict[str, Any] = {"id": self.id, "title": self.title, "type": self.kind}
        return {**chat, "is_forum": True} if self.forum else chat

    def for_page(self) -> dict[str, Any]:
        """Return the group with all its messages; optional fields only where they say something."""
        chat: dict[str, Any] = {
            **self.as_chat(),
            "readers": list(self.readers),
            "messages": list(self.messages.values()),
        }
        if self.excludes_bot:
            chat["bot_status"] = self.bot_status
        if len(self.admins) > 1:
            chat["admins"] = sorted(self.admins)
        if self.migrated_to is not None:
            chat["migrated_to"] = self.migrated_to
        if self.topics:
            chat["topics"] = [
                {"topic": number, "name": topic.name, "closed": topic.closed}
                for number, topic in self.topics.items()
            ]
        return chat

    def is_delivered_to_bot(self, message: Message, bot: dict[str, Any], *, privacy: bool) -> bool:
        """With privacy mode, only service messages and what concerns the bot; otherwise all."""
        if self.excludes_bot or self.migrated_to is not None:
            return False
        return (
            not privacy
            or bool(SERVICE_FIELDS & message.keys())
            or "is_automatic_forward" in message
            or _concerns(message, bot)
        )

    def open_topic(self, name: str) -> int:
        """Return a new topic's id: that of the next message, which must be its service message."""
        self.topics[self.next_id] = Topic(name)
        return self.next_id

    def is_admin(self, reader: int) -> bool:
        """Whether the reader is one of the administrators."""
        return reader in self.admins


class Channel(Chat):
    """Posts of its owner, and of the bot where it is an administrator.

    Attributes:
        owner: the first of the readers.
        discussion: the group that its posts are forwarded to; None when there is none.
        forwards: the ids of the forwards in that group, by the ids of the posts.
    """

    def __init__(
        self,
        chat_id: int,
        title: str,
        username: str,
        readers: Iterable[Reader],
        *,
        discussion: Group | None,
        bot_status: str,
    ) -> None:
        super().__init__(chat_id, readers, bot_status)
        self.title = title
        self.username = username
        self.owner = next(iter(self.readers))
        self.discussion = discussion
        self.forwards: dict[int, int] = {}

    @property
    def exclusion_text(self) -> str:
        """The error that the bot gets when it is no administrator."""
        return _EXCLUSION_TEXTS[self.bot_status].format("channel")

    def as_chat(self) -> dict[str, Any]:
        """Return the channel as Telegram's Chat."""
        return {
            "id": self.id,
            "title": self.title,
            "username": self.username,
            "type": "channel",
        }

    def for_page(self) -> dict[str, Any]:
        """Return the channel with all its posts."""
        return {
            **self.as_chat(),
            "readers": list(self.readers),
            "discussion": self.discussion.id if self.discussion else None,
            "bot_status": self.bot_status,
            "messages": list(self.messages.values()),
        }

    def is_delivered_to_bot(self, *_message: Any, **_privacy: Any) -> bool:
        """Whether the bot is an administrator, who gets everything."""
        return not self.excludes_bot

    def is_admin(self, reader: int) -> bool:
        """Whether the reader is the owner."""
        return reader == self.owner
