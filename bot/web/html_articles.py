"""HTML -> an article.

trafilatura finds the text among everything that surrounds it. What the page says about itself is
read here, and only if it says nothing, taken from trafilatura's own guess.
"""

import copy
import datetime as dt
import logging
import re
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import langdetect
import lxml.html
import trafilatura
from lxml.etree import ParserError, strip_elements, strip_tags
from trafilatura.metadata import extract_metadata

from bot.corpus.language_detection import guess_language
from bot.errors import WebError
from bot.web import wording
from bot.web.addresses import without_query
from bot.web.decoding import decode
from bot.web.extracted import ExtractedArticle
from bot.web.fetcher import Fetched
from bot.web.header_lines import author_in, bylines, date_in, header_lines
from bot.web.html_metadata import PageMetadata, read_metadata
from bot.web.markdown_text import QUOTE, shown_text, tidy

MAX_HTML = 3_000_000
"""Characters. Pages with more are made to keep readers of pages busy, or are no articles."""
MIN_TEXT = 150
"""Letters and digits; a page with less is a notice or a list of links."""
MAX_URL = 2_000
"""Characters, as the address of an article may have."""
MIN_DETECTED = 300
"""Characters from which on the text tells its language better than the page's mark does."""
_EAST_ASIAN = {"zh", "ja", "ko"}
"""Languages that detection takes for one another."""
_HIDDEN = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_DROP, _UNWRAP = "drop-this", "unwrap-this"
"""Names of elements that are removed, with or without what is in them."""
_PREVIOUS_NEXT = re.compile(
    r"(?:^|[\s_-])(?:prev(?:ious)?[_-]?next|next[_-]?prev(?:ious)?|(?:post|article|entry)[_-]?nav"
    r"(?:igation)?|nav[_-]?links|pager|pagination)(?:$|[\s_-])",
    re.IGNORECASE,
)
"""In the class of what leads to the previous and the next article."""
_TRACKING = re.compile(r"(utm_\w+|fbclid|gclid|mc_[ce]id|igshid|yclid)", re.IGNORECASE)


def read_html(page: Fetched) -> ExtractedArticle | None:
    """Return the article of an HTML page; None if there is none.

    Raises:
        WebError: It is too large.
    """
    tree = _tree(page)
    if tree is None:
        return None
    web = page.url if urlsplit(page.url).scheme in ("http", "https") else ""
    found = read_metadata(tree, web)
    url = _address(web, found.canonical)
    text = _text(tree, web or url)
    if text is None:
        return None
    guess = _guess(tree, url)
    sites = [*found.sites, *_host_names(url)]
    titles = found.titles or tuple(filter(None, [guess.title]))
    title = wording.choose_title(titles, found.headings, sites) or wording.name_in(page.url)
    language = _language(found, text)
    lines = header_lines(tree)
    # A title may name another day than that of its publication.
    lines = [line for line in lines if wording.squashed(line) not in wording.squashed(title)]
    by = wording.by_words(language)
    described = [author_in(text, by) for text in found.descriptions]
    authors = [*found.authors, *bylines(lines, by, language), *described]
    author = wording.choose_author(authors, found.sites, language)
    published = found.published or _published(url, lines, language) or _day(guess.date)
    text = tidy(text, [title, *found.sites], author, published)
    if len(wording.squashed(text)) < MIN_TEXT or not title:
        return None
    descriptions = [text for text in found.descriptions if not author_in(text, by)]
    standfirst = wording.choose_standfirst(descriptions, title, text)
    known = url if 0 < len(url) <= MAX_URL else None
    return ExtractedArticle(title, standfirst, text, known, author, published, language)


def _tree(page: Fetched) -> lxml.html.HtmlElement | None:
    """Return a page as a tree; None if nothing can be made of it.

    Raises:
        WebError: It is too large.
    """
    # What they log about a page helps nobody who has just given its address.
    for package in ("trafilatura", "htmldate", "readability"):
        logging.getLogger(package).setLevel(logging.CRITICAL)
    source = decode(page)
    if len(source) > MAX_HTML:
        raise WebError(
            f"{without_query(page.url)} is too large to be read: at most "
            f"{MAX_HTML // 1_000_000} million characters."
        )
    try:
        return _parse(source)
    except (ParserError, ValueError):
        return None


def _parse(text: str) -> lxml.html.HtmlElement:
    # In bytes: a text that declares an encoding of its own would be refused.
    parser = lxml.html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    return lxml.html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)


def _text(tree: lxml.html.HtmlElement, url: str) -> str | None:
    """Return the text of the article as Markdown."""
    marked = copy.deepcopy(tree)
    _drop_unseen(marked)
    _drop_anchors(marked)
    _drop_what_follows(marked)
    for quote in marked.iter("blockquote"):
        # trafilatura writes quotes as other paragraphs; the mark survives it.
        for element in [e for e in quote.iter("p") if e.text_content().strip()] or [quote]:
            element.text = QUOTE + (element.text or "").replace(QUOTE, "").lstrip()
    try:
        return trafilatura.extract(
            marked,
            url=url or None,
            output_format="markdown",
            include_formatting=True,
            include_links=True,
            include_tables=True,
            include_images=False,
            include_comments=False,
        )
    except Exception:
        # Pages are whatever strangers write; it must not end with a traceback.
        return None


