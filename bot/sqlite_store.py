"""Votes in SQLite, on a thread of their own so that the bot never waits for a disk."""

import asyncio
import os
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from bot.errors import StoreError
from bot.reactions import DELIVERY_KEPT, REPEAT_WINDOW, Change, Press

SCHEMA_VERSION = 1
LOCK_WAIT = 5.0
"""Seconds to wait for another process that writes to the same database, unless told otherwise."""

_SCHEMA = """
CREATE TABLE votes (
    article TEXT NOT NULL, voter BLOB NOT NULL, reaction TEXT NOT NULL,
    PRIMARY KEY (article, voter)
) WITHOUT ROWID;
CREATE INDEX votes_of_voter ON votes (voter);

CREATE TABLE counts (
    article TEXT NOT NULL, reaction TEXT NOT NULL, votes INTEGER NOT NULL CHECK (votes >= 0),
    PRIMARY KEY (article, reaction)
) WITHOUT ROWID;
CREATE TRIGGER vote_given AFTER INSERT ON votes BEGIN
    INSERT INTO counts VALUES (new.article, new.reaction, 1)
        ON CONFLICT DO UPDATE SET votes = votes + 1;
END;
CREATE TRIGGER vote_removed AFTER DELETE ON votes BEGIN
    UPDATE counts SET votes = votes - 1 WHERE article = old.article AND reaction = old.reaction;
END;
CREATE TRIGGER vote_changed AFTER UPDATE OF reaction ON votes BEGIN
    UPDATE counts SET votes = votes - 1 WHERE article = old.article AND reaction = old.reaction;
    INSERT INTO counts VALUES (new.article, new.reaction, 1)
        ON CONFLICT DO UPDATE SET votes = votes + 1;
END;

CREATE TABLE deliveries (
    id TEXT PRIMARY KEY, at REAL NOT NULL, article TEXT, voter BLOB, reaction TEXT
) WITHOUT ROWID;
CREATE INDEX deliveries_of_voter ON deliveries (voter, article, at);
CREATE INDEX deliveries_by_age ON deliveries (at);

CREATE TABLE facts (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
"""

Result = TypeVar("Result")


class SqliteStore:
    """Fills bot.reactions.ReactionStore."""

    def __init__(
        self,
        path: Path,
        fingerprint: bytes,
        clock: Callable[[], float] = time.time,
        lock_wait: float = LOCK_WAIT,
    ) -> None:
        """Note where the votes are kept; nothing is opened yet.

        fingerprint: of the voter key, to refuse a database made with another. clock: seconds.
        lock_wait: seconds to wait for another process that writes.
        """
        self._lock_wait = lock_wait
        self._path = path
        self._fingerprint = fingerprint
        self._clock = clock
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="votes")
        self._connection: sqlite3.Connection | None = None

    async def open(self) -> None:
        """Open the database, made with mode 0600 where there is none.

        Raises:
            StoreError: it cannot be opened, was made by a newer version or with another voter key.
        """
        await self._run(self._open)

    async def press(self, article: str, voter: bytes, reaction: str, delivery: str) -> Press:
        """Count a press once; see ReactionStore."""
        return await self._run(self._press, article, voter, reaction, delivery)

    async def counts(self, article: str) -> Mapping[str, int]:
        """Return the counts of an article; see ReactionStore."""
        return await self._run(self._counts, article)

    async def forget(self, voter: bytes) -> int:
        """Remove a reader; see ReactionStore."""
        return await self._run(self._forget, voter)

    async def close(self) -> None:
        """Close the database; see ReactionStore."""
        await self._run(self._close)
        self._thread.shutdown()

    async def _run(self, work: Callable[..., Result], *args: object) -> Result:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, work, *args)
        except sqlite3.Error as error:
            raise StoreError(f"The database {self._path} fails: {error}.") from error

    @property
    def _db(self) -> sqlite3.Connection:
        if self._connection is None:
            raise StoreError(f"The database {self._path} is not open.")
        return self._connection

    def _open(self) -> None:
        try:
            # SQLite itself would make a file that everybody on the machine can read.
            os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600))
        except OSError as error:
            raise StoreError(
                f"The database {self._path} cannot be opened ({error.strerror}): "
                "set DATABASE_URL to a file in a folder that the bot may write to."
            ) from None
        connection = sqlite3.connect(self._path, timeout=self._lock_wait, isolation_level=None)
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            self._connection = connection
            with self._transaction() as db:
                self._prepare(db)
        except BaseException:
            self._connection = None
            connection.close()
            raise

    def _prepare(self, db: sqlite3.Connection) -> None:
        (version,) = db.execute("PRAGMA user_version").fetchone()
        if version > SCHEMA_VERSION:
            raise StoreError(
                f"The database {self._path} was made by a newer version: update article-bot."
            )
        if version == 0:
            # Not executescript: it would commit first.
            for statement in _statements(_SCHEMA):
                db.execute(statement)
            db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
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

    def _press(self, article: str, voter: bytes, reaction: str, delivery: str) -> Press:
        now = self._clock()
        with self._transaction() as db:
            row = db.execute(
                "SELECT reaction FROM votes WHERE article = ? AND voter = ?", (article, voter)
            ).fetchone()
            previous = row[0] if row else None
            db.execute("DELETE FROM deliveries WHERE at < ?", (now - DELIVERY_KEPT,))
            if db.execute("SELECT 1 FROM deliveries WHERE id = ?", (delivery,)).fetchone():
                return Press(Change.REPEATED, previous, previous, self._counts(article))
            if self._pressed_just_now(article, voter, reaction, now):
                # Remembered too, as Telegram may deliver this one again when the window is over.
                db.execute("INSERT INTO deliveries (id, at) VALUES (?, ?)", (delivery, now))
                return Press(Change.REPEATED, previous, previous, self._counts(article))
            db.execute(
                "INSERT INTO deliveries VALUES (?, ?, ?, ?, ?)",
                (delivery, now, article, voter, reaction),
            )
            if previous == reaction:
                db.execute("DELETE FROM votes WHERE article = ? AND voter = ?", (article, voter))
                return Press(Change.TAKEN_BACK, None, previous, self._counts(article))
            db.execute(
                "INSERT INTO votes VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET reaction = ?",
                (article, voter, reaction, reaction),
            )
            change = Change.CHANGED if previous else Change.VOTED
            return Press(change, reaction, previous, self._counts(article))

    def _pressed_just_now(self, article: str, voter: bytes, reaction: str, now: float) -> bool:
        last = self._db.execute(
            "SELECT reaction, at FROM deliveries WHERE voter = ? AND article = ?"
            " ORDER BY at DESC LIMIT 1",
            (voter, article),
        ).fetchone()
        return last is not None and last[0] == reaction and now - last[1] < REPEAT_WINDOW

    def _counts(self, article: str) -> dict[str, int]:
        return dict(
            self._db.execute(
                "SELECT reaction, votes FROM counts WHERE article = ? AND votes > 0", (article,)
            )
        )

    def _forget(self, voter: bytes) -> int:
        with self._transaction() as db:
            # The ids stay, so that a delivery that comes again brings no forgotten vote back.
            db.execute(
                "UPDATE deliveries SET article = NULL, voter = NULL, reaction = NULL"
                " WHERE voter = ?",
                (voter,),
            )
            return db.execute("DELETE FROM votes WHERE voter = ?", (voter,)).rowcount

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _statements(script: str) -> Iterator[str]:
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
