"""Pairs of question and answer, which tell what the cosines of an encoder mean."""

from dataclasses import dataclass
from statistics import median

import numpy as np
from numpy.typing import NDArray

from bot.corpus.loader import DATA
from bot.corpus.yaml import read_data
from bot.errors import EncoderError

TYPICAL_SHARE = 0.5
"""How much of what a sentence has in common with just any question is taken off."""


def pair_texts() -> tuple[list[str], list[str]]:
    """Return questions, and for each one a sentence that answers it."""
    pairs = read_data(DATA / "encoder_pairs.yaml")
    return [pair["question"] for pair in pairs], [pair["sentence"] for pair in pairs]


@dataclass(frozen=True, eq=False)
class Scale:
    """What an encoder's cosines mean.

    Some sentences are near to all questions, and models differ in which cosines are high. So the
    similarity of a question q and a sentence s, both vectors of length 1, is

        ((q - TYPICAL_SHARE * t) @ s - unrelated) / (related - unrelated)

    Attributes:
        typical: t, the mean of the pairs' questions, of shape (d,).
        unrelated: The median of what the pairs' questions and the sentences of other pairs have.
        related: That of the pairs themselves, above ``unrelated``.
    """

    typical: NDArray[np.float32]
    unrelated: float
    related: float

    def similarities(
        self, question: NDArray[np.float32], sentences: NDArray[np.floating]
    ) -> NDArray[np.float64]:
        """Return how much sentences say what a question asks.

        Args:
            question: Its vector, of shape (d,).
            sentences: Their vectors, of shape (n, d).

        Returns:
            For each sentence about 0 if it has nothing to do with the question, 1 and more if it
            answers it; as a rule -1 to 3.
        """
        found = sentences.astype(np.float32) @ (question - TYPICAL_SHARE * self.typical)
        scaled: NDArray[np.float64] = found.astype(np.float64) - self.unrelated
        return scaled / (self.related - self.unrelated)


def scale_of(questions: NDArray[np.floating], sentences: NDArray[np.floating]) -> Scale:
    """Return the scale of an encoder.

    Args:
        questions: The vectors of the pairs' questions, of shape (n, d).
        sentences: Those of the sentences, in the same order.

    Raises:
        EncoderError: They do not tell answers from other sentences.
    """
    asked = questions.astype(np.float32)
    typical = asked.mean(axis=0)
    found = (asked - TYPICAL_SHARE * typical) @ sentences.astype(np.float32).T
    related = median(np.diag(found).tolist())
    unrelated = median(found[~np.eye(len(found), dtype=bool)].tolist())
    if not unrelated < related:
        raise EncoderError("The model does not tell answers from other sentences.")
    return Scale(typical, unrelated, related)
