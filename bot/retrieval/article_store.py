"""Where the arrays of articles are: in memory, or in the cache on disk."""

from collections.abc import Iterable, Mapping
from typing import Protocol

from bot.retrieval.article_arrays import ArticleArrays
from bot.retrieval.article_postings import Segment


class ArticleStore(Protocol):
    """Keeps what was made of articles, by their keys."""

    def missing(self, keys: Iterable[bytes]) -> list[bytes]:
        """Return those keys of which there are no arrays, each once."""

    def add(self, found: Iterable[tuple[bytes, bytes]]) -> None:
        """Keep arrays, given as bytes, by their keys."""

    def arrays(self, key: bytes) -> ArticleArrays | None:
        """Return the arrays of an article; None if they are lost."""

    def segment(self, language: str) -> Segment | None:
        """Return the postings that were kept for a language, perhaps of other articles."""

    def save_segment(self, language: str, segment: Segment) -> Segment:
        """Keep the postings of the articles of a language, and return what was kept."""

    def answered(self) -> Mapping[tuple[bytes, str], bool]:
        """Return by article's key and sample question whether the article answers it."""

    def save_answered(self, answered: Mapping[tuple[bytes, str], bool]) -> None:
        """Keep which sample questions are answered."""


class MemoryStore:
    """Keeps everything in memory; see ``ArticleStore``."""

    def __init__(self) -> None:
        self._arrays: dict[bytes, ArticleArrays] = {}
        self._answered: dict[tuple[bytes, str], bool] = {}

    def missing(self, keys: Iterable[bytes]) -> list[bytes]:
        """See ``ArticleStore``."""
        wanted = dict.fromkeys(keys)
        if len(self._arrays) > 2 * len(wanted):
            self._arrays = {k: found for k, found in self._arrays.items() if k in wanted}
        return [key for key in wanted if key not in self._arrays]

    def add(self, found: Iterable[tuple[bytes, bytes]]) -> None:
        """See ``ArticleStore``."""
        for key, data in found:
            self._arrays[key] = ArticleArrays.from_bytes(data)

    def arrays(self, key: bytes) -> ArticleArrays | None:
        """See ``ArticleStore``."""
        return self._arrays.get(key)

    def segment(self, language: str) -> Segment | None:  # noqa: ARG002
        """Return None: postings are not kept."""
        return None

    def save_segment(self, language: str, segment: Segment) -> Segment:  # noqa: ARG002
        """Return the segment: postings are not kept."""
        return segment

    def answered(self) -> Mapping[tuple[bytes, str], bool]:
        """See ``ArticleStore``."""
        return dict(self._answered)

    def save_answered(self, answered: Mapping[tuple[bytes, str], bool]) -> None:
        """See ``ArticleStore``."""
        self._answered.update(answered)
