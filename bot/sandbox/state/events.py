"""Events for the pages: each page that is open gets all of them."""

import asyncio
import json

MAX_QUEUED = 2000
"""Events that a page may fall behind; then it is disconnected, and its browser connects anew."""


def encode_event(name: str, data: object) -> str:
    """Return one server-sent event; `data` is anything that JSON can represent."""
    return f"event: {name}\ndata: {json.dumps(data)}\n\n"


class Listener:
    """One page's queue of events. `left` is done when the page is to be disconnected."""

    def __init__(self) -> None:
        self.left: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queue: asyncio.Queue[str] = asyncio.Queue(MAX_QUEUED)

    def put(self, event: str) -> None:
        """Queue an encoded event; disconnect the page when its queue is full."""
        try:
            self._queue.put_nowait(event)
        except asyncio.QueueFull:
            self.leave()

    def leave(self) -> None:
        """Disconnect the page, if it is not disconnected already."""
        if not self.left.done():
            self.left.set_result(None)

    async def take(self) -> str:
        """Return all queued events in one piece; wait until there is one."""
        pieces = [await self._queue.get()]
        while not self._queue.empty():
            pieces.append(self._queue.get_nowait())
        return "".join(pieces)


class Broadcast:
    """Sends every event to all listeners."""

    def __init__(self) -> None:
        self.listeners: set[Listener] = set()

    def send(self, name: str, data: object) -> None:
        """Encode an event once, and queue it for every listener."""
        if self.listeners:
            event = encode_event(name, data)
            for listener in self.listeners:
                listener.put(event)
