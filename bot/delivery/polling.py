"""Long polling in which an update is confirmed to Telegram only after it was handled.

Telegram repeats an update until a call of getUpdates gives a higher offset. The offset given here
is the id of the oldest update in flight, so a process that is killed gets that one and all later
ones again. Telegram returns at most 100 updates from the offset on; an update that takes long is
therefore saved in the store and confirmed, and handled from there after a restart.
"""

import asyncio
import json
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from telegram import Bot, Update
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError
from telegram.request import BaseRequest

from bot.delivery.telegram_errors import describe, retry_delay
from bot.errors import StoreError
from bot.logs import FailureLog
from bot.store.base import Store

LONG_POLL = 20
"""Seconds for which Telegram holds a call of getUpdates when there is no update."""
POLL_PAUSE = 0.05
"""Seconds between calls while updates are in flight: Telegram returns these again at once."""
DEFER_AFTER = 2.0
"""Seconds after which an update that is still being handled is saved in the store."""
SHUTDOWN_GRACE = 5.0
"""Seconds that updates in flight get to finish when the bot stops."""
MAX_REMEMBERED = 10_000
"""Ids of handled updates that are remembered, in case Telegram repeats a confirmed one."""
RETRY_PAUSES = (0.5, 1.0, 2.0, 5.0, 10.0)
"""Seconds before the next call after the first failure in a row, the second and so on."""
CONFLICT_PAUSE = 3.0
"""Seconds before the next call while another process polls; short, because it may end."""
CONFLICT_OVER = 30.0
"""Seconds without a conflict after which the other process has ended.

Two that poll by turns end each other's calls every few seconds, and some calls succeed between.
"""

log = logging.getLogger(__name__)


@dataclass
class InFlight:
    """An update that is being handled.

    Attributes:
        update_id: Telegram's id of the update.
        body: Its JSON, decoded.
        deferred: Whether it is saved in the store, and so confirmed.
        task: Handles it.
    """

    update_id: int
    body: dict[str, Any]
    deferred: bool
    task: asyncio.Task[None] = field(init=False)


