"""SQLite, the default engine: connections, transactions, and a file that may go away."""

import asyncio
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from bot.errors import StoreError
from bot.store.engine import Operation, Result, Rows
from bot.store.file_leadership import FileLeadership
from bot.store.file_modes import warn_if_shared
from bot.store.leadership import Leadership
from bot.store.migrations import check_current, pending
from bot.store.sql import SqlStore

LOCK_WAIT = 5.0
"""Seconds to wait for another process that writes to the same database, unless told otherwise."""
_MIN_LOCK_WAIT = 0.05
"""Seconds to wait for a lock even if the time was used up by waiting for earlier transactions."""


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
        for connection in (self._scanning, self._reading, self._writing):
            await connection.close()

    def leadership(self) -> Leadership:
        """Return a lock beside the file, which only one process may hold."""
        return FileLeadership(self._path)

    async def _transaction(self, operation: Callable[[], Operation[Result]]) -> Result:
        def run(connection: sqlite3.Connection) -> Result:
            with _transaction(connection):
                return _run(connection, operation())

        return await self._writing.run(run)

    async def _read(self, sql: str, *values: object, slow: bool = False) -> Rows:
        connection = self._scanning if slow else self._reading
        return await connection.run(lambda db: _execute(db, sql, values))

    def _prepare(self, connection: sqlite3.Connection) -> None:
        """Bring the schema up to date and check the voter key."""
        with _transaction(connection):
            version = _version(connection)
            scripts = pending("sqlite", version, self._database)
            for number, script in enumerate(scripts, version + 1):
                # Not executescript, which would commit first.
                for statement in _statements(script):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {number}")
            _run(connection, self._check_voter_key("its .key file or VOTER_KEY"))


class SqliteConnection:
    """A connection with a thread of its own, so that the bot never waits for a disk.

    It notices when the file is removed or replaced, and works again when the file is put back.
    """

    def __init__(self, path: Path, lock_wait: float, read_only: bool = False) -> None:
        """Store the arguments; nothing is opened yet.

        Args:
            path: The database file.
            lock_wait: Seconds to wait for another process that writes.
            read_only: Whether to leave the file as it is.
        """
        self._path = path
        self._lock_wait = lock_wait
        self._read_only = read_only
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="database")
        self._connection: sqlite3.Connection | None = None
        self._file: tuple[int, int] | None = None
        self._side_files: dict[Path, int] = {}

    async def open(self, prepare: Callable[[sqlite3.Connection], None] = lambda _: None) -> None:
        """Connect.

        Args:
            prepare: Called with the connection, on the thread.

        Raises:
            StoreError: SQLite cannot open the file, or ``prepare`` failed.
        """

        def connect() -> None:
            prepare(self._connect())
            status = self._path.stat()
            self._file = status.st_dev, status.st_ino
            self._side_files = {file: file.stat().st_ino for file in self._find_side_files()}

        await self._on_thread(connect)

    async def run(self, work: Callable[[sqlite3.Connection], Result]) -> Result:
        """Run a function on the thread, after the work that was given to it earlier.

        Raises:
            StoreError: The database failed.
        """
        # The time runs from now, not from the start of the work: while another process holds the
        # lock, each of several waiting functions would otherwise wait longer than the one before.
        deadline = time.monotonic() + self._lock_wait
        return await self._on_thread(lambda: work(self._connected(deadline)))

    async def close(self) -> None:
        """Finish running work and disconnect."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._disconnect)
        self._thread.shutdown()

    async def _on_thread(self, work: Callable[[], Result]) -> Result:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, work)
        except sqlite3.Error as error:
            raise StoreError(f"The database {self._path} fails: {error}.") from error

    def _connected(self, deadline: float) -> sqlite3.Connection:
        """Return the connection, which waits for locks until the deadline (``time.monotonic``)."""
        if self._file is None:
            raise StoreError(f"The database {self._path} is not open.")
        try:
            status = self._path.stat()
        except OSError as error:
            # A removed file still accepts writes, which would be lost.
            self._disconnect()
            raise StoreError(
                f"The database {self._path} is gone ({error.strerror}): put it back."
            ) from None
        if (status.st_dev, status.st_ino) != self._file:
            self._disconnect()
            self._rename_side_files()
            raise StoreError(
                f"The database {self._path} was replaced while the bot runs: start the bot again."
            )
        connection = self._connection or self._connect()
        wait = max(_MIN_LOCK_WAIT, deadline - time.monotonic())
        connection.execute(f"PRAGMA busy_timeout = {wait * 1000:.0f}")
        return connection

    def _connect(self) -> sqlite3.Connection:
        address = f"{self._path.absolute().as_uri()}?mode=rw"
        connection = sqlite3.connect(
            address, uri=True, timeout=self._lock_wait, isolation_level=None
        )
        try:
            connection.row_factory = sqlite3.Row
            if self._read_only:
                connection.execute("PRAGMA query_only = ON")
            else:
                connection.execute("PRAGMA journal_mode = WAL")
                # A vote is on the disk before the reader is told that it was counted.
                connection.execute("PRAGMA synchronous = FULL")
        except BaseException:
            connection.close()
            raise
        self._connection = connection
        return connection

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _find_side_files(self) -> list[Path]:
        names = (f"{self._path.name}-{kind}" for kind in ("wal", "shm"))
        return [file for name in names if (file := self._path.with_name(name)).exists()]

    def _rename_side_files(self) -> None:
        """Move the write-ahead log of a replaced file away.

        SQLite would apply it to the new file and damage that.
        """
        for file in self._find_side_files():
            if self._side_files.get(file) == file.stat().st_ino:
                file.replace(file.with_name(f"{file.name}.replaced"))


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    # Immediate: a transaction that reads first and writes later fails if another process writes
    # in between.
    connection.execute("BEGIN IMMEDIATE")
    # The connection commits at the end of the block, and rolls back if the block or that fails.
    with connection:
        yield


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _run(connection: sqlite3.Connection, operation: Operation[Result]) -> Result:
    try:
        statement = next(operation)
        while True:
            statement = operation.send(_execute(connection, *statement))
    except StopIteration as end:
        result: Result = end.value
        return result


def _execute(connection: sqlite3.Connection, sql: str, values: tuple[object, ...]) -> Rows:
    # SQLite takes $1 for a parameter that is named "1".
    named = {str(number): value for number, value in enumerate(values, 1)}
    return connection.execute(sql, named).fetchall()


def _statements(script: str) -> Iterator[str]:
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
