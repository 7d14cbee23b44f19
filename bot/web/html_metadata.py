"""What a page says about itself: in JSON-LD, in ``meta`` elements, and in its own HTML.

Every source is wrong on some pages, so each value has several, the most reliable first.
"""

import datetime as dt
import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from bot.corpus.yaml import one_line

MAX_JSON = 1_000_000
"""Characters of one block of JSON-LD."""
_JSON_START = re.compile(r"^(?:\s|<!--|<!\[CDATA\[|//|/\*|\*/)+")
_JSON_END = re.compile(r"(?:\s|-->|\]\]>|//|/\*|\*/|;)+$")
"""What some sites put around JSON-LD, as was needed around scripts once."""
MAX_VALUE = 3_000
"""Characters of a title or another value; longer ones only cost time."""
MAX_SITE = 40
"""Characters of the name of a site; what is longer is something else by mistake."""
_ARTICLE_TYPES = re.compile(r"Article$|^BlogPosting$|^Report$|^LiveBlogPosting$|^Review$")
_PAGE_TYPES = re.compile(r"^WebPage$|^ItemPage$")
_SITE_TYPES = re.compile(r"^WebSite$|Organization$")

_DATE_NAMES = (
    "article:published_time",
    "og:article:published_time",
    "og:published_time",
    "datepublished",
    "citation_publication_date",
    "citation_online_date",
    "citation_date",
    "dc.date.issued",
    "dcterms.issued",
    "dc.date.created",
    "dcterms.created",
    "dc.date",
    "dcterms.date",
    "parsely-pub-date",
    "sailthru.date",
    "publish-date",
    "publish_date",
    "publication_date",
    "pubdate",
    "date",
)
_AUTHOR_NAMES = (
    "author",
    "article:author",
    "og:article:author",
    "byl",
    "parsely-author",
    "sailthru.author",
    "citation_author",
    "dc.creator",
    "dcterms.creator",
)
_TITLE_NAMES = ("og:title", "twitter:title", "citation_title", "dc.title", "parsely-title")
_STANDFIRST_NAMES = ("og:description", "description", "twitter:description", "dc.description")
_SITE_NAMES = ("og:site_name", "application-name", "apple-mobile-web-app-title")
_DATE = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)|^(\d{4})(\d{2})(\d{2})(?!\d)")


@dataclass(frozen=True)
class PageMetadata:
    """What a page says about itself; of each value the candidates, the best first.

    Attributes:
        titles: From its metadata; may end with the site's name.
        headings: Its headings of the first level.
        descriptions: Sentences that introduce it.
        authors: Names, several of them in one text.
        published: When it was published.
        sites: Names of the site.
        canonical: The address that it wants to be known by, in full; None if it names none.
        language: As the page is marked, "" if it is not.
    """

    titles: tuple[str, ...]
    headings: tuple[str, ...]
    descriptions: tuple[str, ...]
    authors: tuple[str, ...]
    published: dt.date | None
    sites: tuple[str, ...]
    canonical: str | None
    language: str


def read_metadata(tree: HtmlElement, url: str) -> PageMetadata:
    """Return what a page says about itself.

    Args:
        tree: The page.
        url: Its address.
    """
    metas, linked = _metas(tree), list(_linked_data(tree))
    articles = [item for item in linked if _is_a(item, _ARTICLE_TYPES)]
    pages = [item for item in linked if _is_a(item, _PAGE_TYPES)]
    sites = [item for item in linked if _is_a(item, _SITE_TYPES)]
    publishers = [_resolved(item.get("publisher"), linked) for item in articles]
    names = [metas.get(name) for name in _SITE_NAMES]
    names += [item.get("name") for item in [*publishers, *sites] if isinstance(item, dict)]
    return PageMetadata(
        titles=_texts(
            *(item.get("headline") for item in articles),
            *(metas.get(name) for name in _TITLE_NAMES),
            *(element.text_content() for element in tree.xpath("//head/title | //title")[:1]),
        ),
        headings=_texts(*(element.text_content() for element in tree.iter("h1"))),
        descriptions=_texts(
            *(metas.get(name) for name in _STANDFIRST_NAMES),
            *(item.get("description") for item in articles),
        ),
        authors=_texts(
            *(_names(item.get("author") or item.get("creator"), linked) for item in articles),
            *(metas.get(name) for name in _AUTHOR_NAMES),
            *_bylines(tree),
        ),
        published=_published(tree, [*articles, *pages], metas),
        sites=tuple(name for name in _texts(*names) if len(name) <= MAX_SITE),
        canonical=_canonical(tree, metas, url),
        language=_language(tree, metas, articles),
    )


def _texts(*values: Any) -> tuple[str, ...]:
    """Return those values that are text, on one line, without repetition."""
    lines = (one_line(_plain(value[:MAX_VALUE])) for value in values if isinstance(value, str))
    return tuple(dict.fromkeys(line for line in lines if line))


def _plain(text: str) -> str:
    """Return a text without HTML: some sites escape it twice."""
    return re.sub(r"</?[a-zA-Z][^>]*>", "", html.unescape(text)).replace("\xa0", " ")


def _metas(tree: HtmlElement) -> dict[str, str]:
    """Return the page's ``meta`` elements, by name in lower case; several authors are joined."""
    found: dict[str, str] = {}
    for element in tree.iter("meta"):
        name = element.get("property") or element.get("name") or element.get("itemprop") or ""
        content, name = (element.get("content") or "").strip(), name.strip().lower()
        if not name or not content:
            continue
        if name in _AUTHOR_NAMES and name in found and content not in found[name]:
            found[name] += f", {content}"
        found.setdefault(name, content)
    return found


