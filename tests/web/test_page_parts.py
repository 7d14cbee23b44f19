"""What belongs to the page around an article is no part of its text, and no metadata either."""

import datetime as dt

import pytest

from bot.errors import WebError
from bot.web.extraction import ExtractedArticle, extract
from tests.web.pages import PARAGRAPHS, fetched, html

TEXT = "\n\n".join(PARAGRAPHS)
HEADLINE = "<h1>Harbour Bridge Opens</h1>"
BODY = HEADLINE + "".join(f"<p>{text}</p>" for text in PARAGRAPHS)


def article(body: str, head: str = "<title>Harbour Bridge Opens</title>") -> ExtractedArticle:
    return extract(fetched(html(head, body=body)))


@pytest.mark.parametrize(
    "more",
    [
        '<p style="color: red; display: none">This text is not shown to anybody who reads.</p>',
        "<p hidden>This text is not shown to anybody who reads the page of the paper.</p>",
        '<div role="dialog"><p>This is a modal window, which can be closed by a key.</p></div>',
        "<h2>Read more</h2>",
        "<p>© 2026 The Paper. All rights reserved, also those of translation.</p>",
        "<p>Copyright 2026 The Paper and its partners in this country.</p>",
        '<div class="post-navigation"><a href="/a">Ferry ends</a></div><p>Subscribe to our letter, '
        "which comes every Monday, and tell your friends about it.</p>",
        '<p><a href="#top">↑</a></p>',
    ],
)
def test_what_follows_the_text_is_left_out(more: str) -> None:
    """Hidden text, dialogs, rights, links to other articles and what stands below them."""
    assert article(BODY + more).text == TEXT


@pytest.mark.parametrize(
    "before",
    [
        "<p>By Ann Lee</p>",
        "<p>Ann Lee | 31 January 2026</p>",
        "<p>5 min read</p>",
        '<p><a href="https://example.org/ann">@annlee</a></p>',
        '<ul><li><a href="#a">The opening</a></li><li><a href="#b">The bridge itself</a></li>'
        '<li><a href="#c">The delay and its causes</a></li></ul>',
    ],
)
def test_what_precedes_the_text_is_left_out(before: str) -> None:
    """Bylines, times to read, handles and lists of contents."""
    head = (
        '<title>Harbour Bridge Opens</title><meta name="author" content="Ann Lee">'
        '<meta property="article:published_time" content="2026-01-31">'
    )
    assert article(BODY.replace("</h1>", f"</h1>{before}"), head).text == TEXT


def test_a_date_in_front_of_the_first_sentence_is_left_out() -> None:
    body = BODY.replace("<p>The mayor", "<p>January 31, 2026 - The mayor", 1)
    head = '<title>x</title><meta property="article:published_time" content="2026-01-31">'
    assert article(body, head).text == TEXT


def test_the_headline_may_stand_there_twice() -> None:
    """Also as a link to the page itself, and below the site's name."""
    linked = '<h1><a href="/bridge">Harbour Bridge Opens</a></h1>'
    head = '<title>Harbour Bridge Opens</title><meta property="og:site_name" content="The Paper">'
    found = article(f"<h1>The Paper</h1>{linked}{BODY}", head)
    assert (found.title, found.text) == ("Harbour Bridge Opens", TEXT)


def test_another_heading_of_the_page_is_not_the_title() -> None:
    """Of a column beside the article, or of a page whose title only names the site."""
    body = BODY.replace(HEADLINE, "<h1>Hi, I am Nicolas</h1>")
    assert article(body, "<title>Harbour Bridge Opens | News | Nic</title>").title == (
        "Harbour Bridge Opens"
    )
    head = '<title>The Paper Blog</title><meta property="og:site_name" content="The Paper">'
    assert article(BODY, head).title == "Harbour Bridge Opens"


def test_a_page_without_a_title_is_named_as_its_address() -> None:
    body = BODY.replace(HEADLINE, "")
    page = fetched(html("", body=body), "https://example.org/2026/bridge-opens.html?a=1")
    assert extract(page).title == "Bridge opens"


def test_marks_of_html_do_not_show() -> None:
    """Small raised numbers stay what they are."""
    more = "<p>The deck has 12,000 m<sup>2</sup> and <u>no</u> CO<sub>2</sub> comes from it.</p>"
    assert article(BODY + more).text.endswith("The deck has 12,000 m² and no CO₂ comes from it.")


@pytest.mark.parametrize(
    "wrapped",
    ["{}", "\n<![CDATA[\n{}\n]]>\n", "<!-- {} -->", "//<![CDATA[\n{}\n//]]>", "[{}];"],
)
def test_linked_data_is_read_however_it_is_wrapped(wrapped: str) -> None:
    """And with references between its items."""
    data = (
        '{"@graph": [{"@type": "WebSite", "name": "The Paper"}, {"@type": ["BlogPosting"], '
        '"headline": "Harbour Bridge Opens", "author": {"@id": "#ann"}, "datePublished": '
        '"2026-01-31"}, {"@type": "Person", "@id": "#ann", "name": "Ann Lee"}]}'
    )
    script = f'<script type="application/ld+json">{wrapped.format(data)}</script>'
    found = article(BODY.replace(HEADLINE, ""), f"<title>The Paper</title>{script}")
    assert (found.title, found.author) == ("Harbour Bridge Opens", "Ann Lee")
    assert found.published == dt.date(2026, 1, 31)


@pytest.mark.parametrize(
    "data", ["{", "[" * 100_000, '{"@type": 7, "author": [[{}]], "headline": {}}', "null", '"x"']
)
def test_broken_linked_data_does_no_harm(data: str) -> None:
    script = f'<script type="application/ld+json">{data}</script>'
    found = article(BODY, f"<title>Harbour Bridge Opens</title>{script}")
    assert (found.title, found.text) == ("Harbour Bridge Opens", TEXT)


@pytest.mark.parametrize("many", ["<a href='#x'>abc</a> ", "[", "| ", "<span>a</span>"])
def test_a_page_that_is_made_to_keep_its_reader_busy(many: str) -> None:
    """It is read in a moment; without limits it would take minutes."""
    found = article(f"{BODY}<p>{many * 10_000}</p>", f"<title>{many * 10_000}</title>")
    assert PARAGRAPHS[0] in found.text


def test_a_page_that_is_too_large_is_not_read() -> None:
    with pytest.raises(WebError, match="too large"):
        article(BODY + "<p>word</p>" * 300_000)
