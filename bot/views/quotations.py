"""A passage of an article as a quotation, formatted as it is in the article. No I/O."""

from collections.abc import Iterator, Sequence

from bot.corpus.layout import Span, Style
from bot.retrieval.answer import Match
from bot.views.rich_text import EntityType, RichText, cut_around, cut_at_word, units

MAX_HEADING = 200
"""UTF-16 units of the headings above a passage."""
MAX_SPANS = 40
"""Formatted parts of a passage that are shown. Telegram shows 100 in a message, which may hold two
passages and has a dozen of its own."""


def add_quotation(
    text: RichText,
    match: Match,
    place: str,
    room: int,
    bold: bool = False,
    collapsed: bool = False,
) -> None:
    """Add a passage, the heading above it and the line that says where it is.

    Args:
        text: What it is added to.
        match: The passage.
        place: Where it is; "" for no such line.
        room: UTF-16 units that it may take.
        bold: Whether the sentence that answers is marked.
        collapsed: Whether readers see only its beginning until they tap it.
    """
    passage = match.passage
    if passage.heading:
        heading = cut_at_word(passage.heading, MAX_HEADING)
        text.add(f"{heading}\n")
        room -= units(heading) + 1
    quoted, sentence = cut_around(
        passage.text, match.sentence, room - units(place) - 1, match.sentences
    )
    start = text.end
    text.add(quoted, EntityType.EXPANDABLE_BLOCKQUOTE if collapsed else EntityType.BLOCKQUOTE)
    shift = sentence[0] - match.sentence[0]
    inside = (1 if shift else 0, len(quoted) - (passage.text[-1:] != quoted[-1:]))
    spans = _within(passage.spans, shift, inside)
    if bold:
        _mark(text, start, sentence, spans)
    for span in spans[:MAX_SPANS]:
        is_marked = bold and span.type is Style.BOLD
        for first, last in _outside(span, [sentence]) if is_marked else [(span.start, span.end)]:
            text.mark(start + first, start + last, str(span.type), span.url)
    if place:
        text.add("\n").add(place, EntityType.ITALIC)


def _within(spans: Sequence[Span], shift: int, bounds: tuple[int, int]) -> list[Span]:
    """Return formatted parts moved by ``shift`` characters, as far as they are within bounds."""
    first, last = bounds
    moved = (
        Span(max(span.start + shift, first), min(span.end + shift, last), span.type, span.url)
        for span in spans
    )
    return [span for span in moved if span.start < span.end]


def _mark(text: RichText, start: int, sentence: tuple[int, int], spans: Sequence[Span]) -> None:
    """Mark the sentence that answers in bold, except code, which Telegram shows as it is.

    If other words of the passage are bold too, it is underlined as well.
    """
    code = [(span.start, span.end) for span in spans if span.type in (Style.CODE, Style.PRE)]
    has_bold = any(span.type is Style.BOLD and _outside(span, [sentence]) for span in spans)
    for first, last in _outside(Span(*sentence, Style.BOLD), code):
        text.mark(start + first, start + last, EntityType.BOLD)
        if has_bold:
            text.mark(start + first, start + last, EntityType.UNDERLINE)


def _outside(span: Span, others: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the parts of a span that none of the others covers."""
    return list(_gaps(span, others))


def _gaps(span: Span, others: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    at = span.start
    for first, last in sorted(others):
        if first >= span.end or last <= at:
            continue
        if first > at:
            yield at, first
        at = max(at, last)
    if at < span.end:
        yield at, span.end
