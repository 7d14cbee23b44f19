"""Links to the bot that readers open: https://t.me/<username>?start=... and ?startgroup=...

As in `readers`: the world and the request's JSON fields in, the answer's JSON out.
"""

import re
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from bot.sandbox.chats import Chat, Reader
from bot.sandbox.errors import ControlError
from bot.sandbox.fields import (
    Fields,
    field,
    find_group,
    find_reader,
    reader_in_chat,
    written,
)
from bot.sandbox.groups import bring_bot
from bot.sandbox.listeners import Hold
from bot.sandbox.members import move_bot
from bot.sandbox.texts import MAX_TEXT
from bot.sandbox.world import World

_PAYLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}")


async def follow(world: World, fields: Fields, _hold: Hold) -> dict[str, Any]:
    """POST /sandbox/links: a reader opens a link to the bot, and the app writes what it says.

    It writes into the private chat, where a bot that was blocked is let in again, or into the
    group "chat", which the bot joins when it is not there.
    """
    reader = find_reader(world, field(fields, "reader", int))
    name, payload = _parsed(field(fields, "url", str), world.profile.user["username"])
    if name == "start":
        chat = world.chats[reader.id]
        move_bot(world, chat, "member", reader.user())
        return _write(world, reader, chat, f"/start {payload}")
    field(fields, "chat", int)
    reader_in_chat(world, fields)
    group = find_group(world, fields)
    bring_bot(world, group, reader)
    command = f"/start@{world.profile.user['username']}"
    return _write(world, reader, group, f"{command} {payload}".strip())


def _write(world: World, reader: Reader, chat: Chat, text: str) -> dict[str, Any]:
    message = world.add_message(chat, reader.user(), written(text, MAX_TEXT), author=reader.id)
    return {"message": message, "update_id": world.tell("message", chat, message)}


def _parsed(url: str, username: str) -> tuple[str, str]:
    """ "start" or "startgroup", and the payload; only the latter may have an empty one."""
    wrong = ControlError(
        400,
        f"The url must be https://t.me/{username}?start=PAYLOAD or ?startgroup=PAYLOAD, "
        "with a payload of 1 to 64 letters, digits, underscores and hyphens.",
    )
    try:
        parts = urlsplit(url)
    except ValueError:
        raise wrong from None
    query = parse_qsl(parts.query, keep_blank_values=True)
    place = (parts.scheme.lower(), parts.netloc.lower(), parts.path.lower().rstrip("/"))
    if place != ("https", "t.me", f"/{username.lower()}") or len(query) != 1 or parts.fragment:
        raise wrong
    (name, payload) = query[0]
    may_lack = name == "startgroup" and not payload
    if name not in ("start", "startgroup") or not (may_lack or _PAYLOAD.fullmatch(payload)):
        raise wrong
    return name, payload
