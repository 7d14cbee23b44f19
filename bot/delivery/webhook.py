"""Takes updates that Telegram delivers by HTTP, and tells Telegram whether and where to do so.

An update is answered with 200 only when it was handled or is safe in the store. Telegram repeats
what is answered otherwise, or not at all, for 24 hours. Certificates are left to the proxy in
front, which passes the requests on.
"""

import asyncio
import hmac
import json
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any

from aiohttp import web
from telegram import Bot, WebhookInfo
from telegram.error import BadRequest, InvalidToken, TelegramError

from bot.config import Settings
from bot.delivery.health import Health
from bot.delivery.metrics import Metrics
from bot.delivery.reader_queues import ReaderQueues
from bot.delivery.telegram_errors import describe
from bot.delivery.update_facts import is_update
from bot.errors import SettingsError
from bot.logs import FailureLog

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
MAX_BODY = 1_000_000
"""Bytes. Telegram's updates are far smaller."""
BODY_PATIENCE = 10.0
"""Seconds within which the body of a request must have come."""
ANSWER_WITHIN = 25.0
"""Seconds after which an update that is neither handled nor saved is refused: it comes again."""
MAX_CONNECTIONS = 100
"""Updates that Telegram delivers at the same time; the most that it offers."""
CHECK_INTERVAL = 30.0
"""Seconds between questions to Telegram whether deliveries arrive, while the bot waits for them."""

Accept = Callable[[dict[str, Any]], Awaitable[bool]]
"""Takes an update in, and returns whether it was handled or is safe in the store."""

log = logging.getLogger(__name__)


