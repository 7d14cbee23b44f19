"""Texts and their entities as Telegram treats them: cleaning, lengths, links.

An entity is a dict as in the Bot API: type, offset, length, and the fields of its type.
All offsets and lengths count UTF-16 units.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Any

from bot.sandbox.api_errors import bad_request, expect

Entity = dict[str, Any]

MAX_TEXT = 4096
MAX_CAPTION = 1024
MAX_ENTITIES = 100

# The fields that an entity of each type must have.
_REQUIRED: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("mention", "hashtag", "cashtag", "bot_command", "url", "email"), ()),
    **dict.fromkeys(("phone_number", "blockquote", "expandable_blockquote"), ()),
    **dict.fromkeys(("bold", "italic", "underline", "strikethrough", "spoiler"), ()),
    **dict.fromkeys(("code", "pre"), ()),
    "text_link": ("url",),
    "text_mention": ("user",),
    "custom_emoji": ("custom_emoji_id",),
    "date_time": ("unix_time",),
}
_OPTIONAL = ("url", "user", "language", "custom_emoji_id", "unix_time", "date_time_format")
# Inside of these, Telegram detects no further entities.
_NO_DETECTION = frozenset(
    {"code", "pre", "text_link", "text_mention", "url", "mention", "bot_command", "email"}
)
_ORDER = {kind: index for index, kind in enumerate(_REQUIRED)}

# Telegram turns control characters into spaces, keeps line feeds and drops carriage returns.
_CONTROLS = {code: " " for code in range(32) if chr(code) not in "\n\r"}
_CR = "\r".encode("utf-16-le")
_BLANK = " \n\r"

_URL = re.compile(
    r"(?<![\w.@/:-])(?:https?://[^\s<>\"]+"
    r"|(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,8}(?:com|org|net|edu|gov|info|io|dev|app|me|"
    r"eu|uk|de|fr|us|ru|tv|news)(?![\w@-])(?:[/?#][^\s<>\"]*)?)",
    re.IGNORECASE,
)
_LINK = re.compile(r"(?:https?|tg|ton)://[^\s/]\S*", re.IGNORECASE)
_BARE_LINK = re.compile(r"[^\s:/?#@]+\.[^\s:/?#@.]+(?:[:/?#]\S*)?")
_MENTION = re.compile(r"(?<![\w@])@[A-Za-z]\w{2,31}(?!\w)", re.ASCII)
_COMMAND = re.compile(r"(?<![\w/<>@.])/\w{1,64}(?:@\w{3,32})?(?![\w/])", re.ASCII)


def utf16_length(text: str) -> int:
    """Return the length in UTF-16 units, which all of Telegram's limits and offsets count."""
    return len(text) + sum(character > "\uffff" for character in text)


def clean(text: str, entities: Sequence[Entity] = ()) -> tuple[str, list[Entity]]:
    """Trim a text, remove its control characters, and move its entities accordingly.

    Returns:
        The text, and at most 100 entities, sorted and clipped to the text.

    Raises:
        ApiError: the text is not Unicode, or an entity cuts a character in two.
    """
    text = text.translate(_CONTROLS)
    leading = len(text) - len(text.lstrip(_BLANK))
    try:
        raw = text.strip(_BLANK).encode("utf-16-le")
    except UnicodeEncodeError:
        raise bad_request("strings must be encoded in UTF-8") from None
    units = [raw[index : index + 2] for index in range(0, len(raw), 2)]
    kept = [index for index, unit in enumerate(units) if unit != _CR]
    cleaned = b"".join(units[index] for index in kept).decode("utf-16-le")
    moved = []
    for entity in entities:
        start = entity["offset"] - leading
        end = start + entity["length"]
        for index in (start, end):
            if 0 <= index < len(units) and 0xDC <= units[index][1] <= 0xDF:
                offset = index + leading
                raise bad_request(
                    f"can't parse entities: UTF-16 offset {offset} is in the middle of a symbol"
                )
        start, end = bisect_left(kept, start), bisect_left(kept, end)
        if end > start:
            moved.append({**entity, "offset": start, "length": end - start})
    return cleaned, sorted(moved, key=_sort_key)[:MAX_ENTITIES]


