"""The sentences of an article: where they are, and which one of a passage answers best."""

from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from bot.corpus.article import Article, Passage
from bot.retrieval.answer_types import AnswerType, extract
from bot.retrieval.article_arrays import ArticleArrays, sentence_texts
from bot.retrieval.params import RetrievalParams
from bot.retrieval.query import Query

MIN_SENTENCE = 45
"""Characters of a sentence that says its meaning alone: about ten words."""


class ArticleSentences:
    """The sentences of all passages, counted through the article from 0.

    Args:
        article: The article.
        arrays: Where its sentences are.
        params: Thresholds and weights.

    Attributes:
        slices: For each passage, which sentences of the article are its own.
    """

    def __init__(self, article: Article, arrays: ArticleArrays, params: RetrievalParams) -> None:
        self._article, self._arrays, self._params = article, arrays, params
        ends = np.cumsum(arrays.sentence_counts, dtype=np.int64).tolist()
        self.slices = [slice(*bounds) for bounds in pairwise([0, *ends])]
        # Few passages of an article are ever shown.
        self._known: dict[tuple[int, AnswerType], list[frozenset[str]]] = {}

    @cached_property
    def passages(self) -> tuple[Passage, ...]:
        """The passages, which are loaded only if they are shown, and then are needed again."""
        return self._article.passages

    def spans(self, passage: int) -> list[tuple[int, int]]:
        """Return (start, end) of the sentences of a passage, in characters; at least one.

        Args:
            passage: The passage's number, from 0.
        """
        part = self.slices[passage]
        starts, ends = self._arrays.sentence_starts[part], self._arrays.sentence_ends[part]
        return list(zip(starts.tolist(), ends.tolist(), strict=True))

    def texts(self) -> list[str]:
        """Return for each sentence of the article the text that stands for its meaning.

        A short sentence says little alone, and is near to any short question: it comes with the
        sentence before it.
        """
        found = []
        for number in range(len(self.slices)):
            own = sentence_texts([self.passages[number]], [self.spans(number)])
            for at, text in enumerate(own):
                near = slice(max(at - 1, 0), at + 1)
                found.append(" ".join(own[near]) if len(text) < MIN_SENTENCE else text)
        return found

    def best(self, passage: int, weights: NDArray[np.float64], query: Query) -> int:
        """Return the number of the sentence of a passage that answers best, from 0.

        Args:
            passage: The passage's number, from 0.
            weights: For each sentence of the article, how much of the question it holds.
            query: The question.
        """
        part = self.slices[passage]
        own = weights[part].tolist()
        begin_with_pronoun = self._arrays.begin_with_pronoun[part].tolist()
        hold_type = self._hold_type(passage, query)
        boost = max(own) * (1.0 if query.is_bare else self._params.answer_type_boost)
        values = [value + boost * has_it for value, has_it in zip(own, hold_type, strict=True)]
        for number in range(1, len(values)):
            if begin_with_pronoun[number]:
                # "She" was named in the sentence before.
                values[number] += self._params.pronoun_weight * own[number - 1]
        return values.index(max(values))

    def holds_type(self, passage: int, query: Query) -> bool:
        """Return whether a passage, by its number from 0, holds the type of answer asked for.

        That is a time for "when", and so on, in words that are not asked.
        """
        return any(self._hold_type(passage, query))

    def _hold_type(self, passage: int, query: Query) -> list[bool]:
        """Return for each sentence of a passage whether it holds the type of answer asked for."""
        kind = query.answer_type
        if kind is None:
            return [False] * len(self.spans(passage))
        if (passage, kind) not in self._known:
            texts = sentence_texts([self.passages[passage]], [self.spans(passage)])
            self._known[passage, kind] = [extract(text, kind) for text in texts]
        asked = (*query.words, *query.context)
        return [bool(found.difference(asked)) for found in self._known[passage, kind]]
