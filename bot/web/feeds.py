"""RSS, Atom and JSON Feed -> the entries that a feed lists.

What a feed says comes from strangers, and is only data: it is limited in size, and nothing that it
names is loaded. feedparser, of the extra ``web``, reads RSS and Atom.
"""

import codecs
import html
import io
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import feedparser

from bot.errors import WebError
from bot.web.addresses import without_query
from bot.web.entries import FeedEntry, as_utc, make_entry
from bot.web.fetcher import Fetched

MAX_FEED_BYTES = 5_000_000
"""Reading takes up to 5 seconds for each million."""
MAX_ENTRIES = 500
"""Entries that are read, the first ones in the feed."""

_ROOT = re.compile(rb"<(?:[\w.-]+:)?(?:rss|feed|rdf|channel)[\s>]", re.IGNORECASE)
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([\w.:-]+)["']""")
_MARKS = {
    # The longer ones first: one begins with another.
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_JSON_FEED = "https://jsonfeed.org/version/1"


@dataclass(frozen=True)
class Feed:
    """What a feed says.

    Attributes:
        entries: The newest first, each once, at most MAX_ENTRIES.
    """

    entries: tuple[FeedEntry, ...]


def read_feed(fetched: Fetched) -> Feed:
    """Read a feed. It may take seconds, so do it on a thread.

    Args:
        fetched: The feed as the server sent it.

    Raises:
        WebError: It is no feed, or too large.
    """
    name = without_query(fetched.url)
    if len(fetched.body) > MAX_FEED_BYTES:
        raise WebError(f"{name} is larger than a feed may be ({MAX_FEED_BYTES // 1_000_000} MB).")
    text = _decoded(fetched)
    found = _json_entries(text, fetched.url)
    if found is None:
        found = _xml_entries(text, fetched.url)
    if found is None:
        raise WebError(f"{name} is not a feed: give the address of an RSS, Atom or JSON feed.")
    entries: dict[str, FeedEntry] = {}
    for entry in found:
        if entry is not None and len(entries) < MAX_ENTRIES:
            entries.setdefault(entry.key, entry)
    return Feed(tuple(_newest_first([*entries.values()])))


def _newest_first(entries: list[FeedEntry]) -> list[FeedEntry]:
    """Return entries by date; as the feed lists them, which is newest first, if any has none."""
    dates = {entry.key: date for entry in entries if (date := entry.published or entry.updated)}
    if len(dates) < len(entries):
        return entries
    return sorted(entries, key=lambda entry: dates[entry.key], reverse=True)


def _decoded(fetched: Fetched) -> str:
    body = fetched.body
    for mark, its_encoding in _MARKS.items():
        if body.startswith(mark):
            return body.decode(its_encoding, "replace")
    declared = _DECLARED.match(body)
    for encoding in (fetched.charset, declared and declared[1].decode("ascii"), "utf-8"):
        try:
            if encoding:
                return body.decode(encoding)
        # LookupError: there is no such encoding. Other ValueErrors: a NUL in its name.
        except (LookupError, ValueError):
            continue
    return body.decode("windows-1252", "replace")


def _xml_entries(text: str, url: str) -> Iterable[FeedEntry | None] | None:
    """Return the entries of RSS or Atom, None for one that cannot be used; None for no feed.

    All that precedes the root element is cut off. There a document declares its entities, which
    can be made to grow without limit or to stand for files; so there are none.
    """
    data = text.encode("utf-8", "replace")
    root = _ROOT.search(data)
    if root is None:
        return None
    # Sanitizing and resolving would parse all content once more; the extractor does that.
    parsed = feedparser.parse(
        # As a stream: a text could be taken for an address or the name of a file.
        io.BytesIO(data[root.start() :]),
        response_headers={
            "content-type": "application/xml; charset=utf-8",
            "content-location": url,
        },
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    if not parsed.version and not parsed.entries:
        return None
    return (_xml_entry(entry, url) for entry in parsed.entries)


def _xml_entry(entry: Any, url: str) -> FeedEntry | None:
    contents = [content.get("value") for content in entry.get("content") or ()]
    return make_entry(
        url,
        key=entry.get("id"),
        link=entry.get("link"),
        title=entry.get("title"),
        author=entry.get("author"),
        dates=(_moment(entry, "published_parsed"), _moment(entry, "updated_parsed")),
        summary=entry.get("summary"),
        content=max(filter(None, contents), key=len, default=None),
    )


def _moment(entry: Any, name: str) -> datetime | None:
    # If "updated" is missing, feedparser returns "published", with a warning.
    parts = entry.get(name) if name in entry else None
    if parts is None:
        return None
    try:
        return datetime(*parts[:6]).replace(tzinfo=UTC)
    except (TypeError, ValueError, OverflowError):
        return None


def _json_entries(text: str, url: str) -> Iterable[FeedEntry | None] | None:
    """Return the entries of a JSON Feed, None for one that cannot be used; None for no feed."""
    if not text.lstrip("\ufeff \t\r\n").startswith("{"):
        return None
    try:
        feed = json.loads(text.lstrip("\ufeff"))
    # ValueError: no JSON, or a number of thousands of digits.
    except (ValueError, RecursionError):
        return None
    version, items = feed.get("version"), feed.get("items")
    if not isinstance(items, list) or not str(version).startswith(_JSON_FEED):
        return None
    return (_json_entry(item, url) for item in items if isinstance(item, dict))


def _json_entry(item: dict[str, Any], url: str) -> FeedEntry | None:
    # Numbers have been seen as ids, though texts are required.
    key = item.get("id")
    return make_entry(
        url,
        key=str(key) if isinstance(key, int | float) else key,
        link=item.get("url") or item.get("external_url"),
        title=item.get("title"),
        author=next(_names(item), None),
        dates=(_rfc3339(item.get("date_published")), _rfc3339(item.get("date_modified"))),
        summary=item.get("summary"),
        content=item.get("content_html") or _as_html(item.get("content_text")),
    )


def _names(item: dict[str, Any]) -> Iterator[object]:
    authors = item.get("authors")
    # Version 1 had a single author.
    for author in [*(authors if isinstance(authors, list) else ()), item.get("author")]:
        if isinstance(author, dict) and author.get("name"):
            yield author["name"]


def _rfc3339(value: object) -> datetime | None:
    try:
        return as_utc(datetime.fromisoformat(value)) if isinstance(value, str) else None
    except (ValueError, OverflowError):
        return None


def _as_html(text: object) -> str | None:
    if not isinstance(text, str):
        return None
    paragraphs = re.split(r"\n\s*\n", text)
    return "".join(f"<p>{html.escape(paragraph)}</p>" for paragraph in paragraphs)
