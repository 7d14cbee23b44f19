"""Fetching pages: what is refused, what is limited, what comes back."""

import asyncio
import datetime as dt
import email.utils
import gzip
import socket
import zlib

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from bot.errors import FetchError
from bot.web.addresses import is_public
from bot.web.connections import CheckedResolver, PrivateAddressError
from bot.web.fetcher import MAX_REDIRECTS, MAX_RETRY_AFTER, Fetcher
from tests.support.web_site import WebSite


async def refused(fetcher: Fetcher, url: str) -> FetchError:
    with pytest.raises(FetchError) as caught:
        await fetcher.get(url)
    return caught.value


async def test_a_page_comes_with_what_the_server_says_of_it(
    site: WebSite, fetcher: Fetcher
) -> None:
    """Type, encoding, and what to send back the next time; the fragment is gone."""
    url = site.page(
        "/a", "hello", content_type='Text/HTML; Charset="ISO-8859-1"', etag='"1"', last_modified="x"
    )
    page = await fetcher.get(f"{url}#part")
    assert (page.url, page.status, page.body) == (url, 200, b"hello")
    assert (page.content_type, page.charset) == ("text/html", "iso-8859-1")
    assert (page.etag, page.last_modified, page.retry_after) == ('"1"', "x", None)


async def test_the_bot_says_who_it_is_and_keeps_no_cookies(site: WebSite, fetcher: Fetcher) -> None:
    url = site.page("/a", "hello", set_cookie="who=me; Path=/", content_type="")
    assert (await fetcher.get(url)).content_type == ""
    await fetcher.get(url)
    assert all("User-Agent: article-bot/" in head for head in site.requests)
    assert "cookie" not in site.requests[1].lower()


async def test_what_has_not_changed_is_not_sent_again(site: WebSite, fetcher: Fetcher) -> None:
    """304 is an answer to a conditional request only."""
    url = site.page("/a", "", "304 Not Modified", etag='"1"')
    page = await fetcher.get(url, etag='"1"', last_modified="Mon, 01 Jan 2024 00:00:00 GMT")
    assert (page.status, page.body, page.etag) == (304, b"", '"1"')
    assert 'If-None-Match: "1"' in site.requests[0]
    assert "If-Modified-Since: Mon, 01 Jan 2024 00:00:00 GMT" in site.requests[0]
    assert (await refused(fetcher, url)).status == 304


@pytest.mark.parametrize("status", ["404 Not Found", "500 Oops", "403 Forbidden", "300 Choices"])
async def test_an_error_of_the_server_is_named(
    site: WebSite, fetcher: Fetcher, status: str
) -> None:
    """With the address, but without its query, which may hold a secret."""
    error = await refused(fetcher, site.page("/a", "no", status) + "?token=s3cret")
    assert error.status == int(status[:3])
    assert f"{site.url}/a" in str(error)
    assert status[:3] in str(error)
    assert "s3cret" not in str(error)


async def test_a_busy_server_says_when_to_come_back(site: WebSite, fetcher: Fetcher) -> None:
    """In seconds or as a date."""
    busy = "429 Too Many Requests"
    assert (await refused(fetcher, site.page("/a", "", busy, retry_after="7"))).retry_after == 7
    date = email.utils.format_datetime(dt.datetime.now(dt.UTC) + dt.timedelta(seconds=90))
    found = (await refused(fetcher, site.page("/a", "", busy, retry_after=date))).retry_after
    assert found is not None
    assert 60 < found <= 90
    for odd in ("soon", "-1", "Mon, 99 Jan 99999 00:00:00 GMT"):
        assert not (await refused(fetcher, site.page("/a", "", busy, retry_after=odd))).retry_after
    forever = (await refused(fetcher, site.page("/a", "", busy, retry_after="9" * 400))).retry_after
    assert forever == MAX_RETRY_AFTER


async def test_redirects_are_followed_five_times(site: WebSite, fetcher: Fetcher) -> None:
    """The address is the last one."""
    for n in range(MAX_REDIRECTS + 1):
        site.redirect(f"/{n}", f"{n + 1}?q=1#x")
    site.page(f"/{MAX_REDIRECTS + 1}", "here")
    assert (await fetcher.get(f"{site.url}/1")).url == f"{site.url}/{MAX_REDIRECTS + 1}?q=1"
    assert "redirects" in str(await refused(fetcher, f"{site.url}/0"))


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.2:{port}/secret",
        "http://[::ffff:127.0.0.2]:{port}/secret",
        "//127.0.0.2:{port}/secret",
        "http://127.2:{port}/secret",
        "http://0x7f.2:{port}/secret",
        "http://user:pw@127.0.0.1:{port}/secret",
        "file:///etc/passwd",
        "gopher://127.0.0.1:{port}/secret",
        "http://[::1/",
    ],
)
async def test_each_redirect_is_checked(site: WebSite, target: str) -> None:
    """A page of an allowed address cannot send the bot to one that is not."""
    url = site.redirect("/a", target.format(port=site.port))
    site.page("/secret", "secret")
    async with Fetcher(is_allowed="127.0.0.1".__eq__) as fetcher:
        assert (await fetcher.get(site.page("/b", "fine"))).body == b"fine"
        await refused(fetcher, url)
    assert [head.split(" ")[1] for head in site.requests] == ["/b", "/a"]


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "127.1", "0x7f.1", "2130706433", "0177.0.0.1", "0", "127.0.0.1."),
        *("[::1]", "[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "localhost"),
        *("１２７.0.0.1", "①27.0.0.1", "[::ffff:7f00:1]", "[::127.0.0.1]"),
    ],
)
async def test_private_addresses_are_refused_however_they_are_written(
    site: WebSite, host: str
) -> None:
    """Nothing arrives at the server of this machine."""
    site.page("/", "secret")
    async with Fetcher() as fetcher:
        await refused(fetcher, f"http://{host}:{site.port}/")
    assert site.requests == []


