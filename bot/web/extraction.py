"""A page -> its article."""

import re

from bot.errors import WebError
from bot.web.addresses import without_query
from bot.web.extracted import ExtractedArticle
from bot.web.fetcher import NEEDS_EXTRA, Fetched

__all__ = ["ExtractedArticle", "extract"]

HTML_TYPES = ("text/html", "application/xhtml+xml")
TEXT_TYPES = ("text/markdown", "text/x-markdown", "text/plain")


def extract(page: Fetched) -> ExtractedArticle:
    """Return the article of a page: HTML, Markdown or plain text.

    Args:
        page: As it was fetched. The address of a local file begins with ``file:``, and does not
            become part of the article.

    Raises:
        WebError: There is no article in it, it is in another format, or the extra ``web`` is not
            installed.
    """
    name, kind = without_query(page.url), _kind(page)
    if kind not in (*HTML_TYPES, *TEXT_TYPES):
        raise WebError(
            f"{name} is not a page but a file of the type {kind}. "
            "Save its text as a Markdown file, and add that."
        )
    try:
        from bot.web import html_articles, text_articles  # noqa: PLC0415
    except ImportError:
        raise WebError(NEEDS_EXTRA) from None
    article = (
        html_articles.read_html(page)
        if kind in HTML_TYPES
        else text_articles.read_text_page(page, markdown=kind != "text/plain")
    )
    if article is None:
        raise WebError(
            f"There is no article on {name}: no text, or too little. If a browser shows one, save "
            "the page there as an HTML file, and add that file."
        )
    return article


def _kind(page: Fetched) -> str:
    """Return the media type of a page; servers do not always know it."""
    start = page.body[:1_000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(b"%pdf"):
        return "application/pdf"
    if page.content_type in ("", "application/octet-stream", "text/plain", "application/xml"):
        if re.match(rb"<!doctype html|<html|<!--[^>]*-->\s*<(!doctype )?html", start):
            return "text/html"
        if b"\0" not in start and page.content_type == "":
            return "text/plain"
    return page.content_type or "unknown"
