"""Fetches pages and feeds: over HTTP, from public addresses, within limits of time and size.

What is at an address comes from strangers. Nothing of it is executed. Redirects are followed here
and not by the client, so that each address is checked. Proxies of the environment are not used:
they would connect to addresses that nobody has checked.

aiohttp is imported when a Fetcher is opened: most commands do without.
"""

import asyncio
import datetime as dt
import email.utils
import ipaddress
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.message import Message
from http import HTTPStatus
from importlib.util import find_spec
from typing import TYPE_CHECKING, Self

from bot.errors import FetchError, WebError
from bot.web.addresses import is_public, without_query
from bot.web.compression import GzipStream

if TYPE_CHECKING:
    import aiohttp
    from yarl import URL

NEEDS_EXTRA = (
    "Pages of the web need more packages. Install them with: pip install 'article-bot[web]'"
)
MAX_REDIRECTS = 5
MAX_RETRY_AFTER = 30 * 86_400.0
"""Seconds; a server that asks for more, perhaps by mistake, is understood to ask for this."""
_REDIRECTS = (301, 302, 303, 307, 308)
_CHUNK = 65_536
"""Bytes that are read at once."""


@dataclass(frozen=True)
class Fetched:
    """What a server answered.

    Attributes:
        url: The address that answered, after redirects, without a fragment.
        status: 200 to 299; or 304 if it has not changed, which only a conditional request gets.
        content_type: Media type in lower case, without parameters; "" if the server names none.
        charset: The character encoding that the server names; None if it names none.
        body: The content, decompressed.
        etag: What to send back to ask whether it has changed; None if the server gives nothing.
        last_modified: The same.
        retry_after: After how many seconds the server asks to be asked again; None if it does not
            say.
    """

    url: str
    status: int
    content_type: str
    charset: str | None
    body: bytes
    etag: str | None = None
    last_modified: str | None = None
    retry_after: float | None = None


