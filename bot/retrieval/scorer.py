"""Scores the passages of one article for a question.

BM25+ (Lv and Zhai, "Lower-bounding term frequency normalization", CIKM 2011) as rank-bm25 has it:
with the few passages of one article, Okapi's formula gives the words that matter no weight at all.
"""

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
        self._lengths = np.maximum(params.min_passage_tokens, arrays.token_counts)
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
        """Return the BM25+ score of each passage.

        rank-bm25 looks at every passage for every token. So each posting is a document for it, with
        one token and the length of its passage: then it looks once at those that hold a token.
        """
        index = BM25Plus([[0]])
        index.doc_freqs = [{0: frequency} for frequency in held.frequencies.tolist()]
        index.corpus_size = len(index.doc_freqs)
        index.doc_len, index.avgdl = self._lengths[held.passages], self._mean_length
        index.idf = {0: 1.0}
        found = index.get_scores([0])
        # What a passage gets without the token, it gets for all of them.
        least = index.delta
        counts = np.bincount(held.columns, minlength=len(weights))
        idf = np.log((len(self._lengths) + 1) / np.maximum(counts, 1))
        weighted = np.where(held.are_held, weights * idf, 0.0)
        above = weighted[held.columns] * (found - least)
        scores = np.bincount(held.passages, above, len(self._lengths)).astype(np.float64)
        scores += least * weighted.sum()
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