class Webhook:
    """Answers Telegram's deliveries.

    Attributes:
        accept: What takes updates; None while this process does not serve, and refuses them.
        pending: How many updates Telegram had not delivered yet when it was last asked.
    """

    def __init__(self, settings: Settings, health: Health, metrics: Metrics) -> None:
        """Begin without serving.

        Args:
            settings: They have the secret that Telegram shows.
            health: Tells whether this process serves.
            metrics: Tell how many updates are pending.
        """
        self._health = health
        self.accept: Accept | None = None
        self.pending = 0
        metrics.gauge(
            "webhook_pending_updates",
            "Updates that Telegram had not delivered yet when it was last asked; 0 with polling.",
            lambda: self.pending,
        )
        self._secret = settings.webhook_token.encode()

    def application(self) -> web.Application:
        """Return what is served at WEBHOOK_LISTEN."""
        app = web.Application(client_max_size=MAX_BODY)
        # Any path, as a proxy may change it: the secret tells who delivers.
        app.router.add_route("POST", "/{path:.*}", self._deliver)
        return app

    async def _deliver(self, request: web.Request) -> web.Response:
        """Answer a delivery.

        Returns:
            200 the update was handled or is safe; 401 it does not come from Telegram; 400 it is no
            update; 408 it did not come in time; 503 it has to come again. 413 is aiohttp's own.
        """
        shown = request.headers.get(SECRET_HEADER, "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(shown, self._secret):
            return web.Response(status=401)
        accept = self.accept if self._health.serving else None
        if accept is None:
            return web.Response(status=503)
        try:
            async with asyncio.timeout(BODY_PATIENCE):
                update = _update(await request.read())
        except TimeoutError:
            return web.Response(status=408)
        if update is None:
            return web.Response(status=400)
        try:
            is_safe = await asyncio.wait_for(accept(update), ANSWER_WITHIN)
        except TimeoutError:
            is_safe = False
        return web.Response(status=200 if is_safe else 503)


def _update(body: bytes) -> dict[str, Any] | None:
    try:
        update = json.loads(body)
    except (ValueError, RecursionError):
        return None
    # The database keeps 64 bits.
    return update if is_update(update) and 0 <= update["update_id"] < 2**63 else None


class Delivery:
    """Tells Telegram how the bot wants its updates, and asks only if that differs."""

    def __init__(
        self,
        settings: Settings,
        bot: Bot,
        kinds: Sequence[str],
        check_interval: float = CHECK_INTERVAL,
    ) -> None:
        """Create it; nothing is called yet.

        Args:
            settings: How the bot wants its updates.
            bot: Makes the calls.
            kinds: The kinds of updates that it wants.
            check_interval: Seconds between the calls of ``watch``.
        """
        self._check_interval = check_interval
        self._bot = bot
        self._kinds = kinds
        self._secret = settings.webhook_token
        # Telegram does not tell which secret it shows. With a digest of it in the address, another
        # one is noticed, and no secret is told.
        digest = hmac.new(self._secret.encode(), b"address", "sha256").hexdigest()[:12]
        url = settings.webhook_url
        self._url = f"{url}?{digest}" if url else ""
        self._last_error: datetime | None = None

    async def start(self) -> None:
        """Have updates delivered, or no longer if they are fetched.

        Raises:
            SettingsError: Telegram does not deliver to such an address.
            TelegramError: Telegram could not be asked or told.
        """
        try:
            self._last_error = (await self.arrange()).last_error_date
        except BadRequest as error:
            raise SettingsError(
                f"Telegram does not accept WEBHOOK_URL ({error.message}): give an address that "
                "it can reach by https."
            ) from None

    async def arrange(self) -> WebhookInfo:
        """Tell Telegram what differs from what is wanted.

        Returns:
            What Telegram said before.

        Raises:
            TelegramError: Telegram could not be asked or told.
        """
        info = await self._bot.get_webhook_info()
        if info.url == self._url and (not self._url or self._is_as_wanted(info)):
            return info
        if self._url:
            await self._bot.set_webhook(
                self._url,
                max_connections=MAX_CONNECTIONS,
                allowed_updates=self._kinds,
                secret_token=self._secret,
            )
        else:
            # Telegram allows no polling while a webhook is set.
            await self._bot.delete_webhook()
        return info

    def _is_as_wanted(self, info: WebhookInfo) -> bool:
        has_kinds = set(info.allowed_updates or ()) == set(self._kinds)
        return has_kinds and info.max_connections == MAX_CONNECTIONS

    async def watch(self, webhook: Webhook) -> None:
        """Log when Telegram cannot deliver, and arrange it anew if somebody changed it.

        Until cancelled. It also shows that Telegram can be reached, while nobody writes.

        Raises:
            InvalidToken: Telegram does not know the token (any more).
        """
        failures = FailureLog(log)
        while True:
            await asyncio.sleep(self._check_interval)
            try:
                info = await self.arrange()
            except InvalidToken:
                raise
            except TelegramError as error:
                failures.failed(f"Telegram cannot be asked about the webhook: {describe(error)}")
                continue
            webhook.pending = info.pending_update_count
            if info.url != self._url:
                log.warning("The webhook was changed by another program, and is set again.")
            if info.last_error_date not in (None, self._last_error):
                failures.failed(f"Telegram cannot deliver updates: {info.last_error_message}")
            elif not info.pending_update_count:
                failures.recovered("Telegram delivers updates again.")
            self._last_error = info.last_error_date


async def serve_webhook(
    webhook: Webhook,
    delivery: Delivery,
    arrange: Callable[[], Awaitable[None]],
    queues: ReaderQueues,
    stop: asyncio.Event,
) -> None:
    """Take and handle updates until ``stop`` is set; then finish or save those in hand.

    Args:
        webhook: Takes the deliveries.
        delivery: Watches whether Telegram delivers.
        arrange: Has Telegram deliver; called when deliveries are taken, so that none is refused.
        queues: Have the updates handled.
        stop: Ends it.

    Raises:
        SettingsError: Telegram does not deliver to such an address.
        InvalidToken: Telegram does not know the token (any more).
        StoreError: The updates in the store cannot be read.
    """

    async def arrange_and_watch() -> None:
        await arrange()
        await delivery.watch(webhook)

    await queues.start()
    stopping = asyncio.create_task(stop.wait())
    webhook.accept = queues.safe
    watching = asyncio.create_task(arrange_and_watch())
    try:
        await asyncio.wait({stopping, watching}, return_when=asyncio.FIRST_COMPLETED)
        if watching.done():
            watching.result()
    finally:
        webhook.accept = None
        stopping.cancel()
        watching.cancel()
        await queues.stop()
