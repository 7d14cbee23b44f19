"""Replies that quote a part of a message, and replies to messages of other chats."""

from collections.abc import Iterator
from typing import Any

from bot.sandbox.chats import Message
from bot.sandbox.texts import Entity, utf16_length

MAX_QUOTE = 1024
# The entities that quotes keep.
_KEPT = frozenset(
    {
        *("bold", "italic", "underline", "strikethrough", "spoiler", "custom_emoji"),
        "date_time",
    }
)
# What an answer to another chat's message shows of it.
_SHOWN = ("link_preview_options", "photo", "sticker")


def quote(
    message: Message, text: str, entities: list[Entity] | None, position: int = 0
) -> dict[str, Any] | None:
    """The TextQuote of `text` in `message`; None when it is not there in just this form.

    entities: those of the quote, which must be the message's; None to take them from there.
    position: where about the sender saw it, in UTF-16 units; the nearest place is taken.
    """
    if not 1 <= utf16_length(text) <= MAX_QUOTE:
        return None
    source, own = _text(message)
    length = utf16_length(text)
    found = [(place, _inside(own, place, length)) for place in _places(source, text)]
    if entities is not None:
        given = sorted(filter(_is_kept, entities), key=str)
        found = [each for each in found if sorted(each[1], key=str) == given]
    if not found:
        return None
    place, inside = min(found, key=lambda each: abs(each[0] - position))
    return {
        "text": text,
        "position": place,
        **({"entities": inside} if inside else {}),
        "is_manual": True,
    }


def external(message: Message) -> dict[str, Any]:
    """The ExternalReplyInfo about a message of another chat."""
    info: dict[str, Any] = {"origin": _origin(message)}
    if message["chat"]["type"] in ("supergroup", "channel"):
        info |= {"chat": message["chat"], "message_id": message["message_id"]}
    return {**info, **{name: message[name] for name in _SHOWN if name in message}}


def _origin(message: Message) -> dict[str, Any]:
    chat, sender = message["chat"], message.get("sender_chat")
    if "forward_origin" in message:
        return dict(message["forward_origin"])
    if chat["type"] == "channel":
        number = message["message_id"]
        return {"type": "channel", "date": message["date"], "chat": chat, "message_id": number}
    if sender:
        return {"type": "chat", "date": message["date"], "sender_chat": sender}
    return {"type": "user", "date": message["date"], "sender_user": message["from"]}


def _text(message: Message) -> tuple[str, list[Entity]]:
    if "text" in message:
        return message["text"], message.get("entities", [])
    return message.get("caption", ""), message.get("caption_entities", [])


def _is_kept(entity: Entity) -> bool:
    return entity["type"] in _KEPT


def _places(source: str, text: str) -> Iterator[int]:
    """The offsets of `text` in `source`, in UTF-16 units."""
    at = source.find(text)
    while at >= 0:
        yield utf16_length(source[:at])
        at = source.find(text, at + 1)


def _inside(entities: list[Entity], start: int, length: int) -> list[Entity]:
    """What of the kept entities falls into the quote, moved along with it."""
    moved = []
    for entity in filter(_is_kept, entities):
        first = max(entity["offset"], start)
        last = min(entity["offset"] + entity["length"], start + length)
        if first < last:
            moved.append({**entity, "offset": first - start, "length": last - first})
    return moved
