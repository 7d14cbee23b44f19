"""HTTP handlers of the control interface: JSON in, JSON out, {"error"} for what fails."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from bot.sandbox.api_errors import ApiError, ControlError
from bot.sandbox.control.request_fields import Fields, refuse_unknown
from bot.sandbox.held_requests import Hold
from bot.sandbox.http import SITE, Handler, hang_up, json_answer, media_type, parse_json
from bot.sandbox.state.events import Listener, encode_event
from bot.sandbox.state.world import World

Action = (
    Callable[[World, Fields], Mapping[str, Any]]
    | Callable[[World, Fields, Hold], Awaitable[Mapping[str, Any]]]
)
"""What a path does: it returns the answer. Those that wait are coroutines and get a Hold, too."""


@dataclass(frozen=True)
class Endpoint:
    """What a path does with an HTTP method.

    Attributes:
        action: does it.
        fields: the names of all fields that a request may have; ids in the path are others.
    """

    action: Action
    fields: tuple[str, ...] = ()


MAX_FIELDS = 8_000_000
"""The largest body, in bytes; larger ones get 413. It has room for the files that readers send."""
KEEP_ALIVE = 15.0
"""Seconds without an event after which a comment is sent; it shows whether the page is gone."""


def control_handler(endpoint: Endpoint) -> Handler:
    """Return a handler that carries out an action.

    The action's fields come from the body's JSON object, or with GET and DELETE from the query;
    ids in the path are fields, too. A field that the action does not know is refused: it is most
    likely mistyped.
    """

    async def handle(request: web.Request) -> web.Response:
        fields = await _body(request) if request.method == "POST" else _query(request)
        refuse_unknown(fields, endpoint.fields)
        fields |= {name: int(value) for name, value in request.match_info.items()}
        site, action = request.app[SITE], endpoint.action
        try:
            if inspect.iscoroutinefunction(action):
                return json_answer(await action(site.world, fields, site.held.wait))
            return json_answer(action(site.world, fields))  # type: ignore[call-arg]
        except ApiError as error:
            raise ControlError(400, f"Telegram would not take this: {error}.") from None

    return handle


def _query(request: web.Request) -> Fields:
    """Return the query's fields: numbers, as far as they are."""
    fields: Fields = dict(request.query.items())
    for name, value in fields.items():
        with suppress(ValueError):
            number = float(value)
            fields[name] = int(number) if number.is_integer() else number
    return fields


async def _body(request: web.Request) -> Fields:
    if request.query_string:
        raise ControlError(400, "The fields of a POST request belong in its body.")
    # Other types may be sent by other sites' pages without the browser asking us first.
    if media_type(request) != "application/json":
        raise ControlError(415, "The Content-Type must be application/json.")
    body = await request.clone(client_max_size=MAX_FIELDS).read()
    try:
        fields = parse_json(body)
    except ValueError as error:
        raise ControlError(400, f"The body is not JSON: {error}.") from None
    if not isinstance(fields, dict):
        raise ControlError(400, "The body must be a JSON object.")
    return fields


async def events(request: web.Request) -> web.StreamResponse:
    """GET /sandbox/events: send the state first, then everything that happens.

    Ends when the page disconnects or falls too far behind, or the server stops.
    """
    refuse_unknown(request.query, ())
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)
    site = request.app[SITE]
    listener = Listener()
    # No await between these two: no event is missed or sent twice.
    listener.put(encode_event("state", site.world.state()))
    site.world.events.listeners.add(listener)
    sending = asyncio.create_task(_send(listener, response))
    try:
        await site.held.wait(listener.left, None)
    finally:
        site.world.events.listeners.discard(listener)
        sending.cancel()
        await asyncio.wait({sending})
        # A client that does not read would keep a polite ending waiting.
        hang_up(request)
    return response


async def _send(listener: Listener, response: web.StreamResponse) -> None:
    with suppress(ConnectionError):
        # Checked each time: wait_for may lose a cancellation that comes with an event.
        while not listener.left.done():
            try:
                piece = await asyncio.wait_for(listener.take(), KEEP_ALIVE)
            except TimeoutError:
                piece = ": still here\n\n"
            await response.write(piece.encode())
    listener.leave()
