"""In whose name a reader writes: the reader's own, the group's, or a channel's."""

from typing import Any

from bot.sandbox.api_errors import ControlError
from bot.sandbox.control.request_fields import Fields
from bot.sandbox.state.chats import Chat, Reader
from bot.sandbox.state.shared_chats import Channel, Group
from bot.sandbox.state.world import World

# The users in the `from` of messages that are sent in the name of a chat.
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


def find_sender(
    world: World, fields: Fields, reader: Reader, chat: Chat
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Find who sends: "as" may be "group", the id of a channel of the reader's, or absent.

    Returns:
        The message's `from`, and its field `sender_chat` if it is sent in the name of a chat.

    Raises:
        ControlError: the reader may not write in this name. In a channel only the owner writes,
            and always in the channel's name.
    """
    name = fields.get("as")
    if isinstance(chat, Channel):
        if reader.id != chat.creator:
            raise ControlError(400, "Only a channel's owner writes there.")
        return reader.as_user(), {"sender_chat": chat.as_chat()}
    if name is None:
        return reader.as_user(), {}
    if not isinstance(chat, Group):
        raise ControlError(400, 'Only in groups can a message be sent "as" somebody else.')
    if name == "group":
        if reader.id not in chat.admins:
            raise ControlError(400, "Only administrators can write as the group.")
        return GROUP_USER, {"sender_chat": chat.as_chat()}
    channel = world.chats.get(name) if type(name) is int else None
    if not isinstance(channel, Channel) or channel.creator != reader.id:
        raise ControlError(400, '"as" must be "group" or the id of a channel of the reader.')
    return CHANNEL_USER, {"sender_chat": channel.as_chat()}
