"""Callback queries: the taps that wait for the bot's answer."""

import time
from asyncio import Future
from collections import OrderedDict
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from bot.sandbox.errors import TOO_OLD, bad_request

# Queries older than the last so many are "too old", as Telegram says of old ones.
MAX_QUERIES = 20_000


@dataclass
class Query:
    """A callback query. answer: text and show_alert once the bot answered, None before."""

    reader: int
    answer: dict[str, Any] | None = None
    waiters: set["Future[None]"] = field(default_factory=set)


def wake(waiters: set["Future[None]"]) -> None:
    """Let everyone in `waiters` go on."""
    for waiter in waiters:
        if not waiter.done():
            waiter.set_result(None)
    waiters.clear()


class Queries:
    """The last callback queries by id."""

    def __init__(self) -> None:
        self._queries: OrderedDict[str, Query] = OrderedDict()
        self._ids = count(time.time_ns() // 1_000)

    def new_id(self) -> str:
        """An id that no query of any kind had before."""
        return str(next(self._ids))

    def open(self, query_id: str, reader: int) -> Query:
        """Remember a query so that it can be answered; a known one stays as it is."""
        query = self._queries.setdefault(query_id, Query(reader))
        if len(self._queries) > MAX_QUERIES:
            self._queries.popitem(last=False)
        return query

    def find(self, query_id: str) -> Query | None:
        """The query with this id; None when there is none, or not any more."""
        return self._queries.get(query_id)

    def answer(self, query_id: str, text: str | None, show_alert: bool) -> Query:
        """Answer once; ApiError for an unknown id and for the second time.

        Whoever waits for the bot's reaction to the query goes on either way.
        """
        query = self._queries.get(query_id)
        if query:
            wake(query.waiters)
        if not query or query.answer:
            raise bad_request(TOO_OLD)
        query.answer = {"text": text, "show_alert": show_alert}
        return query
