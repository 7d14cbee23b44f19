"""What all of the sandbox's HTTP handlers share: who may ask, held requests, JSON answers."""

import asyncio
import json
import logging
from dataclasses import dataclass
from http import HTTPStatus
from types import TracebackType
from typing import Any, cast

from tornado.http1connection import HTTP1Connection
from tornado.web import HTTPError, RequestHandler

from bot.sandbox.listeners import Waits
from bot.sandbox.world import World

logger = logging.getLogger(__name__)

_HOSTS = ("127.0.0.1", "localhost", "[::1]")
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def phrase(status: int) -> str:
    """The name of an HTTP status, as Telegram writes it whatever Python's version calls it."""
    return "Request Entity Too Large" if status == 413 else HTTPStatus(status).phrase


@dataclass
class Site:
    """What the handlers work on. port: the one that is bound, 0 before that."""

    token: str
    port: int
    world: World
    waits: Waits


class SandboxHandler(RequestHandler):
    """Answers only to this machine, and to no other site's page."""

    site: Site
    _held: "asyncio.Future[Any] | None" = None
    # Whether the client is gone.
    left = False

    def initialize(self, site: Site) -> None:
        """Called by tornado for each request."""
        self.site = site

    def set_default_headers(self) -> None:
        """Nothing that the sandbox says may be cached, framed or taken for something else."""
        self.set_header("Content-Security-Policy", _POLICY)
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Referrer-Policy", "no-referrer")
        self.set_header("Cache-Control", "no-store")

    def prepare(self) -> None:
        """Refuse what comes by another name or from another origin (DNS rebinding, forgery)."""
        port = self.site.port
        allowed = {host.lower() for name in _HOSTS for host in (name, f"{name}:{port}")}
        if self.request.headers.get("Host", "").lower() not in allowed:
            raise HTTPError(403)
        origin = self.request.headers.get("Origin")
        if origin is not None and origin not in {f"http://{name}:{port}" for name in _HOSTS}:
            raise HTTPError(403)

    async def hold(self, future: "asyncio.Future[Any]", seconds: float | None) -> bool:
        """Keep this request open for `future`, `seconds` at most; whether the future came.

        False also when the client leaves or the server stops.
        """
        if self.left:
            return False
        self._held = future
        return await self.site.waits.until(future, seconds)

    def on_connection_close(self) -> None:
        """The client left: whatever is held for it can go."""
        self.left = True
        if self._held:
            self._held.cancel()

    def answer(self, body: object, status: int = 200) -> None:
        """Finish with `body` as JSON."""
        self.set_status(status)
        self.set_header("Content-Type", "application/json")
        self.finish(json.dumps(body))

    def hang_up(self) -> None:
        """End the connection, with no answer or in the middle of it."""
        cast(HTTP1Connection, self.request.connection).stream.close()

    def compute_etag(self) -> str | None:
        """None: a poll's answer is never "not modified"."""
        return None

    def write_error(self, status_code: int, **_kwargs: Any) -> None:
        """The plain name of the status; tornado calls it for what is not answered otherwise."""
        self.answer({"error": f"{phrase(status_code)}."}, status_code)

    def log_exception(
        self,
        typ: type[BaseException] | None,
        value: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        """As tornado does, but without the path: that holds the token."""
        if typ is not None and value is not None and not isinstance(value, HTTPError):
            logger.error("%s failed", type(self).__name__, exc_info=(typ, value, tb))


class TelegramHandler(SandboxHandler):
    """Errors have the Bot API's form."""

    def refuse(self, code: int, description: str, parameters: dict[str, int] | None = None) -> None:
        """Finish with an error of the Bot API. parameters: its ResponseParameters, if any."""
        body: dict[str, Any] = {"ok": False, "error_code": code, "description": description}
        if parameters:
            body["parameters"] = parameters
        self.answer(body, code)

    def write_error(self, status_code: int, **_kwargs: Any) -> None:
        """The status's name in the Bot API's form."""
        self.refuse(status_code, phrase(status_code))


class NotFound(TelegramHandler):
    """Every path that is nothing; in the Bot API's form, as these are mostly mistyped calls."""

    def prepare(self) -> None:
        """Refuse strangers first, then everybody."""
        super().prepare()
        raise HTTPError(404)
