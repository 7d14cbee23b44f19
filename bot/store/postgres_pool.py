"""Connections to PostgreSQL, the schema there, and transactions that are tried again."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

import asyncpg

from bot.errors import StoreError
from bot.store.migrations import steps

CONNECTIONS = 8
PATIENCE = 5.0
"""Seconds to wait for a connection, and for a statement."""
TRIES = 5
"""Of a transaction that lost against others, or its connection."""

_SCHEMA = "article_bot"
_MIGRATION, _DUTY = 1, 2
_LOCKS = 0x61727462
"""Keeps our advisory locks apart from those of other users of the same database."""
_AGAIN = (
    asyncpg.SerializationError,
    asyncpg.DeadlockDetectedError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    ConnectionError,
)
_FAILURES = (
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    OSError,
    TimeoutError,
)

if TYPE_CHECKING:
    Connection = asyncpg.Connection[asyncpg.Record]
else:
    Connection = asyncpg.Connection
Result = TypeVar("Result")


class PostgresPool:
    """Opens a database, brings it up to date, and runs transactions."""

    def __init__(self, url: str, fingerprint: bytes) -> None:
        self._url = url
        self._fingerprint = fingerprint
        self._pool: asyncpg.Pool[asyncpg.Record] | None = None
        self._duty: Connection | None = None

    async def open(self) -> None:
        """Connect, and make or bring up to date the schema "article_bot" in the database.

        Raises:
            StoreError: the database cannot be reached, or its schema was made by a newer version
                or with another voter key.
        """
        try:
            # Once by itself, as the pool would report a wrong address only when it is used.
            await (await asyncpg.connect(self._url, **_options())).close()
            self._pool = await asyncpg.create_pool(
                self._url, min_size=0, max_size=CONNECTIONS, reset=_nothing, **_options()
            )
        except asyncpg.ClientConfigurationError as error:
            # It names the option that is wrong, not the address with its password.
            raise StoreError(f"DATABASE_URL cannot be used: {_words(error)}.") from None
        except ValueError:
            raise StoreError(
                "DATABASE_URL cannot be read: give postgresql://user:password@host/database, "
                "with %XX for special characters in it."
            ) from None
        except _FAILURES as error:
            raise StoreError(
                f"The database of DATABASE_URL cannot be used ({_words(error)}): "
                "check the address, and that PostgreSQL runs."
            ) from None
        await self._transaction(self._prepare)

    async def close(self) -> None:
        """Let go of the database."""
        with suppress(*_FAILURES):
            if self._duty is not None:
                await self._duty.close(timeout=PATIENCE)
        if self._pool is not None:
            try:
                await asyncio.wait_for(self._pool.close(), PATIENCE)
            except _FAILURES:
                self._pool.terminate()

    async def try_acquire_leadership(self) -> bool:
        """Tell whether this process refreshes copies; see CopyStore.

        A lock of a connection's own: the server lets go of it when the process dies.
        """
        try:
            if self._duty is not None and not self._duty.is_closed():
                await self._duty.execute("SELECT 1")
                return True
            self._duty = await asyncpg.connect(self._url, **_options())
            if await self._duty.fetchval("SELECT pg_try_advisory_lock($1, $2)", _LOCKS, _DUTY):
                return True
            await self._duty.close()
        except _FAILURES as error:
            if self._duty is not None:
                self._duty.terminate()
            raise _failure(error) from error
        return False

    async def _transaction(self, work: Callable[[Connection], Awaitable[Result]]) -> Result:
        """Run work in a transaction, again when others were in the way or the connection broke.

        When it breaks while it commits, nobody knows whether it did: all work done here may be
        done twice.
        """
        if self._pool is None:
            raise StoreError("The database is not open.")
        for tries_left in reversed(range(TRIES)):
            try:
                async with (
                    self._pool.acquire(timeout=PATIENCE) as connection,
                    connection.transaction(),
                ):
                    return await work(connection)  # type: ignore[arg-type]
            except _AGAIN as error:
                if not tries_left:
                    raise _failure(error) from error
                logging.getLogger(__name__).debug("Trying again: %s", _words(error))
                await asyncio.sleep(random.uniform(0.01, 0.1))
            except _FAILURES as error:
                raise _failure(error) from error
        raise AssertionError("the last try returns or raises")

    async def _prepare(self, db: Connection) -> None:
        # Several processes may start at once.
        await db.execute("SELECT pg_advisory_xact_lock($1, $2)", _LOCKS, _MIGRATION)
        # Asked first: "if not exists" needs the right to create one even where there is one.
        if await db.fetchval("SELECT to_regnamespace($1)", _SCHEMA) is None:
            await db.execute(f"CREATE SCHEMA {_SCHEMA}")
        await db.execute("CREATE TABLE IF NOT EXISTS schema_version (version integer NOT NULL)")
        version = await db.fetchval("SELECT max(version) FROM schema_version") or 0
        scripts = steps("postgres")
        if version > len(scripts):
            raise StoreError(
                "The database of DATABASE_URL was made by a newer version: update article-bot."
            )
        for number, script in enumerate(scripts[version:], version + 1):
            await db.execute(script)
            await db.execute("INSERT INTO schema_version VALUES ($1)", number)
        await db.execute(
            "INSERT INTO facts VALUES ('voter key', $1) ON CONFLICT DO NOTHING", self._fingerprint
        )
        if await db.fetchval("SELECT value FROM facts WHERE name = 'voter key'") != (
            self._fingerprint
        ):
            raise StoreError(
                "The database of DATABASE_URL was made with another voter key, so every reader "
                "could vote again: restore VOTER_KEY."
            )


def _options() -> dict[str, Any]:
    # Whatever the server's own settings: a vote that was answered is on the disk.
    settings = {
        "application_name": "article-bot",
        "search_path": _SCHEMA,
        "synchronous_commit": "on",
    }
    return {"timeout": PATIENCE, "command_timeout": PATIENCE, "server_settings": settings}


async def _nothing(_: object) -> None:
    """Leave a connection as it is: a transaction of ours leaves nothing behind to reset."""


def _failure(error: BaseException) -> StoreError:
    return StoreError(f"The database of DATABASE_URL fails: {_words(error)}.")


def _words(error: BaseException) -> str:
    return str(error).strip().rstrip(".") or type(error).__name__
