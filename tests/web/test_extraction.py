"""What is taken from a page: title, standfirst, text, author, date, language, address."""

import datetime as dt
import json

import pytest

from bot.errors import WebError
from bot.web.extraction import ExtractedArticle, extract
from tests.web.pages import HEAD, PARAGRAPHS, URL, fetched, html

GERMAN = (
    "Die Bürgermeisterin schnitt am Mittag vor zehntausend Gästen das Band durch. Der erste Bus "
    "fuhr eine Stunde später über die Brücke, und die Fähre machte am Abend ihre letzte Fahrt. "
    "Die Ingenieure machten die Stürme des zweiten Winters für die Verspätung verantwortlich, und "
    "zwei der Pfeiler mussten von Grund auf neu gebaut werden."
)


def article(head: str = HEAD, url: str = URL, **parts: str) -> ExtractedArticle:
    return extract(fetched(html(head, **parts), url))


def test_a_page_becomes_an_article() -> None:
    """Only the article: neither navigation nor footer, and the headline not twice."""
    found = article()
    assert found.title == "Harbour Bridge Opens"
    assert found.standfirst == "After six years and two storms, people can walk across again."
    assert found.text == "\n\n".join(PARAGRAPHS)
    assert found.paragraphs == list(PARAGRAPHS)
    assert (found.author, found.published) == ("Ann Lee", dt.date(2026, 1, 31))
    assert (found.language, found.url) == ("en", "https://example.org/bridge")


def test_the_text_is_markdown() -> None:
    """Headings, lists, quotes, tables, code, emphasis and links are kept, pictures are not."""
    more = """<h2>What it <em>costs</em><a href="#cost" class="anchor">#</a></h2>
    <ul><li>Adults pay six dollars</li><li>Children<ul><li>under six: nothing</li></ul></li></ul>
    <blockquote><p>It was late, but not too late for us.</p><p>So says the mayor.</p></blockquote>
    <p>Read <a href="/report?a=1">the report</a>, or <a href="#top">go back</a> to the <b>top</b>
       of the page.</p>
    <figure><img src="bridge.jpg" alt="A bridge"></figure>
    <table><tr><th>Who</th><th>Price</th></tr><tr><td>Child</td><td>6 €</td></tr></table>
    <pre><code># first
walk</code></pre><p>The last paragraph is short, but it has a few words more than that.</p>"""
    text = article(more=more).text.removeprefix("\n\n".join(PARAGRAPHS)).strip()
    assert text == (
        "## What it *costs*\n\n"
        "- Adults pay six dollars\n- Children\n  - under six: nothing\n\n"
        "> It was late, but not too late for us.\n\n> So says the mayor.\n\n"
        "Read [the report](https://example.org/report?a=1), or go back to the **top** of the "
        "page.\n\n"
        "| Who | Price |\n|---|---|\n| Child | 6 € |\n\n"
        "```\n# first\nwalk\n```\n\n"
        "The last paragraph is short, but it has a few words more than that."
    )


@pytest.mark.parametrize(
    ("paragraph", "shown"),
    [
        ("# of people: ten thousand came to see it.", "\\# of people"),
        ("1986. That was the year in which the old one opened.", "1986\\. That"),
        ("- so it said on the sign at the gate of the bridge.", "\\- so it said"),
        ("> so it said on the sign at the gate of the bridge.", "\\> so it said"),
        ("The *old* sign said snake_case_names are &lt;b&gt; here.", "\\*old\\* sign"),
    ],
)
def test_text_that_only_looks_like_markdown_stays_text(paragraph: str, shown: str) -> None:
    """Its readers see the same characters as those of the page."""
    assert shown in article(more=f"<p>{paragraph}</p>").text


@pytest.mark.parametrize(
    ("title", "heading"),
    [
        ("Harbour Bridge Opens | The Paper", "Harbour Bridge Opens"),
        ("Harbour Bridge Opens - The Paper", ""),
        ("The Paper: Harbour Bridge Opens", "Harbour Bridge Opens"),
        ("The Paper » Harbour Bridge Opens", ""),
        ("Harbour Bridge Opens – News – The Paper", "Harbour Bridge Opens"),
        ("Harbour Bridge Opens | example.org", "The Paper"),
    ],
)
def test_a_title_has_no_name_of_the_site(title: str, heading: str) -> None:
    """Whatever stands between them; and the site's name in a heading is not the title."""
    head = f'<title>{title}</title><meta property="og:site_name" content="The Paper">'
    body = f"<h1>{heading}</h1>" * bool(heading) + "".join(f"<p>{text}</p>" for text in PARAGRAPHS)
    found = article(head, body=body)
    assert found.title == "Harbour Bridge Opens"
    assert found.text == "\n\n".join(PARAGRAPHS)