def normalize_url(value: object) -> str | None:
    """Return a URL as Telegram stores it, with a scheme; None when it is no valid URL."""
    if not isinstance(value, str):
        return None
    if _LINK.fullmatch(value):
        return value
    return f"http://{value}" if _BARE_LINK.fullmatch(value) else None


def parse_entities(value: object) -> list[Entity]:
    """Check the entities that a call gives; ApiError when one is not well-formed.

    A text_link without a valid URL is dropped, as Telegram drops it.
    """
    parsed = [_parse_entity(item) for item in expect(list, value, "entities JSON array")]
    return [item for item in parsed if item["type"] != "text_link" or item["url"]]


def _parse_entity(value: object) -> Entity:
    item = expect(dict, value, "MessageEntity")
    for name in ("offset", "length"):
        number = item.get(name)
        if not isinstance(number, int) or isinstance(number, bool) or number < 0:
            raise bad_request(
                f'can\'t parse MessageEntity: field "{name}" must be a non-negative Number'
            )
    kind = item.get("type")
    if not isinstance(kind, str) or kind not in _REQUIRED:
        raise bad_request("can't parse MessageEntity: unsupported entity type specified")
    for name in _REQUIRED[kind]:
        if not item.get(name):
            raise bad_request(f"can't parse MessageEntity: can't find field \"{name}\"")
    fields = {name: item[name] for name in _OPTIONAL if name in item}
    if "url" in fields:
        fields["url"] = normalize_url(fields["url"])
    return {"type": kind, "offset": item["offset"], "length": item["length"], **fields}


def detect(text: str) -> list[Entity]:
    """Find url, mention and bot_command entities, as Telegram does by itself."""
    found: list[Entity] = []
    for start, entity_text, kind in _matches(text):
        offset, length = utf16_length(text[:start]), utf16_length(entity_text)
        entity = {"type": kind, "offset": offset, "length": length}
        if not any(_overlap(entity, other) for other in found):
            found.append(entity)
        if len(found) == MAX_ENTITIES:
            break
    return found


def _matches(text: str) -> Iterator[tuple[int, str, str]]:
    """Yield candidates, URLs first: an @ or a / inside of a URL is part of the URL."""
    for pattern, kind in ((_URL, "url"), (_MENTION, "mention"), (_COMMAND, "bot_command")):
        for match in pattern.finditer(text):
            # The sentence's own punctuation does not belong to a URL.
            yield match.start(), match.group().rstrip(".,;:!?'()" if kind == "url" else ""), kind


def formatted(text: str, entities: Sequence[Entity], limit: int) -> tuple[str, list[Entity]]:
    """Return a text and its entities as a message holds them.

    Args:
        text: as it was sent.
        entities: as they were sent; those that Telegram detects are added, except in code and
            links.
        limit: the most UTF-16 units that the cleaned text may have.

    Raises:
        ApiError: the cleaned text is empty or too long, or an entity is wrong.
    """
    cleaned, given = clean(text, entities)
    if not cleaned:
        raise bad_request("message text is empty")
    if utf16_length(cleaned) > limit:
        raise bad_request("message is too long")
    closed = [entity for entity in given if entity["type"] in _NO_DETECTION]
    found = [entity for entity in detect(cleaned) if not any(_overlap(entity, e) for e in closed)]
    return cleaned, sorted([*given, *found], key=_sort_key)[:MAX_ENTITIES]


def _overlap(one: Entity, other: Entity) -> bool:
    return bool(
        one["offset"] < other["offset"] + other["length"]
        and other["offset"] < one["offset"] + one["length"]
    )


def _sort_key(entity: Entity) -> tuple[int, int, int]:
    """Sort by start, and outer entities before inner ones."""
    return (entity["offset"], -entity["length"], _ORDER[entity["type"]])
