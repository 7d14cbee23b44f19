"""What all HTTP handlers share: access from this machine only, JSON answers, errors."""

import hmac
import json
import logging
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, NoReturn

from aiohttp import web

from bot.sandbox.api_errors import ControlError
from bot.sandbox.held_requests import HeldRequests
from bot.sandbox.state.world import World

logger = logging.getLogger(__name__)

MAX_BODY = 1_000_000
"""The largest body, in bytes, that a call may have; larger ones get 413."""
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_HOSTS = ("127.0.0.1", "localhost", "[::1]")
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
# All other paths belong to the Bot API: most of those that do not exist are mistyped calls.
_PAGE_OR_CONTROL = re.compile(r"/(?:$|(?:page|pages|sandbox)/)")


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

    def is_token(self, given: str) -> bool:
        """Whether a path has the bot's token."""
        # A path may have bytes that are no UTF-8.
        return hmac.compare_digest(given.encode(errors="surrogateescape"), self.token.encode())


SITE = web.AppKey("site", Site)
"""The key of an application's Site."""


def media_type(request: web.Request) -> str:
    """Return the media type of a request's body, without its parameters; "" when it has none."""
    return request.headers.get("Content-Type", "").partition(";")[0].strip().lower()


def json_answer(body: object, status: int = 200) -> web.Response:
    """Return an answer that is JSON."""
    encoded = json.dumps(body).encode()
    return web.Response(body=encoded, status=status, content_type="application/json")


def refusal(code: int, description: str, parameters: dict[str, int] | None = None) -> web.Response:
    """Return an error of the Bot API. parameters: its ResponseParameters, if any."""
    body: dict[str, Any] = {"ok": False, "error_code": code, "description": description}
    if parameters:
        body["parameters"] = parameters
    return json_answer(body, code)


def hang_up(request: web.Request) -> web.Response:
    """Close the connection, with no answer or in the middle of one.

    Returns:
        What the handler is to return; it is not sent.
    """
    if request.transport:
        # Not close(): it would wait for a client that does not read.
        request.transport.abort()
    return web.Response()


async def set_headers(_request: web.Request, response: web.StreamResponse) -> None:
    """Forbid caching, framing, and content of other kinds or from other places."""
    response.headers.update(_HEADERS)


@web.middleware
async def checks_and_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer only requests from this machine, none from pages of other sites; answer errors."""
    try:
        _refuse_strangers(request)
        return await handler(request)
    except ControlError as error:
        return json_answer({"error": error.sentence}, error.status)
    except web.HTTPException as error:
        return _error(request, error.status)
    except web.RequestPayloadError:
        return _error(request, 400)
    except ConnectionError:
        raise
    except Exception:
        # Without the path: that holds the token.
        logger.exception("a request failed")
        return _error(request, 500)


def _refuse_strangers(request: web.Request) -> None:
    """Refuse other host names and origins, which DNS rebinding and forged requests have."""
    port = request.app[SITE].port
    allowed = {host.lower() for name in _HOSTS for host in (name, f"{name}:{port}")}
    if request.headers.get("Host", "").lower() not in allowed:
        raise web.HTTPForbidden
    origin = request.headers.get("Origin")
    if origin is not None and origin not in {f"http://{name}:{port}" for name in _HOSTS}:
        raise web.HTTPForbidden
    # Another site's page can have the browser send a GET without Origin, as for an image. Its
    # links may lead to the page, but not to what does something.
    sent_by = request.headers.get("Sec-Fetch-Site", "none")
    does_something = request.path.startswith(("/bot", "/file/", "/sandbox/"))
    if does_something and sent_by not in ("none", "same-origin"):
        raise web.HTTPForbidden


def _error(request: web.Request, status: int) -> web.Response:
    """Say what the status says, in the form of the interface that the path belongs to."""
    if not _PAGE_OR_CONTROL.match(request.path):
        return refusal(status, status_phrase(status))
    phrase = "There is no such path" if status == 404 else status_phrase(status)
    return json_answer({"error": f"{phrase}."}, status)
