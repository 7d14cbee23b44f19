"""RSS, Atom and JSON Feed: what is read of them, and what is only data however it looks."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.errors import WebError
from bot.web.entries import MAX_CONTENT, FeedEntry
from bot.web.feeds import MAX_ENTRIES, MAX_FEED_BYTES, read_feed
from bot.web.fetcher import Fetched

URL = "https://news.example/blog/feed?key=a-secret"
TEN = datetime(2026, 1, 31, 10, tzinfo=UTC)
CONTENT = "xmlns:content='http://purl.org/rss/1.0/modules/content/'"
CREATOR = "xmlns:dc='http://purl.org/dc/elements/1.1/'"


def read(body: str | bytes, charset: str | None = None) -> tuple[FeedEntry, ...]:
    content = body.encode() if isinstance(body, str) else body
    return read_feed(Fetched(URL, 200, "", charset, content)).entries


def rss(*items: str, head: str = "") -> str:
    inner = "".join(f"<item>{item}</item>" for item in items)
    return f"{head}<rss version='2.0' {CONTENT} {CREATOR}><channel>{inner}</channel></rss>"


def atom(entry: str) -> str:
    return (
        "<?xml version='1.0' encoding='utf-8'?><feed xmlns='http://www.w3.org/2005/Atom' "
        f"xml:base='https://news.example/posts/'><title>News</title><entry>{entry}</entry></feed>"
    )


def json_feed(*items: Any) -> str:
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items})


def test_rss() -> None:
    """With the whole text, or with what is only the description."""
    entry, short = read(
        rss(
            "<title>The &lt;b&gt;bridge&lt;/b&gt; &amp;amp; the river</title><link>/bridge</link>"
            "<guid isPermaLink='false'>b-1</guid><dc:creator>A. Writer</dc:creator>"
            "<pubDate>Sat, 31 Jan 2026 11:00:00 +0100</pubDate>"
            "<description>It opened.</description>"
            "<content:encoded><![CDATA[<p>All of it.</p>]]></content:encoded>",
            "<title>Other</title><link>https://news.example/other</link>"
            "<description>&lt;p&gt;Said shortly.&lt;/p&gt;</description>",
        )
    )
    assert (entry.title, entry.link) == ("The bridge & the river", "https://news.example/bridge")
    assert (entry.author, entry.published, entry.updated) == ("A. Writer", TEN, None)
    assert (entry.summary, entry.content) == ("It opened.", "<p>All of it.</p>")
    assert (short.published, short.author) == (None, None)
    assert (short.summary, short.content) == ("Said shortly.", "<p>Said shortly.</p>")


def test_atom() -> None:
    """Its links may be relative to a base, and its text be XHTML."""
    [entry] = read(
        atom(
            "<id>urn:1</id><title type='html'>A &lt;i&gt;bridge&lt;/i&gt;</title>"
            "<link rel='alternate' href='bridge'/><author><name>A. Writer</name></author>"
            "<published>2026-01-31T10:00:00Z</published><updated>2026-01-31T12:00:00+02:00</updated>"
            "<summary>It opened.</summary><content type='xhtml'>"
            "<div xmlns='http://www.w3.org/1999/xhtml'><p>All of it.</p></div></content>"
        )
    )
    assert (entry.title, entry.link) == ("A bridge", "https://news.example/posts/bridge")
    assert (entry.author, entry.published, entry.updated) == ("A. Writer", TEN, TEN)
    assert (entry.summary, entry.content) == ("It opened.", "<p>All of it.</p>")


def test_json_feed() -> None:
    """Of version 1.0 and 1.1, with HTML or text."""
    new, old = read(
        json_feed(
            {
                "id": "1",
                "url": "/bridge",
                "title": "A bridge",
                "content_html": "<p>All of it.</p>",
                "summary": "It opened.",
                "date_published": "2026-01-31T11:00:00+01:00",
                "authors": [{"name": "A. Writer"}],
            },
            {
                "id": 2,
                "external_url": "https://other.example/x",
                "content_text": "One < two.\n\nThree.",
                "author": {"name": "B. Writer"},
            },
        )
    )
    assert (new.title, new.link) == ("A bridge", "https://news.example/bridge")
    assert (new.author, new.published) == ("A. Writer", TEN)
    assert (new.summary, new.content) == ("It opened.", "<p>All of it.</p>")
    assert (old.link, old.author) == ("https://other.example/x", "B. Writer")
    assert old.content == "<p>One &lt; two.</p><p>Three.</p>"


def test_an_entry_survives_the_database() -> None:
    """As it was; and any change of what the feed says is noticed."""
    [entry] = read(json_feed({"id": "1", "url": "/a", "date_published": "2026-01-31T10:00:00Z"}))
    assert FeedEntry.from_body(entry.body) == entry
    [changed] = read(json_feed({"id": "1", "url": "/a", "title": "Now with a title"}))
    assert changed.key == entry.key
    assert changed.fingerprint != entry.fingerprint


def test_an_entry_is_known_by_its_id_or_else_by_its_link() -> None:
    """One that is listed twice counts once, and a key reveals nothing."""
    entries = read(
        rss(
            "<guid isPermaLink='false'>same</guid><link>/new</link>",
            "<guid isPermaLink='false'>same</guid><link>/old</link>",
            "<link>/bare</link>",
            "<guid>https://news.example/bare</guid>",
        )
    )
    assert [entry.link.rpartition("/")[2] for entry in entries] == ["new", "bare"]
    assert all(len(entry.key) == 64 for entry in entries)


@pytest.mark.parametrize(
    "link",
    [
        *("", "javascript:alert(1)", "file:///etc/passwd", "ftp://news.example/a", "mailto:a@b.c"),
        *("http://", "https://[::1", "https://news.example/" + "a" * 2_000),
    ],
)
def test_an_entry_without_a_page_is_skipped(link: str) -> None:
    """The others are read."""
    entries = read(rss(f"<link>{link}</link><title>Bad</title>", "<link>/good</link>"))
    assert [entry.link for entry in entries] == ["https://news.example/good"]
    entries = read(json_feed({"id": "1", "url": link}, "no entry", {"id": "2", "url": "/good"}))
    assert [entry.link for entry in entries] == ["https://news.example/good"]


@pytest.mark.parametrize(
    "date", ["yesterday", "Sat, 99 Foo 2026", "0000-00-00T00:00:00Z", "x" * 500, "", "99999"]
)
def test_a_bad_date_is_none(date: str) -> None:
    """The entry is read all the same."""
    [entry] = read(rss(f"<link>/a</link><pubDate>{date}</pubDate>"))
    assert entry.published is None
    [entry] = read(json_feed({"id": "1", "url": "/a", "date_published": date}))
    assert entry.published is None


def test_the_newest_come_first() -> None:
    """By their dates if all have one; otherwise the feed's own order is that."""
    dates = [f"<link>/{d}</link><pubDate>{d} Jan 2026 10:00:00 GMT</pubDate>" for d in (1, 3, 2)]
    assert [entry.link[-1] for entry in read(rss(*dates))] == ["3", "2", "1"]
    assert [entry.link[-1] for entry in read(rss(*dates, "<link>/x</link>"))] == [*"132x"]


