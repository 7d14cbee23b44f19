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
_HEADER = 100
"""Bytes with which every SQLite database begins, except an empty one."""
_MAX_NAMED = 3
"""How many tables of another program an error message names."""


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
            missing; the database holds votes, is not ours, or is the backup itself; a bot uses
            the database; or a disk fails.
    """
    own_key = key_file(database)
    try:
        _check_paths(source, database)
        secret = _read_key(source, database, key)
        with closing(_open_readonly(source)) as original:
            votes = _check(original, source, Voters(secret).fingerprint)
            _replace(original, database, replace)
        if key is None and not (own_key.is_file() and own_key.read_bytes().strip() == secret):
            own_key.unlink(missing_ok=True)
            _create(own_key).write_bytes(secret + b"\n")
    except (sqlite3.Error, OSError) as error:
        raise StoreError(f"{source} could not be restored to {database}: {error}.") from None
    return votes


def _check_paths(source: Path, database: Path) -> None:
    if source.is_dir():
        raise StoreError(f"{source} is a folder: give the file that article-bot backup wrote.")
    if not source.is_file():
        raise StoreError(f"There is no backup {source}.")
    if database.is_dir():
        raise StoreError(f"{database} is a folder: set DATABASE_URL to a file.")
    if database.exists() and source.samefile(database):
        raise StoreError(f"{source} is the database itself: give a backup of it.")


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
    if 0 < database.stat().st_size < _HEADER:
        # SQLite takes a file of one byte for an empty database.
        raise _unreadable(database, "it is too short")
    with closing(sqlite3.connect(database, timeout=1, isolation_level=None)) as target:
        target.execute("PRAGMA locking_mode = EXCLUSIVE")
        try:
            target.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError:
            raise StoreError(f"{database} is in use: stop the bot first.") from None
        except sqlite3.DatabaseError as error:
            raise _unreadable(database, str(error)) from None
        votes = _count_own_votes(target, database)
        target.execute("COMMIT")
        if votes and not replace:
            raise StoreError(
                f"{database} holds {votes} votes, which would be lost: back it up if you need "
                "them, and give --replace."
            )
        original.backup(target)


def _count_own_votes(target: sqlite3.Connection, database: Path) -> int:
    """Return the number of votes in a database that a backup may replace.

    Raises:
        StoreError: It is another program's database, or damaged.
    """
    try:
        found = _tables(target)
        foreign = found - _own_tables(target, found)
        if foreign:
            names = ", ".join(sorted(foreign)[:_MAX_NAMED])
            raise StoreError(
                f"{database} is another program's database (it has {names}): set DATABASE_URL to "
                "another file."
            )
        return int(target.execute("SELECT COUNT(*) FROM votes").fetchone()[0]) if found else 0
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError as error:
        raise _unreadable(database, str(error)) from None


def _own_tables(target: sqlite3.Connection, found: frozenset[str]) -> frozenset[str]:
    """Return which tables a database may have, by its version; none if it is not ours."""
    (version,) = target.execute("PRAGMA user_version").fetchone()
    known = scripts("sqlite")
    if version > len(known):
        # A newer version may have any tables.
        return found if "votes" in found and _has_voter_key(target) else frozenset()
    with closing(sqlite3.connect(":memory:")) as model:
        for script in known[: max(version, 0)]:
            model.executescript(script)
        own = _tables(model)
    # Other programs have tables called "votes" or "posts" too, but not all of ours.
    return own if own <= found else frozenset()


def _tables(db: sqlite3.Connection) -> frozenset[str]:
    rows = db.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")
    return frozenset(name for (name,) in rows if not name.startswith("sqlite_"))


def _has_voter_key(db: sqlite3.Connection) -> bool:
    try:
        row = db.execute("SELECT 1 FROM meta WHERE name = 'voter key'").fetchone()
    except sqlite3.OperationalError:
        return False
    return row is not None


def _unreadable(database: Path, reason: str) -> StoreError:
    return StoreError(
        f"{database} is not a SQLite database, or is damaged ({reason}): move it away, or set "
        "DATABASE_URL to another file."
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
