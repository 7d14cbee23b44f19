"""A page saved as HTML: the part with the article, and what its head says about it."""

from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

from bot.corpus.html_blocks import first_heading


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
    """Return the node of a page that holds its article."""
    main = body.css_first("main, [role=main]")
    for place in (main, body):
        articles = place.css("article") if place is not None else []
        if len(articles) == 1 and (place is main or main is None):
            return articles[0]
    return main or body


def page_title(body: LexborNode) -> str:
    """Return the headline of a page's article; "" if it has no heading.

    A heading of the first level in the article goes first: another one may be the site's name.
    """
    article = article_node(body)
    return first_heading(article, ("h1",)) or first_heading(body, ("h1",)) or first_heading(article)


_OUTER = ("body", "article", "main", "div", "form")


def without_surroundings(article: LexborNode) -> LexborNode:
    """Return the node of an article without what stands around its text."""
    for node in article.css("header, footer, aside, nav"):
        parent = node.parent.tag if node.parent is not None else ""
        is_around = node.tag == "nav" or (
            # In a quotation it names the source; further within, it belongs to a section.
            parent in ("body", "article", "main", "div", "form")
            and node.css_first("h1, h2") is None
        )
        if is_around and not (node.tag == "aside" and article.tag == "article"):
            node.decompose()
    return article