@pytest.mark.parametrize(
    ("body", "charset"),
    [
        (b"<?xml version='1.0' encoding='iso-8859-1'?>{}", None),
        (b"<?xml version='1.0'?>{}", "iso-8859-1"),
        (b"<?xml version='1.0' encoding='utf-8'?>{}", "iso-8859-1"),
    ],
)
def test_a_character_encoding_is_understood(body: bytes, charset: str | None) -> None:
    """As the server names it, or else the feed."""
    feed = rss("<title>Café</title><link>/a</link>").encode("latin-1")
    assert read(body.replace(b"{}", feed), charset)[0].title == "Café"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize("charset", [None, "utf-8", "no such encoding", "hex"])
def test_a_byte_order_mark_tells_the_encoding(encoding: str, charset: str | None) -> None:
    """Whatever the server says."""
    assert read(rss("<title>Café</title><link>/a</link>").encode(encoding), charset)[0].title == (
        "Café"
    )
    named = json_feed({"id": "1", "url": "/a", "title": "Café"})
    assert read(named.encode(encoding), charset)[0].title == "Café"


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE rss [<!ENTITY a "grown"><!ENTITY b "&a;&a;&a;">]>',
        '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY b "grown">]>',
        '<!DOCTYPE rss [\n<!ENTITY b "grown">\n]>\n',
        '<!DOCTYPE rss [<!ENTITY b SYSTEM "file:///etc/hostname">]>',
        '<!DOCTYPE rss [<!ENTITY % p SYSTEM "http://127.0.0.1:1/x">%p;]>',
        '<!EN\n<!DOCTYPE x>TITY b "grown">',
    ],
)
def test_entities_of_a_feed_are_not_expanded(doctype: str) -> None:
    """Neither those that grow nor those that stand for a file; usual ones are understood."""
    [entry] = read(rss("<title>&b; Caf&eacute; &amp;amp;</title><link>/a</link>", head=doctype))
    assert entry.title == "&b; Café &"


