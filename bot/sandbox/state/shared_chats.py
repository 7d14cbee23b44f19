"""Groups and channels, and which messages the bot gets, and how."""

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from bot.sandbox.content import Message
from bot.sandbox.content.quotes import text_of
from bot.sandbox.state.chats import Chat, PrivateChat, Reader

SERVICE_FIELDS = frozenset(
    {
        *("new_chat_members", "migrate_to_chat_id", "migrate_from_chat_id"),
        *("forum_topic_created", "forum_topic_closed"),
    }
)
"""Fields of service messages, which all bots in a chat get."""
_ADDRESSED_COMMAND = re.compile(r"/\w+@(\w+)", re.ASCII)


def mentions(message: Message, bot: dict[str, Any]) -> bool:
    """Whether a message's text or caption mentions the @username of `bot`."""
    text, entities = text_of(message)
    units, name = text.encode("utf-16-le"), f"@{bot['username']}".lower()
    for entity in entities:
        start, end = entity["offset"], entity["offset"] + entity["length"]
        named = units[2 * start : 2 * end].decode("utf-16-le")
        if entity["type"] == "mention" and named.lower() == name:
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
        self.admins |= set(admins)
        self.topics: dict[int, Topic] = {}
        self.threads: set[int] = set()
        self.migrated_to: int | None = None
        self.channel: Channel | None = None

    def as_chat(self) -> dict[str, Any]:
        """Return the group as Telegram's Chat."""
        chat: dict[str, Any] = {"id": self.id, "title": self.title, "type": self.kind}
        return {**chat, "is_forum": True} if self.forum else chat

    def for_page(self) -> dict[str, Any]:
        """Return the group with all its messages; optional fields only where they say something."""
        chat = self._with_messages(**self.as_chat(), readers=list(self.readers))
        if len(self.admins) > 1:
            chat["admins"] = sorted(self.admins)
        if self.migrated_to is not None:
            chat["migrated_to"] = self.migrated_to
        if self.topics:
            topics = self.topics.items()
            chat["topics"] = [{"topic": number, **asdict(topic)} for number, topic in topics]
        return chat

    def open_topic(self, name: str) -> int:
        """Return a new topic's id: that of the next message, which must be its service message."""
        self.topics[self.next_id] = Topic(name)
        return self.next_id


class Channel(Chat):
    """Posts of its creator, and of the bot where it is an administrator.

    Attributes:
        discussion: the group that its posts are forwarded to; None when there is none.
        forwards: the ids of the forwards in that group, by the ids of the posts.
    """

    kind = "channel"

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
        self.discussion = discussion
        self.forwards: dict[int, int] = {}

    def as_chat(self) -> dict[str, Any]:
        """Return the channel as Telegram's Chat."""
        return {
            "id": self.id,
            "title": self.title,
            "username": self.username,
            "type": self.kind,
        }

    def for_page(self) -> dict[str, Any]:
        """Return the channel with all its posts, and always with the bot's status."""
        return {
            **self._with_messages(**self.as_chat(), readers=list(self.readers)),
            "discussion": self.discussion.id if self.discussion else None,
            "bot_status": self.bot_status,
        }


def bot_view(message: Message) -> Message:
    """Return a message as the bot gets it: without inline id, and without authors of posts."""
    hidden = {"inline_message_id"}
    if message["chat"]["type"] == "channel":
        hidden.add("from")
    return {name: value for name, value in message.items() if name not in hidden}


def is_delivered_to_bot(
    chat: Chat, message: Message, bot: dict[str, Any], *, privacy: bool
) -> bool:
    """Whether `bot` (a User) gets a message that others sent.

    It gets everything in private chats, and in channels where it is an administrator. In groups
    with privacy mode, it gets only service messages and what concerns it.
    """
    if not isinstance(chat, Group):
        return isinstance(chat, PrivateChat) or not chat.excludes_bot
    if chat.excludes_bot or chat.migrated_to is not None:
        return False
    return (
        not privacy
        or bool(SERVICE_FIELDS & message.keys())
        or "is_automatic_forward" in message
        or _concerns(message, bot)
    )
