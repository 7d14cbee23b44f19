"""The leader of a bot on PostgreSQL: a row that the leader changes every second.

The row holds a number that the leader raises, the sign of life. Who stands by reads it twice a
second, and takes over when the number has been the same for TAKEN_OVER_AFTER seconds of its own
time. The leader counts from the moment *before* it sent what raised the number, and ends sooner.
So there are never two, whatever the clocks of the machines say, whether a process was stopped, and
whether it or the database was cut off. Within the row's transaction only one of several that stand
by can take over.
"""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TypeAlias

import asyncpg

from bot.logs import FailureLog
from bot.store.leader_process import has_ended, process_name
from bot.store.leadership import (
    FINISHES_FOR,
    SERVES_FOR,
    TAKEN_OVER_AFTER,
    Leadership,
    steady_time,
)

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"

RENEW_EVERY = 1.0
"""Seconds between the leader's signs of life."""
LOOK_EVERY = 0.5
"""Seconds between looks of a process that stands by."""
TIMEOUT = 2.0
"""Seconds for a connection and a statement."""
FAILURES = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError)
"""What a database that fails raises."""

log = logging.getLogger(__name__)


class PostgresLeadership(Leadership):
    """Competes for the row of a bot, and holds it, on a connection of its own."""

    def __init__(self, bot: str, connect: Callable[[], Awaitable[Connection]]) -> None:
        """Store the arguments; nothing is opened yet.

        Args:
            bot: Stands for the bot; those of other bots in the database do not matter.
            connect: Opens a connection.
        """
        super().__init__()
        self._bot, self._connect = bot, connect
        self._name = f"{process_name()}/{secrets.token_hex(8)}"
        self._connection: Connection | None = None
        self._competes = asyncio.Event()
        self._confirmed = -float("inf")
        """When the sign of life was sent that succeeded last."""
        self._seen: tuple[str, int] | None = None
        self._seen_at = 0.0
        self._stands_by = self._has_lost = self._may_hold = False
        self._timer: asyncio.TimerHandle | None = None
        self._failures = FailureLog(log)

    @property
    def is_leader(self) -> bool:
        """Whether this process may begin work now."""
        return super().is_leader and steady_time() < self._confirmed + SERVES_FOR

    @property
    def seconds_to_finish(self) -> float:
        """For how long it may still call Telegram."""
        return max(0.0, self._confirmed + FINISHES_FOR - steady_time())

    async def acquired(self) -> None:
        """Wait until this process is the leader. It competes for that only while this waits."""
        # What it did as the leader before has ended, or it would not wait here.
        self._competes.set()
        try:
            await super().acquired()
        except asyncio.CancelledError:
            self._competes.clear()
            raise

    async def _open(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def _close(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        self._confirmed = -float("inf")
        if self._may_hold:
            with suppress(*FAILURES):
                async with asyncio.timeout(TIMEOUT):
                    connection = await self._connected()
                    release = (
                        "UPDATE leaders SET process = '', number = number + 1"
                        " WHERE bot = $1 AND process = $2"
                    )
                    await connection.execute(release, self._bot, self._name)
                    await connection.close()
        self._disconnect()

    async def _run(self) -> None:
        while True:
            if not super().is_leader:
                await self._competes.wait()
            sent = steady_time()
            try:
                async with asyncio.timeout(TIMEOUT):
                    connection = await self._connected()
                    leads = await (self._renew if super().is_leader else self._compete)(connection)
            except FAILURES as error:
                self._disconnect()
                if self._stands_by:
                    reason = str(error).strip() or type(error).__name__
                    self._failures.failed(f"The database does not say who serves: {reason}")
            else:
                self._failures.recovered("The database says again who serves.")
                if leads and (super().is_leader or self._competes.is_set()):
                    self._confirm(sent)
                elif not leads and super().is_leader:
                    self._confirmed = -float("inf")
                    self._lose("another process has taken over")
            await asyncio.sleep(RENEW_EVERY if super().is_leader else LOOK_EVERY)

    async def _connected(self) -> Connection:
        if self._connection is None or self._connection.is_closed():
            self._connection = await self._connect()
        return self._connection

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None

    async def _renew(self, connection: Connection) -> bool:
        update = "UPDATE leaders SET number = number + 1 WHERE bot = $1 AND process = $2"
        return await connection.execute(update, self._bot, self._name) == "UPDATE 1"

    async def _compete(self, connection: Connection) -> bool:
        row = await connection.fetchrow(
            "SELECT process, number FROM leaders WHERE bot = $1", self._bot
        )
        if row is None:
            self._may_hold = True
            insert = "INSERT INTO leaders VALUES ($1, $2, 0) ON CONFLICT DO NOTHING"
            return await connection.execute(insert, self._bot, self._name) == "INSERT 0 1"
        seen = row["process"], row["number"]
        if seen != self._seen:
            self._seen, self._seen_at = seen, steady_time()
        process, number = seen
        silent = steady_time() - self._seen_at
        # Its own name stands there if it has served before and nobody else has since.
        free = process in ("", self._name) or silent >= TAKEN_OVER_AFTER or has_ended(process)
        if free:
            self._may_hold = True
            update = (
                "UPDATE leaders SET process = $2, number = number + 1"
                " WHERE bot = $1 AND process = $3 AND number = $4"
            )
            done = await connection.execute(update, self._bot, self._name, process, number)
            if done == "UPDATE 1":
                return True
        if not self._stands_by:
            self._stands_by = True
            log.info("Another process serves; this one stands by.")
        return False

    def _confirm(self, sent: float) -> None:
        """Note a sign of life; the leader ends by itself when no other follows in time."""
        self._confirmed = sent
        if self._timer is not None:
            self._timer.cancel()
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(
            sent + SERVES_FOR - steady_time(), self._lose, "the database cannot be reached"
        )
        if not super().is_leader:
            if self._stands_by or self._has_lost:
                self._stands_by = self._has_lost = False
                log.info("This process serves now.")
            self._begin()

    def _lose(self, why: str) -> None:
        self._has_lost = True
        log.warning("This process no longer serves: %s.", why)
        self._end()

    def _end(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._competes.clear()
        super()._end()
