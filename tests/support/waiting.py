"""Waiting for a fact instead of for a time."""

import asyncio
import socket
import time
from collections.abc import Awaitable, Callable

TIMEOUT = 60.0
"""Seconds until a fact must be there; a busy machine is slow."""


async def until(
    fact: Callable[[], object] | Callable[[], Awaitable[object]],
    explain: Callable[[], object] = lambda: "it did not happen",
    seconds: float = TIMEOUT,
) -> None:
    """Wait until a condition holds.

    Args:
        fact: The condition, a function or a coroutine function.
        explain: Returns what to say if it never holds.
        seconds: How long to wait at most.
    """
    deadline = time.monotonic() + seconds
    while True:
        found = fact()
        if await found if isinstance(found, Awaitable) else found:
            return
        assert time.monotonic() < deadline, explain()
        await asyncio.sleep(0.01)


def free_port() -> int:
    """A port of this machine that nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])
