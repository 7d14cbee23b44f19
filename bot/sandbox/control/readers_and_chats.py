"""Readers, groups, topics and channels are created and changed; the bot is added or removed."""

import re
from typing import Any

from bot.sandbox.api_errors import ControlError
from bot.sandbox.control.request_fields import (
    Fields,
    field,
    find,
    find_group,
    find_reader,
    readers,
    require_member,
    title,
)
from bot.sandbox.control.senders import GROUP_USER
from bot.sandbox.state import members
from bot.sandbox.state.chats import Reader
from bot.sandbox.state.shared_chats import Group
from bot.sandbox.state.world import World

KINDS = ("supergroup", "group")
# The colour of topics without an icon, one of Telegram's six.
_ICON_COLOR = 7322096
# As BCP 47 has them ("de", "zh-hans", "es-419"), whether or not there is such a language.
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
_USERNAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{3,30}[A-Za-z0-9]")


def add_reader(world: World, fields: Fields) -> dict[str, Any]:
    """POST readers: add a reader."""
    name = field(fields, "first_name", str, "").strip() or f"Reader {len(world.readers) + 1}"
    reader = world.add_reader(name, _language(fields, "en"))
    return {"reader": reader.for_page(), "chat": reader.id}


def change_reader(world: World, fields: Fields) -> dict[str, Any]:
    """POST readers/<reader>: change a name or language; what is not given stays."""
    reader = find_reader(world, fields)
    name = field(fields, "first_name", str, reader.first_name).strip()
    if not name:
        raise ControlError(400, '"first_name" must not be empty.')
    language = _language(fields, reader.language_code)
    changed = world.change_reader(reader, first_name=name, language_code=language)
    return {"reader": changed.for_page()}


def _language(fields: Fields, default: str | None) -> str | None:
    """Return "language_code", or the default when it is absent; None when it is empty."""
    code = field(fields, "language_code", str, default) or None
    if code and not _LANGUAGE.fullmatch(code):
        raise ControlError(400, '"language_code" must be a code such as "de" or "pt-BR", or empty.')
    return code


def block_bot(world: World, fields: Fields) -> dict[str, Any]:
    """POST readers/<reader>/block: block the bot, or unblock it."""
    reader = find_reader(world, fields)
    status = "kicked" if field(fields, "blocked", bool) else "member"
    members.set_bot_status(world, world.chats[reader.id], status, reader)
    return {"reader": reader.id, "blocked": status == "kicked"}


def add_group(world: World, fields: Fields) -> dict[str, Any]:
    """POST groups: create a group of some readers, and of the bot unless "bot" is false."""
    kind, forum = field(fields, "kind", str, "supergroup"), field(fields, "forum", bool, False)
    if kind not in KINDS or (forum and kind != "supergroup"):
        raise ControlError(400, '"kind" must be "supergroup" or "group", which is no forum.')
    people = readers(world, fields)
    admins = {each.id for each in readers(world, fields, "admins")} if fields.get("admins") else ()
    if not set(admins) <= {reader.id for reader in people}:
        raise ControlError(400, '"admins" must be some of the readers.')
    group = world.add_group(
        title(fields),
        people,
        kind=kind,
        forum=forum,
        admins=admins,
        bot_status="member" if field(fields, "bot", bool, True) else "left",
    )
    return {"chat": group.id, "title": group.title, "readers": list(group.readers)}


def remove_bot(world: World, fields: Fields) -> dict[str, Any]:
    """POST groups/<chat>/remove: remove the bot from the group.

    The bot still gets taps on its messages, which stay in the group.
    """
    group = find_group(world, fields)
    members.set_bot_status(world, group, "kicked", _actor(world, fields, group))
    return {"chat": group.id, "removed": True}


def add_bot(world: World, fields: Fields) -> dict[str, Any]:
    """POST groups/<chat>/add: add the bot to the group; see members.add_bot for the answer."""
    group = find_group(world, fields)
    return {"chat": group.id, **members.add_bot(world, group, _actor(world, fields, group))}


def migrate(world: World, fields: Fields) -> dict[str, Any]:
    """POST groups/<chat>/migrate: a basic group becomes a supergroup, which is a new chat.

    The messages stay in the old chat, where nobody can write any more.
    """
    old = find_group(world, fields)
    if old.kind != "group":
        raise ControlError(400, "This group is a supergroup already.")
    new = world.add_group(
        old.title, old.readers.values(), admins=old.admins, bot_status=old.bot_status
    )
    creator = old.readers[old.creator].as_user()
    world.post(old, creator, {"migrate_to_chat_id": new.id})
    content = {"sender_chat": new.as_chat(), "migrate_from_chat_id": old.id}
    world.post(new, GROUP_USER, content)
    old.migrated_to = new.id
    world.send_chat(old)
    return {"chat": new.id}


def open_topic(world: World, fields: Fields) -> dict[str, Any]:
    """POST groups/<chat>/topics: the creator opens a topic in a forum."""
    group = find_group(world, fields)
    if not group.forum:
        raise ControlError(400, "This group is no forum.")
    name = title(fields, "name")
    topic = group.open_topic(name)
    content = {"forum_topic_created": {"name": name, "icon_color": _ICON_COLOR}}
    _add_service_message(world, group, topic, content)
    return {"topic": topic}


def close_topic(world: World, fields: Fields) -> dict[str, Any]:
    """POST groups/<chat>/topics/close: close a topic; only administrators write there then."""
    group, topic = find_group(world, fields), field(fields, "topic", int)
    find(group.topics, topic, "topic", group).closed = True
    _add_service_message(world, group, topic, {"forum_topic_closed": {}})
    return {"topic": topic, "closed": True}


def _add_service_message(world: World, group: Group, topic: int, content: dict[str, Any]) -> None:
    creator = group.readers[group.creator].as_user()
    world.post(group, creator, content, thread=topic)
    world.send_chat(group)


def _actor(world: World, fields: Fields, group: Group) -> Reader:
    """Return who acts: "reader", by default the group's creator."""
    reader = find(world.readers, field(fields, "reader", int, group.creator), "reader")
    require_member(reader, group)
    return reader


def add_channel(world: World, fields: Fields) -> dict[str, Any]:
    """POST channels: create a channel of the first of some readers, which the others follow."""
    username = field(fields, "username", str)
    if not _USERNAME.fullmatch(username):
        raise ControlError(400, '"username" must be 5 to 32 letters, digits and underscores.')
    taken = world.channels.keys() | {world.bot.user["username"].lower()}
    if username.lower() in taken:
        raise ControlError(400, f"There is a @{username} already.")
    channel = world.add_channel(
        title(fields),
        username,
        readers(world, fields),
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
    group = find(world.chats, number, "chat")
    if not isinstance(group, Group) or group.kind != "supergroup" or group.channel:
        raise ControlError(400, "A channel is discussed in a supergroup of its own.")
    return group
