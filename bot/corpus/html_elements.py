"""What the elements of HTML mean to a reader of the text."""

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborNode

from bot.corpus.layout import Style

_HIDDEN = {
    *("script", "style", "template", "noscript", "head", "title", "iframe", "object", "embed"),
    *("svg", "annotation", "canvas", "audio", "video", "img", "picture", "map", "nav", "button"),
    *("select", "textarea", "dialog", "rt", "rp"),
}
"""Elements of which a reader of the text sees nothing, or nothing that belongs to it."""
INLINE = {
    **dict.fromkeys(("b", "strong"), Style.BOLD),
    **dict.fromkeys(("i", "em", "cite", "dfn", "var"), Style.ITALIC),
    **dict.fromkeys(("u", "ins"), Style.UNDERLINE),
    **dict.fromkeys(("s", "del", "strike"), Style.STRIKETHROUGH),
    **dict.fromkeys(("code", "kbd", "samp", "tt"), Style.CODE),
}
_UNFORMATTED = {
    *("span", "font", "small", "big", "abbr", "acronym", "mark", "time", "label", "bdi", "bdo"),
    *("data", "sub", "ruby", "rb", "wbr"),
}
"""Elements that format the text within a line."""
HEADINGS = {f"h{level}": level for level in range(1, 7)}
PHRASES = {*INLINE, *_UNFORMATTED, "a", "br", "q", "sup", "input", "-text"}
"""What stands within a line. Everything else begins a new block."""
_FOR_SCREEN_READERS = re.compile(r"\b(?:katex-mathml|MJX_Assistive_MathML|mjx-assistive-mml)\b")
"""Classes of elements that repeat a formula."""
_ANCHOR_SIGNS = {"", "#", "¶", "§", "🔗", "↩", "↩︎", "↑", "^", "[edit]"}
"""Texts of links to a place of the same page that only serve to jump there."""


def is_hidden(node: LexborNode) -> bool:
    """Return whether a reader of the page does not see a node, or only as a means to move there."""
    tag = node.tag or ""
    if tag == "-text":
        return False
    if tag in _HIDDEN or tag.startswith(("-", "!")):
        return True
    attributes = node.attributes
    if "hidden" in attributes or _FOR_SCREEN_READERS.search(attributes.get("class") or ""):
        return True
    if "display:none" in (attributes.get("style") or "").replace(" ", "").lower():
        return True
    if tag == "a" and (attributes.get("href") or "#").startswith("#"):
        return node.text(strip=True) in _ANCHOR_SIGNS
    return False


def first_number(node: LexborNode) -> int:
    """Return the number of the first item of a list."""
    value = node.attributes.get("start") or "1"
    return int(value) if re.fullmatch(r"-?[0-9]{1,9}", value) else 1


def terms(node: LexborNode) -> Iterator[LexborNode]:
    """Yield the terms of a list of definitions and what they mean, which may be in groups."""
    for child in node.iter():
        if child.tag == "div":
            yield from (each for each in child.iter() if each.tag in ("dt", "dd"))
        elif child.tag in ("dt", "dd"):
            yield child


def lines_of_code(node: LexborNode) -> Iterator[str]:
    """Yield the parts of a block of code, with its line ends."""
    for each in node.traverse(include_text=True):
        if each.tag == "-text":
            yield each.text_content or ""
        elif each.tag == "br":
            yield "\n"
