"""A SQLite file of what can be made anew at any time: texts that were read, an index.

The file may be deleted, damaged, or of another version; it may lie where nothing can be written.
Nothing of that stops the bot, which then does the work again.
"""

import contextlib
import errno
import logging
import os
import sqlite3
import threading
import weakref
import zlib
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from bot.corpus.process_locks import held

PAGE_SIZE = 16_384
"""Bytes; the texts of an article fit into one page, and few records need many."""
BUSY_TIMEOUT = 30.0
"""Seconds to wait for another process that is writing."""

_DAMAGED = (
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_NOTADB,
    sqlite3.SQLITE_IOERR,
    # There is no such table, or no such column.
    sqlite3.SQLITE_ERROR,
)
_ERRORS = (sqlite3.Error, UnicodeDecodeError)
"""The messages of SQLite's own errors may quote what is damaged."""

_REPORTED: set[Path] = set()
"""Folders that cannot be written, which is said once."""

log = logging.getLogger(__name__)


class CacheDatabase:
    """A SQLite file that is made anew if it cannot be used; safe from several threads.

    Several processes may use one file at once. A process that finds a file damaged or of another
    version deletes it; others go on reading theirs, and no longer write.

    Attributes:
        file: The file; it is not there if it could not be made.
        is_writable: Whether what is written is kept.
    """

    def __init__(self, file: Path, version: str, schema: str) -> None:
        """Open the file, or make it; this never fails.

        Args:
            file: Where it is; folders that are missing are made.
            version: What its content depends on. A file of another version is made anew.
            schema: The statements that create its tables.
        """
        self.file = file
        self.is_writable = False
        self._lock = threading.RLock()
        self._connection: sqlite3.Connection | None = None
        self._inode = 0
        self._has_wrong_records = False
        try:
            _make_folder(file.parent)
            with held(self._lock_file):
                self._open(version, schema)
        except (OSError, *_ERRORS) as error:
            self._read_only(version, error)

    @property
    def _lock_file(self) -> Path:
        return self.file.with_name(self.file.name + ".lock")

    def read(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Return the rows of a query; none if the file cannot be read."""
        with self._lock:
            if self._connection is None:
                return []
            try:
                return self._connection.execute(sql, parameters).fetchall()
            except _ERRORS as error:
                self._failed(error)
                return []

    def write(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run a statement for each of the rows, all of them or none; nothing if that fails."""
        with self._lock:
            if self._connection is None or not self.is_writable:
                return
            try:
                with held(self._lock_file):
                    if not self._is_in_place():
                        # SQLite's journal would be taken for that of the new file.
                        self.is_writable = False
                        log.info("%s was removed; the next start makes it anew.", self.file)
                        return
                    self._transaction(self._connection, sql, rows)
            except (OSError, *_ERRORS) as error:
                self._failed(error)

    def unsealed(self, record: bytes, name: bytes = b"") -> bytes | None:
        """Return what ``sealed`` sealed; None if it is not as it was, which is logged once."""
        # A damaged table may have numbers where the records were.
        if isinstance(record, bytes) and record[:4] == _checksum(record[4:], name):
            return record[4:]
        if not self._has_wrong_records:
            self._has_wrong_records = True
            log.warning("Records in %s are damaged, and are made anew.", self.file)
        return None

    def close(self) -> None:
        """Close the file; nothing can be read or written from then on."""
        with self._lock:
            connection, self._connection = self._connection, None
            self.is_writable = False
            if connection is not None:
                connection.close()

    def _open(self, version: str, schema: str) -> None:
        """Open the file for reading and writing.

        Raises:
            OSError, sqlite3.Error: It cannot be written.
        """
        is_new = not self.file.exists() or not self.file.stat().st_size
        if not is_new and (unusable := self._unusable(version)):
            level, reason = unusable
            self._delete()
            log.log(level, "%s %s, and is made anew.", self.file, reason)
            is_new = True
        if not all(os.access(path, os.W_OK) for path in (self.file, self.file.parent)[is_new:]):
            raise PermissionError(errno.EACCES, "it cannot be written")
        connection = _connect(self.file)
        try:
            # After a power cut some of it may be missing; that is found out when it is read.
            connection.execute("PRAGMA synchronous = NORMAL")
            if is_new:
                _create(connection, version, schema)
            self._inode = self.file.stat().st_ino
        except BaseException:
            connection.close()
            raise
        self._use(connection)
        self.is_writable = True

    def _unusable(self, version: str) -> tuple[int, str] | None:
        """Return why an existing file cannot be used, with the level of that; None if it can.

        Raises:
            sqlite3.Error: It cannot be read just now.
        """
        with contextlib.closing(_connect(self.file)) as connection:
            try:
                found = _version_in(connection)
            except _ERRORS as error:
                if _is_damage(error):
                    return logging.WARNING, f"cannot be used ({error})"
                raise
        if found != version:
            return logging.INFO, "is of another version"
        return None

    def _read_only(self, version: str, error: Exception) -> None:
        """Open the file as far as it can be read, and say why nothing is kept, once a folder."""
        with contextlib.suppress(*_ERRORS):
            connection = _connect(self.file, "ro")
            try:
                if _version_in(connection) == version:
                    self._use(connection)
            finally:
                if self._connection is None:
                    connection.close()
        folder = self.file.parent
        level = logging.DEBUG if folder in _REPORTED else logging.WARNING
        _REPORTED.add(folder)
        log.log(level, "Nothing is kept in %s, so starting takes longer: %s", folder, error)

    def _use(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        # Python warns of those that nobody closes.
        weakref.finalize(self, connection.close)

    def _transaction(
        self, connection: sqlite3.Connection, sql: str, rows: Iterable[Sequence[Any]]
    ) -> None:
        connection.execute("BEGIN IMMEDIATE")
        try:
            connection.executemany(sql, rows)
            connection.execute("COMMIT")
        except BaseException:
            # SQLite may have rolled it back already.
            with contextlib.suppress(sqlite3.Error):
                connection.execute("ROLLBACK")
            raise

    def _failed(self, error: Exception) -> None:
        """Note that the file failed: a damaged one is deleted, any other no longer written."""
        if isinstance(error, sqlite3.ProgrammingError):
            raise error
        if _is_damage(error):
            log.warning("%s is damaged, and is made anew at the next start: %s", self.file, error)
            self.close()
            with contextlib.suppress(OSError), held(self._lock_file):
                if self._is_in_place():
                    self._delete()
        elif self.is_writable:
            self.is_writable = False
            log.warning("Nothing more is kept in %s: %s", self.file, error)

    def _is_in_place(self) -> bool:
        """Return whether the file that is open is still the one of its name."""
        try:
            return self.file.stat().st_ino == self._inode
        except OSError:
            return False

    def _delete(self) -> None:
        self.file.unlink()
        self.file.with_name(self.file.name + "-journal").unlink(missing_ok=True)


def sealed(data: bytes, name: bytes = b"") -> bytes:
    """Return data as a record with a checksum, which ``CacheDatabase.unsealed`` checks.

    Args:
        data: The data.
        name: What it is stored under: a damaged table may find it under another name.
    """
    return _checksum(data, name) + data


def _make_folder(folder: Path) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    # Texts of articles are not everybody's business.
    folder.mkdir(mode=0o700, exist_ok=True)


def _connect(file: Path, mode: str = "rwc") -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"{file.absolute().as_uri()}?mode={mode}",
        uri=True,
        timeout=BUSY_TIMEOUT,
        isolation_level=None,
        check_same_thread=False,
    )
    # A damaged text is another text, and no error.
    connection.text_factory = partial(str, encoding="utf-8", errors="replace")
    return connection


def _create(connection: sqlite3.Connection, version: str, schema: str) -> None:
    connection.execute(f"PRAGMA page_size = {PAGE_SIZE}")
    connection.execute("BEGIN IMMEDIATE")
    for statement in schema.split(";"):
        connection.execute(statement)
    connection.execute("CREATE TABLE cache_version (version TEXT NOT NULL)")
    connection.execute("INSERT INTO cache_version VALUES (?)", (version,))
    connection.execute("COMMIT")


def _version_in(connection: sqlite3.Connection) -> str | None:
    row = connection.execute("SELECT version FROM cache_version").fetchone()
    return row[0] if row else None


def _is_damage(error: Exception) -> bool:
    """Return whether an error says that the file is damaged, or made by somebody else."""
    code = getattr(error, "sqlite_errorcode", 0)
    return isinstance(error, UnicodeDecodeError) or code & 0xFF in _DAMAGED


def _checksum(data: bytes, name: bytes) -> bytes:
    return zlib.crc32(data, zlib.crc32(name)).to_bytes(4, "little")
