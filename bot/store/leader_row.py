"""The row of PostgreSQL that says which process of a bot serves.

The row holds a number that the leader raises, the sign of life. Who stands by reads it twice a
second, and takes over when the number has been the same for TAKEN_OVER_AFTER seconds of its own
time. The leader counts from the moment *before* it sent what raised the number, and ends sooner.
So there are never two, whatever the clocks of the machines say, whether a process was stopped, and
whether it or the database was cut off. Within the row's transaction only one of several that stand
by can take over.
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TypeAlias

import asyncpg

from bot.store.leader_process import has_ended, process_name
from bot.store.leadership import TAKEN_OVER_AFTER, steady_time

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"

TIMEOUT = 2.0
"""Seconds for a connection and a statement."""
FAILURES = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError)
"""What a database that fails raises."""


class LeaderRow:
    """Takes and keeps the row of a bot, on a connection of its own."""

    def __init__(self, bot: str, connect: Callable[[], Awaitable[Connection]]) -> None:
        """Store the arguments; nothing is opened yet.

        Args:
            bot: Stands for the bot; those of other bots in the database do not matter.
            connect: Opens a connection.
        """
        self._bot, self._connect = bot, connect
        self._name = f"{process_name()}/{secrets.token_hex(8)}"
        self._connection: Connection | None = None
        self._seen: tuple[str, int] | None = None
        self._seen_at = 0.0
        self._may_hold = False

    async def keep(self) -> bool:
        """Give a sign of life; return False if the row is another process's by now.

        Raises:
            Exception: One of FAILURES; then nobody knows.
        """
        update = "UPDATE leaders SET number = number + 1 WHERE bot = $1 AND process = $2"
        async with asyncio.timeout(TIMEOUT):
            done = await (await self._connected()).execute(update, self._bot, self._name)
        return done == "UPDATE 1"

    async def take(self) -> bool:
        """Take the row if it is free or its process silent; return whether it is this one's now.

        Raises:
            Exception: One of FAILURES; then nobody knows.
        """
        async with asyncio.timeout(TIMEOUT):
            connection = await self._connected()
            query = "SELECT process, number FROM leaders WHERE bot = $1"
            row = await connection.fetchrow(query, self._bot)
            if row is None:
                self._may_hold = True
                insert = "INSERT INTO leaders VALUES ($1, $2, 0) ON CONFLICT DO NOTHING"
                return await connection.execute(insert, self._bot, self._name) == "INSERT 0 1"
            process, number = seen = row["process"], row["number"]
            if seen != self._seen:
                self._seen, self._seen_at = seen, steady_time()
            silent = steady_time() - self._seen_at
            # Its own name stands there if it has served before and nobody else has since.
            free = process in ("", self._name) or silent >= TAKEN_OVER_AFTER
            if not free and not has_ended(process):
                return False
            self._may_hold = True
            update = (
                "UPDATE leaders SET process = $2, number = number + 1"
                " WHERE bot = $1 AND process = $3 AND number = $4"
            )
            values = (self._bot, self._name, process, number)
            return await connection.execute(update, *values) == "UPDATE 1"

    async def release(self) -> None:
        """Let another process take the row at once, if the database is there; disconnect."""
        update = (
            "UPDATE leaders SET process = '', number = number + 1 WHERE bot = $1 AND process = $2"
        )
        with suppress(*FAILURES):
            if self._may_hold and self._connection is not None:
                async with asyncio.timeout(TIMEOUT):
                    await self._connection.execute(update, self._bot, self._name)
        self.disconnect()

    def disconnect(self) -> None:
        """Give the connection up; the next call makes a new one."""
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None

    async def _connected(self) -> Connection:
        if self._connection is None or self._connection.is_closed():
            self._connection = await self._connect()
        return self._connection
