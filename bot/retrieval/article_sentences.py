"""The sentences of an article: where they are, and which one of a passage answers best."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from bot.corpus.article import Article
from bot.corpus.loader import DATA
from bot.corpus.yaml import read_data
from bot.retrieval.analysis import words
from bot.retrieval.answer_types import AnswerType, extract
from bot.retrieval.article_arrays import ArticleArrays, sentence_texts
from bot.retrieval.params import RetrievalParams
from bot.retrieval.query import Query


@dataclass(frozen=True)
class _Sentence:
    text: str
    begins_with_pronoun: bool

    @cached_property
    def _extracted(self) -> Mapping[AnswerType, frozenset[str]]:
        return extract(self.text)

    def holds_type(self, query: Query) -> bool:
        """Return whether it holds the type of answer asked for, in words not asked."""
        if query.answer_type is None:
            return False
        return bool(self._extracted[query.answer_type].difference(query.words, query.context))


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
        self._known: dict[int, list[_Sentence]] = {}

    def spans(self, passage: int) -> list[tuple[int, int]]:
        """Return (start, end) of the sentences of a passage, in characters; at least one.

        Args:
            passage: The passage's number, from 0.
        """
        part = self.slices[passage]
        starts, ends = self._arrays.sentence_starts[part], self._arrays.sentence_ends[part]
        return list(zip(starts.tolist(), ends.tolist(), strict=True))

    def _read(self, passage: int) -> list[_Sentence]:
        if passage not in self._known:
            texts = sentence_texts([self._article.passages[passage]], [self.spans(passage)])
            pronouns = _pronouns(self._article.language)
            self._known[passage] = [
                _Sentence(text, not pronouns.isdisjoint(words(text)[:1])) for text in texts
            ]
        return self._known[passage]

    def best(self, passage: int, weights: NDArray[np.float64], query: Query) -> int:
        """Return the number of the sentence of a passage that answers best, from 0.

        Args:
            passage: The passage's number, from 0.
            weights: For each sentence of the article, how much of the question it holds.
            query: The question.
        """
        own = weights[self.slices[passage]].tolist()
        values, read = list(own), self._read(passage)
        boost = max(own) * (1.0 if query.is_bare else self._params.answer_type_boost)
        for number in range(len(values)):
            if number > 0 and read[number].begins_with_pronoun:
                # "She" was named in the sentence before.
                values[number] += self._params.pronoun_weight * own[number - 1]
            if read[number].holds_type(query):
                values[number] += boost
        return values.index(max(values))

    def holds_type(self, passage: int, query: Query) -> bool:
        """Return whether a passage, by its number from 0, holds the type of answer asked for.

        That is a time for "when", and so on.
        """
        return any(sentence.holds_type(query) for sentence in self._read(passage))


@lru_cache
def _pronouns(language: str) -> frozenset[str]:
    """Return the folded pronouns of a language that stand for what was named before."""
    main = language.split("-", maxsplit=1)[0]
    listed = read_data(DATA / "pronouns.yaml").get(main, ())
    return frozenset(folded for word in listed for folded in words(word))
