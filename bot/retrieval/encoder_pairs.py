"""Pairs of question and answer, which tell what the cosines of an encoder mean."""

from dataclasses import dataclass, replace
from statistics import median

import numpy as np
from numpy.typing import NDArray

from bot.corpus.loader import DATA
from bot.corpus.yaml import read_data
from bot.errors import EncoderError

TYPICAL_SHARE = 0.5
"""How much of what a sentence has in common with just any question is taken off, and of what a
question has in common with just any sentence."""


def pair_texts() -> tuple[list[str], list[str]]:
    """Return questions, and for each one a sentence that answers it."""
    pairs = read_data(DATA / "encoder_pairs.yaml")
    return [pair["question"] for pair in pairs], [pair["sentence"] for pair in pairs]


@dataclass(frozen=True, eq=False)
class Scale:
    """What an encoder's cosines mean.

    Some sentences are near to all questions, some questions to all sentences, and models differ in
    which cosines are high. So the similarity of a question q and a sentence s, both vectors of
    length 1, is

        (q @ s - TYPICAL_SHARE * (t @ s + q @ u) - unrelated) / (related - unrelated)

    Attributes:
        question: t, the mean of the pairs' questions, of shape (d,).
        sentence: u, that of their sentences.
        unrelated: The median of what the pairs' questions and the sentences of other pairs have,
            before the division.
        related: That of the pairs themselves, above ``unrelated``.
    """

    question: NDArray[np.float32]
    sentence: NDArray[np.float32]
    unrelated: float = 0.0
    related: float = 1.0

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
        found = sentences.astype(np.float32) @ (question - TYPICAL_SHARE * self.question)
        common = self.unrelated + TYPICAL_SHARE * float(question @ self.sentence)
        scaled: NDArray[np.float64] = found.astype(np.float64) - common
        return scaled / (self.related - self.unrelated)


def scale_of(questions: NDArray[np.floating], sentences: NDArray[np.floating]) -> Scale:
    """Return the scale of an encoder.

    Args:
        questions: The vectors of the pairs' questions, of shape (n, d).
        sentences: Those of the sentences, in the same order.

    Raises:
        EncoderError: They do not tell answers from other sentences.
    """
    asked, told = questions.astype(np.float32), sentences.astype(np.float32)
    bare = Scale(asked.mean(axis=0), told.mean(axis=0))
    found = np.stack([bare.similarities(each, told) for each in asked])
    related = median(np.diag(found).tolist())
    unrelated = median(found[~np.eye(len(found), dtype=bool)].tolist())
    if not unrelated < related:
        raise EncoderError("The model does not tell answers from other sentences.")
    return replace(bare, unrelated=unrelated, related=related)
