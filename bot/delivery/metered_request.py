"""Counts the calls of the Bot API, and notes when Telegram last answered."""

import time
from typing import Any

from telegram.error import TelegramError
from telegram.request import RequestData

from bot.delivery.http_requests import BotApiRequest
from bot.delivery.metrics import Metrics


class MeteredRequest(BotApiRequest):
    """An HTTP client for the Bot API whose calls are counted."""

    def __init__(self, server: str, proxy: str | None, metrics: Metrics) -> None:
        """Connect to nothing yet; arguments as for ``BotApiRequest``."""
        super().__init__(server, proxy)
        self._metrics = metrics

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        *timeouts: Any,
        **more: Any,
    ) -> tuple[int, bytes]:
        """Make a call; arguments and errors as for ``BotApiRequest``."""
        if method == "GET":
            # A file, whose name is the sender's.
            return await super().do_request(url, method, request_data, *timeouts, **more)
        name, started = url.partition("?")[0].rpartition("/")[2], time.monotonic()
        try:
            answer = await super().do_request(url, method, request_data, *timeouts, **more)
        except TelegramError:
            self._metrics.called(name, 0, started)
            raise
        self._metrics.called(name, answer[0], started)
        return answer
