"""Votes and counts: what a press does, and the interface that databases fill.

A vote belongs to an article and a reader. A press of another reaction changes it; a press of the
same one takes it back, since a keyboard that everybody shares cannot show one reader's state.
"""

import hashlib
import hmac
import os
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from bot.config import MIN_VOTER_KEY
from bot.errors import StoreError

REPEAT_WINDOW = 1.0
"""Seconds in which a reader's same press counts once: apps press again when no answer came."""
DELIVERY_KEPT = 86_400.0
"""Seconds for which a delivery's id is remembered, far longer than Telegram repeats one."""


class Change(StrEnum):
    """What a press did."""

    VOTED = "voted"
    CHANGED = "changed"
    TAKEN_BACK = "taken back"
    REPEATED = "repeated"


@dataclass(frozen=True)
class Press:
    """What came of a press.

    choice: the id of the reaction that the reader's vote is for now; None for no vote. previous:
    the same before the press. counts: votes for each reaction's id, only those above 0.
    """

    change: Change
    choice: str | None
    previous: str | None
    counts: Mapping[str, int]


class ReactionStore(Protocol):
    """Keeps votes. voter: 32 bytes that stand for a reader. Every method raises StoreError when
    the database fails, and then nothing was changed.
    """

    async def press(self, article: str, voter: bytes, reaction: str, delivery: str) -> Press:
        """Count a press once, however often its delivery (a callback query's id) comes."""
        ...

    async def counts(self, article: str) -> Mapping[str, int]:
        """Return the votes for each reaction's id, only those above 0."""
        ...

    async def forget(self, voter: bytes) -> int:
        """Remove all that is kept of a reader; return how many votes that were."""
        ...

    async def close(self) -> None:
        """Finish what was begun and let go of the database."""
        ...


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


def voter_key(configured: str | None, database: Path) -> bytes:
    """Return the configured key, or the one kept beside the database, made at first use.

    Raises:
        StoreError: the key's file cannot be made or read.
    """
    if configured is not None:
        return configured.encode()
    file = database.with_name(database.name + ".key")
    try:
        try:
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            key = file.read_bytes().strip()
        else:
            key = os.urandom(32).hex().encode()
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(key + b"\n")
                stream.flush()
                os.fsync(stream.fileno())
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
