"""/sandbox/...: the interface of the page and of tests, and all its routes."""

import asyncio
from contextlib import suppress
from typing import Any, cast

from tornado.http1connection import HTTP1Connection
from tornado.iostream import StreamClosedError

from bot.sandbox import asking, channels, groups, links, orders, readers
from bot.sandbox.endpoints import Action, Control, Post
from bot.sandbox.errors import ControlError
from bot.sandbox.fields import seconds
from bot.sandbox.listeners import Listener, encode_event
from bot.sandbox.web import SandboxHandler, Site

# A comment this often keeps the connection, and shows the server that the page has left.
KEEP_ALIVE = 15.0
MAX_READ_WAIT = 60


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


class Totals(Control):
    """GET /sandbox/totals."""

    def get(self) -> None:
        """How many Bot API calls there were since the start."""
        self.answer(self.site.world.calls.totals())


class Limits(Control):
    """/sandbox/limits."""

    def get(self) -> None:
        """The limits in force."""
        self.answer(self.site.world.limits.shown())

    def post(self) -> None:
        """Other limits."""
        self.answer(orders.set_limits(self.site.world, self.fields()))


class Faults(Control):
    """/sandbox/faults."""

    def get(self) -> None:
        """The faults that are on, and how often each struck."""
        self.answer({"faults": self.site.world.faults.shown()})

    def post(self) -> None:
        """One more."""
        self.answer(orders.add_fault(self.site.world, self.fields()))

    def delete(self) -> None:
        """None any more."""
        self.site.world.faults.clear()
        self.get()


class Fault(Control):
    """DELETE /sandbox/faults/<id>."""

    def delete(self, fault: str) -> None:
        """Switch it off; the answer is those that stay."""
        orders.remove_fault(self.site.world, int(fault))
        self.answer({"faults": self.site.world.faults.shown()})


class Messages(Control):
    """GET /sandbox/chats/<id>/messages?after=<message_id>&wait=<seconds>."""

    async def get(self, chat: str) -> None:
        """The chat's messages with higher ids."""
        wait = seconds(self.number("wait"), MAX_READ_WAIT)
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
            self.hang_up()

    async def _pump(self, listener: Listener) -> None:
        with suppress(StreamClosedError):
            # Asked each time: a cancellation that comes with an event is lost in wait_for.
            while not listener.left.done():
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
        "bot": orders.set_switches,
        "bot/restart": orders.restart_bot,
        "messages": readers.send,
        "messages/edit": readers.edit,
        "messages/delete": readers.delete,
        "taps": readers.tap,
        "updates": readers.raw_update,
        "updates/renumber": readers.renumber,
        "readers": readers.add,
        r"readers/(?P<reader>\d{1,18})": readers.change,
        r"readers/(?P<reader>\d{1,18})/block": readers.block,
        "groups": groups.add,
        r"groups/(?P<chat>-?\d{1,18})/remove": groups.remove,
        r"groups/(?P<chat>-?\d{1,18})/add": groups.add_bot,
        r"groups/(?P<chat>-?\d{1,18})/migrate": groups.migrate,
        r"groups/(?P<chat>-?\d{1,18})/topics": groups.open_topic,
        r"groups/(?P<chat>-?\d{1,18})/topics/close": groups.close_topic,
        "channels": channels.add,
        "links": links.follow,
        "inline_queries": asking.ask,
        "inline_queries/choose": asking.choose,
        "inline_messages": groups.add_inline,
    }
    others: dict[str, type[SandboxHandler]] = {
        "state": State,
        "calls": Calls,
        "totals": Totals,
        "limits": Limits,
        "faults": Faults,
        r"faults/(\d{1,18})": Fault,
        "events": Events,
        r"chats/(-?\d{1,18})/messages": Messages,
        ".*": ControlNotFound,
    }
    return [
        *((f"/sandbox/{path}", Post, {"site": site, "action": act}) for path, act in posts.items()),
        *((f"/sandbox/{path}", handler, {"site": site}) for path, handler in others.items()),
    ]
