"""PostgreSQL, for several processes of the bot: transactions, locks and retries."""

import asyncio
import hashlib
import logging
import random
import time
from collections.abc import Awaitable, Callable

import asyncpg

from bot.errors import OutcomeUnknownError, StoreError
from bot.store.engine import Operation, Result
from bot.store.leader_row import FAILURES, Connection
from bot.store.leadership import Leadership
from bot.store.migrations import check_current, pending
from bot.store.postgres_leadership import PostgresLeadership
from bot.store.postgres_pool import SCHEMA, PostgresPool, connection_options, text_of
from bot.store.sql import SqlStore

MAX_ATTEMPTS = 5
"""Attempts at a transaction that conflicts with others, or whose connection breaks."""

LOOK_UP_FOR = 100.0
"""Seconds for which a transaction whose outcome is unknown is looked up. Telegram drops a tap that
is not answered for longer."""

_LOCKS = 0x61727462
"""First number of our advisory locks; keeps them apart from other programs' in the database."""
_MIGRATION = 1
"""Second number of the lock under which the schema is changed."""
_TEMPORARY = (
    asyncpg.SerializationError,
    asyncpg.DeadlockDetectedError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    ConnectionError,
)
"""The failures after which the same transaction may succeed."""


class _NoAnswerError(Exception):
    """No answer came to a commit."""


log = logging.getLogger(__name__)


