"""What the bot tells monitors and load balancers: whether it lives, whether it serves, its metrics.

``/healthz`` answers as long as the process does: who gets no answer should start it again.
``/readyz`` answers 200 only while this process serves readers: where several run, a load balancer
finds the one that does.
"""

import asyncio
import time

from aiohttp import web

from bot.delivery.metrics import Metrics
from bot.errors import StoreError
from bot.store.base import Store
from bot.store.leadership import Leadership

TELEGRAM_LATELY = 60.0
"""Seconds for which an answer of Telegram shows that it can be reached; one comes every 30."""
DATABASE_PATIENCE = 2.0
"""Seconds within which the database must answer."""
STANDS_BY = "Another process serves; this one stands by."
_TEXT = "text/plain; version=0.0.4; charset=utf-8"


class Health:
    """What this process knows about itself; ``bot.app`` keeps it up to date.

    Attributes:
        store: The database, as soon as it is open.
        leadership: Which process serves, as soon as it is known.
        index_ready: Whether questions can be answered from the articles.
        serves_until: What ends the taking of updates, as soon as it has begun.
    """

    def __init__(self, metrics: Metrics) -> None:
        """Begin with nothing ready; the metrics tell when Telegram last answered."""
        self.store: Store | None = None
        self.leadership: Leadership | None = None
        self.index_ready = False
        self.serves_until: asyncio.Event | None = None
        self._metrics = metrics
        metrics.gauge(
            "serving",
            "1 while this process takes updates, 0 while it starts, stops or stands by.",
            lambda: self.serving,
        )

    @property
    def serving(self) -> bool:
        """Whether this process may take updates, and does."""
        leads = self.leadership is not None and self.leadership.is_leader
        return leads and self.serves_until is not None and not self.serves_until.is_set()

    async def missing(self) -> dict[str, str]:
        """Return what is missing for readers to be served: a name of the part, and what is wrong.

        Returns:
            Nothing if all is well. The parts are "serving", "database", "telegram" and "index".
        """
        missing = {}
        if not self.serving:
            waits = self.leadership is not None and not self.leadership.is_leader
            missing["serving"] = STANDS_BY if waits else "The bot is starting or stopping."
        if trouble := await self._database_trouble():
            missing["database"] = trouble
        since = time.monotonic() - self._metrics.telegram_answered
        # A process that waits for its turn calls nobody.
        if self.serving and since > TELEGRAM_LATELY:
            missing["telegram"] = "Telegram has not answered for a minute."
        if not self.index_ready:
            missing["index"] = "The articles are being read."
        return missing

    async def _database_trouble(self) -> str | None:
        if self.store is None:
            return "The database is not open yet."
        try:
            async with asyncio.timeout(DATABASE_PATIENCE):
                await self.store.check()
        except StoreError as error:
            return str(error)
        except TimeoutError:
            return f"The database has not answered within {DATABASE_PATIENCE:g} seconds."
        return None


def health_application(health: Health, metrics: Metrics) -> web.Application:
    """Return what is served at HEALTH_LISTEN."""
    # Now, as it takes a while, and nobody should wait for it later.
    import prometheus_client  # noqa: F401, PLC0415

    async def alive(_: web.Request) -> web.Response:
        return web.json_response({"alive": True})

    async def ready(_: web.Request) -> web.Response:
        missing = await health.missing()
        body = {"ready": not missing, "missing": missing}
        return web.json_response(body, status=503 if missing else 200)

    async def numbers(_: web.Request) -> web.Response:
        return web.Response(body=metrics.exposition(), headers={"Content-Type": _TEXT})

    app = web.Application()
    app.add_routes(
        [web.get("/healthz", alive), web.get("/readyz", ready), web.get("/metrics", numbers)]
    )
    return app