class Poller:
    """Fetches updates and has them handled, many at the same time."""

    def __init__(
        self,
        bot: Bot,
        request: BaseRequest,
        allowed_updates: Sequence[str],
        store: Store,
        handle: Callable[[Update], Awaitable[None]],
    ) -> None:
        """Create the poller; ``run`` starts it.

        Args:
            bot: The bot whose updates are fetched.
            request: Makes the calls; not the bot's own, as a long poll occupies a connection.
            allowed_updates: Kinds of updates to ask for.
            store: Where updates that take long are saved.
            handle: Handles an update; if it raises, that is logged and the update is skipped.
        """
        self._bot = bot
        self._request = request
        self._allowed_updates = json.dumps(allowed_updates)
        self._store = store
        self._handle = handle
        self._in_flight: dict[int, InFlight] = {}
        self._handled: dict[int, None] = {}
        self._newest = 0

    async def run(self, stop: asyncio.Event) -> None:
        """Fetch and handle updates until ``stop`` is set; then finish those in flight.

        Raises:
            InvalidToken: Telegram does not know the token (any more).
        """
        for update_id, body in await self._store.deferred():
            self._start(update_id, json.loads(body), deferred=True)
        stopping = asyncio.create_task(stop.wait())
        try:
            await self._poll(stopping)
        finally:
            stopping.cancel()
            await self._finish()

    async def _poll(self, stopping: asyncio.Task[Any]) -> None:
        failure_log, failures, last_conflict = FailureLog(log), 0, -CONFLICT_OVER
        while not stopping.done():
            fetching = asyncio.create_task(self._fetch(0 if self._unconfirmed() else LONG_POLL))
            await asyncio.wait({fetching, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if not fetching.done():
                # Nothing that this call would have returned is confirmed, so it comes again.
                fetching.cancel()
                return
            try:
                self._accept(fetching.result())
            except InvalidToken:
                raise
            except TelegramError as error:
                if isinstance(error, Conflict):
                    last_conflict = time.monotonic()
                failure_log.failed(f"Updates cannot be received, trying again: {describe(error)}")
                await asyncio.wait({stopping}, timeout=_pause(error, failures))
                failures += 1
            else:
                failures = 0
                if time.monotonic() - last_conflict >= CONFLICT_OVER:
                    failure_log.recovered("Updates are received again.")
                if tasks := [update.task for update in self._unconfirmed()]:
                    await asyncio.wait(tasks, timeout=POLL_PAUSE)

    def _unconfirmed(self) -> list[InFlight]:
        return [update for update in self._in_flight.values() if not update.deferred]

    async def _fetch(self, hold: int, limit: int = 100) -> list[dict[str, Any]]:
        unconfirmed = [update.update_id for update in self._unconfirmed()]
        query = {
            "offset": min(unconfirmed, default=self._newest + 1),
            "limit": limit,
            "timeout": hold,
            "allowed_updates": self._allowed_updates,
        }
        # As JSON and not as Update objects, so that an update that the library cannot read does
        # not stop the others.
        try:
            found = await self._request.post(
                f"{self._bot.base_url}/getUpdates?{urlencode(query)}", read_timeout=hold + 5
            )
        except (KeyError, TypeError, AttributeError):
            # The library reads the answer, which may come from a proxy or a broken server.
            raise TelegramError("getUpdates returned no updates") from None
        if not isinstance(found, list):
            raise TelegramError("getUpdates returned no list")
        bodies: list[Any] = found
        valid = [
            body
            for body in bodies
            if isinstance(body, dict) and isinstance(body.get("update_id"), int)
        ]
        return sorted(valid, key=lambda body: int(body["update_id"]))

    def _accept(self, bodies: Sequence[dict[str, Any]]) -> None:
        for body in bodies:
            update_id = body["update_id"]
            if update_id not in self._in_flight and update_id not in self._handled:
                self._start(update_id, body, deferred=False)
        if bodies:
            # The last one, not the highest ever: after a week without updates Telegram continues at
            # a random id. Known ones count too: an update that was read from the store may also
            # come from Telegram, again and again until it is confirmed.
            self._newest = bodies[-1]["update_id"]

    def _start(self, update_id: int, body: dict[str, Any], deferred: bool) -> None:
        update = InFlight(update_id, body, deferred)
        self._in_flight[update_id] = update
        update.task = asyncio.create_task(self._finish_or_defer(update))

    async def _finish_or_defer(self, update: InFlight) -> None:
        work = asyncio.create_task(self._work(update.body))
        try:
            while not update.deferred and not work.done():
                await asyncio.wait({work}, timeout=DEFER_AFTER)
                if not work.done():
                    await self._defer(update)
            await work
            if update.deferred:
                await self._delete_deferred(update)
            self._handled[update.update_id] = None
            if len(self._handled) > MAX_REMEMBERED:
                del self._handled[next(iter(self._handled))]
        finally:
            work.cancel()
            del self._in_flight[update.update_id]

    async def _work(self, body: dict[str, Any]) -> None:
        try:
            await self._handle(Update.de_json(body, self._bot))
        except Exception:
            log.exception("Update %s cannot be read or handled, and is skipped", body["update_id"])

    async def _defer(self, update: InFlight) -> None:
        # If the database fails, the update stays unconfirmed, which is as safe, and is tried again.
        with suppress(StoreError):
            await self._store.defer(update.update_id, json.dumps(update.body))
            update.deferred = True

    async def _delete_deferred(self, update: InFlight) -> None:
        try:
            await self._store.delete_deferred(update.update_id)
        except StoreError as error:
            log.warning("Update %s may be handled again: %s", update.update_id, error)

    async def _finish(self) -> None:
        """Let updates in flight finish, defer those that do not, and confirm all."""
        if tasks := [update.task for update in self._in_flight.values()]:
            await asyncio.wait(tasks, timeout=SHUTDOWN_GRACE)
        for update in self._unconfirmed():
            await self._defer(update)
        with suppress(TelegramError):
            await self._fetch(hold=0, limit=1)
        for update in list(self._in_flight.values()):
            update.task.cancel()


def _pause(error: TelegramError, failures: int) -> float:
    if isinstance(error, RetryAfter):
        return retry_delay(error)
    if isinstance(error, Conflict):
        return CONFLICT_PAUSE
    return RETRY_PAUSES[min(failures, len(RETRY_PAUSES) - 1)]
