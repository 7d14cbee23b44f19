"""Who waits for what: held requests, and the pages that follow all events."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

# hold(future, seconds) -> did the future come in time?
Hold = Callable[["asyncio.Future[Any]", float], Awaitable[bool]]

# Events that a page may be behind; then it is dropped, and its browser connects anew.
MAX_BEHIND = 2000


class Waits:
    """Every request that is held open, so that all of them can be let go at once."""

    def __init__(self) -> None:
        self._held: dict[asyncio.Future[Any], asyncio.Task[Any] | None] = {}
        self._closed = False

    async def until(self, future: "asyncio.Future[Any]", seconds: float | None) -> bool:
        """Wait for `future`, `seconds` at most (None: as long as it takes).

        False when time ran out, the future was cancelled (the client left) or the server stops.
        """
        if self._closed:
            return False
        self._held[future] = asyncio.current_task()
        try:
            await asyncio.wait({future}, timeout=seconds)
        finally:
            del self._held[future]
        return future.done() and not future.cancelled()

    async def sleep(self, seconds: float) -> bool:
        """Hold a request for so long, also when its client leaves; False when the server stops."""
        never: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        await self.until(never, seconds)
        return not (self._closed or never.cancelled())

    def open(self) -> None:
        """Hold requests (again)."""
        self._closed = False

    async def close(self) -> None:
        """Let everything go, and give the requests a second to say goodbye to their clients."""
        self._closed = True
        tasks = {task for task in self._held.values() if task}
        for future in list(self._held):
            future.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=1)


def encode_event(name: str, data: object) -> str:
    """One server-sent event; `data` is anything JSON can hold."""
    return f"event: {name}\ndata: {json.dumps(data)}\n\n"


class Listener:
    """One page's queue of events. `left` is done when the page left or fell too far behind."""

    def __init__(self) -> None:
        self.left: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queue: asyncio.Queue[str] = asyncio.Queue(MAX_BEHIND)

    def put(self, event: str) -> None:
        """Queue an encoded event, or let the page go when its queue is full."""
        try:
            self._queue.put_nowait(event)
        except asyncio.QueueFull:
            self.leave()

    def leave(self) -> None:
        """Mark the page as gone; more than once does no harm."""
        if not self.left.done():
            self.left.set_result(None)

    async def take(self) -> str:
        """All that is queued, in one piece; waits until there is something."""
        pieces = [await self._queue.get()]
        while not self._queue.empty():
            pieces.append(self._queue.get_nowait())
        return "".join(pieces)


class Broadcast:
    """Hands every event to every listener; costs nothing while nobody listens."""

    def __init__(self) -> None:
        self._listeners: set[Listener] = set()

    def add(self, listener: Listener) -> None:
        """From now on `listener` gets every event."""
        self._listeners.add(listener)

    def remove(self, listener: Listener) -> None:
        """Stop; a listener that is not there does no harm."""
        self._listeners.discard(listener)

    def send(self, name: str, data: object) -> None:
        """Encode once, queue for all."""
        if self._listeners:
            event = encode_event(name, data)
            for listener in self._listeners:
                listener.put(event)
