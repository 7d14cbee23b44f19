"""The Bot API client's HTTP requests, and which answers are Telegram's own.

Between the bot and Telegram there may be proxies, load balancers and login pages, which answer in
their own words and with statuses that mean something else at Telegram. Only a JSON object with
``ok`` is Telegram's word.
"""

import json
import os
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, cast
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
import certifi
from telegram.request import BaseRequest, RequestData

from bot.delivery.telegram_errors import NoAnswerError
from bot.errors import ConnectError

CONNECT_TIMEOUT = 5.0
"""Seconds until a connection is made."""
ANSWER_TIMEOUT = 30.0
"""Seconds until an answer is read, if a call sets no other limit: Telegram may take that long to
send a message, and whoever gives up earlier does not know whether it was sent."""
UPLOAD_TIMEOUT = 20.0
"""Seconds more for a call that sends files."""
DOWNLOAD_TIMEOUT = 300.0
"""Seconds until a file is read; every part of it must come within the time for an answer."""
MAX_CONNECTIONS = 256
"""Calls at the same time; further ones wait."""

_NOT_SENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL)
"""Errors before the request was sent."""

_REASONS: dict[type[Exception], str] = {
    aiohttp.ConnectionTimeoutError: "no connection in time",
    TimeoutError: "no answer in time",
    aiohttp.ClientConnectorDNSError: "the server's name is not known",
    aiohttp.ClientConnectorCertificateError: "the server's certificate is not valid",
    aiohttp.ClientSSLError: "no secure connection to the server can be made",
    aiohttp.ClientProxyConnectionError: "the proxy cannot be reached",
    aiohttp.ClientPayloadError: "the answer ended too early or is damaged",
    aiohttp.ServerDisconnectedError: "the connection was closed without an answer",
}
_NUMBERS = ("retry_after", "migrate_to_chat_id")
"""What an error of Telegram may have besides its text."""


class _Answer(bytes):
    """The body of Telegram's answer, and what was read from it, so that it is parsed once."""

    data: dict[str, Any]


@dataclass(frozen=True)
class CallData:
    """What a call needs of the library's RequestData: parameters that are JSON already.

    Attributes:
        parameters: By name; numbers, texts, lists and dicts.
        contains_files: Whether it sends files; it cannot.
    """

    parameters: Mapping[str, Any]
    contains_files: Literal[False] = False


class BotApiRequest(BaseRequest):
    """Makes the calls of python-telegram-bot with aiohttp, on connections of its own."""

    def __init__(self, server: str, proxy: str | None = None) -> None:
        """Connect to nothing yet.

        Args:
            server: Address of the Bot API server.
            proxy: Address of the HTTP proxy in front of it; None for none.
        """
        self._is_secure = urlsplit(server).scheme == "https"
        self._proxy = proxy
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        """Seconds that a call may take if it sets no limit itself."""
        return ANSWER_TIMEOUT

    async def initialize(self) -> None:
        """Make the session of all calls; does nothing if there is one."""
        if self._session is None:
            connector = aiohttp.TCPConnector(
                limit=MAX_CONNECTIONS, ssl=certificates() if self._is_secure else True
            )
            self._session = aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": self.USER_AGENT},
                proxy=self._proxy,
            )

    async def shutdown(self) -> None:
        """Close all connections."""
        if self._session is not None:
            session, self._session = self._session, None
            await session.close()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,  # noqa: ARG002
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,  # noqa: ARG002
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,  # noqa: ARG002
    ) -> tuple[int, bytes]:
        """Make a request: GET for a file, POST for all calls; see the library's base class.

        ``read_timeout`` is in seconds, None for no limit, and the only time that is used.

        Returns:
            The code and body of Telegram's answer.

        Raises:
            NoAnswerError: Telegram gave none.
        """
        assert self._session is not None, "initialize() comes first"
        seconds = ANSWER_TIMEOUT if read_timeout is self.DEFAULT_NONE else read_timeout
        try:
            async with self._session.request(
                method,
                url,
                timeout=_timeout(seconds, method, request_data),
                allow_redirects=False,
                **_body(request_data),
            ) as response:
                status, kind = response.status, response.content_type
                content = await response.read()
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise NoAnswerError(_reason(error), not isinstance(error, _NOT_SENT)) from None
        if method == "GET" and status == 200:
            return status, content
        answer = _Answer(content)
        answer.data = _telegrams_word(content, status, kind)
        return (200 if answer.data["ok"] else answer.data["error_code"]), answer

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """Return what was read from an answer of ``do_request``."""
        assert isinstance(payload, _Answer)
        return payload.data


