"""Which addresses are public, how messages show them, and what the web needs."""

import subprocess
import sys

import pytest

from bot.errors import FetchError, WebError
from bot.web.addresses import is_public, without_query
from tests.support.corpora import ROOT


@pytest.mark.parametrize(
    ("address", "public"),
    [
        *((address, True) for address in ("8.8.8.8", "2606:4700::1111", "64:ff9b::808:808")),
        *((address, True) for address in ("::ffff:8.8.8.8", "2002:808:808::1")),
        *((address, False) for address in ("10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1")),
        *((address, False) for address in ("169.254.169.254", "0.0.0.0", "224.0.0.1", "240.0.0.1")),
        *((address, False) for address in ("255.255.255.255", "::", "fe80::1", "fe80::1%eth0")),
        *((address, False) for address in ("fc00::1", "fec0::1", "ff02::1", "2001:db8::1")),
        *((address, False) for address in ("64:ff9b::a01:203", "64:ff9b:1::808:808")),
        *((address, False) for address in ("2002:a00:1::", "2001:0:808:808::f5ff:fffe")),
    ],
)
def test_public_addresses(address: str, public: bool) -> None:
    """IPv6 addresses that lead to an IPv4 address are as public as that one."""
    assert is_public(address) == public


def test_messages_show_addresses_without_secrets() -> None:
    assert without_query("https://u:p@e.org/a/b?token=1#x") == "https://e.org/a/b"


def test_without_the_extra_the_message_says_what_to_install() -> None:
    """And nothing else of the bot needs it."""
    code = (
        "import sys; sys.modules['trafilatura'] = None\n"
        "import asyncio, bot.cli.add, bot.web.adding\n"
        "from bot.errors import WebError\n"
        "from bot.web.extraction import extract\n"
        "from bot.web.fetcher import Fetched, Fetcher\n"
        "async def main():\n"
        "    async with Fetcher(): pass\n"
        "for run in (lambda: asyncio.run(main()),"
        " lambda: extract(Fetched('https://e.org/', 200, 'text/html', None, b'<p>x'))):\n"
        "    try: run()\n"
        "    except WebError as error: print(error)\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert result.stdout.count("article-bot[web]") == 2


def test_errors_of_the_web_are_errors_of_the_bot() -> None:
    """So that the command line prints them."""
    assert issubclass(FetchError, WebError)