def _drop_unseen(tree: lxml.html.HtmlElement) -> None:
    """Remove what readers do not see, dialogs, and the controls of players."""
    for element in tree.xpath("//body//*[@hidden or @style or @role or @aria-modal or @class]"):
        unseen = (
            "hidden" in element.attrib
            or element.get("aria-modal") == "true"
            or element.get("role") in ("dialog", "alertdialog")
            or _HIDDEN.search(element.get("style") or "")
            or "vjs-" in (element.get("class") or "")
        )
        if unseen:
            element.tag = _DROP
    strip_elements(tree, _DROP, with_tail=False)


def _drop_anchors(tree: lxml.html.HtmlElement) -> None:
    """Remove lists of contents, "#" beside headings, and links that lead to no other page."""
    for found in list(tree.iter("ul", "ol")):
        links = found.xpath(".//a[starts-with(@href, '#')]")
        names = [wording.squashed(link.text_content()) for link in links]
        if len(links) > 2 and "".join(names) == wording.squashed(found.text_content()):
            found.tag = _DROP
    for link in list(tree.iter("a")):
        target = (link.get("href") or "#").strip()
        if target.startswith(("#", "javascript:")):
            seen = any(char.isalnum() for char in link.text_content())
            link.tag = _UNWRAP if seen else _DROP
    # All at once: one after the other takes minutes where there are many.
    strip_elements(tree, _DROP, with_tail=False)
    strip_tags(tree, _UNWRAP)


def _drop_what_follows(tree: lxml.html.HtmlElement) -> None:
    """Remove what stands below the links to the previous and the next article."""
    marked = tree.xpath("//*[@class and not(self::body)]")
    found = [each for each in marked if _PREVIOUS_NEXT.search(each.get("class"))]
    for element in found[:10]:
        parent = element.getparent()
        if parent is None:
            continue
        before = sum(len("".join(e.itertext())) for e in element.itersiblings(preceding=True))
        if 2 * before > len("".join(parent.itertext())):
            for sibling in [*element.itersiblings()]:
                parent.remove(sibling)
            parent.remove(element)


def _guess(tree: lxml.html.HtmlElement, url: str) -> trafilatura.metadata.Document:
    """Return what trafilatura takes the page's title and date to be."""
    try:
        return extract_metadata(copy.deepcopy(tree), url or None, extensive=False)
    except Exception:
        # As above.
        return trafilatura.metadata.Document()


def _address(fetched: str, canonical: str | None) -> str:
    """Return the address of an article: the page's own choice, if it is on the same site.

    Args:
        fetched: Where the page was fetched; "" if it comes from a file.
        canonical: The address that the page names.
    """
    address = fetched
    if canonical and (not fetched or _site(canonical) == _site(fetched)):
        path = urlsplit(canonical).path.strip("/")
        # Some sites name their front page on every page.
        if path or not fetched or not urlsplit(fetched).path.strip("/"):
            address = canonical
    parts = urlsplit(address)
    query = [
        pair
        for pair in parse_qsl(parts.query, keep_blank_values=True)
        if not _TRACKING.fullmatch(pair[0])
    ]
    kept = parts.query if not _TRACKING.search(parts.query) else urlencode(query)
    return urlunsplit((parts.scheme, parts.netloc, parts.path, kept, ""))


def _site(url: str) -> str:
    """Return the part of a host's name that is the same for all pages of a site, as a rule."""
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    return host.split(".", 1)[1] if re.match(r"(m|mobile|amp)\.", host) else host


def _host_names(url: str) -> list[str]:
    """Return the names of a site that its address contains: example.org, example."""
    host = _site(url) if url else ""
    labels = host.split(".")
    return [name for name in (host, labels[0], labels[-2] if len(labels) > 1 else "") if name]


def _published(url: str, lines: list[str], language: str) -> dt.date | None:
    """Return the date in an article's address or header; None if there is none."""
    if match := re.search(r"/((?:19|20)\d\d)/(\d{1,2})/(\d{1,2})(?:/|$)", url):
        return _day("{}-{:0>2}-{:0>2}".format(*match.groups()))
    return next(filter(None, (date_in(line, language) for line in lines)), None)


def _day(date: str | None) -> dt.date | None:
    try:
        return dt.date.fromisoformat(date or "")
    except ValueError:
        return None


def _language(found: PageMetadata, text: str) -> str:
    """Return the language of an article: as marked, unless the text is clearly in another."""
    language, *others = found.language.split("-")
    # As tags are usually written: zh-Hans, pt-BR.
    others = [part.upper() if len(part) == 2 else part.title() for part in others]
    marked = "-".join([language.lower(), *others])
    if not marked:
        return guess_language(shown_text(text))
    if len(text) < MIN_DETECTED:
        return marked
    langdetect.DetectorFactory.seed = 0
    try:
        [best, *_] = langdetect.detect_langs(shown_text(text)[:5_000])
    except langdetect.LangDetectException:
        return marked
    known = langdetect.detector_factory._factory.langlist
    detected = best.lang.split("-")[0]
    own = {"nb": "no", "nn": "no", "iw": "he"}.get(language.lower(), language.lower())
    listed = {name.split("-")[0] for name in known}
    if best.prob > 0.999 and own in listed - _EAST_ASIAN and detected != own:
        return str(detected)
    return marked
