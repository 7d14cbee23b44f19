"""Scores the passages of one article for a question.

BM25+ (Lv and Zhai, "Lower-bounding term frequency normalization", CIKM 2011) as rank-bm25 has it:
with the few passages of one article, Okapi's formula gives the words that matter no weight at all.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray
from rank_bm25 import BM25Plus

from bot.retrieval.analysis import is_number
from bot.retrieval.params import RetrievalParams


class Scorer:
    """The tokens of an article's passages.

    Args:
        sentences: For each passage, the tokens of its sentences.
        headings: For each passage, the tokens of its heading.
        has_standfirst: Whether the first passage is the standfirst.
        params: Thresholds and weights.

    Attributes:
        passages_with: Token -> the numbers of the passages that hold it, from 0.
    """

    def __init__(
        self,
        sentences: Sequence[Sequence[Sequence[str]]],
        headings: Sequence[Sequence[str]],
        has_standfirst: bool,
        params: RetrievalParams,
    ) -> None:
        self._params = params
        self._has_standfirst = has_standfirst
        self._bm25 = BM25Plus(
            [list(chain(heading, *own)) for heading, own in zip(headings, sentences, strict=True)]
        )
        least = params.min_passage_tokens
        self._bm25.doc_len = [max(least, length) for length in self._bm25.doc_len]
        self.passages_with = postings(self._bm25.doc_freqs)
        self._sentences_with = postings(chain(*sentences))
        self._counts = [len(own) for own in sentences]

    def tokens_of(self, passage: int) -> Mapping[str, int]:
        """Return the tokens of a passage, by its number from 0, and how often it holds each."""
        tokens: Mapping[str, int] = self._bm25.doc_freqs[passage]
        return tokens

    def score(self, tokens: Mapping[str, float]) -> tuple[NDArray[np.float64], list[float]]:
        """Return the score of each passage, and the IDF weight of each sentence of the article.

        Args:
            tokens: The tokens of a question and their weights.
        """
        scores = np.zeros(len(self._counts))
        idf_weights = [0.0] * sum(self._counts)
        for token, asked in tokens.items():
            passages = self.passages_with.get(token)
            if passages is None:
                continue
            weight = asked * (self._params.number_weight if is_number(token) else 1.0)
            # BM25+ gives a passage without the token this much, too.
            least = self._bm25.idf[token] * self._bm25.delta
            held = np.array(self._bm25.get_batch_scores([token], passages))
            scores += weight * least
            scores[passages] += weight * (held - least)
            holders = self._sentences_with.get(token, ())
            if holders:
                # Rare among the sentences, which is not quite the same as among the passages.
                idf_weight = weight * math.log((len(idf_weights) + 1) / len(holders))
                for sentence in holders:
                    idf_weights[sentence] += idf_weight
        start = 0
        for number, count in enumerate(self._counts):
            best = max(idf_weights[start : start + count])
            scores[number] += self._params.sentence_weight * best
            start += count
        if self._has_standfirst:
            scores[0] *= self._params.standfirst_boost
        return scores, idf_weights


def postings(documents: Iterable[Iterable[str]]) -> dict[str, list[int]]:
    """Return token -> numbers of the documents that hold it, from 0, ascending."""
    found: dict[str, list[int]] = defaultdict(list)
    for number, tokens in enumerate(documents):
        for token in set(tokens):
            found[token].append(number)
    return dict(found)
