"""An entry of a feed: what the feed says of one article, checked and cut to size."""

import hashlib
import json
import re
import unicodedata
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from html.parser import HTMLParser
from typing import Self, TypeGuard
from urllib.parse import urljoin, urlsplit

MAX_LINK = 2_000
"""Characters. No browser or server is sure to work with longer addresses."""
MAX_TEXT = 5_000
"""Characters of a title, name or summary that are read; articles have room for fewer."""
MAX_CONTENT = 500_000
"""Characters of content; longer content is not used, and the article is read from its page."""

_CLOCKS_DIFFER = timedelta(days=1)
"""A date without a time zone may be almost a day ahead."""


@dataclass(frozen=True)
class FeedEntry:
    """What a feed says of one article.

    Attributes:
        key: What identifies it in its feed, in a fixed length.
        link: The article's page, an http or https address.
        title: Plain text; "" if it has none.
        author: Plain text; None if nobody is named.
        published: When it was published, if the feed says so.
        updated: When it was changed, if the feed says so.
        summary: Plain text; "" if it has none.
        content: HTML, the whole article or the beginning of it; None if the feed has only a link.
    """

    key: str
    link: str
    title: str = ""
    author: str | None = None
    published: datetime | None = None
    updated: datetime | None = None
    summary: str = ""
    content: str | None = None

    @cached_property
    def body(self) -> str:
        """All of it as JSON, for the database."""
        return json.dumps(asdict(self), default=datetime.isoformat, sort_keys=True)

    @property
    def fingerprint(self) -> str:
        """Changes when anything changes that the feed says."""
        return digest(self.body)

    @classmethod
    def from_body(cls, body: str) -> Self:
        """Return the entry of which ``body`` was made."""
        fields = json.loads(body)
        for name in ("published", "updated"):
            if fields[name] is not None:
                fields[name] = datetime.fromisoformat(fields[name])
        return cls(**fields)


def digest(text: str) -> str:
    """Return a text of 64 characters that stands for one of any length, and does not reveal it."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def make_entry(
    feed_url: str,
    *,
    key: object,
    link: object,
    title: object = None,
    author: object = None,
    dates: tuple[datetime | None, datetime | None] = (None, None),
    summary: object = None,
    content: object = None,
) -> FeedEntry | None:
    """Return an entry made of what a feed says, of any type and size; None without a page.

    Args:
        feed_url: The feed's address, which links may be relative to.
        key: Its id or guid; without one, the link identifies the entry.
        link: The article's page.
        title: Text or HTML.
        author: Text or HTML.
        dates: When it was published and when it was changed, each None if not known.
        summary: Text or HTML.
        content: HTML; without it, the summary may be the whole article.
    """
    page = _page(feed_url, link)
    if page is None:
        return None
    html = content if _is_text(content) else summary
    return FeedEntry(
        key=digest(key.strip() if _is_text(key) else page),
        link=page,
        title=plain(title),
        author=plain(author) or None,
        published=_past(dates[0]),
        updated=_past(dates[1]),
        summary=plain(summary),
        content=_cleaned(html) if isinstance(html, str) and len(html) <= MAX_CONTENT else None,
    )


def plain(text: object) -> str:
    """Return text or HTML as plain text in one line; "" for anything else."""
    if not isinstance(text, str):
        return ""
    reader = _TextReader()
    reader.feed(_cleaned(text[:MAX_TEXT]))
    reader.close()
    return " ".join("".join(reader.parts).split())


def as_utc(moment: datetime) -> datetime:
    """Return a moment in UTC, which is what a date without a time zone is taken for.

    Raises:
        OverflowError: It is too far in the past or future.
    """
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _is_text(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and bool(value.strip())


def _past(moment: datetime | None) -> datetime | None:
    """Return a moment unless it lies in the future, where it would be the newest for years."""
    return moment if moment is not None and moment <= datetime.now(UTC) + _CLOCKS_DIFFER else None


def _page(feed_url: str, link: object) -> str | None:
    """Return the whole address of a page; None if it is none."""
    if not isinstance(link, str) or not link.strip() or len(link) > MAX_LINK:
        return None
    try:
        page = urljoin(feed_url, _cleaned(link).strip())
        parts = urlsplit(page)
        has_host = bool(parts.hostname)
    except ValueError:
        return None
    return page if has_host and parts.scheme in ("http", "https") else None


def _cleaned(text: str) -> str:
    """Return a text without what cannot be written to a file: control characters, surrogates."""
    return "".join(c for c in text if c in "\t\n\r" or unicodedata.category(c) not in ("Cc", "Cs"))


class _TextReader(HTMLParser):
    """Collects the text of HTML, without scripts and styles."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002
        self._hidden += tag in ("script", "style")
        if re.fullmatch(r"p|br|div|li|h[1-6]|td|blockquote", tag):
            self.parts.append(" ")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in ("script", "style") and self._hidden > 0

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(data)
