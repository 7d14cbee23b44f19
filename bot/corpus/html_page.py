"""A page saved as HTML: the part with the article, and what its head says about it."""

from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

_AROUND = "header, footer, aside, form, nav"
"""What stands around the text of a page, also within its article."""


@dataclass(frozen=True)
class PageFields:
    """What the head of a page says; "" for what it does not say.

    Attributes:
        title: The title of the page, which may have the site's name in it.
        description: A sentence or two about the page.
        language: The language as it is written there.
        author: The author.
        published: The date as it is written there.
        url: The address of the page.
    """

    title: str = ""
    description: str = ""
    language: str = ""
    author: str = ""
    published: str = ""
    url: str = ""


def read_fields(html: str) -> PageFields:
    """Return what the head of a page says about it."""
    tree = LexborHTMLParser(html)

    def attribute(selectors: str, name: str) -> str:
        for selector in selectors.split(", "):
            node = tree.css_first(selector)
            if node is not None and (value := (node.attributes.get(name) or "").strip()):
                return value
        return ""

    title = tree.css_first("title")
    return PageFields(
        title=" ".join(title.text().split()) if title is not None else "",
        description=attribute("meta[name=description], meta[property='og:description']", "content"),
        language=attribute("html", "lang"),
        author=attribute("meta[name=author]", "content"),
        published=attribute("meta[property='article:published_time'], meta[name=date]", "content")
        or attribute("article time, time", "datetime"),
        url=attribute("link[rel=canonical]", "href"),
    )


def article_node(body: LexborNode) -> LexborNode:
    """Return the node of a page that holds its article, without what stands around the text."""
    articles = body.css("article")
    root = articles[0] if len(articles) == 1 else body.css_first("main, [role=main]") or body
    for node in root.css(_AROUND):
        # A headline may be all that a header holds.
        if node.css_first("h1") is None:
            node.decompose()
    return root
