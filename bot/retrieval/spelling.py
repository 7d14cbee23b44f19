"""A misspelled word -> the article's word."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.retrieval.analysis import is_unspaced
from bot.retrieval.answer_types import classify
from bot.retrieval.query import Query

MAX_CORRECTED = 40
"""Words of a question that are corrected; longer ones are hardly written by hand."""


class SpellingCorrector:
    """Corrects questions to one article.

    Args:
        known: The words of the article, folded.
        function_words: Words that are never corrected, folded.
        min_length: Letters of the shortest word that is corrected.
    """

    def __init__(
        self, known: Iterable[str], function_words: frozenset[str], min_length: int
    ) -> None:
        self._known = frozenset(known)
        self._function_words = function_words
        self._min_length = min_length
        # Sorted, so that every process chooses the same one of two words that are equally near.
        self._candidates: dict[tuple[str, int], list[str]] = defaultdict(list)
        for word in sorted(self._known):
            if len(word) >= min_length - 1 and _is_correctable(word):
                for letter in set(word[:2]):
                    self._candidates[letter, len(word)].append(word)

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
        if word in self._function_words or word in self._known:
            return word
        if len(word) < self._min_length or not _is_correctable(word):
            return word
        # A word of another length than these is further away; the first letter is seldom wrong.
        sizes = (len(word) - 1, len(word), len(word) + 1)
        near = [each for size in sizes for each in self._candidates.get((word[0], size), ())]
        found = process.extractOne(word, near, scorer=OSA.distance, score_cutoff=1)
        return found[0] if found else word


def _is_correctable(word: str) -> bool:
    """Return whether a word is neither a number, of which every digit counts, nor unspaced text."""
    return not word[0].isdigit() and not is_unspaced(word)
