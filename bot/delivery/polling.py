"""Long polling in which an update is confirmed to Telegram only after it was handled.

Telegram repeats an update until a call of getUpdates gives a higher offset. The offset given here
is the id of the oldest update that the queues do not hold for safe, so a process that is killed
gets that one and all later ones again. Telegram returns at most 100 updates from the offset on, and
returns at once if there is any. So that slow answers neither hide new updates nor make the calls
follow each other all the time, updates that take long are saved in the store and confirmed.
"""

import asyncio
import json
import logging
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

from telegram import Bot
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError
from telegram.request import BaseRequest

from bot.delivery.queued_update import QueuedUpdate
from bot.delivery.reader_queues import ReaderQueues
from bot.delivery.telegram_errors import describe, retry_delay
from bot.delivery.update_facts import is_update
from bot.logs import FailureLog

LONG_POLL = 20
"""Seconds for which Telegram holds a call of getUpdates when there is no update."""
LIMIT = 100
"""Updates that a call returns at most; Telegram allows no more."""
FIRST_PAUSE, LONGEST_PAUSE = 0.05, 0.1
"""Seconds between calls while updates are unconfirmed: Telegram returns these again at once."""
SLOW = 0.25
"""Seconds after which an unconfirmed update is slow, and saved if there is nothing else to do."""
RETRY_PAUSES = (0.5, 1.0, 2.0, 5.0, 10.0)
"""Seconds before the next call after the first failure in a row, the second and so on."""
CONFLICT_PAUSE = 3.0
"""Seconds before the next call while another process polls; short, because it may end."""
CONFLICT_OVER = 30.0
"""Seconds without a conflict after which the other process has ended.

Two that poll by turns end each other's calls every few seconds, and some calls succeed between.
"""

log = logging.getLogger(__name__)


class Poller:
    """Fetches updates and has them handled, many at the same time."""

    def __init__(
        self, bot: Bot, request: BaseRequest, allowed_updates: Sequence[str], queues: ReaderQueues
    ) -> None:
        """Create the poller; ``run`` starts it.

        Args:
            bot: The bot whose updates are fetched.
            request: Makes the calls; not the bot's own, as a long poll occupies a connection.
            allowed_updates: Kinds of updates to ask for.
            queues: Have them handled.
        """
        self._bot = bot
        self._request = request
        self._allowed_updates = json.dumps(allowed_updates)
        self._queues = queues
        self._newest = 0
        self._pause = FIRST_PAUSE

    async def run(self, stop: asyncio.Event) -> None:
        """Fetch and handle updates until ``stop`` is set; then finish those in flight.

        Raises:
            InvalidToken: Telegram does not know the token (any more).
        """
        await self._queues.start()
        stopping = asyncio.create_task(stop.wait())
        try:
            await self._poll(stopping)
        finally:
            stopping.cancel()
            await self._queues.stop()
            # Confirms what was handled or saved since the last call.
            with suppress(TelegramError):
                await self._fetch(hold=0, limit=1)

    async def _poll(self, stopping: asyncio.Task[Any]) -> None:
        failure_log, failures, last_conflict = FailureLog(log), 0, -CONFLICT_OVER
        while not stopping.done():
            fetching = asyncio.create_task(
                self._fetch(0 if self._queues.unconfirmed else LONG_POLL)
            )
            await asyncio.wait({fetching, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if not fetching.done():
                # Nothing that this call would have returned is confirmed, so it comes again.
                fetching.cancel()
                return
            try:
                fetched = fetching.result()
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
                await self._accept(fetched)

    async def _fetch(self, hold: int, limit: int = LIMIT) -> list[dict[str, Any]]:
        query = {
            "offset": min(self._queues.unconfirmed, default=self._newest + 1),
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
        return sorted(filter(is_update, bodies), key=lambda body: int(body["update_id"]))

    async def _accept(self, bodies: Sequence[dict[str, Any]]) -> None:
        """Hand updates to the queues, and wait until the next call makes sense."""
        queues, dropped = self._queues, self._queues.dropped
        any_new = False
        for body in bodies:
            any_new |= not queues.knows(body["update_id"])
            queues.accept(body)
        if bodies:
            # The last one, not the highest ever: after a week without updates Telegram continues at
            # a random id. Known ones count too: an update that was read from the store may also
            # come from Telegram, again and again until it is confirmed.
            self._newest = bodies[-1]["update_id"]
        more_wait = len(bodies) >= LIMIT
        if more_wait and queues.dropped > dropped:
            # A reader sends more than can be answered. Who comes behind must not wait for that.
            await queues.save(queues.crowding())
            queues.shed()
        elif not any_new and (slow := self._slow()):
            if more_wait:
                await queues.save(slow)
                queues.shed()
            else:
                queues.begin_to_save(slow)
        self._pause = FIRST_PAUSE if any_new else min(2 * self._pause, LONGEST_PAUSE)
        if queues.dropped > dropped and not more_wait:
            # Not a call for each of them.
            await asyncio.sleep(self._pause)
        elif receipts := [update.receipt for update in queues.unconfirmed.values()]:
            # Of a full page, the next call would bring little that is new before half is done.
            awaited = receipts[: LIMIT // 2] if more_wait else receipts
            await asyncio.wait(awaited, timeout=LONGEST_PAUSE if more_wait else self._pause)

    def _slow(self) -> list[QueuedUpdate]:
        before = asyncio.get_running_loop().time() - SLOW
        return [update for update in self._queues.unconfirmed.values() if update.since <= before]


def _pause(error: TelegramError, failures: int) -> float:
    if isinstance(error, RetryAfter):
        return retry_delay(error)
    if isinstance(error, Conflict):
        return CONFLICT_PAUSE
    return RETRY_PAUSES[min(failures, len(RETRY_PAUSES) - 1)]
