"""Groups, and the messages that readers put there inline: what tests and the page do with them.

As in `readers`: the world and the request's JSON fields in, the answer's JSON out.
"""

from typing import Any

from bot.sandbox.chats import Group
from bot.sandbox.errors import ApiError, ControlError
from bot.sandbox.fields import (
    Fields,
    field,
    find_chat,
    find_reader,
    reader_in_chat,
    refused,
    written,
)
from bot.sandbox.listeners import Hold
from bot.sandbox.markup import parse_markup
from bot.sandbox.texts import MAX_TEXT
from bot.sandbox.world import World

MAX_TITLE = 128


async def add(world: World, fields: Fields, _hold: Hold) -> dict[str, Any]:
    """POST /sandbox/groups: a new group of some readers and the bot."""
    title = field(fields, "title", str).strip()
    if not 1 <= len(title) <= MAX_TITLE:
        raise ControlError(400, f'"title" must have 1 to {MAX_TITLE} characters.')
    ids = field(fields, "readers", list)
    if not ids or not all(type(reader_id) is int for reader_id in ids):
        raise ControlError(400, '"readers" must be a list of at least one reader\'s id.')
    group = world.add_group(title, [find_reader(world, reader_id) for reader_id in ids])
    return {"chat": group.id, "title": group.title, "readers": list(group.readers)}


async def remove(world: World, fields: Fields, _hold: Hold) -> dict[str, Any]:
    """POST /sandbox/groups/<id>/remove: the bot is thrown out of the group.

    It hears nothing more that is written there, but it still hears of taps on its messages:
    those stay where they are.
    """
    group = _group(find_chat(world, field(fields, "chat", int)))
    group.closed = True
    return {"chat": group.id, "removed": True}


async def add_inline(world: World, fields: Fields, _hold: Hold) -> dict[str, Any]:
    """POST /sandbox/inline_messages: a reader puts a message of the bot's into a group.

    `update_id` is None when the bot is not in the group, or asked not to get messages.
    """
    reader, chat = reader_in_chat(world, fields)
    group = _group(chat)
    content = written(field(fields, "text", str), MAX_TEXT)
    try:
        markup = parse_markup(field(fields, "reply_markup", dict, None), inline_only=True)
    except ApiError as refusal:
        raise refused(refusal) from None
    if markup:
        content["reply_markup"] = markup
    message = world.add_inline(group, reader.user(), content)
    return {
        "message": message,
        "inline_message_id": message["inline_message_id"],
        "update_id": world.tell("message", group, message),
    }


def _group(chat: object) -> Group:
    if not isinstance(chat, Group):
        raise ControlError(400, "This chat is no group.")
    return chat
