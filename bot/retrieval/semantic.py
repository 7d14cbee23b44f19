"""Compares questions and sentences by their meaning, beside their words.

So a question is answered that is asked in other words than the article's, or in another language.
Words stay the base: names and numbers are theirs, and they cost nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from bot.corpus.article import Article
from bot.retrieval.encoder import Encoder
from bot.retrieval.encoder_pairs import Scale, pair_texts, scale_of
from bot.retrieval.params import MAX_QUERY_LENGTH, RetrievalParams
from bot.retrieval.query import Query
from bot.retrieval.question_language import is_other_language
from bot.retrieval.vector_store import Vectors

MAX_REMEMBERED = 1_000
"""Questions whose vectors are remembered: each is put to several articles."""


class Comparison:
    """Compares texts by an encoder.

    Args:
        encoder: The encoder.
        scale: What its cosines mean; None to measure it, which takes half a second.
    """

    def __init__(self, encoder: Encoder, scale: Scale | None = None) -> None:
        self._encoder = encoder
        self._scale = scale or scale_of(*encoded_pairs(encoder))
        self._encoded = lru_cache(maxsize=MAX_REMEMBERED)(encoder.encode_question)
        self._languages = encoder.languages

    def knows(self, language: str) -> bool:
        """Return whether a language is known, given as a BCP 47 tag."""
        main = language.split("-", maxsplit=1)[0].lower()
        return self._languages is None or main in self._languages

    def vectors(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors of sentences."""
        return self._encoder.encode_sentences(texts).astype(np.float16)

    def similarities(self, text: str, vectors: Vectors) -> NDArray[np.float64]:
        """Return how much sentences say what a text asks; see ``Scale.similarities``.

        Args:
            text: The question, of which the first MAX_QUERY_LENGTH characters are read.
            vectors: Those of the sentences.
        """
        return self._scale.similarities(self._encoded(text[:MAX_QUERY_LENGTH]), vectors)


def encoded_pairs(encoder: Encoder) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the vectors of the questions and sentences that tell what cosines mean."""
    questions, sentences = pair_texts()
    asked = np.stack([encoder.encode_question(text) for text in questions])
    return asked, encoder.encode_sentences(sentences)


def completed_text(query: Query) -> str:
    """Return what a question asks, with the one before it if it makes no sense without it."""
    return f"{query.previous} {query.text}" if query.previous else query.text


@dataclass(frozen=True, eq=False)
class AskedMeaning:
    """How much the sentences of an article say what a question asks.

    Attributes:
        is_other_language: Whether the question is surely not in the article's language.
        sentences: For each sentence, its similarity to the question with the one before it.
        passages: For each passage, that of its best sentence.
        words: For each passage, how much of the question's words it holds, 0 to 1.
        confidences: For each passage, how sure it is that it answers, 0 to 1.
    """

    is_other_language: bool
    sentences: NDArray[np.float64]
    passages: NDArray[np.float64]
    words: NDArray[np.float64]
    confidences: NDArray[np.float64]


class ArticleMeaning:
    """The sentences of an article, ready to be compared with questions.

    Args:
        article: The article.
        vectors: Those of its sentences.
        starts: For each passage, the number of its first sentence.
        comparison: Compares them.
        params: Thresholds and weights.
    """

    def __init__(
        self,
        article: Article,
        vectors: Vectors,
        starts: Sequence[int],
        comparison: Comparison,
        params: RetrievalParams,
    ) -> None:
        self._article, self._vectors, self._starts = article, vectors, list(starts)
        self._comparison, self._params = comparison, params

    def ask(self, query: Query, words: NDArray[np.float64]) -> AskedMeaning:
        """Return how much the sentences say what a question asks.

        Args:
            query: The question.
            words: For each passage, how much of its words it holds, 0 to 1.
        """
        sentences = self._comparison.similarities(completed_text(query), self._vectors)
        passages = own = self._best(sentences)
        if query.previous and not query.is_bare:
            own = self._best(self._comparison.similarities(query.text, self._vectors))
        is_other = is_other_language(query.text, self._article)
        sure = self._params.word_share * words + self._params.similarity_share * own
        if is_other:
            # Words tell nothing here, but a name or a number that both languages write alike.
            sure = np.maximum(sure, self._params.other_language_share * own)
        return AskedMeaning(is_other, sentences, passages, words, np.clip(sure, 0.0, 1.0))

    def holds(self, passage: int, asked: AskedMeaning, text: str) -> bool:
        """Return whether a passage says what a question asks apart from its names.

        Args:
            passage: The passage's number, from 0.
            asked: The question.
            text: The question without its names; "" if there is nothing else.
        """
        if not text:
            return False
        is_other = asked.is_other_language
        least = self._params.other_language_content if is_other else self._params.content_similarity
        end = [*self._starts, len(self._vectors)][passage + 1]
        own = slice(self._starts[passage], end)
        best = own.start + int(asked.sentences[own].argmax())
        vector = self._vectors[best : best + 1]
        return bool(self._comparison.similarities(text, vector)[0] >= least)

    def _best(self, sentences: NDArray[np.float64]) -> NDArray[np.float64]:
        found: NDArray[np.float64] = np.maximum.reduceat(sentences, self._starts)
        return found
