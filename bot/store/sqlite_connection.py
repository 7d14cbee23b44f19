"""A connection to a SQLite file: its thread, its locks, and a file that may go away."""

import asyncio
import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from bot.errors import StoreError
from bot.store.engine import Operation, Result, Rows

_MIN_LOCK_WAIT = 0.05
"""Seconds to wait for a lock even if the time was used up by waiting for earlier transactions."""


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

    async def run(
        self, work: Callable[[sqlite3.Connection], Result], since: float | None = None
    ) -> Result:
        """Run a function on the thread, after the work that was given to it earlier.

        Args:
            work: The function; it gets the connection.
            since: When it was asked for (``time.monotonic``); None for now. From then on it waits
                for another process's lock, not from its start: each of several waiting functions
                would otherwise wait longer than the one before.

        Raises:
            StoreError: The database failed.
        """
        deadline = (time.monotonic() if since is None else since) + self._lock_wait
        return await self._on_thread(lambda: work(self._connected(deadline)))

    async def close(self) -> None:
        """Finish running work and disconnect."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._disconnect)
        self._thread.shutdown()

    async def _on_thread(self, work: Callable[[], Result]) -> Result:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, work)
        except sqlite3.Error as error:
            raise self.failure(error) from error

    def failure(self, error: sqlite3.Error) -> StoreError:
        """Return the error that names the file and says what SQLite said."""
        return StoreError(f"The database {self._path} fails: {error}.")

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
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Commit what is done within the block, or roll it back if the block or the commit fails."""
    # Immediate: a transaction that reads first and writes later fails if another process writes
    # in between.
    connection.execute("BEGIN IMMEDIATE")
    with connection:
        yield


def run_operation(connection: sqlite3.Connection, operation: Operation[Result]) -> Result:
    """Run the statements of an operation, and return its result."""
    try:
        statement = next(operation)
        while True:
            statement = operation.send(execute(connection, *statement))
    except StopIteration as end:
        result: Result = end.value
        return result


def execute(connection: sqlite3.Connection, sql: str, values: tuple[object, ...]) -> Rows:
    """Run a statement whose values are written $1, $2 and so on, and return its rows."""
    # SQLite takes $1 for a parameter that is named "1".
    named = {str(number): value for number, value in enumerate(values, 1)}
    return connection.execute(sql, named).fetchall()
