"""Where the arrays of articles are: in memory, or in the cache on disk."""

from collections.abc import Iterable
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

    def save_segment(self, language: str, segment: Segment) -> None:
        """Keep the postings of the articles of a language."""


class MemoryStore:
    """Keeps everything in memory; see ``ArticleStore``."""

    def __init__(self) -> None:
        self._arrays: dict[bytes, ArticleArrays] = {}

    def missing(self, keys: Iterable[bytes]) -> list[bytes]:
        """See ``ArticleStore``."""
        return [key for key in dict.fromkeys(keys) if key not in self._arrays]

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

    def save_segment(self, language: str, segment: Segment) -> None:
        """Do nothing."""
