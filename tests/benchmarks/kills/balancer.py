"""A load balancer in front of several processes of the bot: it finds the one that serves."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientSession,
    ClientTimeout,
    TCPConnector,
    web,
)
from aiohttp.hdrs import CONTENT_TYPE

from bot.config.listen_address import LOOPBACK, ListenAddress
from bot.delivery.http_listener import listening
from bot.delivery.webhook import MAX_BODY, SECRET_HEADER
from tests.support.waiting import free_port

CHECK_EVERY = 0.2
"""Seconds between the questions to a process whether it is ready."""
CHECK_PATIENCE = 3.0
"""Seconds within which it must say so; it asks its database, for two seconds at most."""
PATIENCE = 40.0
"""Seconds that a process gets for an update: more than it takes to say that it must come again."""


@dataclass
class Place:
    """Where one process after the other listens.

    Attributes:
        webhook: The port at which it takes updates.
        health: The port at which it answers ``/readyz``.
        is_ready: Whether it answered 200 there when it was last asked.
    """

    webhook: int
    health: int
    is_ready: bool = False


class Balancer:
    """Passes each update on to the process that is ready.

    What it answers is that process' status; 503 if none is ready, and 502 if the process was gone
    before it answered. Telegram delivers the update again after both.

    Attributes:
        url: Where Telegram delivers.
        settings: For the process in each place, where it is reached.
    """

    def __init__(self, places: int) -> None:
        """Choose the ports.

        Args:
            places: How many processes there are at the same time.
        """
        self._port = free_port()
        self._places = [Place(free_port(), free_port()) for _ in range(places)]
        self.url = f"http://{LOOPBACK}:{self._port}/"
        self.settings = [
            {
                "WEBHOOK_URL": self.url,
                "WEBHOOK_LISTEN": str(place.webhook),
                "HEALTH_LISTEN": str(place.health),
            }
            for place in self._places
        ]

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Balance until the context ends."""
        app = web.Application(client_max_size=MAX_BODY)
        app.router.add_route("POST", "/{path:.*}", self._pass_on)
        # A connection for each request: one that is refused was certainly not used.
        connector = TCPConnector(limit=0, force_close=True)
        async with (
            ClientSession(connector=connector, trust_env=False) as self._session,
            listening(app, "WEBHOOK_URL", ListenAddress(LOOPBACK, self._port)),
        ):
            checks = [asyncio.create_task(self._check(place)) for place in self._places]
            try:
                yield
                assert not any(check.done() for check in checks), "the checks ended early"
            finally:
                for check in checks:
                    check.cancel()
                await asyncio.gather(*checks, return_exceptions=True)

    async def _check(self, place: Place) -> None:
        url, timeout = f"http://{LOOPBACK}:{place.health}/readyz", ClientTimeout(CHECK_PATIENCE)
        while True:
            try:
                async with self._session.get(url, timeout=timeout) as answer:
                    place.is_ready = answer.ok
            except (ClientError, OSError, TimeoutError):
                place.is_ready = False
            await asyncio.sleep(CHECK_EVERY)

    async def _pass_on(self, request: web.Request) -> web.Response:
        body = await request.read()
        place = next((place for place in self._places if place.is_ready), None)
        if place is None:
            return web.Response(status=503)
        url = f"http://{LOOPBACK}:{place.webhook}{request.path_qs}"
        kept = (CONTENT_TYPE, SECRET_HEADER)
        headers = {name: request.headers[name] for name in kept if name in request.headers}
        timeout = ClientTimeout(PATIENCE)
        try:
            async with self._session.post(url, data=body, headers=headers, timeout=timeout) as told:
                return web.Response(status=told.status)
        except ClientConnectorError:
            place.is_ready = False
            return web.Response(status=503)
        except (ClientError, OSError, TimeoutError):
            return web.Response(status=502)
