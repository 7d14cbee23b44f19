"""Pairs of question and answer, which tell what the cosines of an encoder mean."""

from dataclasses import dataclass, replace
from functools import lru_cache
from statistics import mean, median

import numpy as np
from numpy.typing import NDArray

from bot.corpus.loader import DATA
from bot.corpus.yaml import read_data
from bot.errors import EncoderError

TYPICAL_SHARE = 0.5
"""How much of what a sentence has in common with just any question is taken off, and of what a
question has in common with just any sentence."""


UNKNOWN_LANGUAGE = 0.4
"""What is taken off similarities in a language that has no pairs. Two texts are 0.1 to 1.0 nearer
for being in the same language, in most languages about so much."""


@lru_cache
def _all_pairs() -> dict[str | None, tuple[list[str], list[str]]]:
    read = read_data(DATA / "encoder_pairs.yaml")
    return {
        language: (list(pairs), list(pairs.values()))
        for language, pairs in ((None, read["mixed"]), *read["languages"].items())
    }


def pair_languages() -> list[str | None]:
    """Return the main subtags of the languages that have pairs; None for the mixed ones."""
    return list(_all_pairs())


def pair_texts(language: str | None) -> tuple[list[str], list[str]]:
    """Return questions, and for each one a sentence that answers it.

    Args:
        language: One of ``pair_languages``.
    """
    return _all_pairs()[language]


@dataclass(frozen=True, eq=False)
class Scale:
    """What an encoder's cosines mean.

    Some sentences are near to all questions, some questions to all sentences, texts in one language
    are near to each other, and models differ in which cosines are high. So the similarity of a
    question q and a sentence s, both vectors of length 1, is

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
        asked = question - TYPICAL_SHARE * self.question
        # Not "@": the threads of numpy's library wait in a loop afterwards, and take the time of
        # the encoder's. A question took half as long again.
        found = np.einsum("nd,d->n", sentences.astype(np.float32, copy=False), asked)
        common = self.unrelated + TYPICAL_SHARE * float(question @ self.sentence)
        scaled: NDArray[np.float64] = found.astype(np.float64) - common
        return scaled / (self.related - self.unrelated)


def mixed_scale(questions: NDArray[np.floating], sentences: NDArray[np.floating]) -> Scale:
    """Return the scale of an encoder for texts in different languages.

    Args:
        questions: The vectors of the mixed pairs' questions, of shape (n, d).
        sentences: Those of the sentences, in the same order.

    Raises:
        EncoderError: They do not tell answers from other sentences.
    """
    bare, found = _compared(questions, sentences)
    related = median(np.diag(found).tolist())
    unrelated = median(_unrelated(found))
    if not unrelated < related:
        raise EncoderError("The model does not tell answers from other sentences.")
    return replace(bare, unrelated=unrelated, related=related)


def language_scale(
    mixed: Scale, questions: NDArray[np.floating], sentences: NDArray[np.floating]
) -> Scale:
    """Return the scale for texts that are both in the same language.

    Few pairs tell well what unrelated texts have in common, but not how much nearer an answer is:
    that is as with the mixed pairs.

    Args:
        mixed: The encoder's scale for texts in different languages.
        questions: The vectors of the language's questions, of shape (n, d).
        sentences: Those of the sentences, in the same order.
    """
    bare, found = _compared(questions, sentences)
    unrelated = mean(_unrelated(found))
    return replace(bare, unrelated=unrelated, related=unrelated + mixed.related - mixed.unrelated)


def unknown_language_scale(mixed: Scale) -> Scale:
    """Return the scale for texts that are both in a language that has no pairs."""
    above = UNKNOWN_LANGUAGE * (mixed.related - mixed.unrelated)
    return replace(mixed, unrelated=mixed.unrelated + above, related=mixed.related + above)


def _compared(
    questions: NDArray[np.floating], sentences: NDArray[np.floating]
) -> tuple[Scale, NDArray[np.float64]]:
    """Return a scale without bounds, and the similarities of all questions and sentences on it."""
    asked, told = questions.astype(np.float32), sentences.astype(np.float32)
    bare = Scale(asked.mean(axis=0), told.mean(axis=0))
    return bare, np.stack([bare.similarities(each, told) for each in asked])


def _unrelated(found: NDArray[np.float64]) -> list[float]:
    others: list[float] = found[~np.eye(len(found), dtype=bool)].tolist()
    return others
