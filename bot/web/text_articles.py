"""Markdown or plain text -> an article."""

import re

from bot.corpus.language_detection import guess_language
from bot.corpus.yaml import one_line
from bot.web import wording
from bot.web.decoding import decode
from bot.web.extracted import MAX_TITLE, ExtractedArticle
from bot.web.fetcher import Fetched

_HEADING = re.compile(r"#{1,6}[ \t]+(.+?)[ \t]*#*")
_MISREAD = re.compile(r"(?m)^[ \t]*(#{1,6}(?=[ \t])|\d{3,9}(?=[.)][ \t])|(?:=+|-{2,})(?=[ \t]*$))")
"""At the beginning of a line: a heading, a numbered item from 100 on, the line under a heading."""


def read_text_page(page: Fetched, markdown: bool) -> ExtractedArticle | None:
    """Return the article of a page that is text; None if it is empty.

    The title is the first heading or the first short line, or else the file's name.

    Args:
        page: As it was fetched.
        markdown: Whether the text is Markdown; otherwise it has no headings or emphasis.
    """
    web = page.url if page.url.startswith(("http://", "https://")) else None
    text = decode(page).strip()
    if not wording.squashed(text):
        return None
    first, _, rest = text.partition("\n")
    heading = _HEADING.fullmatch(first.strip())
    underline, _, below = rest.partition("\n")
    if markdown and re.fullmatch(r"(=+|-{2,})[ \t]*", underline):
        heading, rest = re.fullmatch(r"(.*)", first.strip()), below
    title = one_line(heading[1]) if heading else one_line(first)
    is_title = heading or (len(title) <= 150 and not rest.partition("\n")[0].strip())
    if is_title and rest.strip():
        text = rest.strip()
    else:
        title = wording.name_in(page.url) or title
    if not markdown:
        text = _escaped(text)
    title = wording.shortened(title, MAX_TITLE)
    return ExtractedArticle(title, "", text, web, None, None, guess_language(text))


def _escaped(text: str) -> str:
    """Return plain text as Markdown that shows it as it is."""
    text = re.sub(r"([\\`*_\[\]<])", r"\\\1", text)
    text = re.sub(r"(?m)^[ \t]+", "", text)
    return _MISREAD.sub(_escape_start, text)


def _escape_start(match: re.Match[str]) -> str:
    mark = match[1]
    return mark + "\\" if mark.isdigit() else "\\" + mark
