"""What the votes were after each tap, out of the database: which taps an edit's counts include."""

import asyncio
import sqlite3
from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.store.base import toggle
from bot.views.keyboards import compact
from tests.benchmarks.copies.server import Shown

_COUNTED_TAPS = """
    SELECT callback_query_id, at, reaction FROM {}callback_queries
    WHERE reaction IS NOT NULL ORDER BY at, callback_query_id"""
_COUNTS = "SELECT reaction, votes FROM {}counts"
_TRACKED = "SELECT count(*) FROM {}tracked_messages"


def read(database: str, query: str) -> list[Any]:
    """Run a query. query: with {} where PostgreSQL needs the schema's name."""
    if database.startswith("sqlite:///"):
        path = Path(database.removeprefix("sqlite:///"))
        connection = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)
        try:
            return connection.execute(query.format("")).fetchall()
        finally:
            connection.close()
    return asyncio.run(_fetch(database, query.format("article_bot.")))


async def _fetch(database: str, query: str) -> list[Any]:
    import asyncpg

    connection = await asyncpg.connect(database)
    try:
        return [tuple(row) for row in await connection.fetch(query)]
    finally:
        await connection.close()


def order(server: str, statement: str) -> None:
    """Run a statement of PostgreSQL's that no transaction may hold."""
    asyncio.run(_fetch(server, statement))


def true_counts(database: str, reactions: Sequence[str]) -> Shown:
    """What every copy must come to show."""
    return written(dict(read(database, _COUNTS)), reactions)


def known_copies(database: str) -> int:
    """How many copies the bot remembers."""
    return int(read(database, _TRACKED)[0][0])


def counted(votes: Mapping[int, str], reactions: Sequence[str]) -> Shown:
    """What copies must show when these are the readers' votes."""
    return written(Counter(votes.values()), reactions)


def written(votes: Mapping[str, int], reactions: Sequence[str]) -> Shown:
    """How these votes stand on a copy's buttons."""
    return tuple(sorted((name, compact(votes.get(name, 0))) for name in reactions))


class History:
    """The counts after every vote, numbered from 1 in the order in which they were counted.

    With PostgreSQL, which counts several at once, in about that order: there are edits then with
    counts that seem never to have been, and these are taken to include no vote.
    """

    def __init__(self, database: str, readers: Mapping[str, int], reactions: Sequence[str]) -> None:
        """readers: who made which callback query."""
        self.number: dict[str, int] = {}
        self._states = [written({}, reactions)]
        self._at = [0.0]
        self._numbers: dict[Shown, list[int]] = {self._states[0]: [0]}
        votes: dict[int, str | None] = {}
        totals: Counter[str] = Counter()
        for query, at, reaction in read(database, _COUNTED_TAPS):
            previous = votes.get(readers[query])
            _, choice = toggle(previous, reaction)
            votes[readers[query]] = choice
            totals.subtract(filter(None, [previous]))
            totals.update(filter(None, [choice]))
            self.number[query] = len(self._states)
            state = written(totals, reactions)
            self._numbers.setdefault(state, []).append(len(self._states))
            self._states.append(state)
            self._at.append(at)

    def after(self, number: int) -> Shown:
        """The counts after a vote."""
        return self._states[number]

    def shown_by(self, shown: Shown, at: float) -> int | None:
        """The last vote that counts shown at some time include; None for counts that never were."""
        before = bisect_right(self._at, at) - 1
        return max((n for n in self._numbers.get(shown, ()) if n <= before), default=None)
