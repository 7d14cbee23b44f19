"""Copies a live SQLite database, with the voter key without which its votes are of no use."""

import os
import sqlite3
from pathlib import Path

from bot.errors import StoreError
from bot.voters import key_file


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