class PostgresStore(SqlStore):
    """Keeps everything in the schema "article_bot" of a database."""

    skip_locked = "FOR UPDATE SKIP LOCKED"
    has_lateral = True

    def __init__(
        self,
        url: str,
        fingerprint: bytes,
        clock: Callable[[], float] = time.time,
        bot: str = "",
        look_up_for: float = LOOK_UP_FOR,
    ) -> None:
        """Store the arguments; nothing is opened yet.

        Args:
            url: postgresql://user:password@host:port/database, as libpq takes it.
            fingerprint: Fingerprint of the voter key (``Voters.fingerprint``).
            clock: Returns the time in seconds since 1970.
            bot: Stands for the bot whose updates are kept.
            look_up_for: Seconds for which a commit that was not answered is looked up.
        """
        super().__init__("The database of DATABASE_URL", fingerprint, clock, bot)
        self._url = url
        self._look_up_for = look_up_for
        self._pool = PostgresPool(url, self._database)

    async def open(self) -> None:
        """Connect; create the schema or bring it up to date.

        Raises:
            StoreError: The database cannot be reached, or its schema was made by a newer version
                or with another voter key.
        """
        await self._pool.open()
        await self._retry(self._prepare)

    async def open_to_read(self) -> None:
        """Connect for reading; neither create nor change anything.

        Raises:
            StoreError: The database cannot be reached, has no tables of the bot, or another
                version made them.
        """

        async def check(connection: Connection) -> None:
            check_current("postgres", await _version(connection) or 0, self._database)

        await self._pool.open(default_transaction_read_only="on")
        await self._retry(check)

    async def close(self) -> None:
        """Finish running work and close all connections."""
        await self._pool.close()

    def leadership(self) -> Leadership:
        """Return a competitor for the one row of the bot that says which process serves."""
        # A sign of life need not be on other servers, and must not wait for them.
        options = connection_options(synchronous_commit="local")

        async def connect() -> Connection:
            return await asyncpg.connect(self._url, **options)

        return PostgresLeadership(self._bot, connect)

    async def _transaction(self, operation: Callable[[], Operation[Result]]) -> Result:
        return await self._retry(lambda connection: _run(connection, operation()))

    async def _write_at_once(self, sql: str, *values: object) -> None:
        try:
            # One call to the server instead of three.
            async with self._pool.connection() as connection:
                await connection.execute(sql, *values)
        except FAILURES as error:
            raise self._failure(error) from error

    def _lock(self, name: bytes) -> Operation[None]:
        number = int.from_bytes(hashlib.sha256(name).digest()[:8], signed=True)
        yield "SELECT pg_advisory_xact_lock($1)", (number,)

    async def _retry(self, work: Callable[[Connection], Awaitable[Result]]) -> Result:
        """Run a transaction; repeat it if it conflicts with others or the connection breaks.

        If no answer comes to the commit, nobody knows whether it took effect. The transaction is
        then repeated until it is known, so it must be harmless when it is done twice: a vote finds
        the callback's id in the second.

        Raises:
            OutcomeUnknownError: It could not be found out in time.
            StoreError: The database failed, and nothing was changed.
        """
        failures, give_up = 0, float("inf")
        while True:
            try:
                return await self._attempt(work)
            except _NoAnswerError as error:
                give_up = min(give_up, time.monotonic() + self._look_up_for)
                failure: BaseException = error.__cause__ or error
            except FAILURES as error:
                failures += 1
                is_known = give_up == float("inf")
                if is_known and (failures == MAX_ATTEMPTS or not isinstance(error, _TEMPORARY)):
                    raise self._failure(error) from error
                failure = error
            if time.monotonic() > give_up:
                raise OutcomeUnknownError(
                    f"{self._database} does not say whether it has saved something: "
                    f"{text_of(failure)}."
                ) from failure
            log.debug("Repeating a transaction: %s", text_of(failure))
            await asyncio.sleep(random.uniform(0.01, 0.1))

    async def _attempt(self, work: Callable[[Connection], Awaitable[Result]]) -> Result:
        async with self._pool.connection() as connection:
            done = False
            try:
                async with connection.transaction():
                    result = await work(connection)
                    done = True
            except FAILURES as error:
                if not done or _is_refusal(error):
                    raise
                # Not back to the pool: it would be waited for until the commit has ended.
                connection.terminate()
                raise _NoAnswerError from error
            return result

    async def _prepare(self, connection: Connection) -> None:
        """Bring the schema up to date and check the voter key."""
        # Several processes may start at the same time.
        await connection.execute("SELECT pg_advisory_xact_lock($1, $2)", _LOCKS, _MIGRATION)
        # Not "if not exists", which needs the right to create a schema even where there is one.
        if await connection.fetchval("SELECT to_regnamespace($1)", SCHEMA) is None:
            await self._require(connection, "CREATE", "DATABASE")
            await connection.execute(f"CREATE SCHEMA {SCHEMA}")
        await self._require(connection, "USAGE", "SCHEMA")
        version = await _version(connection)
        if version is None:
            await self._require(connection, "CREATE", "SCHEMA")
            await connection.execute("CREATE TABLE schema_version (version integer NOT NULL)")
            version = 0
        scripts = pending("postgres", version, self._database)
        for number, script in enumerate(scripts, version + 1):
            await connection.execute(script, timeout=600)  # it may index millions of rows
            await connection.execute("INSERT INTO schema_version VALUES ($1)", number)
        await _run(connection, self._check_voter_key("VOTER_KEY"))

    async def _require(self, connection: Connection, right: str, kind: str) -> None:
        """Check a right of the user on the database or the schema.

        Args:
            connection: The user's connection.
            right: What is needed, in SQL's words.
            kind: On what: DATABASE or SCHEMA.

        Raises:
            StoreError: The user lacks it; the message says how to grant it.
        """
        of_database = kind == "DATABASE"
        name = await connection.fetchval("SELECT current_database()") if of_database else SCHEMA
        if not await connection.fetchval(f"SELECT has_{kind}_privilege($1, $2)", name, right):
            granted = "SELECT quote_ident($1) || ' TO ' || quote_ident(user)"
            raise StoreError(
                f"{self._database} cannot be used, because its user lacks a right: as the owner of "
                f"the database, run GRANT {right} ON {kind} "
                f"{await connection.fetchval(granted, name)};"
            )

    def _failure(self, error: BaseException) -> StoreError:
        return StoreError(f"{self._database} fails: {text_of(error)}.")


def _is_refusal(error: BaseException) -> bool:
    """Return whether the server says that it has not committed, and is not just ending."""
    ending = (asyncpg.PostgresConnectionError, asyncpg.OperatorInterventionError)
    return isinstance(error, asyncpg.PostgresError) and not isinstance(error, ending)


async def _version(connection: Connection) -> int | None:
    """Return the version of the schema, 0 before the first script; None if there is no schema."""
    if await connection.fetchval("SELECT to_regclass($1)", f"{SCHEMA}.schema_version") is None:
        return None
    return int(await connection.fetchval("SELECT max(version) FROM schema_version") or 0)


async def _run(connection: Connection, operation: Operation[Result]) -> Result:
    try:
        sql, values = next(operation)
        while True:
            sql, values = operation.send(await connection.fetch(sql, *values))
    except StopIteration as end:
        result: Result = end.value
        return result
