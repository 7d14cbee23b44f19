"""Counts the calls of the Bot API, and notes when Telegram last answered."""

import time
from typing import Any

from telegram.request import BaseRequest, RequestData

from bot.delivery.metrics import Metrics

_TELEGRAMS = b'{"ok"'
"""How every answer of a Bot API server begins; a proxy's page does not."""


_FILE = "/file/bot"
"""What the addresses of files that users sent have in them."""


class MeteredRequest(BaseRequest):
    """An HTTP client of python-telegram-bot whose calls are counted."""

    def __init__(self, request: BaseRequest, metrics: Metrics) -> None:
        self._request = request
        self._metrics = metrics

    @property
    def read_timeout(self) -> float | None:
        """The client's own."""
        return self._request.read_timeout

    async def initialize(self) -> None:
        """Open the client."""
        await self._request.initialize()

    async def shutdown(self) -> None:
        """Close the client."""
        await self._request.shutdown()

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, **timeouts: Any
    ) -> tuple[int, bytes]:
        """Make a call; arguments and errors are the client's own."""
        if _FILE in url:
            # Its name is the sender's, and its content is no answer to a call.
            return await self._request.do_request(url, method, request_data, **timeouts)
        name, started = url.partition("?")[0].rpartition("/")[2], time.monotonic()
        try:
            status, payload = await self._request.do_request(url, method, request_data, **timeouts)
        except Exception:
            self._metrics.called(name, 0, started)
            raise
        self._metrics.called(name, status if payload.startswith(_TELEGRAMS) else 0, started)
        return status, payload
