"""What the bot answers by HTTP: Telegram's deliveries, and how it is."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

from bot.config import Settings
from bot.delivery.health import Health, health_application
from bot.delivery.http_listener import listening
from bot.delivery.metrics import Metrics
from bot.delivery.webhook import Webhook


@dataclass(frozen=True)
class Listeners:
    """What answers.

    Attributes:
        health: What the process tells about itself.
        webhook: What takes deliveries, if WEBHOOK_URL is set.
    """

    health: Health
    webhook: Webhook


@contextlib.asynccontextmanager
async def listeners(settings: Settings, metrics: Metrics) -> AsyncIterator[Listeners]:
    """Listen wherever the settings say.

    From the very start, so that a monitor sees a bot that starts or waits, and until the very end,
    so that updates which were just handled are still confirmed.

    Raises:
        SettingsError: The bot cannot listen there.
    """
    health = Health(metrics)
    answering = Listeners(health, Webhook(settings, health, metrics))
    async with contextlib.AsyncExitStack() as opened:
        if settings.health_listen is not None:
            told = health_application(health, metrics)
            await opened.enter_async_context(
                listening(told, "HEALTH_LISTEN", settings.health_listen)
            )
        if settings.webhook_url is not None:
            taken = answering.webhook.application()
            await opened.enter_async_context(
                listening(taken, "WEBHOOK_LISTEN", settings.webhook_listen)
            )
        yield answering
