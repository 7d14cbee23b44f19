"""Readers open links to the bot: https://t.me/<username>?start=... and ?startgroup=..."""

import re
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from bot.sandbox.api_errors import ControlError
from bot.sandbox.content.formatted_text import MAX_TEXT
from bot.sandbox.control.request_fields import (
    Fields,
    field,
    find_group,
    find_reader,
    readers_text,
    require_member,
)
from bot.sandbox.state.chats import Chat
from bot.sandbox.state.members import add_bot, set_bot_status
from bot.sandbox.state.world import World

_PAYLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}")


def follow(world: World, fields: Fields) -> dict[str, Any]:
    """POST links: a reader opens a link to the bot, and the app sends the command.

    It sends it in the private chat, where the bot is unblocked, or in the group "chat", where
    the bot is added.
    """
    reader = find_reader(world, field(fields, "reader", int))
    username = world.bot.user["username"]
    name, payload = _parse(field(fields, "url", str), username)
    chat: Chat = world.chats[reader.id]
    if name == "start":
        set_bot_status(world, chat, "member", reader)
        text = f"/start {payload}"
    else:
        chat = find_group(world, fields)
        require_member(reader, chat)
        add_bot(world, chat, reader)
        text = f"/start@{username} {payload}".strip()
    content = readers_text(text, MAX_TEXT)
    message = world.add_message(chat, reader.as_user(), content, author=reader.id)
    return {"message": message, "update_id": world.notify_bot("message", chat, message)}


def _parse(url: str, username: str) -> tuple[str, str]:
    """Return "start" or "startgroup", and the payload, which "startgroup" may lack."""
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
    address = (parts.scheme.lower(), parts.netloc.lower(), parts.path.lower().rstrip("/"))
    if address != ("https", "t.me", f"/{username.lower()}") or len(query) != 1 or parts.fragment:
        raise wrong
    (name, payload) = query[0]
    may_lack = name == "startgroup" and not payload
    if name not in ("start", "startgroup") or not (may_lack or _PAYLOAD.fullmatch(payload)):
        raise wrong
    return name, payload
