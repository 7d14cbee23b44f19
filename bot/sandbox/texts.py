"""Texts as Telegram treats them: lengths in UTF-16 units, trimming, entities.

An entity is a dict as in the Bot API: type, offset, length, and what its type needs.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Any

from bot.sandbox.errors import bad_request

Entity = dict[str, Any]

MAX_TEXT = 4096
MAX_CAPTION = 1024
MAX_ENTITIES = 100

# What an entity of each type must bring along.
ENTITY_NEEDS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("mention", "hashtag", "cashtag", "bot_command", "url", "email"), ()),
    **dict.fromkeys(("phone_number", "blockquote", "expandable_blockquote"), ()),
    **dict.fromkeys(("bold", "italic", "underline", "strikethrough", "spoiler"), ()),
    **dict.fromkeys(("code", "pre"), ()),
    "text_link": ("url",),
    "text_mention": ("user",),
    "custom_emoji": ("custom_emoji_id",),
    "date_time": ("unix_time",),
}
_EXTRAS = ("url", "user", "language", "custom_emoji_id", "unix_time", "date_time_format")
# In these, nothing is looked for.
_CLOSED = frozenset(
    {"code", "pre", "text_link", "text_mention", "url", "mention", "bot_command", "email"}
)
_ORDER = {kind: place for place, kind in enumerate(ENTITY_NEEDS)}

# Telegram turns control characters into spaces, keeps line feeds and drops carriage returns.
_CONTROLS = {code: " " for code in range(32) if chr(code) not in "\n\r"}
_CR = "\r".encode("utf-16-le")
_BLANK = frozenset(blank.encode("utf-16-le") for blank in " \n")

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
    """Length of `text` in UTF-16 units, the unit of all of Telegram's limits and offsets."""
    return len(text) + sum(character > "\uffff" for character in text)


def clean(text: str, entities: Sequence[Entity] = ()) -> tuple[str, list[Entity]]:
    """`text` trimmed and without control characters, and `entities` moved along with it.

    Entities are clipped to the text, dropped when nothing is left of them, sorted by place (outer
    ones first) and at most 100. Raises ApiError for a text that is not Unicode and for an entity
    that cuts a character in two.
    """
    try:
        raw = text.translate(_CONTROLS).encode("utf-16-le")
    except UnicodeEncodeError:
        raise bad_request("strings must be encoded in UTF-8") from None
    units = [raw[place : place + 2] for place in range(0, len(raw), 2)]
    kept = _kept(units)
    cleaned = b"".join(units[place] for place in kept).decode("utf-16-le")
    moved = []
    for entity in entities:
        start, end = entity["offset"], entity["offset"] + entity["length"]
        for place in (start, end):
            if place < len(units) and 0xDC <= units[place][1] <= 0xDF:
                raise bad_request(
                    f"can't parse entities: UTF-16 offset {place} is in the middle of a symbol"
                )
        start, end = bisect_left(kept, start), bisect_left(kept, end)
        if end > start:
            moved.append({**entity, "offset": start, "length": end - start})
    return cleaned, sorted(moved, key=_place)[:MAX_ENTITIES]


def _kept(units: Sequence[bytes]) -> Sequence[int]:
    """The places of the units that stay, increasing; so an old offset's new one is its rank."""
    start, end = 0, len(units)
    while start < end and (units[start] in _BLANK or units[start] == _CR):
        start += 1
    while end > start and (units[end - 1] in _BLANK or units[end - 1] == _CR):
        end -= 1
    return [place for place in range(start, end) if units[place] != _CR]


def link(value: object) -> str | None:
    """An address as Telegram keeps it, with http:// when it had no scheme; None: not a web one."""
    if not isinstance(value, str):
        return None
    if _LINK.fullmatch(value):
        return value
    return f"http://{value}" if _BARE_LINK.fullmatch(value) else None


def parse_entities(value: object) -> list[Entity]:
    """The entities of a call's parameter; ApiError when one is not well-formed.

    A text_link to something that is no address is dropped, as Telegram drops it.
    """
    if not isinstance(value, list):
        raise bad_request("can't parse entities JSON array: expected an Array")
    parsed = [_parse_entity(item) for item in value]
    return [item for item in parsed if item["type"] != "text_link" or item["url"]]


def _parse_entity(item: object) -> Entity:
    if not isinstance(item, dict):
        raise bad_request("can't parse MessageEntity: expected an Object")
    for name in ("offset", "length"):
        number = item.get(name)
        if not isinstance(number, int) or isinstance(number, bool) or number < 0:
            raise bad_request(
                f'can\'t parse MessageEntity: field "{name}" must be a non-negative Number'
            )
    kind = item.get("type")
    if not isinstance(kind, str) or kind not in ENTITY_NEEDS:
        raise bad_request("can't parse MessageEntity: unsupported entity type specified")
    for name in ENTITY_NEEDS[kind]:
        if not item.get(name):
            raise bad_request(f"can't parse MessageEntity: can't find field \"{name}\"")
    extras = {name: item[name] for name in _EXTRAS if name in item}
    if "url" in extras:
        extras["url"] = link(extras["url"])
    return {"type": kind, "offset": item["offset"], "length": item["length"], **extras}


def detect(text: str) -> list[Entity]:
    """The url, mention and bot_command entities that Telegram finds in `text` by itself."""
    found: list[tuple[int, int, str]] = []
    for start, end, kind in _matches(text):
        if all(end <= other[0] or start >= other[1] for other in found):
            found.append((start, end, kind))
        if len(found) == MAX_ENTITIES:
            break
    return [
        {
            "type": kind,
            "offset": utf16_length(text[:start]),
            "length": utf16_length(text[start:end]),
        }
        for start, end, kind in sorted(found)
    ]


def _matches(text: str) -> Iterator[tuple[int, int, str]]:
    """Candidates, addresses first: an @ or a / inside of an address is part of it."""
    for pattern, kind in ((_URL, "url"), (_MENTION, "mention"), (_COMMAND, "bot_command")):
        for match in pattern.finditer(text):
            # The sentence's own punctuation does not belong to an address.
            ending = match.group().rstrip(".,;:!?'()") if kind == "url" else match.group()
            yield match.start(), match.start() + len(ending), kind


def formatted(text: str, entities: Sequence[Entity] | None, limit: int) -> tuple[str, list[Entity]]:
    """`text` and its entities as a message holds them; entities: those given, None for none.

    What Telegram finds by itself comes beside those, except inside of code and links.
    Raises ApiError when the cleaned text is empty or has more than `limit` UTF-16 units.
    """
    cleaned, given = clean(text, entities or ())
    if not cleaned:
        raise bad_request("message text is empty")
    if utf16_length(cleaned) > limit:
        raise bad_request("message is too long")
    closed = [entity for entity in given if entity["type"] in _CLOSED]
    found = [entity for entity in detect(cleaned) if not any(_meet(entity, e) for e in closed)]
    return cleaned, sorted([*given, *found], key=_place)[:MAX_ENTITIES]


def _meet(one: Entity, other: Entity) -> bool:
    first, second = sorted((one, other), key=lambda entity: entity["offset"])
    return bool(second["offset"] < first["offset"] + first["length"])


def _place(entity: Entity) -> tuple[int, int, int]:
    """Where an entity sorts: by its start, outer ones first."""
    return (entity["offset"], -entity["length"], _ORDER[entity["type"]])
