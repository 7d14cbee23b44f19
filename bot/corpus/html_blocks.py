"""HTML -> blocks: what a reader of the page sees, in the page's order."""

import contextlib
import re
from collections.abc import Iterable, Iterator
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborNode

from bot.corpus.html_elements import (
    HEADINGS,
    INLINE,
    PHRASES,
    first_number,
    is_hidden,
    lines_of_code,
    terms,
)
from bot.corpus.html_parsing import TooDeepError, parse_html
from bot.corpus.inline_text import Format, InlineText
from bot.corpus.layout import HEADING_SEPARATOR, Block, Layout, Style

MAX_DEPTH = 60
"""Elements within one another; of what is in deeper ones, only the text is read."""
MAX_HEADING = 300
"""Characters of a heading; what is longer was not meant to be one."""
_SUPERSCRIPT = str.maketrans("0123456789+-−=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿ")
_RAISED = re.compile(r"[0-9+\-−=()n]+")
_SEPARATOR = re.compile(r"[\s\-–—*_=~#.·•|]*")
"""What only separates paragraphs from each other."""


def read_blocks(root: LexborNode, base: str | None = None, title: str = "") -> list[Block]:
    """Return the blocks within a node of an HTML document.

    Args:
        root: The node.
        base: The address of the page, to which relative links are added; None if not known.
        title: The headline; a first heading that only repeats it is left out.
    """
    reader = _Reader(base, title)
    reader.walk_children(root, ())
    reader.end()
    return reader.blocks


def first_heading(root: LexborNode, tags: Iterable[str] = HEADINGS) -> str:
    """Return the text of the first of the highest headings within a node; "" if there is none."""
    texts = (_plain(node) for tag in tags for node in root.css(tag))
    return next(filter(None, texts), "")


def plain_text(html: str) -> str:
    """Return the text of a fragment of HTML on one line."""
    with contextlib.suppress(TooDeepError):
        return _plain(parse_html(html)) if "<" in html or "&" in html else html
    return html


def _plain(node: LexborNode) -> str:
    return " ".join(" ".join(block.text.split()) for block in read_blocks(node))