def _linked_data(tree: HtmlElement) -> Iterator[dict[str, Any]]:
    """Yield the items of the page's JSON-LD that are not parts of others, and those in graphs."""
    for element in tree.iter("script"):
        kind = (element.get("type") or "").split(";")[0].strip().lower()
        text = (element.text or "").strip()
        if kind != "application/ld+json" or not 0 < len(text) <= MAX_JSON:
            continue
        text = _JSON_END.sub("", _JSON_START.sub("", text))
        try:
            # Not strict: line ends within texts are common.
            data = json.loads(text, strict=False)
        except (ValueError, RecursionError):
            continue
        yield from _items(data)


def _items(data: Any) -> Iterator[dict[str, Any]]:
    if isinstance(data, list):
        for item in data:
            yield from _items(item)
    elif isinstance(data, dict):
        yield data
        for key in ("@graph", "mainEntity", "mainEntityOfPage"):
            yield from _items(data.get(key))


def _is_a(item: dict[str, Any], types: re.Pattern[str]) -> bool:
    kinds = item.get("@type")
    return any(
        isinstance(kind, str) and types.search(kind.rpartition("/")[2])
        for kind in (kinds if isinstance(kinds, list) else [kinds])
    )


def _resolved(value: Any, linked: list[dict[str, Any]]) -> Any:
    """Return a value of JSON-LD, which may be a reference to another item."""
    if isinstance(value, dict) and "name" not in value and "@id" in value:
        return next((i for i in linked if i.get("@id") == value["@id"] and "name" in i), value)
    return value


def _names(value: Any, linked: list[dict[str, Any]]) -> str:
    """Return the names of people, separated by commas; "" if there are none."""
    people = value if isinstance(value, list) else [value]
    names: list[Any] = []
    for person in people:
        found = _resolved(person, linked)
        name = found.get("name") if isinstance(found, dict) else found
        names += name if isinstance(name, list) else [name]
    return ", ".join(_texts(*names))


def _bylines(tree: HtmlElement) -> Iterator[str]:
    """Yield the texts of elements that name the author, the clearest first."""
    marks = (
        "//*[@itemprop='author']//*[@itemprop='name']",
        "//*[@itemprop='author']",
        "(//a[contains(@href, '/author/') or contains(@href, '/authors/')])[1]",
        "//a[contains(concat(' ', @rel, ' '), ' author ')]",
        "//*[contains(concat(' ', @class, ' '), ' p-author ')]",
        "//*[contains(@class, 'byline') or contains(@class, 'Byline')]//a",
        "//*[contains(@class, 'author-name') or contains(@class, 'author__name')]",
    )
    for mark in marks:
        found = [_name_of(element) for element in tree.xpath(mark)]
        names = [name for name in dict.fromkeys(found) if 2 < len(name) <= 60]
        # A list of many stands below an article and names the authors of others.
        if 0 < len(names) <= 4:
            yield ", ".join(names)


def _name_of(element: HtmlElement) -> str:
    """Return the text of an element that names somebody; a picture's may stand for it."""
    texts = (element.get("content"), element.text_content(), *element.xpath(".//img/@alt"))
    return next(filter(None, (one_line(text) for text in texts if text)), "")


def _published(
    tree: HtmlElement, items: list[dict[str, Any]], metas: dict[str, str]
) -> dt.date | None:
    """Return the date of publication; None if the page marks none."""
    texts: list[Any] = [item.get("datePublished") for item in items]
    texts += [metas.get(name) for name in _DATE_NAMES]
    texts += [item.get("dateCreated") for item in items]
    marks = (
        "//time[@itemprop='datePublished' or @pubdate or contains(@class, 'publish')]",
        "//*[@itemprop='datePublished']",
        "//*[contains(concat(' ', @class, ' '), ' dt-published ')]",
        "//article//header//time[@datetime] | //header//time[@datetime]",
        "(//article)[1]//time[@datetime]",
        "//main//time[@datetime]",
    )
    for mark in marks:
        texts += [e.get("datetime") or e.get("content") for e in tree.xpath(mark)[:1]]
    dates = (_date(text) for text in texts if isinstance(text, str))
    return next(filter(None, dates), None)


def _date(text: str) -> dt.date | None:
    """Return the day of a date in numbers, year first, as it is written; None if it is none."""
    match = _DATE.search(text.strip())
    if match is None:
        return None
    try:
        found = dt.date(*(int(part) for part in match.groups() if part))
    except ValueError:
        return None
    return found if dt.date(1800, 1, 1) < found < dt.date.today() + dt.timedelta(days=366) else None


def _canonical(tree: HtmlElement, metas: dict[str, str], url: str) -> str | None:
    links = [
        element.get("href") or ""
        for element in tree.iter("link")
        if "canonical" in (element.get("rel") or "").lower().split()
    ]
    for address in [*links, metas.get("og:url", "")]:
        try:
            full = urljoin(url, address.strip()) if address.strip() else ""
            parts = urlsplit(full)
        except ValueError:
            continue
        if parts.scheme in ("http", "https") and parts.hostname and not re.search(r"\s", full):
            return full
    return None


def _language(tree: HtmlElement, metas: dict[str, str], articles: list[dict[str, Any]]) -> str:
    values = [tree.get("lang"), tree.get("{http://www.w3.org/XML/1998/namespace}lang")]
    values += [item.get("inLanguage") for item in articles]
    values += [metas.get("content-language"), metas.get("dc.language"), metas.get("og:locale")]
    for value in values:
        if isinstance(value, str) and re.fullmatch(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*", value):
            return value.replace("_", "-")
    return ""