def environment_proxy(server: str) -> str | None:
    """Return the address of the HTTP proxy that the environment names for a server.

    HTTPS_PROXY or HTTP_PROXY, by the server's scheme, or else ALL_PROXY; none for the hosts of
    NO_PROXY.

    Raises:
        ConnectError: It is no HTTP proxy.
    """
    parts, proxies = urlsplit(server), getproxies()
    proxy = proxies.get(parts.scheme) or proxies.get("all")
    if not proxy or proxy_bypass(parts.hostname or ""):
        return None
    if "://" not in proxy:
        proxy = f"http://{proxy}"
    if urlsplit(proxy).scheme not in ("http", "https"):
        raise ConnectError(
            f"The proxy of the environment is none for HTTP: set {parts.scheme.upper()}_PROXY to "
            "an address that begins with http:// or https://."
        )
    return proxy


@cache
def certificates() -> ssl.SSLContext:
    """Return the system's certificates and certifi's: some systems come without any."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


def _timeout(
    seconds: float | None, method: str, request_data: RequestData | None
) -> aiohttp.ClientTimeout:
    """Return the limits of a request; the total one also ends an answer that drips in."""
    if seconds is None:
        return aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_TIMEOUT)
    more = UPLOAD_TIMEOUT if request_data is not None and request_data.contains_files else 0.0
    total = DOWNLOAD_TIMEOUT if method == "GET" else CONNECT_TIMEOUT + seconds + more
    return aiohttp.ClientTimeout(
        total=total, sock_connect=CONNECT_TIMEOUT, sock_read=seconds + more
    )


def _body(request_data: RequestData | None) -> dict[str, Any]:
    """Return a call's body, as arguments of the HTTP client: JSON, or a form if it has files."""
    if request_data is None:
        return {}
    if not request_data.contains_files:
        body = json.dumps(request_data.parameters).encode()
        return {"data": body, "headers": {"Content-Type": "application/json"}}
    form = aiohttp.FormData(request_data.json_parameters)
    for name, (filename, content, kind) in request_data.multipart_data.items():
        form.add_field(name, content, filename=filename, content_type=kind)
    return {"data": form}


def _reason(error: Exception) -> str:
    """Return why there is no answer, in words for the log; the error's own may hold secrets."""
    if isinstance(error, aiohttp.ClientHttpProxyError):
        return f"the proxy answered with status {error.status}"
    for kind, reason in _REASONS.items():
        if isinstance(error, kind):
            return reason
    if isinstance(error, aiohttp.ClientConnectorError):
        number = error.os_error.errno
        return f"no connection: {os.strerror(number)}" if number else "no connection"
    return f"the connection broke: {type(error).__name__}"


def _telegrams_word(body: bytes, status: int, kind: str) -> dict[str, Any]:
    """Return Telegram's answer: ``ok`` with ``result``, or an error as the Bot API describes them.

    Raises:
        NoAnswerError: It is the answer of something else.
    """
    try:
        data = json.loads(body.decode(errors="replace"))
    except (ValueError, RecursionError):
        # The end of Telegram's answer may be missing, or all of it: then it was carried out.
        was_cut = status == 200 and body.lstrip()[:1] in (b"", b"{")
        may_be_done = was_cut or status == 504
    else:
        if _is_telegrams(data):
            return cast("dict[str, Any]", data)
        may_be_done = status == 504
    raise NoAnswerError(
        f"something in between answered with status {status} ({kind}), not Telegram", may_be_done
    )


def _is_telegrams(data: Any) -> bool:
    if not isinstance(data, dict):
        return False
    if data.get("ok") is True:
        return "result" in data
    code, parameters = data.get("error_code"), data.get("parameters", {})
    return (
        data.get("ok") is False
        and isinstance(code, int)
        and 400 <= code <= 599
        and isinstance(data.get("description", ""), str)
        and isinstance(parameters, dict)
        and all(isinstance(parameters.get(name, 0), int) for name in _NUMBERS)
    )
