"""Requests that stay open until something happens: polls, taps that wait, event streams."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

Waiters = set["asyncio.Future[None]"]
"""Futures of the requests that wait for the same thing."""
Hold = Callable[["asyncio.Future[Any]", float], Awaitable[bool]]
"""hold(future, seconds): wait, and return whether the future was done in time."""


async def wait_for_wake(waiters: Waiters, seconds: float, hold: Hold) -> bool:
    """Wait until `wake(waiters)` is called; False when that does not happen in time."""
    future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    waiters.add(future)
    try:
        return await hold(future, seconds)
    finally:
        waiters.discard(future)


def wake(waiters: Waiters) -> None:
    """Let all requests in `waiters` go on."""
    for future in waiters:
        if not future.done():
            future.set_result(None)
    waiters.clear()


class HeldRequests:
    """All requests that are held open, so that the server can end them when it stops."""

    def __init__(self) -> None:
        self._held: dict[asyncio.Future[Any], asyncio.Task[Any] | None] = {}
        self._closed = False

    def __len__(self) -> int:
        return len(self._held)

    async def wait(self, future: "asyncio.Future[Any]", seconds: float | None) -> bool:
        """Wait for `future` for at most the given seconds, or without end when None.

        The server cancels the task of a request whose client disconnects, and so ends this, too.

        Returns:
            False when the time is over or the server stops.
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
        """Hold a request for some time; False when the server stops."""
        never: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        await self.wait(never, seconds)
        return not (self._closed or never.cancelled())

    def open(self) -> None:
        """Hold requests from now on, also after a close."""
        self._closed = False

    async def close(self) -> None:
        """End all held requests, and give them one second to answer their clients."""
        self._closed = True
        tasks = {task for task in self._held.values() if task}
        for future in list(self._held):
            future.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=1)
