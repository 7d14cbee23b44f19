"""Compares questions and sentences by their meaning, beside their words.

So a question is answered that is asked in other words than the article's, or in another language.
Words stay the base: names and numbers are theirs, and they cost nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial

import numpy as np
from numpy.typing import NDArray

from bot.corpus.article import Article
from bot.retrieval.encoder import Encoder
from bot.retrieval.encoder_pairs import (
    Scale,
    language_scale,
    mixed_scale,
    pair_languages,
    pair_texts,
    unknown_language_scale,
)
from bot.retrieval.params import MAX_QUERY_LENGTH, RetrievalParams
from bot.retrieval.query import Query
from bot.retrieval.question_language import is_probably_other_language, main_subtag
from bot.retrieval.vector_store import Vectors

PairVectors = Callable[
    [Sequence[str], Sequence[str]], tuple[NDArray[np.floating], NDArray[np.floating]]
]

MAX_REMEMBERED = 1_000
"""Questions whose vectors are remembered: each is put to several articles."""


class Comparison:
    """Compares texts by an encoder.

    Args:
        encoder: The encoder.
        pair_vectors: Returns the vectors of questions and of sentences, which it may have kept;
            None to encode them.
    """

    def __init__(self, encoder: Encoder, pair_vectors: PairVectors | None = None) -> None:
        self._encoder = encoder
        self._pair_vectors = pair_vectors or partial(encoded_pairs, encoder)
        self._encoded = lru_cache(maxsize=MAX_REMEMBERED)(encoder.encode_question)
        self._languages = encoder.languages
        self._scales: dict[str | None, Scale] = {None: mixed_scale(*self._pairs(None))}

    @property
    def dimension(self) -> int:
        """Numbers of a vector."""
        return len(self._scales[None].question)

    def knows(self, language: str) -> bool:
        """Return whether a language is known, given as a BCP 47 tag."""
        return self._languages is None or main_subtag(language) in self._languages

    def vectors(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors of sentences."""
        return self._encoder.encode_sentences(texts).astype(np.float16)

    def similarities(
        self, text: str, vectors: NDArray[np.floating], language: str | None = None
    ) -> NDArray[np.float64]:
        """Return how much sentences say what a text asks; see ``Scale.similarities``.

        Args:
            text: The question, of which the first MAX_QUERY_LENGTH characters are read.
            vectors: Those of the sentences.
            language: BCP 47 tag of the language of both; None if they may be in different ones.
        """
        # Models know few words in capitals.
        asked = text.lower() if text.isupper() else text
        question = self._encoded(asked[:MAX_QUERY_LENGTH])
        return self.scale(language).similarities(question, vectors)

    def scale(self, language: str | None) -> Scale:
        """Return what cosines mean; for a language that was not asked before it is measured.

        Args:
            language: BCP 47 tag of the language of both texts; None for different ones.
        """
        main = main_subtag(language) if language is not None else None
        if main not in self._scales:
            mixed = self._scales[None]
            if main in pair_languages():
                self._scales[main] = language_scale(mixed, *self._pairs(main))
            else:
                self._scales[main] = unknown_language_scale(mixed)
        return self._scales[main]

    def _pairs(self, language: str | None) -> tuple[NDArray[np.floating], NDArray[np.floating]]:
        return self._pair_vectors(*pair_texts(language))


def encoded_pairs(
    encoder: Encoder, questions: Sequence[str], sentences: Sequence[str]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the vectors of questions and of sentences."""
    asked = np.stack([encoder.encode_question(text) for text in questions])
    return asked, encoder.encode_sentences(sentences)


def completed_text(query: Query) -> str:
    """Return what a question asks, with the one before it if it makes no sense without it."""
    return f"{query.previous} {query.text}" if query.previous else query.text


@dataclass(frozen=True, eq=False)
class AskedMeaning:
    """How much the sentences of an article say what a question asks.

    Attributes:
        is_other_language: Whether the question is probably not in the article's language.
        sentences: For each sentence, its similarity to the question with the one before it.
        scores: For each passage, what its similarity adds to its BM25+ score.
        words: For each passage, how much of the question's words it holds, 0 to 1.
        confidences: For each passage, how sure it is that it answers, 0 to 1.
    """

    is_other_language: bool
    sentences: NDArray[np.float64]
    scores: NDArray[np.float64]
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
        sums = np.add.reduceat(vectors.astype(np.float32), self._starts)
        lengths = np.linalg.norm(sums, axis=1, keepdims=True)
        # Of opposite sentences nothing is left.
        self._passages = sums / np.where(lengths > 0, lengths, 1.0)

    def ask(self, query: Query, words: NDArray[np.float64]) -> AskedMeaning:
        """Return how much the sentences say what a question asks.

        Args:
            query: The question.
            words: For each passage, how much of its words it holds, 0 to 1.
        """
        is_other = is_probably_other_language(query.text, self._article)
        language = None if is_other else self._article.language
        text = completed_text(query)
        sentences = self._comparison.similarities(text, self._vectors, language)
        best = own = self._best(sentences)
        if query.previous and not query.is_bare:
            own = self._best(self._comparison.similarities(query.text, self._vectors, language))
        whole = self._comparison.similarities(text, self._passages, language)
        weight = self._params.other_language_weight if is_other else self._params.semantic_weight
        scores = weight * (best + self._params.passage_share * whole)
        sure = self._params.word_share * words + self._params.similarity_share * own
        sure = np.maximum(sure, self._params.words_alone_share * words)
        if is_other:
            # Words tell nothing here, but a name or a number that both languages write alike.
            sure = np.maximum(sure, self._params.other_language_share * own)
        return AskedMeaning(is_other, sentences, scores, words, np.clip(sure, 0.0, 1.0))

    def holds(self, passage: int, asked: AskedMeaning, text: str) -> bool:
        """Return whether a passage says what a question asks apart from its names.

        Args:
            passage: The passage's number, from 0.
            asked: The question.
            text: The question without its names; "" if there is nothing else, which is said by any
                passage that has them.
        """
        is_other = asked.is_other_language
        least = self._params.other_language_content if is_other else self._params.content_similarity
        return not text or self.similarity(passage, asked, text) >= least

    def similarity(self, passage: int, asked: AskedMeaning, text: str) -> float:
        """Return how much the sentence of a passage that is nearest to a question says of a text.

        Args:
            passage: The passage's number, from 0.
            asked: The question.
            text: A part of it, or all of it.
        """
        language = None if asked.is_other_language else self._article.language
        end = [*self._starts, len(self._vectors)][passage + 1]
        own = slice(self._starts[passage], end)
        best = own.start + int(asked.sentences[own].argmax())
        vector = self._vectors[best : best + 1]
        return float(self._comparison.similarities(text, vector, language)[0])

    def _best(self, sentences: NDArray[np.float64]) -> NDArray[np.float64]:
        found: NDArray[np.float64] = np.maximum.reduceat(sentences, self._starts)
        return found
