"""A SQLite file: connections on threads of their own, so that the bot never waits for a disk."""

import asyncio
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from bot.errors import StoreError
from bot.store.migrations import steps

LOCK_WAIT = 5.0
"""Seconds to wait for another process that writes to the same database, unless told otherwise."""
_LEAST_WAIT = 0.05

Result = TypeVar("Result")


class SqliteConnection:
    """One connection and its thread. A file that went away is opened anew when it is back."""

    def __init__(
        self, path: Path, lock_wait: float, prepare: Callable[[sqlite3.Connection], None]
    ) -> None:
        """Note what to open. prepare: called with every connection that is made."""
        self._path = path
        self._lock_wait = lock_wait
        self._prepare = prepare
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="database")
        self._connection: sqlite3.Connection | None = None
        self._file: tuple[int, int] | None = None
        self._companions: dict[Path, int] = {}

    async def open(self) -> None:
        """Connect; StoreError when that fails."""

        def connect() -> None:
            self._connect()
            status = self._path.stat()
            self._file = status.st_dev, status.st_ino
            self._companions = {file: file.stat().st_ino for file in self._beside()}

        await self._on_thread(connect)

    async def run(self, work: Callable[[sqlite3.Connection], Result]) -> Result:
        """Do work on the thread, after all that was given to it before.

        Raises:
            StoreError: the database fails.
        """
        # From now on, not from its turn on: when another process holds the lock, those who wait
        # behind one another would wait for longer and longer.
        deadline = time.monotonic() + self._lock_wait
        return await self._on_thread(lambda: work(self._ready(deadline)))

    async def close(self) -> None:
        """Finish what was begun and let go of the file."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._disconnect)
        self._thread.shutdown()

    async def _on_thread(self, work: Callable[[], Result]) -> Result:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, work)
        except sqlite3.Error as error:
            raise StoreError(f"The database {self._path} fails: {error}.") from error

    def _ready(self, deadline: float) -> sqlite3.Connection:
        if self._file is None:
            raise StoreError(f"The database {self._path} is not open.")
        try:
            status = self._path.stat()
        except OSError as error:
            # A file that was removed still takes writes, which nobody would ever see again.
            self._disconnect()
            raise StoreError(
                f"The database {self._path} is gone ({error.strerror}): put it back."
            ) from None
        if (status.st_dev, status.st_ino) != self._file:
            self._disconnect()
            self._set_companions_aside()
            raise StoreError(
                f"The database {self._path} was replaced while the bot runs: start the bot again."
            )
        connection = self._connection or self._connect()
        wait = max(_LEAST_WAIT, deadline - time.monotonic())
        connection.execute(f"PRAGMA busy_timeout = {wait * 1000:.0f}")
        return connection

    def _connect(self) -> sqlite3.Connection:
        address = f"{self._path.absolute().as_uri()}?mode=rw"
        connection = sqlite3.connect(
            address, uri=True, timeout=self._lock_wait, isolation_level=None
        )
        try:
            self._prepare(connection)
        except BaseException:
            connection.close()
            raise
        self._connection = connection
        return connection

    def _beside(self) -> list[Path]:
        names = (f"{self._path.name}-{kind}" for kind in ("wal", "shm"))
        return [file for name in names if (file := self._path.with_name(name)).exists()]

    def _set_companions_aside(self) -> None:
        """Move away what was written ahead for a file that was replaced.

        SQLite would play it into the other one, and damage that.
        """
        for file in self._beside():
            if self._companions.get(file) == file.stat().st_ino:
                file.replace(file.with_name(f"{file.name}.replaced"))

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class SqliteFile:
    """Opens a database, brings it up to date, writes and reads.

    Reading has a connection of its own: it never waits for a write that waits for a lock. So has
    what may read for long, for which no reader should wait.
    """

    def __init__(self, path: Path, fingerprint: bytes, lock_wait: float) -> None:
        self._path = path
        self._fingerprint = fingerprint
        self._writing = SqliteConnection(path, lock_wait, self._prepare)
        self._reading = SqliteConnection(path, lock_wait, lambda _: None)
        self._scanning = SqliteConnection(path, lock_wait, lambda _: None)

    async def open(self) -> None:
        """Open the database, made with mode 0600 where there is none.

        Raises:
            StoreError: it cannot be opened, was made by a newer version or with another voter key.
        """
        try:
            # SQLite itself would make a file that everybody on the machine can read.
            os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600))
        except OSError as error:
            raise StoreError(
                f"The database {self._path} cannot be opened ({error.strerror}): "
                "set DATABASE_URL to a file in a folder that the bot may write to."
            ) from None
        await self._writing.open()
        await self._reading.open()
        await self._scanning.open()

    async def close(self) -> None:
        """Finish what was begun and let go of the database."""
        await self._scanning.close()
        await self._reading.close()
        await self._writing.close()

    def _prepare(self, connection: sqlite3.Connection) -> None:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        with transaction(connection) as db:
            self._migrate(db)
            db.execute("INSERT OR IGNORE INTO facts VALUES ('voter key', ?)", (self._fingerprint,))
            (kept,) = db.execute("SELECT value FROM facts WHERE name = 'voter key'").fetchone()
            if kept != self._fingerprint:
                raise StoreError(
                    f"The database {self._path} was made with another voter key, so every reader "
                    "could vote again: restore its .key file or VOTER_KEY."
                )

    def _migrate(self, db: sqlite3.Connection) -> None:
        scripts = steps("sqlite")
        (version,) = db.execute("PRAGMA user_version").fetchone()
        if version > len(scripts):
            raise StoreError(
                f"The database {self._path} was made by a newer version: update article-bot."
            )
        for script in scripts[version:]:
            # Not executescript: it would commit first.
            for statement in _statements(script):
                db.execute(statement)
        if version < len(scripts):
            db.execute(f"PRAGMA user_version = {len(scripts)}")


@contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """All that is done inside is done, or nothing."""
    # Immediate: a deferred one that reads first fails at once when another process writes.
    db.execute("BEGIN IMMEDIATE")
    try:
        yield db
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


def _statements(script: str) -> Iterator[str]:
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
