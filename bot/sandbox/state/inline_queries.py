"""Inline queries: what readers type after the bot's name, its answers, and Telegram's cache."""

import time
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.api_errors import QUERY_TOO_OLD, bad_request
from bot.sandbox.held_requests import Waiters, wake
from bot.sandbox.state.queries import MAX_QUERIES, store_recent

MAX_QUERY = 256
MAX_AGE = 30.0
"""Seconds within which the bot may answer."""
MAX_CACHED = 5_000


# What the control interface shows of an answer.
_SHOWN = ("results", "next_offset", "button", "cache_time", "is_personal")


@dataclass(frozen=True)
class InlineAnswer:
    """The bot's answer.

    Attributes:
        results: as the bot sent them.
        contents: the fields of the message that each result becomes, by the result's id.
        next_offset: "" when there are no more results.
        button: above the results; None when there is none.
        cache_time: in seconds.
        is_personal: whether it is cached for one reader only.
    """

    results: list[dict[str, Any]]
    contents: dict[str, dict[str, Any]]
    next_offset: str
    button: dict[str, Any] | None
    cache_time: int
    is_personal: bool


def answer_for_page(answer: InlineAnswer | None) -> dict[str, Any]:
    """Return an answer as the control interface shows it; all is None when it did not come."""
    return {name: getattr(answer, name, None) for name in _SHOWN}


@dataclass
class InlineQuery:
    """A reader's query. answer: None until the bot answered, or the cache had an answer."""

    id: str
    reader: int
    query: str
    offset: str
    cached: bool = False
    answer: InlineAnswer | None = None
    opened: float = field(default_factory=time.monotonic)
    waiters: Waiters = field(default_factory=set)


class InlineQueries:
    """The last inline queries, by_id, and the answers that are cached for others who ask the same.

    max_age: the seconds within which the bot may answer.
    """

    def __init__(self) -> None:
        self.max_age = MAX_AGE
        self.by_id: OrderedDict[str, InlineQuery] = OrderedDict()
        # By query, offset and reader (None: for all readers), with the time when it expires.
        self._cache: OrderedDict[tuple[str, str, int | None], tuple[float, InlineAnswer]] = (
            OrderedDict()
        )

    def open(self, query_id: str, reader: int, text: str, offset: str) -> InlineQuery:
        """Store a new query; it is answered at once when the cache has an answer."""
        query = InlineQuery(query_id, reader, text[:MAX_QUERY], offset)
        query.answer = self._cached(query)
        query.cached = query.answer is not None
        store_recent(self.by_id, query_id, query, MAX_QUERIES)
        return query

    def answer(self, query_id: str, answer: InlineAnswer) -> None:
        """Answer a query and cache the answer; ApiError when no such query waits for one."""
        query = self.by_id.get(query_id)
        if not query or query.answer or time.monotonic() - query.opened > self.max_age:
            raise bad_request(QUERY_TOO_OLD)
        query.answer = answer
        if answer.cache_time > 0:
            key = (query.query, query.offset, query.reader if answer.is_personal else None)
            expires = time.monotonic() + answer.cache_time
            store_recent(self._cache, key, (expires, answer), MAX_CACHED)
        wake(query.waiters)

    def _cached(self, query: InlineQuery) -> InlineAnswer | None:
        for reader in (query.reader, None):
            expires, answer = self._cache.get((query.query, query.offset, reader), (0.0, None))
            if time.monotonic() < expires:
                return answer
        return None
