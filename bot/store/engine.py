"""What a database engine provides, and the statements that it runs.

What takes several statements is written as a generator: it yields each statement, receives the
rows, and returns the result. An engine runs it within a transaction, on a thread or with an
asynchronous driver, and may run it again from the start if the transaction failed.

Values are written $1, $2, and so on. Everything else is SQL that SQLite (3.35 or later) and
PostgreSQL have in common.
"""

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Generator, Sequence
from typing import Any, Protocol, TypeVar

from bot.errors import StoreError

Result = TypeVar("Result")


class Row(Protocol):
    """A row of a result."""

    def __getitem__(self, column: str, /) -> Any:
        """Return the value of a column."""


Rows = Sequence[Row]
Statement = tuple[str, tuple[object, ...]]
"""SQL, and the values for $1, $2, and so on."""
Operation = Generator[Statement, Rows, Result]
"""The statements of one transaction."""


class Engine(ABC):
    """Connects, runs transactions and locks; one subclass per database."""

    skip_locked = ""
    """Clause that makes a query skip rows locked by others, for engines that lock rows."""
    has_lateral = False
    """Whether a subquery may refer to what stands before it (LATERAL)."""

    def __init__(
        self,
        database: str,
        fingerprint: bytes,
        clock: Callable[[], float] = time.time,
        bot: str = "",
    ) -> None:
        """Store the arguments; nothing is opened yet.

        Args:
            database: What error messages call the database.
            fingerprint: Fingerprint of the voter key (``Voters.fingerprint``).
            clock: Returns the time in seconds since 1970.
            bot: Stands for the bot whose updates are kept, as several may share a database.
        """
        self._database = database
        self._fingerprint = fingerprint
        self._clock = clock
        self._bot = bot

    @abstractmethod
    async def open_to_read(self) -> None:
        """Open an existing database instead of ``open``; it is not changed.

        Raises:
            StoreError: There is none, it cannot be opened, or another version of the bot made it.
        """

    @abstractmethod
    async def _transaction(self, operation: Callable[[], Operation[Result]]) -> Result:
        """Run an operation in a transaction: all its statements take effect, or none.

        Args:
            operation: Starts the operation; called again for each attempt.

        Raises:
            StoreError: The database failed.
        """

    async def _read(self, sql: str, *values: object, slow: bool = False) -> Rows:  # noqa: ARG002
        """Run one query. ``slow``: it may take long, and other queries should not wait for it."""
        return await self._transaction(lambda: _single(sql, values))

    async def _write(self, sql: str, *values: object) -> None:
        await self._transaction(lambda: _single(sql, values))

    async def _write_at_once(self, sql: str, *values: object) -> None:
        """Write as fast as can be, once: after a failure nobody knows whether it took effect."""
        await self._write(sql, *values)

    def _lock(self, name: bytes) -> Operation[None]:  # noqa: ARG002
        """Wait until no other transaction holds the lock of this name, and hold it until the end.

        Does nothing here, for engines whose writing transactions run one at a time anyway.
        """
        yield from ()

    def _check_voter_key(self, remedy: str) -> Operation[None]:
        """Note the voter key's fingerprint in a new database; compare it in an existing one.

        Args:
            remedy: What the error message says to restore.

        Raises:
            StoreError: The votes were counted under another voter key.
        """
        insert = "INSERT INTO meta (name, value) VALUES ('voter key', $1) ON CONFLICT DO NOTHING"
        yield insert, (self._fingerprint,)
        rows = yield "SELECT value FROM meta WHERE name = 'voter key'", ()
        if rows[0]["value"] != self._fingerprint:
            raise StoreError(
                f"{self._database} was made with another voter key, so every reader could vote "
                f"again: restore {remedy}."
            )


def _single(sql: str, values: tuple[object, ...]) -> Operation[Rows]:
    return (yield sql, values)
