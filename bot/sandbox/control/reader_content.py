"""What a reader's message holds: a text, a photo, a sticker or a document."""

import base64
from typing import Any

from bot.sandbox.api_errors import ControlError
from bot.sandbox.content.formatted_text import MAX_CAPTION, MAX_TEXT
from bot.sandbox.control.request_fields import (
    Fields,
    field,
    readers_text,
    refuse_unknown,
    title,
)
from bot.sandbox.state.world import World

CONTENT_FIELDS = ("text", "photo", "sticker", "document")
DOCUMENT_FIELDS = ("file_name", "mime_type", "content", "base64", "file_size")
MAX_FILE_SIZE = 2_000_000_000
"""Bytes; Telegram's readers can send no larger file."""


def content(world: World, fields: Fields) -> dict[str, Any]:
    """Return the content that a request's fields give; ControlError unless it is exactly one.

    The file of a document is stored.
    """
    photo, sticker = field(fields, "photo", bool, False), field(fields, "sticker", bool, False)
    given = field(fields, "document", dict, None)
    if [photo, sticker, given is not None, fields.get("text") is not None].count(True) != 1:
        names = ", ".join(f'"{name}"' for name in CONTENT_FIELDS)
        raise ControlError(400, f"A message has exactly one of {names}.")
    caption = field(fields, "caption", str, "")
    if caption and not (photo or given):
        raise ControlError(400, "Only a photo and a document have a caption.")
    below = readers_text(caption, MAX_CAPTION, "caption") if caption else {}
    if photo:
        return {"photo": [_picture("photo", 90, 60), _picture("photo", 800, 533)], **below}
    if given is not None:
        return {"document": _document(world, given), **below}
    if sticker:
        kind = {"type": "regular", "is_animated": False, "is_video": False, "emoji": "👍"}
        return {"sticker": {**_picture("sticker", 512, 512), **kind}}
    return readers_text(field(fields, "text", str), MAX_TEXT)


def _picture(name: str, width: int, height: int) -> dict[str, Any]:
    return {
        "file_id": f"sandbox-{name}-{width}",
        "file_unique_id": f"{name}{width}",
        "width": width,
        "height": height,
        "file_size": width * height // 8,
    }


def _document(world: World, fields: Fields) -> dict[str, Any]:
    """Store a file, and return it as Telegram's Document."""
    refuse_unknown(fields, DOCUMENT_FIELDS)
    name = title(fields, "file_name")
    if "/" in name or "\\" in name or not name.isprintable():
        raise ControlError(400, '"file_name" must be a name without a folder.')
    size = field(fields, "file_size", int, None)
    if [fields.get(each) is not None for each in DOCUMENT_FIELDS[2:]].count(True) != 1:
        raise ControlError(
            400, 'A document has exactly one of "content", "base64" and "file_size".'
        )
    if size is not None and not 0 < size <= MAX_FILE_SIZE:
        raise ControlError(400, f'"file_size" must be a number from 1 to {MAX_FILE_SIZE}.')
    data = b"" if size is not None else _bytes(fields)
    if size is None and not data:
        # Telegram's apps do not send empty files.
        raise ControlError(400, "A document must not be empty.")
    kind = field(fields, "mime_type", str, None)
    return world.documents.add(name, kind, data, size).as_document()


def _bytes(fields: Fields) -> bytes:
    """Return a file's bytes: "content" is text, in UTF-8, and "base64" is any bytes."""
    text = field(fields, "content", str, None)
    try:
        if text is not None:
            return text.encode("utf-8")
        return base64.b64decode(field(fields, "base64", str), validate=True)
    except UnicodeEncodeError:
        raise ControlError(400, '"content" has half a character (a lone surrogate).') from None
    except ValueError:
        raise ControlError(400, '"base64" is not in base64.') from None
