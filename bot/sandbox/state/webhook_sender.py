"""The bot's webhook, and the delivery of updates to it, with Telegram's rules."""

import asyncio
import contextlib
import json
import time
from collections.abc import Hashable
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import Any

from aiohttp import ClientConnectorError, ClientError, ClientSession, ClientTimeout

from bot.sandbox.state.update_queue import Update, UpdateQueue

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
MAX_PAUSE = 60
"""The longest pause, in seconds, before an update is delivered once more."""
TIMEOUT = 60
"""Seconds that the bot has for an answer."""


@dataclass(frozen=True)
class Webhook:
    """What setWebhook set: `secret` "" for none, `connections` at the same time."""

    url: str
    secret: str
    connections: int


class WebhookSender:
    """Delivers updates to the webhook, if one is set.

    Several at once, but of a chat or a reader one of each kind after the other. What is not
    answered with 2xx comes again: at once, then after pauses of 1, 2, 4 ... `max_pause` seconds.
    """

    def __init__(self, updates: UpdateQueue) -> None:
        self.webhook: Webhook | None = None
        self.max_pause = MAX_PAUSE
        self._updates = updates
        self._session: ClientSession | None = None
        # The delivery in progress of each chat or reader, and kind.
        self._tasks: dict[Hashable, asyncio.Task[None]] = {}
        self._error: tuple[int, str] | None = None
        updates.pushed = self._deliver

    def open(self) -> None:
        """Deliver from now on; needs a running event loop."""
        # No proxy: the bot is on this machine.
        self._session = ClientSession(timeout=ClientTimeout(TIMEOUT), trust_env=False)
        self._deliver()

    async def close(self) -> None:
        """Stop delivering; what is not answered yet is delivered again after `open`."""
        session, self._session = self._session, None
        await self._cancel()
        if session:
            await session.close()

    def set(self, webhook: Webhook | None) -> None:
        """Deliver to this webhook from now on, or to none; earlier errors are forgotten."""
        self.webhook, self._error = webhook, None
        self._updates.end_poll_for_webhook(is_set=webhook is not None)
        for task in self._tasks.values():
            task.cancel()
        self._tasks.clear()
        self._deliver()

    def info(self) -> dict[str, Any]:
        """Return the answer to getWebhookInfo."""
        webhook, allowed = self.webhook, self._updates.allowed
        set_up = {"max_connections": webhook.connections} if webhook else {}
        failed = {}
        if self._error:
            failed = dict(zip(("last_error_date", "last_error_message"), self._error, strict=True))
        return {
            "url": webhook.url if webhook else "",
            "has_custom_certificate": False,
            "pending_update_count": len(self._updates),
            **set_up,
            **({"allowed_updates": sorted(allowed)} if allowed else {}),
            **failed,
        }

    def _deliver(self) -> None:
        """Begin to deliver whatever may be delivered now."""
        if self.webhook is None or self._session is None:
            return
        for update in self._updates:
            if len(self._tasks) >= self.webhook.connections:
                return
            line = _line(update)
            if line not in self._tasks:
                task = asyncio.create_task(self._until_taken(update, self.webhook))
                self._tasks[line] = task
                task.add_done_callback(partial(self._ended, line))

    def _ended(self, line: Hashable, task: "asyncio.Task[None]") -> None:
        if self._tasks.get(line) is task:
            del self._tasks[line]
            self._deliver()

    async def _until_taken(self, update: Update, webhook: Webhook) -> None:
        pause = 0
        while error := await self._post(update, webhook):
            self._error = (int(time.time()), error)
            await asyncio.sleep(pause)
            pause = min(max(1, 2 * pause), self.max_pause)
        self._updates.remove(update)

    async def _post(self, update: Update, webhook: Webhook) -> str | None:
        """Deliver an update once; return what was wrong, or None."""
        assert self._session
        headers = {"Content-Type": "application/json"}
        if webhook.secret:
            headers[SECRET_HEADER] = webhook.secret
        body = json.dumps(update).encode()
        try:
            async with self._session.post(webhook.url, data=body, headers=headers) as answer:
                if answer.ok:
                    return None
                phrase = HTTPStatus(answer.status).phrase
                return f"Wrong response from the webhook: {answer.status} {phrase}"
        except TimeoutError:
            return "Read timeout expired"
        except ClientConnectorError:
            return "Connection refused"
        except (ClientError, OSError):
            return "Connection closed"

    async def _cancel(self) -> None:
        tasks = list(self._tasks.values())
        self._tasks.clear()
        for task in tasks:
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(*tasks, return_exceptions=True)


def _line(update: Update) -> Hashable:
    """Return what an update stands in line with: its kind, and its chat or else its sender."""
    kind = next(name for name in update if name != "update_id")
    body = update[kind] if isinstance(update[kind], dict) else {}
    whose = body.get("chat") or body.get("from") or {}
    return kind, whose.get("id") if isinstance(whose, dict) else None