class Fetcher:
    """An HTTP client for addresses that nobody vouches for; an async context manager.

    Args:
        allow_private: Also fetch from addresses that are not public, such as those of this machine.
        timeout: Seconds that a page may take, with all its redirects.
        max_bytes: The largest content, after decompression.
        is_allowed: Whether an address, in numbers, may be fetched from; by default
            ``allow_private`` decides.
    """

    def __init__(
        self,
        allow_private: bool = False,
        timeout: float = 20,
        max_bytes: int = 10_000_000,
        is_allowed: Callable[[str], bool] | None = None,
    ) -> None:
        self._is_allowed = is_allowed or (_any_address if allow_private else is_public)
        self._timeout = timeout
        self._max_bytes = max_bytes
        self._session: aiohttp.ClientSession

    async def __aenter__(self) -> Self:
        # Before anything is fetched that nobody can read.
        if not find_spec("trafilatura"):
            raise WebError(NEEDS_EXTRA)
        from bot.web.connections import open_session  # noqa: PLC0415

        self._session = open_session(self._is_allowed)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()

    async def get(
        self, url: str, *, etag: str | None = None, last_modified: str | None = None
    ) -> Fetched:
        """Fetch an address.

        Args:
            url: An http or https address, without user and password.
            etag: ``Fetched.etag`` of the last time; if nothing has changed, the status is 304.
            last_modified: ``Fetched.last_modified`` of the last time; the same.

        Raises:
            FetchError: It is not allowed, or the server does not answer with content.
        """
        import aiohttp  # noqa: PLC0415

        from bot.web.connections import PrivateAddressError, reason  # noqa: PLC0415

        headers = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        condition = {name: value for name, value in headers.items() if value}
        name = without_query(url)
        try:
            async with asyncio.timeout(self._timeout):
                return await self._follow(url, condition)
        except TimeoutError:
            problem = f"{name} did not answer completely within {self._timeout:g} seconds."
        except PrivateAddressError as error:
            problem = _not_public(name, str(error))
        except (aiohttp.ClientError, OSError, ValueError) as error:
            problem = f"{name} cannot be fetched: {reason(error)}."
        raise FetchError(problem) from None

    async def _follow(self, url: str, condition: Mapping[str, str]) -> Fetched:
        """Fetch an address, through up to MAX_REDIRECTS redirects."""
        address = self._checked(url)
        for _ in range(MAX_REDIRECTS + 1):
            async with self._session.get(
                address, headers=condition, allow_redirects=False
            ) as response:
                target = response.headers.get("Location")
                if response.status not in _REDIRECTS or target is None:
                    return await self._read(address, response, bool(condition))
            address = self._redirected(address, target)
        raise FetchError(f"{without_query(url)} redirects more than {MAX_REDIRECTS} times.")

    def _redirected(self, address: "URL", target: str) -> "URL":
        """Return the checked address that a server redirects to."""
        new = self._checked(_join(address, target))
        if (address.scheme, new.scheme) == ("https", "http"):
            # Anybody on the way could answer in the name of a site that people trust.
            raise FetchError(
                f"{without_query(str(address))} redirects from https to http, which is not safe. "
                "If you trust the way there, give the address with http://."
            )
        return new

    def _checked(self, url: str) -> "URL":
        """Return an address in its normal form, without fragment; raise if it is not allowed."""
        from yarl import URL  # noqa: PLC0415

        name = without_query(url)
        try:
            address = URL(url.strip()).with_fragment(None)
            host, _ = address.host, address.port
        except ValueError:
            raise FetchError(f"{name} is not a web address.") from None
        if address.scheme not in ("http", "https") or not host:
            raise FetchError(f"{name} is not a web address. Write it in full: https://...")
        if address.user is not None or address.password is not None:
            raise FetchError(
                f"{name} is given with a user or password, which would be stored with the article. "
                "Give the address without them."
            )
        # A name is checked where it is resolved; an address in numbers is never resolved.
        if ":" in host or host.replace(".", "").isdigit():
            try:
                allowed = self._is_allowed(str(ipaddress.ip_address(host)))
            except ValueError:
                raise FetchError(f"{name} is not a web address.") from None
            if not allowed:
                raise FetchError(_not_public(name, host))
        return address

    async def _read(
        self, address: "URL", response: "aiohttp.ClientResponse", conditional: bool
    ) -> Fetched:
        """Return the content of an answer."""
        headers = response.headers
        status, retry_after = response.status, _retry_after(headers.get("Retry-After"))
        unchanged = status == 304 and conditional
        if not (200 <= status < 300 or unchanged):
            problem = (
                f"{without_query(str(address))} cannot be fetched: the server answers {status}"
            )
            phrase = f" ({response.reason})" if response.reason else ""
            raise FetchError(f"{problem}{phrase}.", status, retry_after)
        content = Message()
        content["Content-Type"] = headers.get("Content-Type", "")
        charset = content.get_content_charset()
        return Fetched(
            url=str(address),
            status=status,
            content_type=content.get_content_type() if headers.get("Content-Type") else "",
            charset=charset,
            body=b"" if unchanged else await self._body(address, response),
            etag=headers.get("ETag"),
            last_modified=headers.get("Last-Modified"),
            retry_after=retry_after,
        )

    async def _body(self, address: "URL", response: "aiohttp.ClientResponse") -> bytes:
        """Return the content, decompressed bit by bit so that its size is known in time."""
        name = without_query(str(address))
        coding = response.headers.get("Content-Encoding", "identity").strip().lower()
        if coding not in ("identity", "", "gzip", "x-gzip"):
            raise FetchError(f"{name} is compressed in a way that was not asked for.")
        gzip = GzipStream() if coding.endswith("gzip") else None
        body = bytearray()
        async for chunk in response.content.iter_chunked(_CHUNK):
            for part in gzip.parts(chunk) if gzip else (chunk,):
                body += part
                if len(body) > self._max_bytes:
                    limit = f"{self._max_bytes / 1_000_000:g} MB"
                    raise FetchError(f"{name} is larger than {limit}.", response.status)
        if gzip and not gzip.complete:
            raise FetchError(f"{name} cannot be fetched: the content ends too early.")
        return bytes(body)


def _any_address(_: str) -> bool:
    return True


def _join(address: "URL", target: str) -> str:
    from yarl import URL  # noqa: PLC0415

    try:
        return str(address.join(URL(target)))
    except ValueError:
        raise FetchError(
            f"{without_query(str(address))} redirects to what is not a web address."
        ) from None


def _not_public(name: str, address: str) -> str:
    return (
        f"{name} is not fetched: its address, {address}, is not on the public internet. "
        "If it is meant, allow private addresses (--allow-private, ALLOW_PRIVATE_ADDRESSES=yes)."
    )


def _phrase(status: int) -> str:
    """Return what a status means, in brackets; "" for one that HTTP does not define."""
    try:
        return f" ({HTTPStatus(status).phrase})"
    except ValueError:
        return ""


def _retry_after(value: str | None) -> float | None:
    """Return the seconds of a Retry-After header, which may also be a date."""
    if value is None:
        return None
    if re.fullmatch(r"[0-9]+", value.strip()):
        seconds = float(value)
    else:
        try:
            moment = email.utils.parsedate_to_datetime(value)
        except (ValueError, OverflowError):
            return None
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=dt.UTC)
        seconds = (moment - dt.datetime.now(dt.UTC)).total_seconds()
    return min(max(0.0, seconds), MAX_RETRY_AFTER)
