"""Groups, and the messages that readers put there inline: what tests and the page do with them.

As in `readers`: the world and the request's JSON fields in, the answer's JSON out.
"""

from typing import Any

from bot.sandbox.chats import Reader
from bot.sandbox.errors import ApiError, ControlError
from bot.sandbox.fields import (
    MAX_TITLE,
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
from bot.sandbox.voices import GROUP_USER
from bot.sandbox.world import World

# The color of topics with no icon of their own, one of Telegram's six.
ICON_COLOR = 7322096
KINDS = ("supergroup", "group")


async def add(world: World, fields: Fields, _hold: Hold) -> dict[str, Any]:
    """POST /sandbox/groups: a new group of some readers, and of the bot unless "bot" is false."""
    kind, forum = field(fields, "kind", str, "supergroup"), field(fields, "forum", bool, False)
    if kind not in KINDS or (forum and kind != "supergroup"):
        raise ControlError(400, '"kind" must be "supergroup" or "group", which is no forum.')
    readers = chat_readers(world, fields)
    named = chat_readers(world, fields, "admins") if fields.get("admins") else []
    admins = {reader.id for reader in named}
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


async def add_bot(world: World, fields: Fields, _hold: Hold) -> dict[str, Any]:
    """POST /sandbox/groups/<id>/add: a reader brings the bot into the group.

    "update_id" tells of its new membership, and is None when it was in the group already; then
    "message" is None too, else the service message.
    """
    group = find_group(world, fields)
    return {"chat": group.id, **bring_bot(world, group, _actor(world, fields, group))}


def bring_bot(world: World, group: Group, by: Reader) -> dict[str, Any]:
    """Make the bot a member; the ids of what it is told."""
    if not group.closed:
        return {"update_id": None, "message": None}
    update_id = move_bot(world, group, "member", by.user())
    bot = world.profile.user
    message = world.add_message(group, by.user(), {"new_chat_members": [bot]})
    world.tell("message", group, message)
    return {"update_id": update_id, "message": message}


async def migrate(world: World, fields: Fields, _hold: Hold) -> dict[str, Any]:
    """POST /sandbox/groups/<id>/migrate: a basic group becomes a supergroup, which is a new chat.

    What was written stays in the old one, where nobody writes any more.
    """
    old = find_group(world, fields)
    if old.kind != "group":
        raise ControlError(400, "This group is a supergroup already.")
    new = world.add_group(
        old.title, old.readers.values(), admins=old.admins, bot_status=old.bot_status
    )
    creator = old.readers[old.creator].user()
    left = world.add_message(old, creator, {"migrate_to_chat_id": new.id})
    world.tell("message", old, left)
    came = {"sender_chat": new.head(), "migrate_from_chat_id": old.id}
    world.tell("message", new, world.add_message(new, GROUP_USER, came))
    old.migrated_to = new.id
    world.show(old)
    return {"chat": new.id}


async def open_topic(world: World, fields: Fields, _hold: Hold) -> dict[str, Any]:
    """POST /sandbox/groups/<id>/topics: the creator opens a topic in a forum."""
    group = find_group(world, fields)
    if not group.forum:
        raise ControlError(400, "This group is no forum.")
    name = field(fields, "name", str).strip()
    if not 1 <= len(name) <= MAX_TITLE:
        raise ControlError(400, f'"name" must have 1 to {MAX_TITLE} characters.')
    topic = group.open_topic(name)
    opened = {"forum_topic_created": {"name": name, "icon_color": ICON_COLOR}}
    _tell_topic(world, group, topic, opened)
    return {"topic": topic}


async def close_topic(world: World, fields: Fields, _hold: Hold) -> dict[str, Any]:
    """POST /sandbox/groups/<id>/topics/close: only administrators write there from now on."""
    group, topic = find_group(world, fields), field(fields, "topic", int)
    if topic not in group.topics:
        raise ControlError(404, f"There is no topic {topic} in chat {group.id}.")
    group.topics[topic].closed = True
    _tell_topic(world, group, topic, {"forum_topic_closed": {}})
    return {"topic": topic, "closed": True}


def _tell_topic(world: World, group: Group, topic: int, content: dict[str, Any]) -> None:
    creator = group.readers[group.creator].user()
    world.tell("message", group, world.add_message(group, creator, content, thread=topic))
    world.show(group)


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
