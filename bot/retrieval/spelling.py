"""A misspelled word -> the article's word."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence, Set
from dataclasses import replace
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.retrieval.analysis import is_unspaced
from bot.retrieval.answer_types import classify
from bot.retrieval.query import Query

MAX_REMEMBERED = 64
"""Sets of names that are kept by their letters: one for each language."""
MAX_CORRECTED = 40
"""Words of a question that are corrected; longer ones are hardly written by hand."""


class SpellingCorrector:
    """Corrects questions to one article.

    Args:
        vocabulary: The words of the article, folded, sorted by length.
        names: Further words that are right, folded.
        function_words: Words that are never corrected, folded.
        min_length: Letters of the shortest word that is corrected.
    """

    def __init__(
        self,
        vocabulary: Sequence[str],
        names: Set[str],
        function_words: Set[str],
        min_length: int,
    ) -> None:
        self._vocabulary = vocabulary
        self._known = frozenset(vocabulary)
        self._names = names
        self._names_by_start = _by_start(frozenset(names))
        self._near_by_start: dict[tuple[str, int], list[str]] = {}
        self._function_words = function_words
        self._min_length = min_length

    def correct_query(self, query: Query) -> Query:
        """Return the question with every word that the article lacks replaced by its nearest."""
        corrected = tuple(map(self.correct, query.words[:MAX_CORRECTED]))
        corrected += query.words[MAX_CORRECTED:]
        if corrected == query.words:
            return query
        return replace(query, words=corrected, answer_type=classify(corrected))

    def correct(self, word: str) -> str:
        """Return the article's word that was meant; the word itself if none is near.

        Near is one letter dropped, added or replaced, or two neighbours swapped: an optimal string
        alignment distance of 1.

        Args:
            word: A folded word of a question.
        """
        if word in self._function_words or word in self._known or word in self._names:
            return word
        if len(word) < self._min_length or not _is_correctable(word):
            return word
        found = process.extractOne(word, self._near(word), scorer=OSA.distance, score_cutoff=1)
        return found[0] if found else word

    def _near(self, word: str) -> list[str]:
        """Return the words that may be one letter away, shortest first.

        A word of another length than these is further away; the first letter is seldom wrong.
        """
        sizes = (len(word) - 1, len(word), len(word) + 1)
        return [near for size in sizes for near in self._near_of_size(word[0], size)]

    def _near_of_size(self, letter: str, size: int) -> list[str]:
        """Return the words of a length that begin with a letter, or have it in second place."""
        known = self._near_by_start.get((letter, size))
        if known is None:
            start = bisect_left(self._vocabulary, size, key=len)
            end = bisect_left(self._vocabulary, size + 1, start, key=len)
            found = {word for word in self._vocabulary[start:end] if letter in word[:2]}
            found.update(self._names_by_start.get((letter, size), ()))
            # Sorted, so that every process chooses the same one of two words that are equally near.
            known = sorted(filter(_is_correctable, found))
            self._near_by_start[letter, size] = known
        return known


@lru_cache(maxsize=MAX_REMEMBERED)
def _by_start(names: frozenset[str]) -> dict[tuple[str, int], list[str]]:
    """Return names by each of their first two letters and their length."""
    found: dict[tuple[str, int], list[str]] = defaultdict(list)
    for name in names:
        for letter in set(name[:2]):
            found[letter, len(name)].append(name)
    return dict(found)


def _is_correctable(word: str) -> bool:
    """Return whether a word is neither a number, of which every digit counts, nor unspaced text."""
    return not word[0].isdigit() and not is_unspaced(word)
