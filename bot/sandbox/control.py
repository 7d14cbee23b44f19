"""/sandbox/...: the interface of the page and of tests. JSON in, JSON out, {"error"} when not."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, cast

from tornado.http1connection import HTTP1Connection
from tornado.iostream import StreamClosedError
from tornado.web import HTTPError

from bot.sandbox import readers
from bot.sandbox.botapi import MAX_BODY
from bot.sandbox.errors import ControlError
from bot.sandbox.listeners import Hold, Listener, encode_event
from bot.sandbox.params import parse_json
from bot.sandbox.web import SandboxHandler, Site, phrase
from bot.sandbox.world import World

Action = Callable[[World, readers.Fields, Hold], Awaitable[dict[str, Any]]]

# A comment this often keeps the connection, and shows the server that the page has left.
KEEP_ALIVE = 15.0
MAX_READ_WAIT = 60


class Control(SandboxHandler):
    """Errors are {"error": sentence}."""

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """The sentence of a ControlError, else the status's name."""
        problem = kwargs.get("exc_info", (None, None, None))[1]
        if isinstance(problem, ControlError):
            self.answer({"error": str(problem)}, problem.status)
        else:
            self.answer({"error": f"{phrase(status_code)}."}, status_code)

    def log_exception(self, typ: Any, value: Any, tb: Any) -> None:
        """What the asker did wrong is for the asker, not for the log."""
        if not isinstance(value, ControlError):
            super().log_exception(typ, value, tb)

    def number(self, name: str, default: float = 0) -> float:
        """A number from the query; ControlError when it is none."""
        try:
            return float(self.get_query_argument(name, str(default)))
        except ValueError:
            raise ControlError(400, f'"{name}" must be a number.') from None

    def count(self, name: str) -> int:
        """A whole number from the query, 0 when absent."""
        number = self.number(name)
        if not number.is_integer():
            raise ControlError(400, f'"{name}" must be a whole number.')
        return int(number)


class Post(Control):
    """A reader's action."""

    def initialize(self, site: Site, action: Action | None = None) -> None:
        """`action` is what this path does."""
        super().initialize(site)
        self.action = cast(Action, action)

    async def post(self, reader: str | None = None) -> None:
        """Do it; `reader` is the one that the path names."""
        fields = self._fields()
        if reader is not None:
            fields["reader"] = int(reader)
        self.answer(await self.action(self.site.world, fields, self.hold))

    def _fields(self) -> readers.Fields:
        kind = self.request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        # No form and no plain text: another site's page can send those without asking.
        if kind != "application/json":
            raise ControlError(415, "The Content-Type must be application/json.")
        if len(self.request.body) > MAX_BODY:
            raise HTTPError(413)
        try:
            fields = parse_json(self.request.body)
        except ValueError as problem:
            raise ControlError(400, f"The body is not JSON: {problem}.") from None
        if not isinstance(fields, dict):
            raise ControlError(400, "The body must be a JSON object.")
        return fields


class State(Control):
    """GET /sandbox/state."""

    def get(self) -> None:
        """Everything at once."""
        self.answer(self.site.world.state())


class Calls(Control):
    """GET /sandbox/calls?after=<n>."""

    def get(self) -> None:
        """The Bot API calls with higher numbers."""
        self.answer({"calls": self.site.world.calls.after(self.count("after"))})


class Messages(Control):
    """GET /sandbox/chats/<id>/messages?after=<message_id>&wait=<seconds>."""

    async def get(self, chat: str) -> None:
        """The chat's messages with higher ids."""
        wait = readers.seconds(self.number("wait"), MAX_READ_WAIT)
        after = self.count("after")
        messages = await readers.read(self.site.world, int(chat), after, wait, self.hold)
        self.answer({"messages": messages})


class Events(Control):
    """GET /sandbox/events: the state first, then everything that happens."""

    async def get(self) -> None:
        """Runs until the page leaves, falls too far behind, or the server stops."""
        self.set_header("Content-Type", "text/event-stream")
        stream = cast(HTTP1Connection, self.request.connection).stream
        stream.set_nodelay(True)
        world = self.site.world
        listener = Listener()
        # No await between these two: nothing is missed and nothing comes twice.
        listener.put(encode_event("state", world.state()))
        world.events.add(listener)
        pump = asyncio.ensure_future(self._pump(listener))
        try:
            await self.hold(listener.left, None)
        finally:
            world.events.remove(listener)
            pump.cancel()
            await asyncio.wait({pump})
            # The client may not be reading: there is no polite end to wait for.
            stream.close()

    async def _pump(self, listener: Listener) -> None:
        with suppress(StreamClosedError):
            while True:
                try:
                    piece = await asyncio.wait_for(listener.take(), KEEP_ALIVE)
                except TimeoutError:
                    piece = ": still here\n\n"
                self.write(piece)
                await self.flush()
        listener.leave()


class ControlNotFound(Control):
    """Every other path below /sandbox/."""

    def prepare(self) -> None:
        """Refuse strangers first, then everybody."""
        super().prepare()
        raise ControlError(404, "There is no such path.")


Route = tuple[str, type[SandboxHandler], dict[str, Any]]


def control_routes(site: Site) -> list[Route]:
    """The routes of the control interface; the last one takes all that is left."""
    posts: dict[str, Action] = {
        "messages": readers.send,
        "messages/edit": readers.edit,
        "taps": readers.tap,
        "updates": readers.raw_update,
        "readers": readers.add,
        r"readers/(\d{1,18})/block": readers.block,
    }
    gets: dict[str, type[SandboxHandler]] = {
        "state": State,
        "calls": Calls,
        "events": Events,
        r"chats/(-?\d{1,18})/messages": Messages,
        ".*": ControlNotFound,
    }
    return [
        *((f"/sandbox/{path}", Post, {"site": site, "action": act}) for path, act in posts.items()),
        *((f"/sandbox/{path}", handler, {"site": site}) for path, handler in gets.items()),
    ]