def test_a_description_that_repeats_the_text_is_no_standfirst() -> None:
    """Nor one that was cut, or repeats the title."""
    for description in (PARAGRAPHS[0], PARAGRAPHS[0][:100] + "…", "Harbour Bridge Opens", "News…"):
        head = f'<title>Bridge</title><meta name="description" content="{description}">'
        assert article(head).standfirst == ""


def linked_data(**fields: object) -> str:
    data = {"@context": "https://schema.org", "@type": "NewsArticle", **fields}
    return f'<title>x</title><script type="application/ld+json">{json.dumps(data)}</script>'


@pytest.mark.parametrize(
    ("author", "expected"),
    [
        ({"@type": "Person", "name": "Ann Lee"}, "Ann Lee"),
        ([{"name": "Ann Lee"}, {"name": "Bo Ray"}], "Ann Lee, Bo Ray"),
        ("By Ann Lee", "Ann Lee"),
        ({"name": "admin"}, None),
        ({"name": "https://example.org/people/ann"}, None),
        ({"name": "ann@example.org"}, None),
    ],
)
def test_authors_in_linked_data(author: object, expected: str | None) -> None:
    """People, without "By"; no addresses and no accounts."""
    assert article(linked_data(author=author)).author == expected


@pytest.mark.parametrize(
    ("byline", "expected"),
    [
        ('<a rel="author" href="/ann">Ann Lee</a>', "Ann Lee"),
        ("<p>By Ann Lee on 31 January 2026</p>", "Ann Lee"),
        ("<p>31 January 2026 · Ann Lee · 5 min read</p>", "Ann Lee"),
        ('<span class="byline">By <a href="/a">Ann Lee</a></span>', "Ann Lee"),
        ("<p>5 min read</p>", None),
    ],
)
def test_authors_in_bylines(byline: str, expected: str | None) -> None:
    """Which do not become part of the text."""
    body = f"<h1>Harbour Bridge Opens</h1>{byline}" + "".join(f"<p>{t}</p>" for t in PARAGRAPHS)
    found = article("<title>Harbour Bridge Opens</title>", body=body)
    assert found.author == expected
    assert found.text == "\n\n".join(PARAGRAPHS)


@pytest.mark.parametrize(
    ("head", "byline"),
    [
        (linked_data(datePublished="2026-01-31T23:30:00-05:00"), ""),
        ('<meta property="article:published_time" content="2026-01-31">', ""),
        ('<meta name="citation_publication_date" content="2026/01/31">', ""),
        ("", '<header><time datetime="2026-01-31T08:00Z">yesterday</time></header>'),
        ("", "<p>31 January 2026</p>"),
        ("", "<p>Jan 31st, 2026</p>"),
        ("", "<p>2026年1月31日</p>"),
    ],
)
def test_dates_of_publication(head: str, byline: str) -> None:
    """Marked, or written above the text in the page's language or in English."""
    body = f"<h1>Harbour Bridge Opens</h1>{byline}" + "".join(f"<p>{t}</p>" for t in PARAGRAPHS)
    found = article(f"<title>x</title>{head}", "https://example.org/b", body=body)
    assert found.published == dt.date(2026, 1, 31)
    assert found.text == "\n\n".join(PARAGRAPHS)


def test_dates_with_a_month_in_the_pages_language() -> None:
    body = f"<h1>Brücke</h1><p>31. Januar 2025, geändert am 2. Mai</p><p>{GERMAN}</p>"
    found = article("", "file:///page.html", body=body, lang="de")
    assert (found.published, found.text) == (dt.date(2025, 1, 31), GERMAN)


def test_the_address_tells_the_date_of_a_page_that_does_not() -> None:
    """As that of many weblogs does. An invented date is worse than none."""
    url = "https://example.org/2026/01/31/bridge"
    assert article("<title>x</title>", url).published == dt.date(2026, 1, 31)
    assert article("<title>x</title>", "https://example.org/bridge").published is None


@pytest.mark.parametrize(
    ("canonical", "url"),
    [
        ("https://example.org/bridge", "https://example.org/bridge"),
        ("/bridge", "https://example.org/bridge"),
        ("https://www.example.org/bridge", "https://www.example.org/bridge"),
        ("https://other.example/bridge", f"{URL}?id=7"),
        ("https://example.org/", f"{URL}?id=7"),
        ("javascript:alert(1)", f"{URL}?id=7"),
        ("", f"{URL}?id=7"),
    ],
)
def test_the_address_is_the_pages_own_choice_within_its_site(canonical: str, url: str) -> None:
    """What only says where a reader came from is left out."""
    head = f'<title>x</title><link rel="canonical" href="{canonical}">'
    assert article(head, f"{URL}?id=7&utm_source=mail").url == url


