"""Groups, and the messages that readers put there inline: what tests and the page do with them.

As in `readers`: the world and the request's JSON fields in, the answer's JSON out.
"""

from typing import Any

from bot.sandbox.chats import Reader
from bot.sandbox.errors import ApiError, ControlError
from bot.sandbox.fields import (
    Fields,
    chat_readers,
    chat_title,
    field,
    find_group,
    find_reader,
    reader_in_chat,
    refused,
    written,
)
from bot.sandbox.listeners import Hold
from bot.sandbox.markup import parse_markup
from bot.sandbox.members import move_bot
from bot.sandbox.shared_chats import Group
from bot.sandbox.texts import MAX_TEXT
from bot.sandbox.world import World

KINDS = ("supergroup", "group")


async def add(world: World, fields: Fields, _hold: Hold) -> dict[str, Any]:
    """POST /sandbox/groups: a new group of some readers, and of the bot unless "bot" is false."""
    kind, forum = field(fields, "kind", str, "supergroup"), field(fields, "forum", bool, False)
    if kind not in KINDS or (forum and kind != "supergroup"):
        raise ControlError(400, '"kind" must be "supergroup" or "group", which is no forum.')
    readers = chat_readers(world, fields)
    admins = (
        {reader.id for reader in chat_readers(world, fields, "admins")}
        if (field(fields, "admins", list, []))
        else set()
    )
    if not admins <= {reader.id for reader in readers}:
        raise ControlError(400, '"admins" must be some of the readers.')
    group = world.add_group(
        chat_title(fields),
        readers,
        kind=kind,
        forum=forum,
        admins=admins,
        bot_status="member" if field(fields, "bot", bool, True) else "left",
    )
    return {"chat": group.id, "title": group.title, "readers": list(group.readers)}


async def remove(world: World, fields: Fields, _hold: Hold) -> dict[str, Any]:
    """POST /sandbox/groups/<id>/remove: the bot is thrown out of the group.

    It hears nothing more that is written there, but it still hears of taps on its messages:
    those stay where they are.
    """
    group = find_group(world, fields)
    move_bot(world, group, "kicked", _actor(world, fields, group).user())
    return {"chat": group.id, "removed": True}


def _actor(world: World, fields: Fields, group: Group) -> Reader:
    """Who does it: "reader", else the group's creator."""
    reader = find_reader(world, field(fields, "reader", int, group.creator))
    if reader.id not in group.readers:
        raise ControlError(400, f"Reader {reader.id} is not in chat {group.id}.")
    return reader


async def add_inline(world: World, fields: Fields, _hold: Hold) -> dict[str, Any]:
    """POST /sandbox/inline_messages: a reader puts a message of the bot's into a group.

    `update_id` is None when the bot is not in the group, or asked not to get messages.
    """
    reader, _chat = reader_in_chat(world, fields)
    group = find_group(world, fields)
    content = written(field(fields, "text", str), MAX_TEXT)
    try:
        markup = parse_markup(field(fields, "reply_markup", dict, None), inline_only=True)
    except ApiError as refusal:
        raise refused(refusal) from None
    if markup:
        content["reply_markup"] = markup
    message = world.add_inline(group, reader.user(), content, author=reader.id)
    return {
        "message": message,
        "inline_message_id": message["inline_message_id"],
        "update_id": world.tell("message", group, message),
    }
