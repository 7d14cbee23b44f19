"""Text with entities instead of markup, which needs no escaping; and lengths in UTF-16 units."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import accumulate

TEXT_LIMIT = 4096
"""UTF-16 units of a message's text. Telegram documents characters, but in places counts units."""


class EntityType(StrEnum):
    """Types of entities, as the Bot API names them; ``layout.Style`` has those of articles."""

    BOLD = "bold"
    ITALIC = "italic"
    UNDERLINE = "underline"
    BLOCKQUOTE = "blockquote"
    EXPANDABLE_BLOCKQUOTE = "expandable_blockquote"
    TEXT_LINK = "text_link"


@dataclass(frozen=True)
class Entity:
    """The formatting of a part of a text.

    Attributes:
        type: Its type, as the Bot API names it.
        offset: Where the part begins.
        length: How long it is.
        url: Where it links to; None for no link.
    """

    type: str
    offset: int
    length: int
    url: str | None = None

    @property
    def end(self) -> int:
        """Where the part ends."""
        return self.offset + self.length


@dataclass(frozen=True)
class Piece:
    """A part of a text.

    Attributes:
        text: The part.
        types: Types of the entities that cover it.
        url: Where it links to; None for no link.
    """

    text: str
    types: tuple[str, ...] = ()
    url: str | None = None


class RichText:
    """A text built from pieces, each covered by entities of its own."""

    def __init__(self) -> None:
        self._text = ""
        self._entities: list[Entity] = []

    def add(self, piece: "str | Piece", *types: str) -> "RichText":
        """Append a piece, covered by its own entities and those of the given types; return self."""
        piece = Piece(piece) if isinstance(piece, str) else piece
        start, end = len(self._text), len(self._text) + len(piece.text)
        self._text += piece.text
        for type_ in (*piece.types, *types):
            self.mark(start, end, type_)
        if piece.url is not None:
            self.mark(start, end, EntityType.TEXT_LINK, piece.url)
        return self

    def join(self, other: "RichText") -> "RichText":
        """Append another text together with its entities; return self."""
        for entity in other._entities:
            start = self.end + entity.offset
            self.mark(start, start + entity.length, entity.type, entity.url)
        self._text += other._text
        return self

    def mark(self, start: int, end: int, type_: str, url: str | None = None) -> None:
        """Cover the text from ``start`` to ``end`` (in characters) with an entity."""
        if end > start:
            self._entities.append(Entity(type_, start, end - start, url))

    @property
    def end(self) -> int:
        """The length so far, in characters."""
        return len(self._text)

    @property
    def text(self) -> str:
        """The whole text."""
        return self._text

    @property
    def entities(self) -> list[Entity]:
        """All entities, with offsets and lengths in UTF-16 units as Telegram counts them."""
        if units(self._text) == len(self._text):
            return list(self._entities)
        at = [0, *accumulate(map(units, self._text))]
        return [
            replace(each, offset=at[each.offset], length=at[each.end] - at[each.offset])
            for each in self._entities
        ]


def units(text: str) -> int:
    """Return a text's length in UTF-16 units."""
    return len(text) + sum(char > "\uffff" for char in text)


def cut(text: str, limit: int) -> str:
    """Return a text, cut to its beginning and an ellipsis if over ``limit`` UTF-16 units."""
    if units(text) <= limit:
        return text
    end = fitting(text, limit - 1)
    return text[:end].rstrip() + "…"


def cut_at_word(text: str, limit: int) -> str:
    """Return a text as ``cut`` does, but cut between two words if there are several."""
    if units(text) <= limit:
        return text
    shorter, _, _ = text[: fitting(text, limit)].rpartition(" ")
    return shorter.rstrip(" ,;:–—-") + "…" if shorter else cut(text, limit)


def cut_around(
    text: str, span: tuple[int, int], limit: int, parts: Sequence[tuple[int, int]] = ()
) -> tuple[str, tuple[int, int]]:
    """Cut a text to the surroundings of a span; ellipses mark what is left out.

    It is cut between parts if they are known, otherwise between words.

    Args:
        text: The text.
        span: (start, end) in characters.
        limit: UTF-16 units of the result, 3 or more.
        parts: (start, end) of the sentences of the text, or of its lines.

    Returns:
        The part of the text, and the span in it. A span that is itself too long loses its end.
    """
    if units(text) <= limit:
        return text, span
    start, end = span
    room = limit - 2 - units(text[start:end])
    if room <= 0:
        kept = cut_at_word(text[start:end], limit - 1)
        return f"…{kept}", (1, 1 + len(kept))
    before = len(text[:start]) - fitting(text[:start][::-1], room // 2)
    after = end + fitting(text[end:], room - units(text[before:start]))
    before = start - fitting(text[:start][::-1], room - units(text[end:after]))
    before = _start_at(text, before, start, [first for first, _ in parts])
    after = _end_at(text, end, after, [last for _, last in parts])
    head, tail = "…" if before else "", "…" if after < len(text) else ""
    shift = len(head) - before
    return head + text[before:after] + tail, (start + shift, end + shift)


def _start_at(text: str, earliest: int, latest: int, starts: Sequence[int]) -> int:
    """Return where a cut text begins: where a part does, or a word where no parts are known."""
    if earliest == 0:
        return 0
    if starts:
        return next((start for start in starts if earliest <= start < latest), latest)
    words = (n for n in range(earliest, latest) if text[n - 1].isspace())
    return next(words, latest)


def _end_at(text: str, earliest: int, latest: int, ends: Sequence[int]) -> int:
    """Return where a cut text ends: where a part does, or a word where no parts are known."""
    if latest == len(text):
        return latest
    if ends:
        return next((end for end in reversed(ends) if earliest < end <= latest), earliest)
    words = (n for n in range(latest, earliest, -1) if text[n].isspace())
    return next(words, earliest)


def fitting(text: str, limit: int) -> int:
    """Return how many characters from the start fit into ``limit`` UTF-16 units."""
    used = 0
    for number, char in enumerate(text):
        used += 2 if char > "\uffff" else 1
        if used > limit:
            return number
    return len(text)
