"""How a passage is shown, beside its plain text: formatting, parts, and the heading above it."""

from dataclasses import dataclass, field, replace
from enum import StrEnum

MAX_PASSAGE = 3_000
"""Characters of a passage. It fits into a Telegram message together with what stands around it; a
longer paragraph becomes several passages."""


class Style(StrEnum):
    """How a part of a text is formatted, named as Telegram's entities are."""

    BOLD = "bold"
    ITALIC = "italic"
    UNDERLINE = "underline"
    STRIKETHROUGH = "strikethrough"
    CODE = "code"
    PRE = "pre"
    LINK = "text_link"


@dataclass(frozen=True)
class Span:
    """A formatted part of a text.

    Attributes:
        start: Where it begins, in characters.
        end: Where it ends.
        type: Its format.
        url: Where a link leads, an http or https address; None for other formats.
    """

    start: int
    end: int
    type: Style
    url: str | None = None


@dataclass(frozen=True)
class Layout:
    """How a passage is shown.

    Attributes:
        heading: The headings above it, the outermost first, joined by HEADING_SEPARATOR; "" for
            none.
        spans: Its formatted parts, sorted by their starts.
        parts: (start, end) of the items of a list or the rows of a table, of which one is marked as
            the answer as a sentence is in other passages; empty for running text.
    """

    heading: str = ""
    spans: tuple[Span, ...] = ()
    parts: tuple[tuple[int, int], ...] = ()

    @property
    def is_code(self) -> bool:
        """Whether the passage is a block of code."""
        return any(span.type is Style.PRE and span.start == 0 for span in self.spans)


PLAIN = Layout()
HEADING_SEPARATOR = " › "


@dataclass(frozen=True)
class Block:
    """A block of a document: a paragraph, a list, a quotation, a table or code.

    Attributes:
        text: Its text; lines are separated by line feeds.
        layout: How it is shown.
    """

    text: str
    layout: Layout = field(default=PLAIN)


def cut_long(block: Block, language: str) -> list[Block]:
    """Return a block in parts of at most MAX_PASSAGE characters.

    It is cut between items, rows, or lines of code; otherwise between sentences, and a sentence
    that is itself too long between words.

    Args:
        block: The block.
        language: A BCP 47 tag, which decides how sentences are split.
    """
    if len(block.text) <= MAX_PASSAGE:
        return [block]
    pieces: list[Block] = []
    start = end = 0
    for _, boundary in _boundaries(block, language):
        if boundary - start > MAX_PASSAGE and end > start:
            pieces.append(_piece(block, start, end))
            start = end
        end = boundary
    pieces.append(_piece(block, start, len(block.text)))
    return [piece for piece in pieces if piece.text]


def _boundaries(block: Block, language: str) -> list[tuple[int, int]]:
    """Return the spans between which a block may be cut, none longer than MAX_PASSAGE."""
    # It takes long to import, and nothing else here needs it.
    from bot.corpus.sentences import sentences  # noqa: PLC0415

    text, parts = block.text, list(block.layout.parts)
    if block.layout.is_code:
        parts = _lines(text)
    found = []
    for first, end in parts or sentences(text, language):
        start = first
        while end - start > MAX_PASSAGE:
            limit = start + MAX_PASSAGE
            # At a word's end; a text without spaces wherever it must be.
            at = max(text.rfind(" ", start + 1, limit), text.rfind("\n", start + 1, limit))
            found.append((start, at if at > start else limit))
            start = found[-1][1]
        found.append((start, end))
    return found


def _lines(text: str) -> list[tuple[int, int]]:
    found, start = [], 0
    for line in text.splitlines(keepends=True):
        found.append((start, start + len(line)))
        start += len(line)
    return found


def _piece(block: Block, start: int, end: int) -> Block:
    """Return a part of a block, without white space around it."""
    text, layout = block.text[start:end], block.layout
    if not layout.is_code:
        start += len(text) - len(text.lstrip())
    text = block.text[start:end].rstrip()
    end = start + len(text)
    spans = tuple(
        replace(span, start=max(span.start, start) - start, end=min(span.end, end) - start)
        for span in layout.spans
        if span.start < end and span.end > start
    )
    parts = tuple(
        (max(first, start) - start, min(last, end) - start)
        for first, last in layout.parts
        if first < end and last > start
    )
    return Block(text, replace(layout, spans=spans, parts=parts))
