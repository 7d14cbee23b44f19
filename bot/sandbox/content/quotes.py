"""Replies that quote a part of a message, and replies to messages of other chats."""

from collections.abc import Iterator
from typing import Any

from bot.sandbox.content import Message
from bot.sandbox.content.formatted_text import Entity, utf16_length

MAX_QUOTE = 1024
# The entities that quotes keep.
_QUOTED_ENTITIES = frozenset(
    ("bold", "italic", "underline", "strikethrough", "spoiler", "custom_emoji", "date_time")
)
# The fields of another chat's message that a reply to it shows.
_EXTERNAL_FIELDS = ("link_preview_options", "photo", "sticker", "document")


def quote(
    message: Message, text: str, entities: list[Entity] | None, position: int = 0
) -> dict[str, Any] | None:
    """Return the TextQuote of a part of a message.

    Args:
        message: the message that is quoted.
        text: the part, which must be in the message exactly as it is.
        entities: those of the quote, which must be the message's; None: take the message's.
        position: where the part is expected, in UTF-16 units; the nearest occurrence is taken.

    Returns:
        None when the message has no such part, or it is longer than a quote may be.
    """
    if not 1 <= utf16_length(text) <= MAX_QUOTE:
        return None
    source, own = text_of(message)
    length = utf16_length(text)
    found = [(at, _clip(own, at, length)) for at in _occurrences(source, text)]
    if entities is not None:
        given = sorted(filter(_is_quoted, entities), key=str)
        found = [each for each in found if sorted(each[1], key=str) == given]
    if not found:
        return None
    offset, inside = min(found, key=lambda each: abs(each[0] - position))
    return {
        "text": text,
        "position": offset,
        **({"entities": inside} if inside else {}),
        "is_manual": True,
    }


def external_reply(message: Message) -> dict[str, Any]:
    """Return the ExternalReplyInfo about a message of another chat."""
    info: dict[str, Any] = {"origin": origin(message)}
    if message["chat"]["type"] in ("supergroup", "channel"):
        info |= {"chat": message["chat"], "message_id": message["message_id"]}
    return {**info, **{name: message[name] for name in _EXTERNAL_FIELDS if name in message}}


def origin(message: Message) -> dict[str, Any]:
    """Return the MessageOrigin of a message that is forwarded, or replied to in another chat."""
    chat, sender = message["chat"], message.get("sender_chat")
    if "forward_origin" in message:
        return dict(message["forward_origin"])
    if chat["type"] == "channel":
        number = message["message_id"]
        return {"type": "channel", "date": message["date"], "chat": chat, "message_id": number}
    if sender:
        return {"type": "chat", "date": message["date"], "sender_chat": sender}
    return {"type": "user", "date": message["date"], "sender_user": message["from"]}


def text_of(message: Message) -> tuple[str, list[Entity]]:
    """Return a message's text or caption, and the entities."""
    if "text" in message:
        return message["text"], message.get("entities", [])
    return message.get("caption", ""), message.get("caption_entities", [])


def _is_quoted(entity: Entity) -> bool:
    return entity["type"] in _QUOTED_ENTITIES


def _occurrences(source: str, text: str) -> Iterator[int]:
    """Yield the offsets of `text` in `source`, in UTF-16 units."""
    at = source.find(text)
    while at >= 0:
        yield utf16_length(source[:at])
        at = source.find(text, at + 1)


def _clip(entities: list[Entity], start: int, length: int) -> list[Entity]:
    """Clip the entities that quotes keep to the quote, with offsets relative to it."""
    moved = []
    for entity in filter(_is_quoted, entities):
        first = max(entity["offset"], start)
        last = min(entity["offset"] + entity["length"], start + length)
        if first < last:
            moved.append({**entity, "offset": first - start, "length": last - first})
    return moved
