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
        StoreError: There is no such database, a file to create exists already, or a disk fails.
    """
    if not database.is_file():
        raise StoreError(f"There is no database {database}: nothing to back up.")
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
        database: The database file; created if there is none.
        key: The voter key of the settings. None for the one beside the backup or, if there is
            none either, the one beside the database.
        replace: Whether votes in the database may be lost.

    Returns:
        How many votes the backup holds.

    Raises:
        StoreError: The backup is not one, or was made by a newer version; its voter key is
            missing; the database holds votes; a bot uses the database; or a disk fails.
    """
    if not source.is_file():
        raise StoreError(f"There is no backup {source}.")
    secret = _read_key(source, database, key)
    own_key = key_file(database)
    try:
        with closing(_open_readonly(source)) as original:
            votes = _check(original, source, Voters(secret).fingerprint)
            _replace(original, database, replace)
        if key is None and not (own_key.is_file() and own_key.read_bytes().strip() == secret):
            own_key.unlink(missing_ok=True)
            _create(own_key).write_bytes(secret + b"\n")
    except (sqlite3.Error, OSError) as error:
        raise StoreError(f"{source} could not be restored to {database}: {error}.") from None
    return votes


def _read_key(source: Path, database: Path, key: str | None) -> bytes:
    if key is not None:
        return key.encode()
    for file in (key_file(source), key_file(database)):
        if file.is_file():
            return file.read_bytes().strip()
    raise StoreError(
        f"The voter key {key_file(source)} is missing: put it there, or set VOTER_KEY."
    )


def _check(db: sqlite3.Connection, source: Path, fingerprint: bytes) -> int:
    """Return the number of votes in a backup that can be used; raises StoreError for others."""
    (version,) = db.execute("PRAGMA user_version").fetchone()
    if not 1 <= version <= len(scripts("sqlite")):
        raise StoreError(f"{source} is no backup, or was made by a newer version.")
    (result,) = db.execute("PRAGMA integrity_check").fetchone()
    if result != "ok":
        raise StoreError(f"{source} is damaged ({result}): take another backup.")
    meta = "meta" if version >= _RENAMED_META else "facts"
    row = db.execute(f"SELECT value FROM {meta} WHERE name = 'voter key'").fetchone()
    if row != (fingerprint,):
        raise StoreError(
            f"{source} was made with another voter key: put that to {key_file(source)}."
        )
    (votes,) = db.execute("SELECT COUNT(*) FROM votes").fetchone()
    return int(votes)


def _replace(original: sqlite3.Connection, database: Path, replace: bool) -> None:
    """Copy a backup into a database.

    Copied by SQLite, because a file that is just put there would be mixed with the write-ahead
    log that a crash may have left.
    """
    os.close(os.open(database, os.O_RDWR | os.O_CREAT, 0o600))
    with closing(sqlite3.connect(database, timeout=1, isolation_level=None)) as target:
        target.execute("PRAGMA locking_mode = EXCLUSIVE")
        try:
            target.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError:
            raise StoreError(f"{database} is in use: stop the bot first.") from None
        exists = target.execute("SELECT 1 FROM sqlite_master WHERE name = 'votes'").fetchone()
        votes = target.execute("SELECT COUNT(*) FROM votes").fetchone()[0] if exists else 0
        target.execute("COMMIT")
        if votes and not replace:
            raise StoreError(
                f"{database} holds {votes} votes, which would be lost: back it up if you need "
                "them, and give --replace."
            )
        original.backup(target)


def _create(file: Path) -> Path:
    """Create an empty file that only its owner can read."""
    try:
        os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        raise StoreError(f"{file} is there already: give another name.") from None
    return file


def _copy(source: Path, target: Path) -> None:
    with (
        closing(_open_readonly(source)) as original,
        closing(sqlite3.connect(target, isolation_level=None)) as copy,
    ):
        original.backup(copy)
        # A single file without a write-ahead log, which can be moved alone.
        copy.execute("PRAGMA journal_mode = DELETE")
        (result,) = copy.execute("PRAGMA integrity_check").fetchone()
        if result != "ok":
            raise sqlite3.DatabaseError(f"the copy is damaged ({result})")


def _open_readonly(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)
