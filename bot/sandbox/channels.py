"""Channels: what tests and the page do with them.

As in `readers`: the world and the request's JSON fields in, the answer's JSON out.
"""

import re
from typing import Any

from bot.sandbox.errors import ControlError
from bot.sandbox.fields import Fields, chat_readers, chat_title, field, find_chat
from bot.sandbox.listeners import Hold
from bot.sandbox.shared_chats import Group
from bot.sandbox.world import World

_USERNAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{3,30}[A-Za-z0-9]")


async def add(world: World, fields: Fields, _hold: Hold) -> dict[str, Any]:
    """POST /sandbox/channels: a new channel of the first of some readers; the others follow it."""
    username = field(fields, "username", str)
    if not _USERNAME.fullmatch(username):
        raise ControlError(400, '"username" must be 5 to 32 letters, digits and underscores.')
    taken = world.usernames.keys() | {world.profile.user["username"].lower()}
    if username.lower() in taken:
        raise ControlError(400, f"There is a @{username} already.")
    channel = world.add_channel(
        chat_title(fields),
        username,
        chat_readers(world, fields),
        discussion=_discussion(world, fields),
        bot_status="administrator" if field(fields, "bot", bool, True) else "left",
    )
    return {
        "chat": channel.id,
        "title": channel.title,
        "username": channel.username,
        "readers": list(channel.readers),
        "discussion": channel.discussion.id if channel.discussion else None,
    }


def _discussion(world: World, fields: Fields) -> Group | None:
    number = field(fields, "discussion", int, None)
    if number is None:
        return None
    group = find_chat(world, number)
    if not isinstance(group, Group) or group.kind != "supergroup" or group.channel:
        raise ControlError(400, "A channel is discussed in a supergroup of its own.")
    return group
