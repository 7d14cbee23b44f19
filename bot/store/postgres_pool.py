"""Connections to PostgreSQL, each lent to one task at a time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import asyncpg

from bot.errors import StoreError
from bot.store.leader_row import FAILURES, Connection

CONNECTIONS = 8
"""The most connections that are open at a time, without the leader's."""
TIMEOUT = 5.0
"""Seconds to wait for a connection, and for a statement."""
SCHEMA = "article_bot"
"""Where the bot's tables are."""


class PostgresPool:
    """Up to CONNECTIONS connections, opened when they are needed."""

    def __init__(self, url: str, database: str) -> None:
        """Store the arguments; nothing is opened yet.

        Args:
            url: postgresql://user:password@host:port/database, as libpq takes it.
            database: What error messages call the database.
        """
        self._url, self._database = url, database
        self._pool: asyncpg.Pool[asyncpg.Record] | None = None

    async def open(self, **settings: str) -> None:
        """Connect; ``settings`` are added to those of the server.

        Raises:
            StoreError: The address is wrong, or nothing can be reached there.
        """
        options = connection_options(**settings)
        try:
            # The pool would report a wrong address only when it is used.
            await (await asyncpg.connect(self._url, **options)).close()
            self._pool = await asyncpg.create_pool(
                self._url, min_size=0, max_size=CONNECTIONS, reset=_keep, **options
            )
        except asyncpg.ClientConfigurationError as error:
            # Its text names the option that is wrong, not the address with its password.
            raise StoreError(f"DATABASE_URL cannot be used: {text_of(error)}.") from None
        except ValueError:
            raise StoreError(
                "DATABASE_URL cannot be read: give postgresql://user:password@host/database, "
                "with %XX for special characters in it."
            ) from None
        except FAILURES as error:
            raise StoreError(
                f"{self._database} cannot be used ({text_of(error)}): "
                "check the address, and that PostgreSQL runs."
            ) from None

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """Lend a connection to a task, which ends as cancelled if it is cancelled meanwhile.

        asyncpg waits until the server has cancelled the statement. If it does not in time, that is
        a TimeoutError in place of the cancellation, and a task that tries again would never end.

        Raises:
            StoreError: The pool is not open.
        """
        task = asyncio.current_task()
        if self._pool is None or task is None:
            raise StoreError("The database is not open.")
        cancelled = task.cancelling()
        try:
            async with self._pool.acquire(timeout=TIMEOUT) as connection:
                try:
                    yield connection  # type: ignore[misc]
                except asyncio.CancelledError:
                    with suppress(asyncpg.InterfaceError):  # It is closed already.
                        connection.terminate()
                    raise
        except FAILURES:
            if task.cancelling() > cancelled:
                raise asyncio.CancelledError from None
            raise

    async def close(self) -> None:
        """Finish running work and close all connections."""
        if self._pool is not None:
            try:
                await asyncio.wait_for(self._pool.close(), TIMEOUT)
            except FAILURES:
                self._pool.terminate()


def connection_options(**settings: str) -> dict[str, Any]:
    """Return the options of a connection; ``settings`` are added to those of the server."""
    own = {
        "application_name": "article-bot",
        "search_path": SCHEMA,
        # A vote is on the disk before the reader is told that it was counted, whatever the
        # server's own setting.
        "synchronous_commit": "on",
        "jit": "off",  # compiling takes longer than our queries
    }
    server_settings = {**own, **settings}
    return {"timeout": TIMEOUT, "command_timeout": TIMEOUT, "server_settings": server_settings}


async def _keep(_: object) -> None:
    """Leave a connection as it is: our transactions leave nothing behind to reset."""


def text_of(error: BaseException) -> str:
    """Return what an error says, without the full stop; its type's name if it says nothing."""
    return str(error).strip().rstrip(".") or type(error).__name__
