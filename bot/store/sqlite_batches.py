"""Transactions that are asked for at the same time are written to the disk together.

A commit waits for the disk, for a millisecond or several. What comes meanwhile would wait for one
commit after another; instead it is committed at once, in one transaction. Each operation in it
still takes effect as a whole or not at all, and nobody is told that something is saved before it is
on the disk.
"""

import asyncio
import sqlite3
import time
from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from bot.store.engine import Operation, Result
from bot.store.sqlite_connection import SqliteConnection, run_operation, transaction


@dataclass
class _Asked:
    """An operation that was asked for.

    Attributes:
        operation: Starts it.
        done: Its result, or the error.
        since: When it was asked for, on the clock of ``time.monotonic``.
    """

    operation: Callable[[], Operation[Any]]
    done: asyncio.Future[Any]
    since: float = field(default_factory=time.monotonic)


class SqliteBatches:
    """Runs operations on one connection, those that wait in one transaction."""

    def __init__(self, connection: SqliteConnection) -> None:
        """Store the connection, which need not be open yet."""
        self._connection = connection
        self._waiting: list[_Asked] = []
        self._writing: asyncio.Task[None] | None = None

    async def run(self, operation: Callable[[], Operation[Result]]) -> Result:
        """Run an operation, and return when it is on the disk.

        It is not run if the caller is cancelled before it began.

        Raises:
            StoreError: The database failed, and nothing of the operation took effect.
        """
        asked = _Asked(operation, asyncio.get_running_loop().create_future())
        self._waiting.append(asked)
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_all())
        result: Result = await asked.done
        return result

    async def finish(self) -> None:
        """Wait until nothing is being written any more."""
        if self._writing is not None:
            await self._writing

    async def _write_all(self) -> None:
        while self._waiting:
            batch = [asked for asked in self._waiting if not asked.done.done()]
            self._waiting = []
            if batch:
                await self._write(batch)

    async def _write(self, batch: Sequence[_Asked]) -> None:
        run = partial(_run_all, operations=[asked.operation for asked in batch])
        try:
            outcomes = await self._connection.run(run, since=batch[0].since)
        except Exception as error:
            outcomes = [copy(error) for _ in batch]
        for asked, outcome in zip(batch, outcomes, strict=True):
            if asked.done.done():
                continue
            if isinstance(outcome, sqlite3.Error):
                asked.done.set_exception(self._connection.failure(outcome))
            elif isinstance(outcome, Exception):
                asked.done.set_exception(outcome)
            else:
                asked.done.set_result(outcome)


def _run_all(
    connection: sqlite3.Connection, operations: Sequence[Callable[[], Operation[Any]]]
) -> list[Any]:
    """Return the result of each operation, or the exception with which it failed alone.

    Raises:
        sqlite3.Error: The transaction failed; nothing took effect.
    """
    outcomes: list[Any] = []
    with transaction(connection):
        for operation in operations:
            connection.execute("SAVEPOINT operation")
            try:
                outcomes.append(run_operation(connection, operation()))
            except Exception as error:
                if not connection.in_transaction:
                    # A full disk, for example, ends the whole transaction.
                    raise
                connection.execute("ROLLBACK TO operation")
                outcomes.append(error)
            connection.execute("RELEASE operation")
    return outcomes
