"""Inline queries: what readers type behind the bot's name, its answers, and Telegram's cache."""

import time
from asyncio import Future
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.chats import Chat
from bot.sandbox.errors import TOO_OLD, bad_request
from bot.sandbox.results import Result

MAX_QUERY = 256
# Seconds within which the bot may answer.
MAX_AGE = 30.0
MAX_QUERIES = 20_000
MAX_CACHED = 5_000
DEFAULT_CACHE_TIME = 300


@dataclass(frozen=True)
class Answer:
    """What the bot answered. cache_time: in seconds; next_offset: "" when there is no more."""

    results: list[Result]
    next_offset: str
    button: dict[str, Any] | None
    cache_time: int
    is_personal: bool

    def shown(self) -> dict[str, Any]:
        """The answer for the page and for tests."""
        return {
            "results": [result.shown for result in self.results],
            "next_offset": self.next_offset,
            "button": self.button,
            "cache_time": self.cache_time,
            "is_personal": self.is_personal,
        }


NO_ANSWER = {
    "results": None,
    **dict.fromkeys(("next_offset", "button", "cache_time", "is_personal")),
}


@dataclass
class InlineQuery:
    """A reader's query. answer: None until the bot, or the cache, gave one."""

    id: str
    reader: int
    query: str
    offset: str
    cached: bool = False
    answer: Answer | None = None
    at: float = field(default_factory=time.monotonic)
    waiters: set["Future[None]"] = field(default_factory=set)


def chat_type(chat: Chat) -> str:
    """How a query tells in what kind of chat it was typed; "sender": the one with the bot."""
    kind = str(chat.head()["type"])
    return "sender" if kind == "private" else kind


class InlineQueries:
    """The last queries, and the answers that are kept for others who ask the same."""

    def __init__(self) -> None:
        self._queries: OrderedDict[str, InlineQuery] = OrderedDict()
        # By query, offset and reader (None: anybody); with the time until which it holds.
        self._cache: OrderedDict[tuple[str, str, int | None], tuple[float, Answer]] = OrderedDict()

    def open(self, query_id: str, reader: int, text: str, offset: str) -> InlineQuery:
        """A new query; it has its answer at once when the cache holds one."""
        query = InlineQuery(query_id, reader, text[:MAX_QUERY], offset)
        query.answer = self._cached(query)
        query.cached = query.answer is not None
        self._queries[query_id] = query
        if len(self._queries) > MAX_QUERIES:
            self._queries.popitem(last=False)
        return query

    def find(self, query_id: str) -> InlineQuery | None:
        """The query with this id; None when there is none, or not any more."""
        return self._queries.get(query_id)

    def answer(self, query_id: str, answer: Answer) -> InlineQuery:
        """Answer a query and keep the answer; ApiError when there is none that waits for one."""
        query = self._queries.get(query_id)
        if not query or query.answer or time.monotonic() - query.at > MAX_AGE:
            raise bad_request(TOO_OLD)
        query.answer = answer
        if answer.cache_time > 0:
            key = (query.query, query.offset, query.reader if answer.is_personal else None)
            self._cache[key] = time.monotonic() + answer.cache_time, answer
            self._cache.move_to_end(key)
            if len(self._cache) > MAX_CACHED:
                self._cache.popitem(last=False)
        return query

    def _cached(self, query: InlineQuery) -> Answer | None:
        for reader in (query.reader, None):
            until, answer = self._cache.get((query.query, query.offset, reader), (0.0, None))
            if time.monotonic() < until:
                return answer
        return None
