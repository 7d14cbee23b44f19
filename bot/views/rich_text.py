"""Text with entities, which no text can break, within the lengths that Telegram takes."""

from dataclasses import dataclass

from telegram import MessageEntity

TEXT_LIMIT = 4096
"""UTF-16 units of a message's text: Telegram speaks of characters and counts these at times."""


@dataclass(frozen=True)
class Piece:
    """A part of a text, with the types of the entities that hold for it; url makes it a link."""

    text: str
    types: tuple[str, ...] = ()
    url: str | None = None


class RichText:
    """A text that grows by pieces, each with the entities that hold for it."""

    def __init__(self) -> None:
        self._text = ""
        self._entities: list[MessageEntity] = []

    def add(self, piece: "str | Piece", *types: str) -> "RichText":
        """Append a piece, with entities of the given types beside its own."""
        piece = Piece(piece) if isinstance(piece, str) else piece
        start, end = len(self._text), len(self._text) + len(piece.text)
        self._text += piece.text
        for type_ in (*piece.types, *types):
            self.mark(start, end, type_)
        if piece.url is not None:
            self.mark(start, end, MessageEntity.TEXT_LINK, piece.url)
        return self

    def join(self, other: "RichText") -> "RichText":
        """Append another text with its entities."""
        for entity in other._entities:
            start = self.end + entity.offset
            self.mark(start, start + entity.length, entity.type, entity.url)
        self._text += other._text
        return self

    def mark(self, start: int, end: int, type_: str, url: str | None = None) -> None:
        """Put an entity over what was appended from start to end, in characters."""
        if end > start:
            self._entities.append(MessageEntity(type_, start, end - start, url=url))

    @property
    def end(self) -> int:
        """Where the next piece will start, in characters."""
        return len(self._text)

    @property
    def text(self) -> str:
        """All pieces."""
        return self._text

    @property
    def entities(self) -> list[MessageEntity]:
        """The entities, in UTF-16 units as Telegram counts them."""
        return list(MessageEntity.adjust_message_entities_to_utf_16(self._text, self._entities))


def units(text: str) -> int:
    """Return a text's length in UTF-16 units."""
    return len(text) + sum(char > "\uffff" for char in text)


def cut(text: str, limit: int) -> str:
    """Return the text, or its beginning and an ellipsis, in at most limit UTF-16 units."""
    if units(text) <= limit:
        return text
    end = fitting(text, limit - 1)
    return text[:end].rstrip() + "…"


def cut_around(text: str, span: tuple[int, int], limit: int) -> tuple[str, tuple[int, int]]:
    """Return a part of the text that holds the span, and the span in it, within the limit.

    span: (start, end) in characters. limit: UTF-16 units, 3 or more. Where something was left
    out an ellipsis stands; a span that is itself too long loses its end.
    """
    if units(text) <= limit:
        return text, span
    start, end = span
    room = limit - 2 - units(text[start:end])
    if room <= 0:
        kept = cut(text[start:end], limit - 1)
        return f"…{kept}", (1, 1 + len(kept))
    before = len(text[:start]) - fitting(text[:start][::-1], room // 2)
    after = end + fitting(text[end:], room - units(text[before:start]))
    before = start - fitting(text[:start][::-1], room - units(text[end:after]))
    head, tail = "…" if before else "", "…" if after < len(text) else ""
    shift = len(head) - before
    return head + text[before:after] + tail, (start + shift, end + shift)


def fitting(text: str, limit: int) -> int:
    """Return how many characters from the start fit into limit UTF-16 units."""
    used = 0
    for number, char in enumerate(text):
        used += 2 if char > "\uffff" else 1
        if used > limit:
            return number
    return len(text)
