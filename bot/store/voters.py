"""Readers as the database knows them: a code for each, made with a secret key."""

import contextlib
import hashlib
import hmac
import os
from pathlib import Path

from bot.config import MIN_VOTER_KEY
from bot.errors import StoreError


class Voters:
    """Turns Telegram's user ids into voters: HMAC-SHA256, since a plain hash is soon reversed."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def voter(self, user_id: int) -> bytes:
        """Return the 32 bytes that stand for a user."""
        return hmac.digest(self._key, str(user_id).encode(), hashlib.sha256)

    @property
    def fingerprint(self) -> bytes:
        """32 bytes that tell this key from others and do not give it away."""
        return hmac.digest(self._key, b"fingerprint", hashlib.sha256)


def key_file(database: Path) -> Path:
    """Return where the voter key of a database is kept, when no setting gives it."""
    return database.with_name(database.name + ".key")


def voter_key(configured: str | None, database: Path | None) -> bytes:
    """Return the configured key, or the one kept beside the database, made at first use.

    database: the file of it; None where it is no file, and a key is configured.

    Raises:
        StoreError: the key's file cannot be made or read.
    """
    if configured is not None:
        return configured.encode()
    assert database is not None, "settings without a file have a key"
    file = key_file(database)
    if not file.exists() and database.exists() and database.stat().st_size:
        raise StoreError(
            f"The voter key {file} of the database {database} is missing, and with another every "
            "reader could vote again: restore it, or set VOTER_KEY."
        )
    try:
        if not file.exists():
            _make(file)
        key = file.read_bytes().strip()
    except OSError as error:
        raise StoreError(
            f"The voter key {file} cannot be made or read ({error.strerror}): "
            "mend the folder's permissions, or set VOTER_KEY."
        ) from None
    if len(key) < MIN_VOTER_KEY:
        raise StoreError(
            f"The voter key {file} is cut short: restore it, or remove it to start afresh."
        )
    return key


def _make(file: Path) -> None:
    """Make a key file, whole or not at all, whoever else makes it at the same time."""
    new = file.with_name(f"{file.name}.{os.getpid()}")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
        stream.write(os.urandom(32).hex().encode() + b"\n")
        stream.flush()
        os.fsync(stream.fileno())
    with contextlib.suppress(FileExistsError):
        os.link(new, file)
    new.unlink()
