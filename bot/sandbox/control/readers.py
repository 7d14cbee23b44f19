"""Readers are added, renamed, and block the bot."""

from typing import Any

from bot.sandbox.api_errors import ControlError
from bot.sandbox.control.request_fields import Fields, field, find_reader
from bot.sandbox.state.members import set_bot_status
from bot.sandbox.state.world import World


def add(world: World, fields: Fields) -> dict[str, Any]:
    """POST readers: add a reader."""
    name = field(fields, "first_name", str, "").strip() or f"Reader {len(world.readers) + 1}"
    chat = world.add_reader(name, field(fields, "language_code", str, "en") or None)
    return {"reader": chat.reader.for_page(), "chat": chat.id}


def change(world: World, fields: Fields) -> dict[str, Any]:
    """POST readers/<reader>: change a name or language; what is not given stays."""
    reader = find_reader(world, field(fields, "reader", int))
    name = field(fields, "first_name", str, reader.first_name).strip()
    if not name:
        raise ControlError(400, '"first_name" must not be empty.')
    language = field(fields, "language_code", str, reader.language_code) or None
    changed = world.change_reader(reader, first_name=name, language_code=language)
    return {"reader": changed.for_page()}


def block(world: World, fields: Fields) -> dict[str, Any]:
    """POST readers/<reader>/block: block the bot, or unblock it."""
    reader = find_reader(world, field(fields, "reader", int))
    status = "kicked" if field(fields, "blocked", bool) else "member"
    set_bot_status(world, world.chats[reader.id], status, reader)
    return {"reader": reader.id, "blocked": status == "kicked"}
