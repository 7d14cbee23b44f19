"""Groups and channels: chats of several readers, with the bot in them or not."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from bot.sandbox.chats import Chat, Message, Reader
from bot.sandbox.privacy import concerns

# The telling of what happened to a chat, which all of its bots get.
SERVICE = frozenset(
    {
        *("new_chat_members", "migrate_to_chat_id", "migrate_from_chat_id"),
        *("forum_topic_created", "forum_topic_closed"),
    }
)
_CLOSED_WORDS = {
    "kicked": "Forbidden: bot was kicked from the {} chat",
    "left": "Forbidden: bot is not a member of the {} chat",
}


@dataclass
class Topic:
    """A forum's topic. closed: only administrators write there, and the bot is none."""

    name: str
    closed: bool = False


class Group(Chat):
    """Several readers, with the bot or not; the bot is no administrator.

    kind: "supergroup", or "group" for a basic one. creator: the first of the readers, who is one
    of the admins. topics: by the message_thread_id of each. threads: ids of messages that others
    answer. migrated_to: the id of the supergroup that it became, None when it became none.
    channel: the channel whose posts are discussed here, None when there is none.
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
    def closed_words(self) -> str:
        """What the bot is told when it is not in the group."""
        return _CLOSED_WORDS[self.bot_status].format(self.kind)

    def head(self) -> dict[str, Any]:
        """The chat as Telegram's Chat."""
        head: dict[str, Any] = {"id": self.id, "title": self.title, "type": self.kind}
        return {**head, "is_forum": True} if self.forum else head

    def shown(self) -> dict[str, Any]:
        """The group with all its messages, for the page; with what is not as usual with it."""
        usual: dict[str, Any] = {
            **self.head(),
            "readers": list(self.readers),
            "messages": list(self.messages.values()),
        }
        if self.closed:
            usual["bot_status"] = self.bot_status
        if len(self.admins) > 1:
            usual["admins"] = sorted(self.admins)
        if self.migrated_to is not None:
            usual["migrated_to"] = self.migrated_to
        if self.topics:
            usual["topics"] = [
                {"topic": number, "name": topic.name, "closed": topic.closed}
                for number, topic in self.topics.items()
            ]
        return usual

    def lets_through(self, message: Message, bot: dict[str, Any], *, privacy: bool) -> bool:
        """With privacy mode what concerns the bot, and what Telegram itself tells; else all."""
        if self.closed or self.migrated_to is not None:
            return False
        return (
            not privacy
            or bool(SERVICE & message.keys())
            or "is_automatic_forward" in message
            or concerns(message, bot)
        )

    def open_topic(self, name: str) -> int:
        """A new topic's id: that of the next message, which must be the one that tells of it."""
        self.topics[self._next] = Topic(name)
        return self._next

    def rules(self, reader: int) -> bool:
        """Administrators do."""
        return reader in self.admins


class Channel(Chat):
    """Posts of its owner, the first of the readers, and of the bot where it is an administrator.

    discussion: the group that its posts are forwarded to, None when there is none. forwards: the
    ids which the posts have there.
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
    def closed_words(self) -> str:
        """What the bot is told when it is no administrator."""
        return _CLOSED_WORDS[self.bot_status].format("channel")

    def head(self) -> dict[str, Any]:
        """The chat as Telegram's Chat."""
        return {
            "id": self.id,
            "title": self.title,
            "username": self.username,
            "type": "channel",
        }

    def shown(self) -> dict[str, Any]:
        """The channel with all its posts, for the page."""
        return {
            **self.head(),
            "readers": list(self.readers),
            "discussion": self.discussion.id if self.discussion else None,
            "bot_status": self.bot_status,
            "messages": list(self.messages.values()),
        }

    def lets_through(
        self,
        message: Message,  # noqa: ARG002
        bot: dict[str, Any],  # noqa: ARG002
        *,
        privacy: bool,  # noqa: ARG002
    ) -> bool:
        """Everything, to an administrator."""
        return not self.closed

    def rules(self, reader: int) -> bool:
        """The owner does."""
        return reader == self.owner
