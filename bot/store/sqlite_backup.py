"""Copies a SQLite database, and back, with the voter key that its votes are of no use without."""

import os
import sqlite3
from pathlib import Path

from bot.errors import StoreError
from bot.store.migrations import steps
from bot.store.voters import Voters, key_file


def back_up(database: Path, target: Path, with_key: bool) -> list[Path]:
    """Copy a database that may be in use to a new file, all of it or nothing.

    with_key: whether to copy the key's file too. Returns the files made, all of mode 0600.

    Raises:
        StoreError: there is no such database, a target is there already, or a disk fails.
    """
    if not database.is_file():
        raise StoreError(f"There is no database {database}: nothing to back up.")
    made: list[Path] = []
    try:
        made.append(_make(target))
        _copy(database, target)
        if with_key:
            made.append(_make(key_file(target)))
            made[-1].write_bytes(key_file(database).read_bytes())
    except (sqlite3.Error, OSError, StoreError) as error:
        for file in made:
            file.unlink()
        if isinstance(error, StoreError):
            raise
        raise StoreError(f"{database} could not be copied to {target}: {error}.") from None
    return made


def restore(source: Path, database: Path, key: str | None, replace: bool) -> int:
    """Put a backup in the place of a database, and return how many votes it holds.

    key: the voter key of the settings; None for the file beside the backup, or else the one
    beside the database. replace: whether votes that are there may be lost.

    Raises:
        StoreError: the backup is none, or of a newer version; its key is missing; there are votes
            in the database already; a bot runs on it; a disk fails.
    """
    if not source.is_file():
        raise StoreError(f"There is no backup {source}.")
    secret = _key_for(source, database, key)
    try:
        original = sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)
        try:
            votes = _check(original, source, Voters(secret).fingerprint)
            _put(original, database, replace)
        finally:
            original.close()
        if key is None and not _holds(key_file(database), secret):
            key_file(database).unlink(missing_ok=True)
            _make(key_file(database)).write_bytes(secret + b"\n")
    except (sqlite3.Error, OSError) as error:
        raise StoreError(f"{source} could not be restored to {database}: {error}.") from None
    return votes


def _key_for(source: Path, database: Path, key: str | None) -> bytes:
    if key is not None:
        return key.encode()
    for file in (key_file(source), key_file(database)):
        if file.is_file():
            return file.read_bytes().strip()
    raise StoreError(
        f"The voter key {key_file(source)} is missing: put it there, or set VOTER_KEY."
    )


def _holds(file: Path, secret: bytes) -> bool:
    return file.is_file() and file.read_bytes().strip() == secret


def _check(db: sqlite3.Connection, source: Path, fingerprint: bytes) -> int:
    (version,) = db.execute("PRAGMA user_version").fetchone()
    if not 1 <= version <= len(steps("sqlite")):
        raise StoreError(f"{source} is no backup, or was made by a newer version.")
    (verdict,) = db.execute("PRAGMA integrity_check").fetchone()
    if verdict != "ok":
        raise StoreError(f"{source} is damaged ({verdict}): take another backup.")
    if db.execute("SELECT value FROM facts WHERE name = 'voter key'").fetchone() != (fingerprint,):
        raise StoreError(
            f"{source} was made with another voter key: put that to {key_file(source)}."
        )
    (votes,) = db.execute("SELECT COUNT(*) FROM votes").fetchone()
    return int(votes)


def _put(original: sqlite3.Connection, database: Path, replace: bool) -> None:
    """Copy through SQLite: a file put there by hand would be mixed with what a crash left."""
    os.close(os.open(database, os.O_RDWR | os.O_CREAT, 0o600))
    target = sqlite3.connect(database, timeout=1, isolation_level=None)
    try:
        target.execute("PRAGMA locking_mode = EXCLUSIVE")
        try:
            target.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError:
            raise StoreError(f"{database} is in use: stop the bot first.") from None
        there = target.execute("SELECT 1 FROM sqlite_master WHERE name = 'votes'").fetchone()
        votes = target.execute("SELECT COUNT(*) FROM votes").fetchone()[0] if there else 0
        target.execute("COMMIT")
        if votes and not replace:
            raise StoreError(
                f"{database} holds {votes} votes, which would be lost: back it up if you need "
                "them, and give --replace."
            )
        original.backup(target)
    finally:
        target.close()


def _make(file: Path) -> Path:
    try:
        os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        raise StoreError(f"{file} is there already: give another name.") from None
    return file


def _copy(source: Path, target: Path) -> None:
    original = sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)
    copy = sqlite3.connect(target, isolation_level=None)
    try:
        original.backup(copy)
        # One file without companions, which can be moved about.
        copy.execute("PRAGMA journal_mode = DELETE")
        (verdict,) = copy.execute("PRAGMA integrity_check").fetchone()
        if verdict != "ok":
            raise sqlite3.DatabaseError(f"the copy is damaged ({verdict})")
    finally:
        copy.close()
        original.close()
