"""HTML -> a tree of nodes, unless it is nested too deeply."""

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

MAX_NESTING = 250
"""Elements within one another; the time that a parser takes grows with the square of that."""
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_NESTING = {
    *(
        "div",
        "section",
        "article",
        "blockquote",
        "ul",
        "ol",
        "dl",
        "table",
        "span",
        "font",
        "center",
    ),
    *(
        "center",
        "b",
        "strong",
        "i",
        "em",
        "u",
        "s",
        "del",
        "ins",
        "code",
        "a",
        "small",
        "sub",
        "sup",
    ),
    *("details", "figure", "pre", "q", "cite", "form", "main", "header", "footer", "aside", "svg"),
}
"""Elements that must be closed, so that many of them open are nested."""


class TooDeepError(ValueError):
    """Elements of an HTML document are nested too deeply."""


def parse_html(html: str) -> LexborNode:
    """Return the body of an HTML document, which is there even if the document has none.

    Raises:
        TooDeepError: Elements are nested more than MAX_NESTING levels deep.
    """
    depth = 0
    for closing, tag in _TAG.findall(html):
        if tag.lower() in _NESTING:
            depth = max(0, depth - 1) if closing else depth + 1
            if depth > MAX_NESTING:
                raise TooDeepError
    body = LexborHTMLParser(f"<body>{html}" if "<body" not in html.lower() else html).body
    assert body is not None, "the parser adds what is missing"
    return body
