"""HTTP connections to allowed addresses only."""

import os
import socket
from collections.abc import Callable, Mapping
from importlib.metadata import version

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

CONNECTIONS, CONNECTIONS_PER_HOST = 20, 4
"""At the same time."""

_REASONS: Mapping[type[Exception], str] = {
    aiohttp.ClientConnectorDNSError: "its name is not known",
    aiohttp.ClientConnectorCertificateError: "its certificate is not valid",
    aiohttp.ClientSSLError: "no secure connection to it can be made",
    aiohttp.ClientPayloadError: "the content ended too early or is damaged",
    aiohttp.ServerDisconnectedError: "the server closed the connection",
}


class PrivateAddressError(Exception):
    """A name leads to an address that is not allowed; the text is that address."""


class CheckedResolver(AbstractResolver):
    """Resolves names, and refuses those that lead to an address that is not allowed.

    What it returns is connected to, without another look-up: a name whose server gives one answer
    to a check and another one afterwards gains nothing (DNS rebinding).

    Args:
        is_allowed: Whether an address, in numbers, may be connected to.
        resolver: Who is asked; by default the operating system.
    """

    def __init__(
        self, is_allowed: Callable[[str], bool], resolver: AbstractResolver | None = None
    ) -> None:
        self._is_allowed = is_allowed
        self._resolver = resolver or ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return the addresses of a name; all of them must be allowed."""
        found = await self._resolver.resolve(host, port, family)
        for address in found:
            if not self._is_allowed(address["host"]):
                raise PrivateAddressError(address["host"])
        return found

    async def close(self) -> None:
        """Close the resolver that it asks."""
        await self._resolver.close()


def open_session(is_allowed: Callable[[str], bool]) -> aiohttp.ClientSession:
    """Return a session without cookies, which never uses a proxy and does not decompress.

    A proxy of the environment would connect to addresses that nobody has checked.

    Args:
        is_allowed: Whether an address, in numbers, may be connected to. Only asked about those that
            names lead to: addresses in numbers are never resolved.
    """
    resolver = CheckedResolver(is_allowed)
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(
            resolver=resolver, limit=CONNECTIONS, limit_per_host=CONNECTIONS_PER_HOST
        ),
        cookie_jar=aiohttp.DummyCookieJar(),
        headers={
            "User-Agent": f"article-bot/{version('article-bot')}",
            "Accept": "text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.8",
            "Accept-Encoding": "gzip",
        },
        timeout=aiohttp.ClientTimeout(total=None),
        auto_decompress=False,
        trust_env=False,
    )


def reason(error: Exception) -> str:
    """Return why a server cannot be reached, as the rest of a sentence, without its address."""
    for kind, text in _REASONS.items():
        if isinstance(error, kind):
            return text
    if isinstance(error, OSError):
        number = error.errno or 0
        detail = f" ({os.strerror(number)})" if number > 0 else ""
        return f"the connection failed{detail}"
    return "the server does not speak HTTP as it should"
