"""The names in a question that is in another language than the article."""

from collections.abc import Iterator, Sequence, Set
from itertools import groupby

from rapidfuzz import fuzz, process

from bot.retrieval.analysis import function_words
from bot.retrieval.function_words import general_words
from bot.retrieval.names import (
    WRITTEN_WORD,
    WrittenNames,
    are_nouns_capitalized,
    folded_words,
    is_german_noun,
)
from bot.retrieval.query import latin_words

MIN_SPELLED, SOUNDS_LIKE = 4, 80
"""Letters of a name that is recognized in another spelling, and in how many of a hundred it must be
as the article writes it."""

_ALPHABET_LANGUAGES = ("uk", "ru", "bg", "el")
"""Languages in other alphabets that have capital letters."""


class QuestionNames:
    """The names in a question in another language.

    Args:
        text: The question as written.
        language: Its language, a BCP 47 tag.
        is_other_script: Whether it is in another script than the article.
        article: How the article writes its words.
    """

    def __init__(
        self, text: str, language: str, is_other_script: bool, article: WrittenNames
    ) -> None:
        self._written = WRITTEN_WORD.findall(text)
        self._language, self._is_other_script, self._article = language, is_other_script, article

    def all(self) -> set[str]:
        """Return the folded words of all names.

        They are told by capital letters, and by the article's names: as it writes them, or in
        another script by what they sound like.
        """
        named = [word for run in self._runs() for word in run]
        if self._is_other_script:
            known = self._article.inside - self._article.lower
            if named and named[0] == self._written[1] and not _is_grammatical(self._written[0]):
                # A first name, rather than a word of the question such as "who".
                named.append(self._written[0])
            named += [word for word in self._written if _sounds_like_one(word, known)]
        else:
            # Languages share few other words, so those that begin sentences are no exception.
            known = self._article.capitalized - self._article.lower
            named += [word for word in self._written if not known.isdisjoint(folded_words(word))]
        return {folded for word in named for folded in folded_words(word)}

    def unknown(self) -> Iterator[list[str]]:
        """Yield the folded words of each name that the article writes in no form.

        Those are single names or several words, of which the article may have others. It may know
        them in its own words, too: *Deutschland* is *Germany*.
        """
        article = self._article
        known = article.inside - article.lower if self._is_other_script else article.capitalized
        for run in self._runs():
            others = [word for word in run if not _sounds_like_one(word, known)]
            if name := [folded for word in others for folded in folded_words(word)]:
                yield name

    def _runs(self) -> Iterator[list[str]]:
        """Yield words with capital letters that follow one another; the first word is no name."""
        written = self._written
        if not any(word[0].islower() for word in written[1:]):
            # Capital letters tell nothing if all words have them.
            return
        numbers = (at for at, word in enumerate(written) if at and self._may_be_name(word))
        # Such words have the same distance from their place among these.
        for _, group in groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0]):
            places = [at for _, at in group]
            run = [written[at] for at in places]
            if not self._is_noun(written[places[0] - 1], run):
                yield run

    def _may_be_name(self, word: str) -> bool:
        """Return whether a word has a capital letter for another reason than "I" and "Sie" have."""
        is_general = general_words(self._language).issuperset(folded_words(word))
        return word[0].isupper() and (not is_general or (word.isupper() and len(word) > 1))

    def _is_noun(self, before: str, run: Sequence[str]) -> bool:
        folded = [each for word in run for each in folded_words(word)]
        return are_nouns_capitalized(self._language) and is_german_noun(before, folded)


def _is_grammatical(word: str) -> bool:
    """Return whether a word is a function word in a language of another alphabet."""
    folded = folded_words(word)
    return any(not function_words(code).isdisjoint(folded) for code in _ALPHABET_LANGUAGES)


def _sounds_like_one(word: str, names: Set[str]) -> bool:
    """Return whether a word of another alphabet is one of these names, more or less."""
    latin = "".join(letters for each in folded_words(word) for letters in latin_words(each))
    if len(latin) < MIN_SPELLED:
        return False
    found = process.extractOne(latin, names, scorer=fuzz.ratio, score_cutoff=SOUNDS_LIKE)
    return found is not None
