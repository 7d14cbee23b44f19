"""A question as it is put to one article, and the order in which its passages answer it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.retrieval.query import Query
from bot.retrieval.query_tokens import HeldTokens
from bot.retrieval.semantic import AskedMeaning


@dataclass(frozen=True, eq=False)
class AskedArticle:
    """A question as it is put to one article.

    Attributes:
        written: Its words, as they are written.
        query: The question, with the article's words for misspelled ones.
        own: Where the article has the tokens of the question itself.
        held: The same, with those of the question before it.
        confidences: For each passage, how sure it is that it answers, 0 to 1.
        meaning: How much the passages say what is asked; None without an encoder.
    """

    written: tuple[str, ...]
    query: Query
    own: HeldTokens
    held: HeldTokens
    confidences: NDArray[np.float64]
    meaning: AskedMeaning | None

    @property
    def is_other_language(self) -> bool:
        """Whether the question is compared with an article in another language."""
        return self.meaning is not None and self.meaning.is_other_language


@dataclass(frozen=True, eq=False)
class ScoredArticle:
    """The order in which an article's passages answer a question.

    Attributes:
        asked: The question.
        scores: For each passage, 0 or more; comparable within one question only.
        idf_weights: For each sentence of the article, how much of the question it holds.
        order: The numbers of the passages, from 0, the best first.
    """

    asked: AskedArticle
    scores: NDArray[np.float64]
    idf_weights: NDArray[np.float64]
    order: list[int]
