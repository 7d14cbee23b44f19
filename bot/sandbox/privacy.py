"""Which of a group's messages concern a bot: what it hears in privacy mode, or as a guest."""

import re
from collections.abc import Iterable
from typing import Any

from bot.sandbox.chats import Message

_ADDRESSED_COMMAND = re.compile(r"/\w+@(\w+)", re.ASCII)


def concerns(message: Message, bot: dict[str, Any]) -> bool:
    """Whether it is a command, a reply to `bot` (a User), a mention of it, or sent via it."""
    replied = message.get("reply_to_message", {})
    return (
        _is_command_for(message.get("text", ""), bot["username"])
        or replied.get("from", {}).get("id") == bot["id"]
        or message.get("via_bot", {}).get("id") == bot["id"]
        or mentions(message, bot)
    )


def mentions(message: Message, bot: dict[str, Any]) -> bool:
    """Whether the message's text, or what stands below its photo, names @username of `bot`."""
    return _named(message.get("text", ""), message.get("entities", ()), bot["username"]) or _named(
        message.get("caption", ""), message.get("caption_entities", ()), bot["username"]
    )


def _is_command_for(text: str, username: str) -> bool:
    """Whether the text begins with a slash and is not meant for another bot."""
    addressed = _ADDRESSED_COMMAND.match(text)
    if addressed:
        return addressed[1].lower() == username.lower()
    return text.startswith("/")


def _named(text: str, entities: Iterable[dict[str, Any]], username: str) -> bool:
    units = text.encode("utf-16-le")
    for entity in entities:
        if entity["type"] == "mention":
            start, end = entity["offset"], entity["offset"] + entity["length"]
            if units[2 * start : 2 * end].decode("utf-16-le").lower() == f"@{username.lower()}":
                return True
    return False
