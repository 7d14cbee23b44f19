"""Feeds on a site of the test's own, and the pages of their articles."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape

from tests.support.web_site import WebSite

PARAGRAPHS = (
    "The council of {name} decided on Tuesday evening to build a new library beside the old market "
    "hall, after three years of talks with the people who live in the streets around it.",
    "The building will cost twelve million euros, of which the region pays a third, and it will "
    "have room for eighty thousand books, a reading room for children and a small theatre.",
    "Work begins in the spring. The mayor said that the doors would open in the autumn of the year "
    "after next, unless the ground turns out to be as wet as some engineers fear.",
    "Some neighbours asked for fewer parking places and more trees, and the council has promised "
    "to plant forty lime trees along the road before the first winter.",
)


def paragraphs(name: str, number: int = len(PARAGRAPHS)) -> str:
    """The article of a name, as HTML, or so many of its paragraphs; two are too short for one."""
    return "".join(f"<p>{text.format(name=name)}</p>" for text in PARAGRAPHS[:number])


def page(name: str) -> str:
    """The page of an article."""
    title = f"Library for {name.title()} is decided"
    return (
        f'<!doctype html><html lang="en"><head><title>{title}</title></head><body>'
        f"<article><h1>{title}</h1>{paragraphs(name)}</article></body></html>"
    )


@dataclass
class Item:
    """An entry of a feed: by its name, which is also that of its page."""

    name: str
    number: int
    content: str = ""
    summary: str = "The council has decided."


class FeedSite:
    """A feed whose entries have pages, unless a test breaks them.

    Attributes:
        items: What the feed lists, oldest first.
        url: The feed's address.
    """

    def __init__(self, site: WebSite, path: str = "/feed", *, etags: bool = True) -> None:
        self.site, self.path, self.etags = site, path, etags
        self.items: list[Item] = []
        self.url = site.script(path, self._answer)
        self.status = "200 OK"
        self.headers: dict[str, str] = {}
        self.held: asyncio.Event | None = None

    def add(self, *names: str, pages: bool = True, **more: str) -> None:
        """List one more article for each name, with a page."""
        for name in names:
            self.items.append(Item(name, len(self.items), **more))
            if pages:
                self.site.page(f"/{name}", page(name))

    def change(self, name: str) -> None:
        """List an article as changed, and change its page."""
        item = next(item for item in self.items if item.name == name)
        item.summary += " And changed its mind."
        self.site.page(f"/{name}", page(name).replace("forty", "fifty"))

    @property
    def looks(self) -> list[str]:
        """The head of each request for the feed."""
        return self.fetches(self.path)

    def fetches(self, path: str) -> list[str]:
        """The head of each request for a path."""
        heads = self.site.requests
        return [head for head in heads if head.split(" ")[1].partition("?")[0] == path]

    def rss(self) -> str:
        """The feed, the newest entry first."""
        start = datetime(2026, 1, 31, 10, tzinfo=UTC)
        items = "".join(
            f"<item><title>Library for {item.name.title()} is decided</title>"
            f"<link>/{item.name}</link><guid isPermaLink='false'>{item.name}</guid>"
            f"<pubDate>{format_datetime(start + timedelta(hours=item.number))}</pubDate>"
            f"<description>{escape(item.summary)}</description>"
            f"<content:encoded>{escape(item.content)}</content:encoded></item>"
            for item in reversed(self.items)
        )
        return (
            "<?xml version='1.0'?><rss version='2.0' "
            "xmlns:content='http://purl.org/rss/1.0/modules/content/'>"
            f"<channel><title>News</title>{items}</channel></rss>"
        )

    async def _answer(self, writer: asyncio.StreamWriter) -> None:
        if self.held is not None:
            await self.held.wait()
        body, etag = self.rss(), f'"{hash(self.rss())}"'
        status = self.status
        if self.etags and status == "200 OK" and f"if-none-match: {etag}" in self.looks[-1].lower():
            status, body = "304 Not Modified", ""
        headers = {"Content-Type": "application/rss+xml", "Connection": "close", **self.headers}
        if self.etags:
            headers["ETag"] = etag
        if status.startswith("200"):
            headers["Content-Length"] = str(len(body.encode()))
        lines = [f"{name}: {value}" for name, value in headers.items()]
        writer.write("\r\n".join([f"HTTP/1.1 {status}", *lines, "", body]).encode())
        await writer.drain()
