"""Backup and restore of a SQLite database, with the voter key without which votes are useless."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from bot.errors import StoreError
from bot.store.migrations import scripts
from bot.store.voters import Voters, key_file

_RENAMED_META = 4
"""The schema version in which the table facts became meta."""


def back_up(database: Path, target: Path, with_key: bool) -> list[Path]:
    """Copy a database to a new file, also while the bot uses it.

    Args:
        database: The database file.
        target: The file to create; it is deleted again if the backup fails.
        with_key: Whether to copy the voter key's file too, to a file beside the target.

    Returns:
        The files created, all with mode 0600.

    Raises:
        StoreError: There is no such database, key or folder, a file to create exists already, or a
            disk fails.
    """
    if not database.is_file():
        raise StoreError(f"There is no database {database}: nothing to back up.")
    if with_key and not key_file(database).is_file():
        raise StoreError(
            f"The voter key {key_file(database)} is missing, without which the votes cannot be "
            "used: put it back, or set VOTER_KEY."
        )
    if not target.parent.is_dir():
        raise StoreError(f"There is no folder {target.parent}: make it, or give another file.")
    created: list[Path] = []
    try:
        created.append(_create(target))
        _copy(database, target)
        if with_key:
            created.append(_create(key_file(target)))
            created[-1].write_bytes(key_file(database).read_bytes())
    except (sqlite3.Error, OSError, StoreError) as error:
        for file in created:
            file.unlink()
        if isinstance(error, StoreError):
            raise
        raise StoreError(f"{database} could not be copied to {target}: {error}.") from None
    return created


def restore(source: Path, database: Path, key: str | None, replace: bool) -> int:
    """Replace a database with a backup.

    Args:
        source: The backup.
        database: The database file; created if there is none. A file that is not empty and no
            database of the bot is left as it is.
        key: The voter key of the settings. None for the one beside the backup or, if there is
            none either, the one beside the database.
        replace: Whether votes in the database may be lost.

    Returns:
        How many votes the backup holds.

    Raises:
        StoreError: The backup is not one, or was made by a newer version; its voter key is
            missing; the database is something else or holds votes; a bot uses it; or a disk fails.
    """
    _check_files(source, database)
    own_key = key_file(database)
    try:
        with closing(_open(source)) as original:
            votes, fingerprint = _check(original, source)
            secret = _read_key(source, database, key)
            if Voters(secret).fingerprint != fingerprint:
                raise StoreError(
                    f"{source} was made with another voter key: put that to {key_file(source)}."
                )
            _replace(original, database, replace)
        if key is None and not (own_key.is_file() and own_key.read_bytes().strip() == secret):
            own_key.unlink(missing_ok=True)
            _create(own_key).write_bytes(secret + b"\n")
    except (sqlite3.Error, OSError) as error:
        raise StoreError(f"{source} could not be restored to {database}: {error}.") from None
    return votes


def _check_files(source: Path, database: Path) -> None:
    if source.is_dir():
        raise StoreError(f"{source} is a folder: give the file that article-bot backup wrote.")
    if not source.is_file():
        raise StoreError(f"There is no backup {source}.")
    if database.is_dir() or not database.parent.is_dir():
        raise StoreError(
            f"{database} cannot be written: set DATABASE_URL to a file in a folder that exists."
        )
    if database.exists() and source.samefile(database):
        raise StoreError(f"{source} is the database itself: give the backup to restore.")


def _read_key(source: Path, database: Path, key: str | None) -> bytes:
    if key is not None:
        return key.encode()
    for file in (key_file(source), key_file(database)):
        if file.is_file():
            return file.read_bytes().strip()
    raise StoreError(
        f"The voter key {key_file(source)} is missing: put it there, or set VOTER_KEY."
    )


def _check(db: sqlite3.Connection, source: Path) -> tuple[int, bytes]:
    """Return the number of votes in a backup, and the fingerprint of its voter key.

    Raises:
        StoreError: It is no backup, or one that cannot be used.
    """
    try:
        fingerprint = _fingerprint(db)
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorname != "SQLITE_NOTADB":
            raise
        fingerprint = None
    if fingerprint is None:
        raise StoreError(
            f"{source} is not a backup of article-bot: give a file that article-bot backup wrote."
        )
    if _version(db) > len(scripts("sqlite")):
        raise StoreError(f"{source} was made by a newer version: update article-bot.")
    (result,) = db.execute("PRAGMA integrity_check").fetchone()
    if result != "ok":
        raise StoreError(f"{source} is damaged ({result}): take another backup.")
    (votes,) = db.execute("SELECT COUNT(*) FROM votes").fetchone()
    return int(votes), fingerprint


def _version(db: sqlite3.Connection) -> int:
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def _fingerprint(db: sqlite3.Connection) -> bytes | None:
    """Return the fingerprint of the voter key; None if this is no database of the bot."""
    meta = "meta" if _version(db) >= _RENAMED_META else "facts"
    query = "SELECT name FROM sqlite_master WHERE type = 'table'"
    if not {"votes", "counts", meta} <= {name for (name,) in db.execute(query)}:
        return None
    try:
        row = db.execute(f"SELECT value FROM {meta} WHERE name = 'voter key'").fetchone()
    except sqlite3.OperationalError:  # Other columns.
        return None
    return bytes(row[0]) if row else None


def _replace(original: sqlite3.Connection, database: Path, replace: bool) -> None:
    """Copy a backup into a database.

    Copied by SQLite, because a file that is just put there would be mixed with the write-ahead
    log that a crash may have left.
    """
    if database.exists():
        _refuse_other_files(database)
    os.close(os.open(database, os.O_RDWR | os.O_CREAT, 0o600))
    with closing(sqlite3.connect(database, timeout=1, isolation_level=None)) as target:
        target.execute("PRAGMA locking_mode = EXCLUSIVE")
        try:
            target.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError:
            raise StoreError(f"{database} is in use: stop the bot first.") from None
        exists = _fingerprint(target) is not None
        votes = target.execute("SELECT COUNT(*) FROM votes").fetchone()[0] if exists else 0
        target.execute("COMMIT")
        if votes and not replace:
            raise StoreError(
                f"{database} holds {votes} votes, which would be lost: back it up if you need "
                "them, and give --replace."
            )
        original.backup(target)


def _refuse_other_files(database: Path) -> None:
    """Raise a StoreError if a file is neither empty nor a database of the bot."""
    with closing(_open(database)) as db:
        try:
            (objects,) = db.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()
            if not objects or _fingerprint(db) is not None:
                return
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorname != "SQLITE_NOTADB":
                raise
    raise StoreError(
        f"{database} is not a database of article-bot, and is left as it is: "
        "set DATABASE_URL to another file."
    )


def _create(file: Path) -> Path:
    """Create an empty file that only its owner can read."""
    try:
        os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        raise StoreError(f"{file} is there already: give another name.") from None
    return file


def _copy(source: Path, target: Path) -> None:
    with (
        closing(_open(source)) as original,
        closing(sqlite3.connect(target, isolation_level=None)) as copy,
    ):
        original.backup(copy)
        # A single file without a write-ahead log, which can be moved alone.
        copy.execute("PRAGMA journal_mode = DELETE")
        (result,) = copy.execute("PRAGMA integrity_check").fetchone()
        if result != "ok":
            raise sqlite3.DatabaseError(f"the copy is damaged ({result})")


def _open(file: Path) -> sqlite3.Connection:
    """Open an existing database to read it.

    Not with mode=ro: such a connection leaves the write-ahead log's files behind when it closes.
    """
    connection = sqlite3.connect(f"{file.absolute().as_uri()}?mode=rw", uri=True)
    connection.execute("PRAGMA query_only = ON")
    return connection
