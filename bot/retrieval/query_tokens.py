"""The tokens of a question, as arrays: made once, and asked of many articles."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from bot.retrieval.analysis import Analyzer, is_bigram, is_longest_unspaced, is_number
from bot.retrieval.article_arrays import ArticleArrays, codes, positions

MAX_REMEMBERED = 256
"""Questions whose tokens are remembered; each article may correct other words of the same one."""


@dataclass(frozen=True, eq=False)
class QueryTokens:
    """The distinct tokens of a question.

    Attributes:
        weights: Token -> weight, above 0.
    """

    weights: Mapping[str, float]

    @cached_property
    def codes(self) -> NDArray[np.uint32]:
        """The code of each token."""
        return codes(self.weights)

    @cached_property
    def values(self) -> NDArray[np.float64]:
        """The weight of each token."""
        return np.array(list(self.weights.values()), dtype=np.float64)

    @cached_property
    def are_bigrams(self) -> NDArray[np.bool_]:
        """Whether each token stands for two neighbouring words."""
        return np.array([is_bigram(token) for token in self.weights], dtype=bool)

    @cached_property
    def are_numbers(self) -> NDArray[np.bool_]:
        """Whether each token stands for a number."""
        return np.array([is_number(token) for token in self.weights], dtype=bool)

    @cached_property
    def are_longest_unspaced(self) -> NDArray[np.bool_]:
        """Whether each token is the longest n-gram of a script without spaces."""
        return np.array([is_longest_unspaced(token) for token in self.weights], dtype=bool)


@lru_cache(maxsize=MAX_REMEMBERED)
def query_tokens(
    analyzer: Analyzer,
    words: tuple[str, ...],
    context: tuple[str, ...] = (),
    context_weight: float = 1.0,
) -> QueryTokens:
    """Return the tokens of a question.

    Args:
        analyzer: Cuts its words into tokens.
        words: Its folded words.
        context: Those of the question before it.
        context_weight: What the weights of tokens of ``context`` alone are multiplied by.
    """
    own = analyzer.query_tokens(words)
    if not context:
        return QueryTokens(own)
    before = analyzer.query_tokens(context)
    return QueryTokens({t: context_weight * weight for t, weight in before.items()} | own)


class HeldTokens:
    """Where an article has the tokens of a question.

    Attributes:
        tokens: The question's tokens.
        are_held: For each token, whether a passage of the article or its heading has it.
        columns: For each posting, the number of its token in the question, ascending.
        passages: For each posting, the passage's number, from 0.
        frequencies: For each posting, how often the token occurs.
    """

    def __init__(self, tokens: QueryTokens, arrays: ArticleArrays) -> None:
        """Look the tokens up in an article."""
        self.tokens = tokens
        self._arrays = arrays
        self._columns, self._rows = positions(arrays.tokens, tokens.codes)
        self.are_held = np.zeros(len(tokens.weights), dtype=bool)
        self.are_held[self._columns] = True
        self.columns, found = self._postings(arrays.posting_starts)
        self.passages, self.frequencies = arrays.passages[found], arrays.frequencies[found]

    def sentences(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the same of sentences: for each posting its token's number, and the sentence's."""
        columns, found = self._postings(self._arrays.sentence_posting_starts)
        return columns, self._arrays.sentences[found].astype(np.int64)

    def _postings(self, starts: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the token's number and the position of each posting of the question's tokens."""
        first = starts[self._rows].astype(np.int64)
        counts = starts[self._rows + 1].astype(np.int64) - first
        before = np.cumsum(counts) - counts
        positions = np.repeat(first - before, counts) + np.arange(int(counts.sum()))
        return np.repeat(self._columns, counts), positions
