"""Ids of users and chats -> the codes under which the database knows them."""

import contextlib
import hashlib
import hmac
import os
from pathlib import Path

from bot.config import MIN_VOTER_KEY
from bot.errors import StoreError
from bot.store.file_modes import warn_if_shared


class Voters:
    """Makes codes with a secret key, so that the database alone does not tell who voted."""

    def __init__(self, key: bytes) -> None:
        """Store the key.

        Args:
            key: The voter key: at least MIN_VOTER_KEY bytes that stay secret.
        """
        self._key = key

    def code(self, telegram_id: int) -> bytes:
        """Return the code of a user or chat: 32 bytes.

        It is HMAC-SHA256. A plain hash could be reversed by trying all ids.
        """
        return hmac.digest(self._key, str(telegram_id).encode(), hashlib.sha256)

    @property
    def fingerprint(self) -> bytes:
        """32 bytes that identify the key without revealing it."""
        return hmac.digest(self._key, b"fingerprint", hashlib.sha256)


def key_file(database: Path) -> Path:
    """Return the file that keeps a database's voter key when the settings have none."""
    return database.with_name(database.name + ".key")


def voter_key(configured: str | None, database: Path | None) -> bytes:
    """Return the voter key of the settings, or else of the file beside the database.

    Args:
        configured: The voter key of the settings; None if they have none.
        database: The database file, beside which a key is created at the first start; None for a
            database that is not a file, which needs a configured key.

    Raises:
        StoreError: The key's file cannot be created or read, is incomplete, or is missing though
            the database exists. If other users may read it, that is logged.
    """
    if configured is not None:
        return configured.encode()
    assert database is not None, "settings without a file have a key"
    file = key_file(database)
    has_votes = database.exists() and database.stat().st_size > 0
    if not file.exists() and has_votes:
        raise StoreError(
            f"The voter key {file} of the database {database} is missing, and with another every "
            "reader could vote again: restore it, or set VOTER_KEY."
        )
    try:
        if not file.exists():
            _create(file)
        key = file.read_bytes().strip()
    except OSError as error:
        raise StoreError(
            f"The voter key {file} cannot be made or read ({error.strerror}): "
            "correct the folder's permissions, or set VOTER_KEY."
        ) from None
    if len(key) < MIN_VOTER_KEY:
        remedy = (
            "with another every reader could vote again: restore it from a backup, or set VOTER_KEY"
            if has_votes
            else "there are no votes yet: remove it, and a new one is made"
        )
        raise StoreError(f"The voter key {file} is empty or cut short, and {remedy}.")
    warn_if_shared(file, "The voter key")
    return key


def _create(file: Path) -> None:
    """Create a key file, either complete or not at all, even if another process does the same."""
    new = file.with_name(f"{file.name}.{os.getpid()}")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
        stream.write(os.urandom(32).hex().encode() + b"\n")
        stream.flush()
        os.fsync(stream.fileno())
    with contextlib.suppress(FileExistsError):
        os.link(new, file)
    new.unlink()