def test_a_bomb_is_read_in_no_time() -> None:
    """A billion laughs."""
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 20))
    head = f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY l0 "laugh">{levels}]>'
    assert "laugh" not in str(read(rss("<title>&l19;</title><link>/a</link>", head=head)))


def test_text_is_cleaned() -> None:
    """Of markup, scripts, control characters and halves of characters."""
    [entry] = read(
        json_feed(
            {
                "id": "1",
                "url": "/a",
                "title": "\ud800<script>alert(1)</script>A\x00\x1b \n&lt;title&gt; 👩\u200d🚀",
                "content_text": "\udfff\x00x",
            }
        )
    )
    assert entry.title == "A <title> 👩\u200d🚀"
    assert entry.content == "<p>x</p>"


@pytest.mark.parametrize("value", [None, 7, True, [], {}, [[]], {"name": 1}])
def test_json_of_other_types_does_no_harm(value: Any) -> None:
    """What cannot be used is left out."""
    keys = ("title", "summary", "content_html", "content_text", "date_published", "authors", "id")
    [entry] = read(json_feed({"url": "/a", "author": value, **dict.fromkeys(keys, value)}))
    assert (entry.title, entry.summary, entry.content, entry.author) == ("", "", None, None)
    assert read(json_feed({"url": value, "id": "1"}, value)) == ()


@pytest.mark.parametrize(
    "body",
    [
        *("", " ", "text", "<html><head><title>A page</title></head></html>", "\x00\xff" * 9),
        *("[1]", "{", '{"a":' * 50_000, "{}", '{"version": 1, "items": []}'),
        *('{"version": "https://jsonfeed.org/version/1", "items": 7}', '{"items": []}'),
        '{"version": "https://jsonfeed.org/version/1", "items": [%s]}' % ("1" * 5_000),
    ],
)
def test_what_is_no_feed_is_said_to_be_none(body: str) -> None:
    """By its address without the query, which may be a secret."""
    with pytest.raises(WebError, match=r"news\.example/blog/feed is not a feed: give") as error:
        read(body)
    assert "a-secret" not in str(error.value)


def test_an_empty_feed_is_one() -> None:
    """There is just nothing new."""
    assert read(rss()) == read(json_feed()) == ()


def test_size_is_limited() -> None:
    """Of the whole, in bytes and in entries, and of each text."""
    with pytest.raises(WebError, match="larger than a feed may be"):
        read(b" " * (MAX_FEED_BYTES + 1))
    assert len(read(rss(*(f"<link>/{n}</link>" for n in range(MAX_ENTRIES + 1))))) == MAX_ENTRIES
    long = {"id": "1", "url": "/a", "title": "a" * 9_000, "content_html": "b" * (MAX_CONTENT + 1)}
    [entry] = read(json_feed(long))
    assert len(entry.title) == 5_000
    assert entry.content is None


@pytest.mark.parametrize(
    "broken",
    ["<", "&", "&#", "<![CDATA[", "<!--", "<?", "<!", '<a b="', "<item>", "<a:b>", "<item><title>"],
)
def test_what_is_broken_is_read_in_time(broken: str) -> None:
    """However often it stands there."""
    text = "<rss version='2.0'><channel><item><link>/a</link></item>" + broken * 20_000
    assert len(read(text)) <= MAX_ENTRIES
