"""An entry of a feed -> its article: from its page, or else from what the feed itself says."""

import asyncio
import html
from dataclasses import replace

from bot.errors import WebError
from bot.web.entries import FeedEntry, plain
from bot.web.extraction import ExtractedArticle, extract
from bot.web.fetcher import Fetched, Fetcher

MIN_CONTENT = 400
"""Characters of text from which on a feed's own content is taken for an article; many feeds have
only the first sentences."""
MAX_HEADING = 80
"""Characters of a heading that is made of the first words."""


async def article_of(entry: FeedEntry, fetcher: Fetcher) -> ExtractedArticle:
    """Return an entry's article.

    Raises:
        WebError: Its page cannot be fetched or has no article, and the feed's own content is too
            short to be one.
    """
    try:
        page = await fetcher.get(entry.link)
        article = await asyncio.to_thread(extract, page)
    except WebError:
        own = await asyncio.to_thread(_own_article, entry)
        if own is None:
            raise
        return own
    # The address that the feed gives may lead elsewhere, and then that page's is the article's.
    published = entry.published.date() if entry.published else None
    return replace(
        article,
        author=article.author or (entry.author or "")[:200] or None,
        published=article.published or published,
    )


def _own_article(entry: FeedEntry) -> ExtractedArticle | None:
    """Return the article that is in the feed itself; None if there is none."""
    try:
        article = extract(_page_of(entry))
    except WebError:
        return None
    return article if len(article.text) >= MIN_CONTENT else None


def _page_of(entry: FeedEntry) -> Fetched:
    """Return a page that holds what the feed says of an entry."""
    content = entry.content or ""
    heading = entry.title or _first_words(plain(content))
    # In many feeds the summary is the content, or its beginning.
    is_beginning = plain(content).startswith(entry.summary.removesuffix("…").strip())
    day = entry.published.date().isoformat() if entry.published else None
    metadata = {
        "og:title": heading,
        "author": entry.author,
        "article:published_time": day,
        "description": None if is_beginning else entry.summary,
    }
    head = "".join(
        f'<meta {"property" if ":" in name else "name"}="{name}" content="{html.escape(value)}">'
        for name, value in metadata.items()
        if value
    )
    page = (
        f"<!doctype html><html><head><title>{html.escape(heading)}</title>{head}</head>"
        f"<body><article><h1>{html.escape(heading)}</h1>{content}</article></body></html>"
    )
    return Fetched(entry.link, 200, "text/html", "utf-8", page.encode())


def _first_words(text: str) -> str:
    """Return the beginning of a text, for entries without a title."""
    if len(text) <= MAX_HEADING:
        return text
    return text[:MAX_HEADING].rpartition(" ")[0] + "…"
