"""A line of text with its formatting, built piece by piece as a browser lays text out."""

import re
from collections.abc import Sequence

from bot.corpus.layout import Span, Style

Format = tuple[Style, str | None]
"""A style, and the address for a link."""

MAX_SPANS = 2_000
"""Formats of a block that are kept; a message shows a hundred."""

_SPACES = re.compile(r"[ \t\n\r\f]+")
_HAN = "\u3000-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uff00-\uffef"
_WRAPPED_HAN = re.compile(rf"(?<=[{_HAN}])[ \t]*\n[ \t]*(?=[{_HAN}])")
"""The end of a line within a sentence in Chinese or Japanese, which have no spaces."""
_INVISIBLE = re.compile("[\u00ad\u200b\u2060\ufeff\x00-\x09\x0b-\x1f\x7f-\x9f]")
"""Control characters, and soft hyphens and the like, which would cut words in two unseen."""
_CLOSED = (Style.CODE, Style.PRE, Style.LINK)
"""Telegram shows nothing within these; of two, the outer one is kept."""


def clean(text: str) -> str:
    """Return a text without invisible and control characters; line feeds are kept."""
    return _INVISIBLE.sub("", text)


class InlineText:
    """Text that grows by pieces, each of them with a format.

    Runs of white space become one space, none is left at the beginning or end of a line.
    """

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._length = 0
        self._spans: list[Span] = []

    @classmethod
    def of(cls, text: str, spans: Sequence[Span] = ()) -> "InlineText":
        """Return a text that is there already, with its formats."""
        made = cls()
        made._append(text)
        made._spans = list(spans)
        return made

    @property
    def text(self) -> str:
        """The text so far."""
        return "".join(self._pieces).rstrip(" ")

    def add(self, text: str, formats: tuple[Format, ...] = (), verbatim: bool = False) -> None:
        """Append a piece.

        Args:
            text: The piece.
            formats: How it is shown, the outermost first.
            verbatim: Whether its white space is kept as it is.
        """
        text = clean(text if verbatim else _SPACES.sub(" ", _WRAPPED_HAN.sub("", text)))
        if not verbatim and (not self._pieces or self._pieces[-1][-1] in " \n"):
            text = text.lstrip(" ")
        start = self._append(text)
        for style, url in _compatible(formats):
            self._cover(Span(start, self._length, style, url))

    def join(self, other: "InlineText", prefix: str = "") -> tuple[int, int]:
        """Append another text after a prefix; return where it begins and ends."""
        self._append(prefix)
        start = self._append(other.text)
        for span in other.spans():
            self._cover(Span(span.start + start, span.end + start, span.type, span.url))
        return start, self._length

    def add_span(self, start: int, end: int, style: Style) -> None:
        """Cover a part of the text with one more format, unless code is in the way."""
        if not any(span.type in (Style.CODE, Style.PRE) for span in self._spans):
            self._cover(Span(start, end, style))

    def new_line(self) -> None:
        """End the line, unless nothing was written yet."""
        self.strip(" ")
        if self._pieces:
            self._append("\n")

    def strip(self, characters: str | None = None) -> None:
        """Remove characters from the end; white space and empty lines for None."""
        while self._pieces:
            last = self._pieces.pop()
            kept = last.rstrip(characters)
            self._length += len(kept) - len(last)
            if kept:
                self._pieces.append(kept)
                return

    def spans(self) -> tuple[Span, ...]:
        """The formats, none of which begins or ends with a space."""
        text, found = self.text, []
        for span in self._spans:
            inside = text[span.start : span.end]
            stripped = inside if span.type is Style.PRE else inside.strip()
            start = span.start + inside.find(stripped)
            if stripped.strip():
                found.append(Span(start, start + len(stripped), span.type, span.url))
        return tuple(sorted(found, key=lambda span: (span.start, -span.end)))

    def _append(self, text: str) -> int:
        """Append a text as it is; return where it begins."""
        start = self._length
        if text:
            self._pieces.append(text)
            self._length += len(text)
        return start

    def _cover(self, span: Span) -> None:
        """Add a format, as one with the same format that ends where it begins."""
        if span.end <= span.start:
            return
        for number in range(len(self._spans) - 1, max(-1, len(self._spans) - 9), -1):
            last = self._spans[number]
            if (last.type, last.url) == (span.type, span.url) and last.end == span.start:
                self._spans[number] = Span(last.start, span.end, span.type, span.url)
                return
        if len(self._spans) < MAX_SPANS:
            self._spans.append(span)


def _compatible(formats: tuple[Format, ...]) -> tuple[Format, ...]:
    """Return the formats that Telegram can show together: code and links hold no others."""
    closed = next((each for each in formats if each[0] in _CLOSED), None)
    if closed is None:
        return tuple(dict.fromkeys(formats))
    if closed[0] is not Style.LINK:
        return (closed,)
    styles = (each for each in formats if each[0] not in _CLOSED)
    return (*dict.fromkeys(styles), closed)
