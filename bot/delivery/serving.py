"""Serves while this process is the leader, and keeps it from calling Telegram when it is not."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from telegram.request import BaseRequest, RequestData

from bot.delivery.http_requests import BotApiRequest
from bot.store.leadership import Leadership

CANCEL_EVERY = 1.0
"""Seconds that what is cut off gets to clean up, until what it waits for is cancelled too."""


async def serve_as_leader(
    leadership: Leadership, stop: asyncio.Event, serve: Callable[[asyncio.Event], Awaitable[None]]
) -> None:
    """Serve whenever this process is the leader, until ``stop`` is set.

    Args:
        leadership: Tells when this process is the leader.
        stop: Ends it all.
        serve: Serves until the event that it is given is set, and then finishes what was begun.
            It is cancelled if it has not finished when another process may take over.

    Raises:
        Exception: What ``serve`` raises.
    """
    stopping = asyncio.create_task(stop.wait())
    try:
        while not stop.is_set():
            acquiring = asyncio.create_task(leadership.acquired())
            try:
                await asyncio.wait({acquiring, stopping}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                acquiring.cancel()
            if not stop.is_set():
                await _serve_once(leadership, stopping, serve)
    finally:
        stopping.cancel()


async def _serve_once(
    leadership: Leadership,
    stopping: asyncio.Task[Any],
    serve: Callable[[asyncio.Event], Awaitable[None]],
) -> None:
    end = asyncio.Event()

    async def run() -> None:
        await serve(end)

    serving, lost = asyncio.create_task(run()), asyncio.create_task(leadership.lost())
    try:
        await asyncio.wait({serving, stopping, lost}, return_when=asyncio.FIRST_COMPLETED)
        end.set()
        await asyncio.wait({serving, lost}, return_when=asyncio.FIRST_COMPLETED)
        if not serving.done():
            await asyncio.wait({serving}, timeout=leadership.seconds_to_finish)
    finally:
        lost.cancel()
        cut_off = serving.cancel()
        # Again and again: what is cancelled may wait for a call that must not be made any more.
        while not serving.done():
            await asyncio.wait({serving}, timeout=CANCEL_EVERY)
            serving.cancel()
    if not cut_off or not serving.cancelled():
        serving.result()


class LeaderRequest(BaseRequest):
    """An HTTP client whose calls begin only while this process may call Telegram.

    A process that was stopped for a while, or cut off from the database, may find itself within a
    call that another process has made in its place. Such a call waits for its task to be
    cancelled, which ``serve_as_leader`` does.
    """

    def __init__(self, request: BaseRequest) -> None:
        """Wrap a client; all calls are allowed until ``leadership`` is set."""
        self._request = request
        self.leadership: Leadership | None = None

    @property
    def read_timeout(self) -> float | None:
        """The wrapped client's."""
        return self._request.read_timeout

    async def initialize(self) -> None:
        """Initialize the wrapped client."""
        await self._request.initialize()

    async def shutdown(self) -> None:
        """Shut the wrapped client down."""
        await self._request.shutdown()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        *timeouts: Any,
        **more: Any,
    ) -> tuple[int, bytes]:
        """Make a call, unless this process is not the leader: then wait to be cancelled."""
        if self.leadership is not None and not self.leadership.may_finish:
            await asyncio.get_running_loop().create_future()
        return await self._request.do_request(url, method, request_data, *timeouts, **more)

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """Return what the wrapped client has read from an answer already."""
        return BotApiRequest.parse_json_payload(payload)
