"""Which articles hold a token: made once for many articles, and kept up when a few change."""

from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from bot.retrieval.article_index import ArticleIndex
from bot.retrieval.scorer import postings

MAX_RECENT = 32
MAX_RECENT_SHARE = 0.05
"""Articles that are looked through one by one at most: that many, or that share of all. Beyond it,
the postings are made anew, which takes a second for a thousand articles."""

Positions = NDArray[np.int32]
"""Positions of articles among all, from 0."""


class ArticlePostings:
    """The articles that hold a token, in their passages or in headline and standfirst."""

    def __init__(self, indexes: Sequence[ArticleIndex]) -> None:
        """Make the postings of all articles, in their order."""
        self._slots = {index: slot for slot, index in enumerate(indexes)}
        self._held = _arrays(index.tokens() for index in indexes)
        self._titled = _arrays(index.title_tokens() for index in indexes)
        self._positions = np.arange(len(indexes), dtype=np.int32)
        self._recent: list[tuple[int, ArticleIndex, set[str]]] = []

    def updated(self, indexes: Sequence[ArticleIndex]) -> "ArticlePostings":
        """Return the postings of other articles, most of which are the same ones."""
        kept = {index: self._slots[index] for index in indexes if index in self._slots}
        changed = len(self._positions) - len(kept) + len(indexes) - len(kept)
        if changed > max(MAX_RECENT, MAX_RECENT_SHARE * len(indexes)):
            return ArticlePostings(indexes)
        new = ArticlePostings(())
        new._slots, new._held, new._titled = kept, self._held, self._titled
        new._positions = np.full(len(self._positions), -1, dtype=np.int32)
        titles = {index: tokens for _, index, tokens in self._recent}
        for position, index in enumerate(indexes):
            if index in kept:
                new._positions[kept[index]] = position
            else:
                tokens = titles.get(index) or index.title_tokens()
                new._recent.append((position, index, tokens))
        return new

    def holders(self, token: str) -> Positions:
        """Return the articles that hold a token in their passages or their headline."""
        return self._found(self._held, token, lambda index, _: index.holds(token))

    def titled(self, token: str) -> Positions:
        """Return the articles that hold a token in their headline or standfirst."""
        return self._found(self._titled, token, lambda _, tokens: token in tokens)

    def _found(
        self,
        arrays: Mapping[str, Positions],
        token: str,
        holds: Callable[[ArticleIndex, set[str]], bool],
    ) -> Positions:
        found = self._positions[arrays.get(token, _NONE)]
        recent = [position for position, index, tokens in self._recent if holds(index, tokens)]
        found = found[found >= 0]
        return np.concatenate([found, np.array(recent, dtype=np.int32)]) if recent else found


_NONE = np.array([], dtype=np.int32)


def _arrays(documents: Iterable[Iterable[str]]) -> dict[str, Positions]:
    return {token: np.array(found, dtype=np.int32) for token, found in postings(documents).items()}
