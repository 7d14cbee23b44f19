"""HTTP handlers of the control interface: JSON in, JSON out, {"error"} for what fails."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, cast

from tornado.http1connection import HTTP1Connection
from tornado.iostream import StreamClosedError
from tornado.web import HTTPError

from bot.sandbox.api_errors import ApiError, ControlError
from bot.sandbox.control.request_fields import Fields, refuse_unknown
from bot.sandbox.held_requests import Hold
from bot.sandbox.http import SandboxHandler, Site, parse_json
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


class ControlHandler(SandboxHandler):
    """Carries out the actions of one path.

    The fields of an action come from the body's JSON object, or with GET and DELETE from the
    query; ids in the path are fields, too. A field that the action does not know is refused: it
    is most likely mistyped.
    """

    def initialize(self, site: Site, endpoints: Mapping[str, Endpoint] | None = None) -> None:
        """Take the path's endpoints by HTTP method; none: there is no such path."""
        super().initialize(site)
        self.endpoints = endpoints or {}

    def prepare(self) -> None:
        """Refuse other machines and sites, paths that do not exist, and other methods."""
        super().prepare()
        if not self.endpoints:
            raise ControlError(404, "There is no such path.")
        if self.request.method not in self.endpoints:
            raise HTTPError(405)

    async def get(self, **ids: str) -> None:
        """Carry out the action of this HTTP method."""
        endpoint = self.endpoints[str(self.request.method)]
        is_post = self.request.method == "POST"
        if is_post and self.request.query_arguments:
            raise ControlError(400, "The fields of a POST request belong in its body.")
        fields = self._body() if is_post else self._query()
        refuse_unknown(fields, endpoint.fields)
        fields |= {name: int(value) for name, value in ids.items()}
        action: Any = endpoint.action
        try:
            if inspect.iscoroutinefunction(action):
                self.answer(await action(self.site.world, fields, self.hold))
            else:
                self.answer(action(self.site.world, fields))
        except ApiError as error:
            raise ControlError(400, f"Telegram would not take this: {error}.") from None

    post = get
    delete = get

    def _query(self) -> Fields:
        """Return the query's fields: numbers, as far as they are."""
        fields: Fields = {}
        for name in self.request.query_arguments:
            fields[name] = self.get_query_argument(name)
            with suppress(ValueError):
                number = float(fields[name])
                fields[name] = int(number) if number.is_integer() else number
        return fields

    def _body(self) -> Fields:
        # Other types may be sent by other sites' pages without the browser asking us first.
        if self.content_type != "application/json":
            raise ControlError(415, "The Content-Type must be application/json.")
        if len(self.request.body) > MAX_FIELDS:
            raise HTTPError(413)
        try:
            fields = parse_json(self.request.body)
        except ValueError as error:
            raise ControlError(400, f"The body is not JSON: {error}.") from None
        if not isinstance(fields, dict):
            raise ControlError(400, "The body must be a JSON object.")
        return fields


class EventsHandler(SandboxHandler):
    """GET /sandbox/events: the state first, then everything that happens."""

    async def get(self) -> None:
        """Send events until the page disconnects, falls too far behind, or the server stops."""
        refuse_unknown(self.request.query_arguments, ())
        self.set_header("Content-Type", "text/event-stream")
        cast(HTTP1Connection, self.request.connection).stream.set_nodelay(True)
        world = self.site.world
        listener = Listener()
        # No await between these two: no event is missed or sent twice.
        listener.put(encode_event("state", world.state()))
        world.events.listeners.add(listener)
        sending = asyncio.ensure_future(self._send(listener))
        try:
            await self.hold(listener.left, None)
        finally:
            world.events.listeners.discard(listener)
            sending.cancel()
            await asyncio.wait({sending})
            # A client that does not read would keep a polite ending waiting.
            self.hang_up()

    async def _send(self, listener: Listener) -> None:
        with suppress(StreamClosedError):
            # Checked each time: wait_for may lose a cancellation that comes with an event.
            while not listener.left.done():
                try:
                    piece = await asyncio.wait_for(listener.take(), KEEP_ALIVE)
                except TimeoutError:
                    piece = ": still here\n\n"
                self.write(piece)
                await self.flush()
        listener.leave()