async def test_a_name_cannot_change_its_address_after_the_check() -> None:
    """What the resolver has checked is what it returns to connect to; each look-up is checked."""

    class Rebinding(AbstractResolver):
        def __init__(self) -> None:
            self.answers = ["8.8.8.8", "127.0.0.1"]

        async def resolve(
            self, host: str, port: int = 0, family: int = socket.AF_INET
        ) -> list[ResolveResult]:
            address = self.answers.pop(0)
            return [
                ResolveResult(
                    hostname=host, host=address, port=port, family=family, proto=0, flags=0
                )
            ]

        async def close(self) -> None:
            pass

    resolver = CheckedResolver(is_public, Rebinding())
    [first] = await resolver.resolve("example.org", 80)
    assert first["host"] == "8.8.8.8"
    with pytest.raises(PrivateAddressError):
        await resolver.resolve("example.org", 80)


@pytest.mark.parametrize(
    "url",
    [
        *("ftp://example.org/", "file:///etc/passwd", "javascript:alert(1)", "example.org", ""),
        *("http://user@example.org/", "http://user:s3cret@example.org/", "http://[zz]/"),
        *("http:///a", "http://", "https://example.org:99999/"),
    ],
)
async def test_other_addresses_are_refused(fetcher: Fetcher, url: str) -> None:
    """Without showing a password."""
    assert "s3cret" not in str(await refused(fetcher, url))


async def test_a_large_page_ends(site: WebSite) -> None:
    """Whether its length is announced or not."""
    async with Fetcher(allow_private=True, max_bytes=1_000) as fetcher:
        assert len((await fetcher.get(site.page("/a", "x" * 1_000))).body) == 1_000
        await refused(fetcher, site.page("/a", "x" * 1_001))
        await refused(fetcher, site.page("/a", "x" * 1_001, content_length=""))


def bomb(size: int) -> bytes:
    return gzip.compress(b"\0" * size)


async def test_compressed_pages(site: WebSite, fetcher: Fetcher) -> None:
    """Also in several members, and with padding behind them."""
    text = b"hello " * 50_000
    url = site.page("/a", gzip.compress(text), content_encoding="gzip")
    assert (await fetcher.get(url)).body == text
    assert "Accept-Encoding: gzip" in site.requests[0]
    two = gzip.compress(b"one ") + gzip.compress(b"two") + b"\0\0"
    assert (await fetcher.get(site.page("/a", two, content_encoding="x-gzip"))).body == b"one two"
    assert (await fetcher.get(site.page("/a", b"", content_encoding="gzip"))).body == b""
    zeros = site.page("/a", bomb(9_000_000), content_encoding="gzip")
    assert (await fetcher.get(zeros)).body == b"\0" * 9_000_000


@pytest.mark.parametrize(
    ("body", "coding"),
    [
        pytest.param(bomb(50_000_000), "gzip", id="bomb"),
        pytest.param(gzip.compress(b"hello" * 100)[:-9], "gzip", id="cut"),
        pytest.param(b"this is not gzip", "gzip", id="damaged"),
        pytest.param(zlib.compress(b"hello"), "deflate", id="deflate"),
        pytest.param(b"hello", "br", id="br"),
        pytest.param(gzip.compress(gzip.compress(b"hello")), "gzip, gzip", id="twice"),
    ],
)
async def test_compression_that_is_refused(
    site: WebSite, fetcher: Fetcher, body: bytes, coding: str
) -> None:
    """What would become huge, is damaged, or was not asked for."""
    assert len(body) < 60_000
    await refused(fetcher, site.page("/a", body, content_encoding=coding))


async def test_a_page_that_drips_ends(site: WebSite) -> None:
    """Each byte comes in time, but not the whole; the same for its head, and for redirects."""

    async def drip(writer: asyncio.StreamWriter, head: bytes) -> None:
        writer.write(head)
        while True:
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.02)

    async def body(writer: asyncio.StreamWriter) -> None:
        await drip(writer, b"HTTP/1.1 200 OK\r\nContent-Length: 9999999\r\n\r\n")

    async def head(writer: asyncio.StreamWriter) -> None:
        await drip(writer, b"HTTP/1.1 200 OK\r\nX: ")

    site.redirect("/c", "/b")
    async with asyncio.timeout(15), Fetcher(allow_private=True, timeout=0.3) as fetcher:
        for url in (site.script("/b", body), site.script("/h", head), f"{site.url}/c"):
            error = await refused(fetcher, url)
            assert "0.3 seconds" in str(error)


async def test_servers_that_fail(site: WebSite, fetcher: Fetcher) -> None:
    """They close early, speak nonsense, or are not there; each becomes a sentence."""

    async def close(writer: asyncio.StreamWriter) -> None:
        pass

    async def nonsense(writer: asyncio.StreamWriter) -> None:
        writer.write(b"SSH-2.0-OpenSSH_9.9\r\n\r\n")

    async def short(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")

    urls = [site.script(f"/{n}", do) for n, do in enumerate((close, nonsense, short))]
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        urls.append(f"http://127.0.0.1:{unused.getsockname()[1]}/")
        urls.append(f"https://127.0.0.1:{site.port}/")
        urls.append("http://no-such-name.invalid/")
        for url in urls:
            error = await refused(fetcher, url)
            assert error.status is None
            assert str(error).startswith(url.rstrip("/"))
            assert str(error).endswith(".")
