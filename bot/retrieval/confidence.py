"""How sure it is that a passage answers: how much of a question it holds, beyond chance."""

import math

import numpy as np
from numpy.typing import NDArray

from bot.retrieval.background import MAX_PROBABILITY, MIN_PROBABILITY
from bot.retrieval.params import RetrievalParams
from bot.retrieval.query_tokens import HeldTokens

BIGRAM_PROBABILITY = 1 / 400
"""The chance that a passage holds a bigram of the question, if the article has it."""


def confidences(
    held: HeldTokens,
    rates: NDArray[np.float64],
    characters: NDArray[np.int64],
    params: RetrievalParams,
) -> NDArray[np.float64]:
    """Return how much of a question each passage of an article holds, 0 to 1.

    Each token weighs as much as it is improbable: ``-log(p)``, where p is the chance that any
    passage of the same length in the same language holds it (Shannon's information). What a passage
    would hold by chance is taken off:

        (held - expected) / (total - expected)

    Args:
        held: Where the article has the tokens of the question.
        rates: How often each token occurs a character of text, above 0.
        characters: The length of each passage.
        params: Thresholds and weights.
    """
    tokens = held.tokens
    # A bigram that the article lacks counts for nothing: most are the question's own.
    used = np.flatnonzero(held.are_held | ~tokens.are_bigrams)
    if not len(used):
        return np.zeros(len(characters))
    are_bigrams = tokens.are_bigrams[used]
    chance = 1 - np.exp(-np.outer(characters, rates[used]))
    chance = np.clip(chance, MIN_PROBABILITY, MAX_PROBABILITY)
    chance[:, are_bigrams] = BIGRAM_PROBABILITY
    # Tokens that reach over two words weigh less.
    reach_over = are_bigrams | (~held.are_held & tokens.are_longest_unspaced)[used]
    weights = tokens.values[used] * np.where(reach_over, params.bigram_weight, 1.0)
    information = weights * -np.log(chance)
    is_in = np.zeros((len(characters), len(tokens.values)), dtype=bool)
    is_in[held.passages, held.columns] = True
    expected = (information * chance).sum(axis=1)
    above = (information * is_in[:, used]).sum(axis=1) - expected
    share = above / (information.sum(axis=1) - expected)
    clipped: NDArray[np.float64] = np.clip(share, 0.0, 1.0)
    return clipped


def chance_of_many(passages: int) -> float:
    """Return how much of the threshold is due to the number of passages of an article.

    The best of many passages holds more of any question than the best of few. 0 for 5 passages.
    """
    return math.log(passages / 5)