class _Reader:
    """Walks through a document and collects its blocks.

    Attributes:
        blocks: What was collected.
        lists: Lists in an item of a list, which are not among its blocks.
    """

    def __init__(self, base: str | None, title: str, outer: "_Reader | None" = None) -> None:
        """Start without any.

        Args:
            base: The address of the page; None if not known.
            title: The headline.
            outer: The reader of the element within which this one reads; None for a document.
        """
        self.blocks: list[Block] = []
        self.lists: list[LexborNode] = []
        self._base = base
        self._outer = outer
        self._title = " ".join(title.split()).casefold()
        self._headings: list[tuple[int, str]] = []
        self._line = InlineText()
        self._depth: int = outer._depth if outer is not None else 0
        self._in_item = False
        self._is_bare = False

    def walk(self, node: LexborNode, formats: tuple[Format, ...]) -> None:
        """Read a node and all within it."""
        if is_hidden(node):
            return
        self._depth += 1
        tag = node.tag or ""
        if self._depth > MAX_DEPTH:
            self._line.add(node.text(deep=True, separator=" "))
        elif self._in_item and tag in ("ul", "ol"):
            self.lists.append(node)
        elif tag in PHRASES:
            self._phrase(node, tag, formats)
        elif tag in HEADINGS:
            self._heading(node, HEADINGS[tag])
        elif tag in _BLOCK_READERS:
            self.flush()
            _BLOCK_READERS[tag](self, node)
        else:
            self.flush()
            if "footnotes" in (node.attributes.get("class") or "").split():
                # They belong to all sections.
                self._end_sections(0)
            self.walk_children(node, formats)
            self.flush()
        self._depth -= 1

    def walk_children(self, node: LexborNode, formats: tuple[Format, ...]) -> None:
        """Read all that is within a node."""
        for child in node.iter(include_text=True):
            self.walk(child, formats)

    def flush(self) -> None:
        """End the paragraph that is being read."""
        self._line.strip()
        self._add(self._line)
        self._line = InlineText()

    def _add(self, text: InlineText, parts: tuple[tuple[int, int], ...] = ()) -> None:
        if not _SEPARATOR.fullmatch(text.text):
            self._is_bare = False
            heading = HEADING_SEPARATOR.join(each for _, each in self._headings)
            self.blocks.append(Block(text.text, Layout(heading, text.spans(), parts)))

    def _phrase(self, node: LexborNode, tag: str, formats: tuple[Format, ...]) -> None:
        line = self._line
        if tag == "-text":
            line.add(node.text_content or "", formats)
        elif tag == "br":
            line.new_line()
        elif tag == "input":
            if node.attributes.get("type") == "checkbox":
                line.add("☑ " if "checked" in node.attributes else "☐ ", verbatim=True)
        elif tag == "q":
            line.add("“", formats)
            self.walk_children(node, formats)
            line.add("”", formats)
        elif tag == "sup":
            # The number of a footnote, above all; without the brackets that some pages put there.
            raised = node.text(strip=True).strip("[]").partition(":")[0]
            is_number = _RAISED.fullmatch(raised) is not None
            line.add(raised.translate(_SUPERSCRIPT) if is_number else raised, formats)
        else:
            self.walk_children(node, (*formats, *self._own_format(node, tag)))

    def _own_format(self, node: LexborNode, tag: str) -> Iterator[Format]:
        if tag in INLINE:
            yield INLINE[tag], None
        if tag == "a" and (url := self._address(node.attributes.get("href"))) is not None:
            yield Style.LINK, url

    def _address(self, href: str | None) -> str | None:
        """Return where a link leads, in full; None if that is not a page of the web."""
        try:
            url = urljoin(self._base or "", (href or "").strip())
            parts = urlsplit(url)
        except ValueError:
            return None
        return url if parts.scheme in ("http", "https") and parts.hostname else None

    def _heading(self, node: LexborNode, level: int) -> None:
        self.flush()
        text = _plain(node)
        if self._outer is not None or len(text) > MAX_HEADING:
            self._line.add(text, ((Style.BOLD, None),) if self._outer is not None else ())
            self.flush()
            return
        is_first = not self.blocks and not self._headings
        self._end_sections(level)
        if text and not (is_first and text.casefold() == self._title):
            self._headings.append((level, text))
            self._is_bare = True

    def _end_sections(self, level: int) -> None:
        """End the sections of a level and below; a heading without any text is a passage itself."""
        if self._is_bare and self._headings and self._headings[-1][0] >= level:
            _, text = self._headings.pop()
            self._line.add(text)
            self.flush()
        while self._headings and self._headings[-1][0] >= level:
            self._headings.pop()

    def end(self) -> None:
        """End the document."""
        self.flush()
        self._end_sections(0)

    def _inside(self, node: LexborNode, is_item: bool = False) -> "_Reader":
        """Return a reader that has read what is within a node."""
        reader = _Reader(self._base, "", outer=self)
        reader._in_item = is_item
        reader.walk_children(node, ())
        reader.flush()
        return reader

    def _list(self, node: LexborNode) -> None:
        text, parts = InlineText(), list[tuple[int, int]]()
        self._add_items(text, parts, node, 0)
        self._add(text, tuple(parts))

    def _add_items(
        self, text: InlineText, parts: list[tuple[int, int]], node: LexborNode, level: int
    ) -> None:
        number = first_number(node)
        for item in node.iter():
            if item.tag in ("ul", "ol"):
                self._add_items(text, parts, item, level + 1)
                continue
            if is_hidden(item):
                continue
            inside = self._inside(item, is_item=True)
            own = _joined(inside.blocks)
            if own.text:
                text.new_line()
                mark = f"{number}. " if node.tag == "ol" else ("• " if level == 0 else "◦ ")
                parts.append(text.join(own, "  " * level + mark))
                number += 1
            for each in inside.lists:
                self._add_items(text, parts, each, level + 1)

    def _definitions(self, node: LexborNode) -> None:
        text, parts = InlineText(), list[tuple[int, int]]()
        for item in terms(node):
            own = _joined(self._inside(item).blocks)
            if not own.text:
                continue
            text.new_line()
            if item.tag == "dt":
                own.add_span(0, len(own.text), Style.BOLD)
                parts.append(text.join(own))
            else:
                start, end = text.join(own)
                # A term and what it means belong together.
                parts[-1:] = [(parts[-1][0] if parts else start, end)]
        self._add(text, tuple(parts))

    def _table(self, node: LexborNode) -> None:
        rows = [row for row in node.css("tr") if not is_hidden(row)]
        cells = [[cell for cell in row.iter() if cell.tag in ("td", "th")] for row in rows]
        if all(len(row) < 2 for row in cells) or node.css_first("table table") is not None:
            # It only serves to place what is in it.
            self.walk_children(node, ())
            self.flush()
            return
        for caption in node.css("caption"):
            self.walk_children(caption, ())
            self.flush()
        text, parts = InlineText(), list[tuple[int, int]]()
        for row in cells:
            line = InlineText()
            for number, cell in enumerate(row):
                own = _joined(self._inside(cell).blocks, " ")
                if cell.tag == "th" and own.text:
                    own.add_span(0, len(own.text), Style.BOLD)
                line.join(own if own.text else InlineText.of("–"), " · " if number else "")
            if line.text.strip(" ·–"):
                text.new_line()
                parts.append(text.join(line))
        self._add(text, tuple(parts))

    def _quotation(self, node: LexborNode) -> None:
        self._add(_joined(self._inside(node).blocks))

    def _code(self, node: LexborNode) -> None:
        text = InlineText()
        written = "".join(lines_of_code(node)).strip("\n").rstrip()
        text.add(written.expandtabs(4), ((Style.PRE, None),), verbatim=True)
        self._add(text)


_BLOCK_READERS = {
    "ul": _Reader._list,
    "ol": _Reader._list,
    "dl": _Reader._definitions,
    "table": _Reader._table,
    "blockquote": _Reader._quotation,
    "pre": _Reader._code,
}


def _joined(blocks: list[Block], separator: str = "\n") -> InlineText:
    """Return the blocks of an item, a cell or a quotation as one text."""
    text = InlineText()
    for number, block in enumerate(blocks):
        part = InlineText.of(block.text, block.layout.spans)
        text.join(part, separator if number else "")
    return text
