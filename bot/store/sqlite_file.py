"""A SQLite file and the thread that works on it, so that the bot never waits for a disk."""

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
from bot.store.schema import steps

LOCK_WAIT = 5.0
"""Seconds to wait for another process that writes to the same database, unless told otherwise."""
_LEAST_WAIT = 0.05

Result = TypeVar("Result")


class SqliteFile:
    """Opens a database, brings it up to date, and runs transactions."""

    def __init__(self, path: Path, fingerprint: bytes, lock_wait: float) -> None:
        self._path = path
        self._fingerprint = fingerprint
        self._lock_wait = lock_wait
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="database")
        self._connection: sqlite3.Connection | None = None
        self._file: tuple[int, int] | None = None

    async def open(self) -> None:
        """Open the database, made with mode 0600 where there is none.

        Raises:
            StoreError: it cannot be opened, was made by a newer version or with another voter key.
        """
        await self._run(self._create)

    async def close(self) -> None:
        """Finish what was begun and let go of the database."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._disconnect)
        self._thread.shutdown()

    async def _run(self, work: Callable[..., Result], *args: object) -> Result:
        # From now on, not from its turn on: when another process holds the lock, those who wait
        # behind one another would wait for longer and longer.
        deadline = time.monotonic() + self._lock_wait
        try:
            return await asyncio.get_running_loop().run_in_executor(
                self._thread, self._work, deadline, work, *args
            )
        except sqlite3.Error as error:
            raise StoreError(f"The database {self._path} fails: {error}.") from error

    def _work(self, deadline: float, work: Callable[..., Result], *args: object) -> Result:
        if self._file is not None:
            self._connect_if_replaced()
        if self._connection is not None:
            wait = max(_LEAST_WAIT, deadline - time.monotonic())
            self._connection.execute(f"PRAGMA busy_timeout = {wait * 1000:.0f}")
        return work(*args)

    @property
    def _db(self) -> sqlite3.Connection:
        if self._connection is None:
            raise StoreError(f"The database {self._path} is not open.")
        return self._connection

    def _create(self) -> None:
        try:
            # SQLite itself would make a file that everybody on the machine can read.
            os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600))
        except OSError as error:
            raise StoreError(
                f"The database {self._path} cannot be opened ({error.strerror}): "
                "set DATABASE_URL to a file in a folder that the bot may write to."
            ) from None
        self._connect()

    def _connect_if_replaced(self) -> None:
        """Open the file anew when it is not the one that was opened.

        A file that was removed still takes writes, which nobody would ever see again.
        """
        try:
            status = self._path.stat()
        except OSError as error:
            self._disconnect()
            raise StoreError(
                f"The database {self._path} is gone ({error.strerror}): put it back."
            ) from None
        if self._connection is None or (status.st_dev, status.st_ino) != self._file:
            self._disconnect()
            self._connect()

    def _connect(self) -> None:
        address = f"{self._path.absolute().as_uri()}?mode=rw"
        connection = sqlite3.connect(
            address, uri=True, timeout=self._lock_wait, isolation_level=None
        )
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            self._connection = connection
            with self._transaction() as db:
                self._prepare(db)
            status = self._path.stat()
            self._file = status.st_dev, status.st_ino
        except BaseException:
            self._connection = None
            connection.close()
            raise

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _prepare(self, db: sqlite3.Connection) -> None:
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
        db.execute("INSERT OR IGNORE INTO facts VALUES ('voter key', ?)", (self._fingerprint,))
        (kept,) = db.execute("SELECT value FROM facts WHERE name = 'voter key'").fetchone()
        if kept != self._fingerprint:
            raise StoreError(
                f"The database {self._path} was made with another voter key, so every reader "
                "could vote again: restore its .key file or VOTER_KEY."
            )

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        db = self._db
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