def test_a_file_has_the_address_that_it_names() -> None:
    """Its own path is nobody's business."""
    assert article(HEAD, "file:///home/ann/page.html").url == "https://example.org/bridge"
    assert article("<title>x</title>", "file:///home/ann/page.html").url is None


@pytest.mark.parametrize(
    ("lang", "expected"), [("de-AT", "de-AT"), ("DE", "de"), ("", "de"), ("en", "de"), ("??", "de")]
)
def test_the_language_is_that_of_the_text(lang: str, expected: str) -> None:
    """As the page says, unless it clearly says it wrongly."""
    assert article(body=f"<h1>Brücke</h1><p>{GERMAN}</p>", lang=lang).language == expected


@pytest.mark.parametrize(
    ("encoding", "charset", "meta"),
    [
        ("cp1252", "iso-8859-1", ""),
        ("cp1252", None, '<meta charset="windows-1252">'),
        ("utf-8", "iso-8859-1", ""),
        ("utf-8-sig", None, ""),
        ("utf-16", None, ""),
        ("cp1252", "no-such-charset", ""),
        ("cp1252", "hex", '<meta http-equiv="Content-Type" content="text/html; charset=latin-1">'),
    ],
)
def test_the_encoding_is_found(encoding: str, charset: str | None, meta: str) -> None:
    """From the server, the page, or the bytes themselves."""
    page = html(f"{meta}<title>Brücke „neu“</title>", body=f"<h1>Brücke „neu“</h1><p>{GERMAN}</p>")
    found = extract(fetched(page.encode(encoding), charset=charset))
    assert (found.title, found.text) == ("Brücke „neu“", GERMAN)


@pytest.mark.parametrize("encoding", ["shift_jis", "euc-jp", "iso-2022-jp"])
def test_japanese_encodings(encoding: str) -> None:
    """One of them consists of ASCII characters only."""
    text = "新しい橋は月曜日に開通した。市長は一万人の客の前でテープを切った。" * 6
    page = html(f'<meta charset="{encoding}"><title>橋が開通</title>', body=f"<p>{text}</p>")
    found = extract(fetched(page.encode(encoding)))
    assert (found.title, found.text) == ("橋が開通", text)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"%PDF-1.7 ...", "application/pdf"),
        (b"%PDF-1.7 ...", "text/html"),
        (b"\x89PNG", "image/png"),
        (b"{}", "application/json"),
        (b"", "text/html"),
        (b"<html><body><p>Not found.</p></body></html>", "text/html"),
        (html(body="<h1>Sign in</h1><p>Sign in to read on.</p>").encode(), "text/html"),
        (b"\0\1\2\3" * 100, ""),
        (b"  \n ", "text/plain"),
        (b"<" * 10_000, "text/html"),
        (b"<div>" * 50_000, "text/html"),
    ],
)
def test_what_is_no_article_is_refused(body: bytes, content_type: str) -> None:
    """The message names it, without its query."""
    with pytest.raises(WebError, match=r"https://example\.org/2026/01/bridge"):
        extract(fetched(body, f"{URL}?token=1", content_type))


def test_a_page_that_its_server_calls_text_is_a_page() -> None:
    """If it looks like one."""
    for content_type in ("text/plain", "", "application/octet-stream"):
        found = extract(fetched(html(), content_type=content_type))
        assert found.title == "Harbour Bridge Opens"


def test_long_paragraphs_are_split() -> None:
    """At the end of a sentence; the corpus would refuse them, and the bot would not start."""
    text = " ".join(PARAGRAPHS * 20)
    found = article(body=f"<h1>Bridge</h1><p>{text}</p>")
    assert len(found.paragraphs) > 1
    assert all(len(part) <= 5_000 and part.endswith(".") for part in found.paragraphs)
    assert " ".join(found.paragraphs) == text


def test_markdown_and_plain_text_from_a_server() -> None:
    """The title is the first heading, or the first line."""
    found = extract(fetched("# The *bridge*\n\nIt is **open**.\n", content_type="text/markdown"))
    assert (found.title, found.text, found.url) == ("The *bridge*", "It is **open**.", URL)
    plain = "The bridge\n\n# 1 in the list of *all* bridges\n1986. That was the year.\n"
    found = extract(fetched(plain, content_type="text/plain"))
    assert found.title == "The bridge"
    assert found.text == "\\# 1 in the list of \\*all\\* bridges\n1986\\. That was the year."
