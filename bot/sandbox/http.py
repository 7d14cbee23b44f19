"""What all HTTP handlers share: access from this machine only, held requests, JSON answers."""

import asyncio
import hmac
import json
import logging
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, NoReturn, cast

from tornado.http1connection import HTTP1Connection
from tornado.web import HTTPError, RequestHandler

from bot.sandbox.held_requests import HeldRequests
from bot.sandbox.state.world import World

logger = logging.getLogger(__name__)

MAX_BODY = 1_000_000
"""The largest body, in bytes, that a call may have; larger ones get 413."""
Route = tuple[str, type[RequestHandler], dict[str, Any]]

_HOSTS = ("127.0.0.1", "localhost", "[::1]")
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def status_phrase(status: int) -> str:
    """Return the name of an HTTP status as Telegram writes it; Python 3.13 renamed 413."""
    return "Request Entity Too Large" if status == 413 else HTTPStatus(status).phrase


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def parse_json(text: str | bytes) -> Any:
    """Return the value of a JSON text; ValueError when it is not JSON, as NaN and Infinity."""
    try:
        return json.loads(text, parse_constant=_no_constant)
    except RecursionError:
        raise ValueError("nested too deeply") from None


@dataclass
class Site:
    """What the handlers work on. port: the port in use, 0 before the server started."""

    token: str
    port: int
    world: World
    held: HeldRequests


class SandboxHandler(RequestHandler):
    """Answers only requests from this machine, and none from pages of other sites."""

    site: Site
    disconnected = False
    _held: "asyncio.Future[Any] | None" = None

    def initialize(self, site: Site) -> None:
        """Take the site; tornado calls this for each request."""
        self.site = site

    def set_default_headers(self) -> None:
        """Forbid caching, framing, and content of other kinds or from other places."""
        self.set_header("Content-Security-Policy", _POLICY)
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Referrer-Policy", "no-referrer")
        self.set_header("Cache-Control", "no-store")

    def prepare(self) -> None:
        """Refuse other host names and origins, which DNS rebinding and forged requests have."""
        port = self.site.port
        allowed = {host.lower() for name in _HOSTS for host in (name, f"{name}:{port}")}
        if self.request.headers.get("Host", "").lower() not in allowed:
            raise HTTPError(403)
        origin = self.request.headers.get("Origin")
        if origin is not None and origin not in {f"http://{name}:{port}" for name in _HOSTS}:
            raise HTTPError(403)
        # Another site's page can have the browser send a GET without Origin, as for an image. Its
        # links may lead to the page, but not to what does something.
        sent_by = self.request.headers.get("Sec-Fetch-Site", "none")
        does_something = self.request.path.startswith(("/bot", "/file/", "/sandbox/"))
        if does_something and sent_by not in ("none", "same-origin"):
            raise HTTPError(403)

    @property
    def content_type(self) -> str:
        """The request's media type, without its parameters."""
        header = self.request.headers.get("Content-Type", "")
        return header.partition(";")[0].strip().lower()

    async def hold(self, future: "asyncio.Future[Any]", seconds: float | None) -> bool:
        """Keep this request open; False when time is over, the client or the server is gone."""
        if self.disconnected:
            return False
        self._held = future
        return await self.site.held.wait(future, seconds)

    def on_connection_close(self) -> None:
        """Stop waiting: the client disconnected."""
        self.disconnected = True
        if self._held:
            self._held.cancel()

    def answer(self, body: object, status: int = 200) -> None:
        """Finish with `body` as JSON."""
        self.set_status(status)
        self.set_header("Content-Type", "application/json")
        self.finish(json.dumps(body))

    def hang_up(self) -> None:
        """Close the connection, with no answer or in the middle of one."""
        cast(HTTP1Connection, self.request.connection).stream.close()

    def compute_etag(self) -> str | None:
        """Return None: no answer is ever "not modified"."""
        return None

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Answer {"error": sentence}: that of a ControlError, or else the status's name."""
        error = kwargs.get("exc_info", (None, None, None))[1]
        sentence = getattr(error, "sentence", f"{status_phrase(status_code)}.")
        self.answer({"error": sentence}, status_code)

    def log_exception(self, typ: Any, value: Any, tb: Any) -> None:
        """Log what is not an HTTPError, without the path: that holds the token."""
        if not isinstance(value, HTTPError):
            logger.error("%s failed", type(self).__name__, exc_info=(typ, value, tb))


class TelegramHandler(SandboxHandler):
    """Answers errors in the Bot API's form."""

    def is_token(self, given: str) -> bool:
        """Whether a path has the bot's token."""
        return hmac.compare_digest(given.encode(), self.site.token.encode())

    def refuse(self, code: int, description: str, parameters: dict[str, int] | None = None) -> None:
        """Finish with an error of the Bot API. parameters: its ResponseParameters, if any."""
        body: dict[str, Any] = {"ok": False, "error_code": code, "description": description}
        if parameters:
            body["parameters"] = parameters
        self.answer(body, code)

    def write_error(self, status_code: int, **_kwargs: Any) -> None:
        """Answer with the status's name."""
        self.refuse(status_code, status_phrase(status_code))
