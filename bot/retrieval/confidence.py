"""How sure it is that a passage answers: how much of a question it holds, beyond chance."""

import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from bot.retrieval.analysis import is_bigram, is_longest_unspaced
from bot.retrieval.background import MAX_PROBABILITY, MIN_PROBABILITY
from bot.retrieval.params import RetrievalParams

BIGRAM_PROBABILITY = 1 / 400
"""The chance that a passage holds a bigram of the question, if the article has it."""


class Confidence:
    """Measures how much of a question the passages of an article hold.

    Each token weighs as much as it is improbable: ``-log(p)``, where p is the chance that any
    passage of the same length in the same language holds it (Shannon's information). What a passage
    would hold by chance is taken off:

        (held - expected) / (total - expected)

    Args:
        passages_with: Token -> numbers of the passages that hold it, from 0.
        lengths: The characters of each passage.
        rate: Returns how often a token occurs a character of text, and whether the article has it.
        params: Thresholds and weights.
    """

    def __init__(
        self,
        passages_with: Mapping[str, Sequence[int]],
        lengths: Sequence[int],
        rate: Callable[[str, bool], float],
        params: RetrievalParams,
    ) -> None:
        self._passages_with = passages_with
        self._lengths = np.array(lengths, dtype=np.float64)[:, None]
        self._rate = rate
        self._params = params

    def of(self, tokens: Mapping[str, float]) -> NDArray[np.float64]:
        """Return the confidence of each passage, 0 to 1.

        Args:
            tokens: The tokens of a question and their weights.
        """
        # A bigram that the article lacks counts for nothing: most are the question's own.
        used = [t for t in tokens if t in self._passages_with or not is_bigram(t)]
        if not used:
            return np.zeros(len(self._lengths))
        rates = np.array([self._rate(token, token in self._passages_with) for token in used])
        chance = 1 - np.exp(-self._lengths * rates)
        chance = np.clip(chance, MIN_PROBABILITY, MAX_PROBABILITY)
        chance[:, [is_bigram(token) for token in used]] = BIGRAM_PROBABILITY
        weights = np.array([tokens[token] * self._factor(token) for token in used])
        information = weights * -np.log(chance)
        held = np.zeros(chance.shape, dtype=bool)
        for column, token in enumerate(used):
            held[self._passages_with.get(token, ()), column] = True
        expected = (information * chance).sum(axis=1)
        above = (information * held).sum(axis=1) - expected
        share = above / (information.sum(axis=1) - expected)
        clipped: NDArray[np.float64] = np.clip(share, 0.0, 1.0)
        return clipped

    def _factor(self, token: str) -> float:
        """Return the further factor on tokens that reach over two words."""
        if is_bigram(token) or (token not in self._passages_with and is_longest_unspaced(token)):
            return self._params.bigram_weight
        return 1.0


def chance_of_many(passages: int) -> float:
    """Return how much of the threshold is due to the number of passages of an article.

    The best of many passages holds more of any question than the best of few. 0 for 5 passages.
    """
    return math.log(passages / 5)
