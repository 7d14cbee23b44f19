"""SQLite, the default engine: opening the file, its schema, and the connections to it."""

import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from bot.errors import StoreError
from bot.store.engine import Operation, Result, Rows
from bot.store.file_leadership import FileLeadership
from bot.store.file_modes import warn_if_shared
from bot.store.leadership import Leadership
from bot.store.migrations import check_current, pending
from bot.store.sql import SqlStore
from bot.store.sqlite_batches import SqliteBatches
from bot.store.sqlite_connection import SqliteConnection, execute, run_operation, transaction

LOCK_WAIT = 5.0
"""Seconds to wait for another process that writes to the same database, unless told otherwise."""


class SqliteStore(SqlStore):
    """Keeps everything in one file.

    Reads have a connection of their own, so that they never wait for a write that waits for a lock.
    Slow queries have a third, so that nobody waits for them.
    """

    def __init__(
        self,
        path: Path,
        fingerprint: bytes,
        clock: Callable[[], float] = time.time,
        bot: str = "",
        lock_wait: float = LOCK_WAIT,
    ) -> None:
        """Store the arguments; nothing is opened yet.

        Args:
            path: The database file.
            fingerprint: Fingerprint of the voter key (``Voters.fingerprint``).
            clock: Returns the time in seconds since 1970.
            bot: Stands for the bot whose updates are kept.
            lock_wait: Seconds to wait for another process that writes.
        """
        super().__init__(f"The database {path}", fingerprint, clock, bot)
        self._path = path
        self._lock_wait = lock_wait
        self._writing, self._reading, self._scanning = (
            SqliteConnection(path, lock_wait) for _ in range(3)
        )
        self._batches = SqliteBatches(self._writing)

    async def open(self) -> None:
        """Open the database file; create it with mode 0600 if there is none.

        Raises:
            StoreError: It cannot be opened, was made by a newer version or with another voter key.
        """
        try:
            # SQLite itself would create a file that everybody on the machine can read.
            os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600))
        except OSError as error:
            raise StoreError(
                f"{self._database} cannot be opened ({error.strerror}): "
                "set DATABASE_URL to a file in a folder that the bot may write to."
            ) from None
        warn_if_shared(self._path, "The database", also="*")
        await self._writing.open(self._prepare)
        await self._reading.open()
        await self._scanning.open()

    async def open_to_read(self) -> None:
        """Open the database file for reading; neither create nor change anything.

        Raises:
            StoreError: There is no such file, it cannot be opened, or another version made it.
        """
        if not self._path.is_file():
            raise StoreError(
                f"There is no database at {self._path}: start the bot, which makes it, or correct "
                "DATABASE_URL."
            )

        def check(connection: sqlite3.Connection) -> None:
            check_current("sqlite", _version(connection), self._database)

        self._reading = SqliteConnection(self._path, self._lock_wait, read_only=True)
        await self._reading.open(check)

    async def close(self) -> None:
        """Finish running work and close the file."""
        await self._batches.finish()
        for connection in (self._scanning, self._reading, self._writing):
            await connection.close()

    def leadership(self) -> Leadership:
        """Return a lock beside the file, which only one process may hold."""
        return FileLeadership(self._path)

    async def _transaction(self, operation: Callable[[], Operation[Result]]) -> Result:
        return await self._batches.run(operation)

    async def _read(self, sql: str, *values: object, slow: bool = False) -> Rows:
        connection = self._scanning if slow else self._reading
        return await connection.run(lambda db: execute(db, sql, values))

    def _prepare(self, connection: sqlite3.Connection) -> None:
        """Bring the schema up to date and check the voter key."""
        with transaction(connection):
            version = _version(connection)
            scripts = pending("sqlite", version, self._database)
            for number, script in enumerate(scripts, version + 1):
                # Not executescript, which would commit first.
                for statement in _statements(script):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {number}")
            run_operation(connection, self._check_voter_key("its .key file or VOTER_KEY"))


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _statements(script: str) -> Iterator[str]:
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
