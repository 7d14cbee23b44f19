"""Telegram's updates, each confirmed only after it was handled. Nothing else knows how.

Telegram repeats an update until a call of getUpdates gives a higher offset. The offset given here
is the id of the oldest update that is still being handled, so a process that is killed gets that
one and all after it again. As Telegram shows no more than 100 from the offset on, an update that
takes long is set aside in the database, and confirmed then: it comes back from there.
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from telegram import Bot, Update
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError
from telegram.request import BaseRequest

from bot.delivery.sender import seconds
from bot.errors import StoreError
from bot.logs import FailureLog
from bot.store.base import Store

LONG_POLL = 20
"""Seconds for which Telegram holds a call that has nothing to bring."""
BETWEEN_POLLS = 0.05
"""Seconds between calls while updates are being handled: Telegram brings these again at once."""
SLOW = 2.0
"""Seconds after which an update is set aside."""
SHUTDOWN_GRACE = 5.0
"""Seconds that updates under way get to end when the bot stops."""
REMEMBERED = 10_000
"""Updates handled last, in case that Telegram repeats one that was confirmed."""
PAUSES = (0.5, 1.0, 2.0, 5.0, 10.0)
"""Seconds before trying again, for the first failure in a row and so on."""
CONFLICT_PAUSE = 3.0
"""Seconds before trying again while another process polls; not more, as it may end."""

log = logging.getLogger(__name__)


@dataclass
class InFlight:
    """An update that is being handled. aside: whether it is in the inbox."""

    update_id: int
    body: dict[str, Any]
    aside: bool
    task: asyncio.Task[None] = field(init=False)


class Poller:
    """Fetches updates and has them handled, many at the same time."""

    def __init__(
        self,
        bot: Bot,
        request: BaseRequest,
        kinds: Sequence[str],
        inbox: Store,
        handle: Callable[[Update], Awaitable[None]],
    ) -> None:
        """Note what to work with; nothing is fetched yet.

        request: makes the calls; its own, as a long poll occupies a connection. kinds: of updates
        to ask for. handle: one that raises is given up on.
        """
        self._bot = bot
        self._request = request
        self._kinds = json.dumps(kinds)
        self._inbox = inbox
        self._handle = handle
        self._under_way: dict[int, InFlight] = {}
        self._handled: dict[int, None] = {}
        self._newest = 0

    async def run(self, stop: asyncio.Event) -> None:
        """Fetch and handle until stop is set; then end what is under way.

        Raises:
            InvalidToken: Telegram does not know the token (any more).
        """
        for update_id, body in await self._inbox.deferred():
            self._start(update_id, json.loads(body), aside=True)
        stopping = asyncio.create_task(stop.wait())
        try:
            await self._until(stopping)
        finally:
            stopping.cancel()
            await self._finish()

    async def _until(self, stopping: asyncio.Task[Any]) -> None:
        trouble, failures = FailureLog(log), 0
        while not stopping.done():
            fetching = asyncio.create_task(self._fetch(0 if self._unconfirmed() else LONG_POLL))
            await asyncio.wait({fetching, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if not fetching.done():
                # What this call would have brought comes again: nothing of it is confirmed.
                fetching.cancel()
                return
            try:
                self._take(fetching.result())
            except InvalidToken:
                raise
            except TelegramError as error:
                trouble.failed(f"No updates for now, trying again: {_words(error)}")
                await asyncio.wait({stopping}, timeout=_pause(error, failures))
                failures += 1
            else:
                failures = 0
                trouble.recovered("Updates come again.")
                if tasks := [held.task for held in self._unconfirmed()]:
                    await asyncio.wait(tasks, timeout=BETWEEN_POLLS)

    def _unconfirmed(self) -> list[InFlight]:
        return [held for held in self._under_way.values() if not held.aside]

    async def _fetch(self, hold: int, limit: int = 100) -> list[dict[str, Any]]:
        held = [update.update_id for update in self._unconfirmed()]
        offset = min(held, default=self._newest + 1)
        query = {
            "offset": offset,
            "limit": limit,
            "timeout": hold,
            "allowed_updates": self._kinds,
        }
        # As they are and not as Update objects, so that one that the library cannot read does
        # not keep all others from being read.
        try:
            found = await self._request.post(
                f"{self._bot.base_url}/getUpdates?{urlencode(query)}", read_timeout=hold + 5
            )
        except (KeyError, TypeError, AttributeError):
            # The library looks into what a proxy or a broken server answered.
            raise TelegramError("getUpdates brought no updates") from None
        if not isinstance(found, list):
            raise TelegramError("getUpdates brought no list")
        updates: list[Any] = found
        whole = [body for body in updates if isinstance(body, dict)]
        numbered = [body for body in whole if isinstance(body.get("update_id"), int)]
        return sorted(numbered, key=lambda body: int(body["update_id"]))

    def _take(self, bodies: Sequence[dict[str, Any]]) -> None:
        for body in bodies:
            update_id = body["update_id"]
            if update_id not in self._under_way and update_id not in self._handled:
                self._start(update_id, body, aside=False)
        if bodies:
            # The last one and not the highest of all: after a quiet week Telegram begins anew at
            # any number. Known ones too: what came back from the inbox may come from Telegram as
            # well, and would come for ever if it was not confirmed.
            self._newest = bodies[-1]["update_id"]

    def _start(self, update_id: int, body: dict[str, Any], aside: bool) -> None:
        held = InFlight(update_id, body, aside)
        self._under_way[update_id] = held
        held.task = asyncio.create_task(self._see_through(held))

    async def _see_through(self, held: InFlight) -> None:
        work = asyncio.create_task(self._work(held.body))
        try:
            while not held.aside and not work.done():
                await asyncio.wait({work}, timeout=SLOW)
                if not work.done():
                    await self._set_aside(held)
            await work
            if held.aside:
                await self._drop(held)
            self._handled[held.update_id] = None
            if len(self._handled) > REMEMBERED:
                del self._handled[next(iter(self._handled))]
        finally:
            work.cancel()
            del self._under_way[held.update_id]

    async def _work(self, body: dict[str, Any]) -> None:
        try:
            await self._handle(Update.de_json(body, self._bot))
        except Exception:
            log.exception("Update %s cannot be read or handled, and is left out", body["update_id"])

    async def _set_aside(self, held: InFlight) -> None:
        # When the database fails it stays unconfirmed, which is as safe, and is tried again.
        with suppress(StoreError):
            await self._inbox.defer(held.update_id, json.dumps(held.body))
            held.aside = True

    async def _drop(self, held: InFlight) -> None:
        try:
            await self._inbox.delete_deferred(held.update_id)
        except StoreError as error:
            log.warning("Update %s may be handled again: %s", held.update_id, error)

    async def _finish(self) -> None:
        """Let what is under way end, set aside what does not, and confirm all."""
        if tasks := [held.task for held in self._under_way.values()]:
            await asyncio.wait(tasks, timeout=SHUTDOWN_GRACE)
        for held in self._unconfirmed():
            await self._set_aside(held)
        with suppress(TelegramError):
            await self._fetch(hold=0, limit=1)
        for held in list(self._under_way.values()):
            held.task.cancel()


def _pause(error: TelegramError, failures: int) -> float:
    if isinstance(error, RetryAfter):
        return seconds(error)
    if isinstance(error, Conflict):
        return CONFLICT_PAUSE
    return PAUSES[min(failures, len(PAUSES) - 1)]


def _words(error: TelegramError) -> str:
    if isinstance(error, Conflict):
        return "another process polls with the same token; stop one of them"
    return error.message
