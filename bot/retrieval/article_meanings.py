"""All articles of a corpus, compared with questions by their meaning."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from bot.corpus.article import Article
from bot.corpus.workers import Progress
from bot.retrieval.article_vectors import ArticleVectors
from bot.retrieval.params import RetrievalParams
from bot.retrieval.query import Query
from bot.retrieval.question_language import is_probably_other_language
from bot.retrieval.semantic import ArticleMeaning, completed_text
from bot.retrieval.vector_store import Vectors

MAX_COMPARED_ARTICLES = 64
"""Articles whose sentences are compared with a question: those that are about the same. Reading the
sentences of one takes 0.1 ms. Of 48 articles, the right one is among the nearest 8 for 88 % of the
questions by what it is about, and for 97 % by its nearest sentence."""

Sentences = Callable[[int], Sequence[str]]
"""Returns the sentences of an article by its number, from 0; at least one."""


class ArticleMeanings:
    """The articles, and the vectors of their sentences.

    Args:
        articles: At least one.
        keys: The articles' keys, which are others if their sentences may be.
        sentences: Returns those of an article.
        vectors: Makes and keeps their vectors.
        params: Thresholds and weights.
        progress: Told how many articles are encoded.
    """

    def __init__(
        self,
        articles: Sequence[Article],
        keys: Sequence[bytes],
        sentences: Sentences,
        vectors: ArticleVectors,
        params: RetrievalParams,
        progress: Progress,
    ) -> None:
        self._articles, self._sentences, self.vectors = list(articles), sentences, vectors
        self._params = params
        self._keys = vectors.prepare(keys, sentences, progress)
        # In single precision, as numpy would make it of half for every question.
        means = vectors.means(self._keys).astype(np.float32)
        by_language = defaultdict[str, list[int]](list)
        for number, article in enumerate(articles):
            by_language[article.language].append(number)
        # One article tells for all others in its language.
        self._first = {each: articles[numbers[0]] for each, numbers in by_language.items()}
        self._languages = [
            (language, np.array(numbers), means[numbers])
            for language, numbers in by_language.items()
        ]
        for language in by_language:
            # Now, so that no reader waits for it.
            vectors.comparison.scale(language)

    def similarities(self, query: Query) -> NDArray[np.float64]:
        """Return how much each article is about what a question asks; see ``Scale.similarities``.

        Returns:
            By the articles' numbers.
        """
        found, text = np.empty(len(self._articles)), completed_text(query)
        for language, numbers, means in self._languages:
            shared = None if self._is_other(query, language) else language
            found[numbers] = self.vectors.comparison.similarities(text, means, shared)
        return found

    def are_in_other_language(self, query: Query) -> NDArray[np.bool_]:
        """Return by the articles' numbers whether a question is probably not in their language."""
        found = np.empty(len(self._articles), dtype=bool)
        for language, numbers, _ in self._languages:
            found[numbers] = self._is_other(query, language)
        return found

    def nearest(self, query: Query, similarities: NDArray[np.float64], count: int) -> list[int]:
        """Return the numbers of the articles that have the sentences nearest to a question.

        Args:
            query: The question.
            similarities: How much each article is about it.
            count: How many to return at most.
        """
        most = min(MAX_COMPARED_ARTICLES, len(similarities))
        compared: list[int] = np.argpartition(-similarities, most - 1)[:most].tolist()
        if most <= count:
            return compared
        best = dict(zip(compared, similarities[compared].tolist(), strict=True))
        best |= self._best_sentences(query, compared)
        return sorted(best, key=lambda number: (-best[number], number))[:count]

    def meaning(self, number: int, counts: Sequence[int]) -> ArticleMeaning | None:
        """Return an article's sentences, ready to be compared.

        Args:
            number: The article's number, from 0.
            counts: For each of its passages, how many sentences it has.

        Returns:
            None if the encoder does not know the article's language.
        """
        article, comparison = self._articles[number], self.vectors.comparison
        if not comparison.knows(article.language):
            return None
        sentences = partial(self._sentences, number)
        vectors = self.vectors.vectors(self._keys[number], sentences, sum(counts))
        starts = (np.cumsum(counts) - counts).tolist()
        return ArticleMeaning(article, vectors, starts, comparison, self._params)

    def _best_sentences(self, query: Query, numbers: Sequence[int]) -> dict[int, float]:
        """Return for each article the similarity of its sentence that is nearest to a question.

        Those whose vectors are lost are left out.
        """
        kept = self.vectors.kept([self._keys[number] for number in numbers])
        by_language = defaultdict[str, dict[int, Vectors]](dict)
        for number in numbers:
            if self._keys[number] in kept:
                by_language[self._articles[number].language][number] = kept[self._keys[number]]
        best, text = dict[int, float](), completed_text(query)
        for language, vectors in by_language.items():
            shared = None if self._is_other(query, language) else language
            joined = np.concatenate(list(vectors.values()))
            found = self.vectors.comparison.similarities(text, joined, shared)
            lengths = np.array([len(each) for each in vectors.values()])
            starts = np.cumsum(lengths) - lengths
            best.update(zip(vectors, np.maximum.reduceat(found, starts).tolist(), strict=True))
        return best

    def _is_other(self, query: Query, language: str) -> bool:
        """Return whether a question is probably not in a language of the articles."""
        return is_probably_other_language(query.text, self._first[language])
