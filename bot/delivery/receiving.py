"""Takes updates in the way that the settings say: fetched, or delivered by Telegram."""

import asyncio
from collections.abc import Callable, Sequence

from telegram import Bot
from telegram.request import BaseRequest

from bot.config import Settings
from bot.delivery.first_calls import answered
from bot.delivery.listeners import Listeners
from bot.delivery.polling import Poller
from bot.delivery.reader_queues import ReaderQueues
from bot.delivery.webhook import Delivery, serve_webhook


class Receiver:
    """Polls, or takes deliveries."""

    def __init__(
        self,
        settings: Settings,
        bot: Bot,
        request: BaseRequest,
        allowed_updates: Sequence[str],
        answering: Listeners,
        ready: Callable[[], None],
    ) -> None:
        """Create it; nothing is called yet.

        Args:
            settings: Deliveries are taken if they have a ``webhook_url``.
            bot: The bot whose updates they are.
            request: Makes the calls that fetch updates.
            allowed_updates: Kinds of updates to ask for.
            answering: Takes deliveries, and tells whether updates are taken.
            ready: Called as soon as no update is refused or left at Telegram any more.
        """
        self._bot = bot
        self._request = request
        self._allowed_updates = allowed_updates
        self._answering = answering
        self._ready = ready
        self._server = settings.shown_api_url
        self._is_polling = settings.webhook_url is None
        self._delivery = Delivery(settings, bot, allowed_updates)

    async def run(self, queues: ReaderQueues, stop: asyncio.Event) -> None:
        """Take updates until ``stop`` is set; then finish or save those in hand.

        Raises:
            SettingsError: Telegram does not deliver to such an address.
            InvalidToken: Telegram does not know the token (any more).
            StoreError: The updates in the store cannot be read.
        """
        health = self._answering.health
        if self._is_polling:
            await self._arrange()
        health.serves_until = stop
        try:
            if self._is_polling:
                await Poller(self._bot, self._request, self._allowed_updates, queues).run(stop)
            else:
                webhook = self._answering.webhook
                await serve_webhook(webhook, self._delivery, self._arrange, queues, stop)
        finally:
            health.serves_until = None

    async def _arrange(self) -> None:
        """Tell Telegram which way it is, if that differs from before."""
        await answered(self._delivery.start, self._server)
        self._ready()
