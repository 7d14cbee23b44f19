"""Scores the passages of one article for a question.

BM25+ (Lv and Zhai, "Lower-bounding term frequency normalization", CIKM 2011) as rank-bm25 has it:
with the few passages of one article, Okapi's formula gives the words that matter no weight at all.
"""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from rank_bm25 import BM25Plus

from bot.retrieval.article_arrays import ArticleArrays
from bot.retrieval.params import RetrievalParams
from bot.retrieval.query_tokens import HeldTokens


class Scorer:
    """Scores the passages of an article.

    Args:
        arrays: The article.
        has_standfirst: Whether the first passage is the standfirst.
        params: Thresholds and weights.
    """

    def __init__(
        self, arrays: ArticleArrays, has_standfirst: bool, params: RetrievalParams
    ) -> None:
        self._params = params
        self._has_standfirst = has_standfirst
        self._lengths = np.maximum(params.min_passage_tokens, arrays.token_counts).tolist()
        self._mean_length = float(arrays.token_counts.mean())
        ends = np.cumsum(arrays.sentence_counts, dtype=np.int64)
        self._first_sentences = ends - arrays.sentence_counts
        self._sentences = int(ends[-1])

    def score(self, held: HeldTokens) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the score of each passage, and the IDF weight of each sentence of the article.

        Args:
            held: Where the article has the tokens of a question.
        """
        weights = self._weights(held)
        idf_weights = self._sentence_weights(held, weights)
        scores = self._bm25(held, weights)
        best = np.maximum.reduceat(idf_weights, self._first_sentences)
        scores += self._params.sentence_weight * best
        if self._has_standfirst:
            scores[0] *= self._params.standfirst_boost
        return scores, idf_weights

    def _weights(self, held: HeldTokens) -> NDArray[np.float64]:
        factor = np.where(held.tokens.are_numbers, self._params.number_weight, 1.0)
        weights: NDArray[np.float64] = held.tokens.values * factor
        return weights

    def _bm25(self, held: HeldTokens, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return what rank-bm25 gives each passage."""
        # Of a passage it needs the tokens that are asked, and how many there are in all.
        columns = np.repeat(held.columns, held.frequencies)
        order = np.argsort(np.repeat(held.passages, held.frequencies), kind="stable")
        sizes = np.bincount(held.passages, held.frequencies, len(self._lengths)).astype(np.int64)
        asked, ends = columns[order].tolist(), [0, *np.cumsum(sizes).tolist()]
        index = BM25Plus([asked[start:end] for start, end in pairwise(ends)])
        index.doc_len, index.avgdl = self._lengths, self._mean_length
        for column in index.idf:
            index.idf[column] *= weights[column]
        scores: NDArray[np.float64] = index.get_scores(list(index.idf))
        return scores

    def _sentence_weights(
        self, held: HeldTokens, weights: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return how much of the question's IDF weight over sentences each sentence holds.

        Rare among the sentences is not quite the same as rare among the passages.
        """
        columns, sentences = held.sentences()
        counts = np.bincount(columns, minlength=len(weights))
        idf = np.log((self._sentences + 1) / np.maximum(counts, 1))
        found = np.bincount(sentences, (weights * idf)[columns], self._sentences)
        return found.astype(np.float64)
