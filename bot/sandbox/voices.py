"""In whose name a reader writes: the reader's own, the group's, or that of a channel."""

from dataclasses import dataclass
from typing import Any

from bot.sandbox.chats import Chat, Reader
from bot.sandbox.errors import ControlError
from bot.sandbox.fields import Fields
from bot.sandbox.shared_chats import Channel, Group
from bot.sandbox.world import World

# The users that stand in a message's `from` when it was sent in the name of a chat.
GROUP_USER = {
    "id": 1087968824,
    "is_bot": True,
    "first_name": "Group",
    "username": "GroupAnonymousBot",
}
CHANNEL_USER = {
    "id": 136817688,
    "is_bot": True,
    "first_name": "Channel",
    "username": "Channel_Bot",
}


@dataclass(frozen=True)
class Voice:
    """sender: the message's `from`. chat: its sender_chat, None when a reader speaks."""

    sender: dict[str, Any]
    chat: dict[str, Any] | None = None

    def fields(self) -> dict[str, Any]:
        """What a message carries of it beside `from`."""
        return {"sender_chat": self.chat} if self.chat else {}


def voice(world: World, fields: Fields, reader: Reader, chat: Chat) -> Voice:
    """What "as" says: "group", a channel's id, or nothing; ControlError when that is not allowed.

    In a channel only its owner writes, and always in the channel's name.
    """
    name = fields.get("as")
    if isinstance(chat, Channel):
        if reader.id != chat.owner:
            raise ControlError(400, "Only a channel's owner writes there.")
        return Voice(reader.user(), chat.head())
    if name is None:
        return Voice(reader.user())
    if not isinstance(chat, Group):
        raise ControlError(400, 'Only in groups can a message be sent "as" somebody else.')
    if name == "group":
        if not chat.rules(reader.id):
            raise ControlError(400, "Only administrators can write as the group.")
        return Voice(GROUP_USER, chat.head())
    channel = world.chats.get(name) if type(name) is int else None
    if not isinstance(channel, Channel) or channel.owner != reader.id:
        raise ControlError(400, '"as" must be "group" or the id of a channel of the reader.')
    return Voice(CHANNEL_USER, channel.head())
