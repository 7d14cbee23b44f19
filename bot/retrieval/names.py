"""Tells names from other words, and whether a passage holds more of a question than names.

A passage that only holds the name in "How old is Tesla?" does not answer it. So at least one word
of the question that is neither a name nor a function word must be in the passage.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from rapidfuzz import fuzz, process

from bot.retrieval.analysis import Word, char_ngrams, function_words, is_unspaced, words
from bot.retrieval.function_words import general_words
from bot.retrieval.query import latin_words

MANY_NAMES = 4
"""So many words of names together are as telling as another word."""

MIN_SPELLED, SOUNDS_LIKE = 4, 80
"""Letters of a name that is recognized in another alphabet, and in how many of a hundred it must be
as the article writes it."""

MAX_REMEMBERED = 100_000
"""Written words whose folding is remembered."""

NGRAM_SIZE = 4
"""Characters of the n-grams that tell whether a word is held in some form."""

_WRITTEN_WORD = re.compile(r"\w+")
# German writes every noun with a capital letter. Unlike a name, a noun often follows a determiner
# or an adjective, or ends in a suffix that makes nouns.
_NOUNS_CAPITALIZED = ("de", "lb")
_GERMAN_DETERMINER = re.compile(
    "d(er|ie|as|en|em|es)|k?ein(e[mnrs]?)?|[ai]m|z(um|ur)|v(om)|beim|[ai]ns|(dies|jed|sein|ihr)e[mnrs]?"
)
# In small letters, as the name in "die Leiterin Sabine Krämer" has the same ending; or made of a
# town's name: "der Kölner Dom".
_GERMAN_ADJECTIVE = re.compile("[a-zäöüß]{4,}e[mnrs]?|[A-ZÄÖÜ][a-zäöüß]{3,}er")
_GERMAN_NOUN = re.compile(".*(ung|heit|keit|schaft|tion|ismus)(en)?|.*tat(en)?")


_ALPHABET_LANGUAGES = ("uk", "ru", "bg", "el")
"""Languages in other alphabets that have capital letters."""


@dataclass(frozen=True)
class WrittenNames:
    """How the words of an article are written, as far as its capital letters tell names.

    Attributes:
        capitalized: Folded words that are written with a capital letter.
        inside: Those of them that occur so within a sentence.
        lower: Folded words that are written without one, or that are nouns in German.
    """

    capitalized: Set[str]
    inside: Set[str]
    lower: Set[str]


def written_names(sentences: Iterable[str], language: str) -> WrittenNames:
    """Return how the words of sentences are written.

    Args:
        sentences: The sentences of an article.
        language: Its language, a BCP 47 tag.
    """
    capitalized: set[str] = set()
    inside: set[str] = set()
    lower: set[str] = set()
    nouns_capitalized = are_nouns_capitalized(language)
    for sentence in sentences:
        before = ""
        for number, word in enumerate(_WRITTEN_WORD.findall(sentence)):
            folded = _folded(word)
            # A capital letter tells nothing of the first word, which may be an adjective.
            near = before.lower() if number == 1 else before
            if not word[0].isupper() or (nouns_capitalized and _is_noun(near, folded)):
                lower.update(folded)
            else:
                capitalized.update(folded)
                if before:
                    inside.update(folded)
            before = word
    return WrittenNames(capitalized, inside, lower)


def _is_grammatical(word: str) -> bool:
    """Return whether a word is a function word in a language of another alphabet."""
    folded = _folded(word)
    return any(not function_words(code).isdisjoint(folded) for code in _ALPHABET_LANGUAGES)


@lru_cache(maxsize=MAX_REMEMBERED)
def _folded(word: str) -> tuple[str, ...]:
    return tuple(words(word))


def are_nouns_capitalized(language: str) -> bool:
    """Return whether a language, a BCP 47 tag, writes every noun with a capital letter."""
    return language.split("-", maxsplit=1)[0] in _NOUNS_CAPITALIZED


class ArticleNames:
    """The names in an article.

    Args:
        written: How its words are written.
        language: Its language, a BCP 47 tag.
    """

    def __init__(self, written: WrittenNames, language: str) -> None:
        self._capitalized, self._inside = written.capitalized, written.inside
        self._lower = written.lower
        self._nouns_capitalized = are_nouns_capitalized(language)

    def is_name(self, word: str, is_capitalized: bool | None) -> bool:
        """Return whether a word of a question is a name.

        Args:
            word: The folded word.
            is_capitalized: Whether the question writes it with a capital letter; None if the
                question has no capital letters that would tell.
        """
        if is_capitalized is None or self._nouns_capitalized:
            return word in self._inside and word not in self._lower
        only_capitalized = word in self._capitalized and word not in self._lower
        is_unknown = word not in self._lower and word not in self._capitalized
        return is_capitalized and (word in self._inside or only_capitalized or is_unknown)

    def in_other_language(self, text: str, is_other_script: bool) -> list[str]:
        """Return the folded words of a question in another language that are names.

        Args:
            text: The question as written.
            is_other_script: Whether it is in another script. Then its names are told by capital
                letters, if the script has any, and by what they sound like.
        """
        if not is_other_script:
            # Languages share few other words, so those that begin sentences are no exception.
            names = self._capitalized - self._lower
            return [word for word in words(text) if word in names]
        first, *rest = _WRITTEN_WORD.findall(text) or [""]
        named = [word for word in rest if word[0].isupper() and not text.isupper()]
        if rest and named[:1] == rest[:1] and not _is_grammatical(first):
            # A first name, rather than a word of the question such as "who".
            named.append(first)
        names = self._inside - self._lower
        named += [word for word in (first, *rest) if _sounds_like_one(word, names)]
        return [folded for word in named for folded in _folded(word)]

    def unknown_in_other_language(
        self, text: str, is_other_script: bool, language: str
    ) -> Iterator[list[str]]:
        """Yield the names in a question in another language that the article writes in no form.

        Those are single names or several words, of which the article may have others. It may know
        them in its own words, too: *Deutschland* is *Germany*.

        Args:
            text: The question as written. If it has no capital letters, it has no names.
            is_other_script: Whether it is in another script.
            language: The question's language, a BCP 47 tag.

        Yields:
            The folded words of a name. The first word of the question is none.
        """
        known = self._inside - self._lower if is_other_script else self._capitalized
        written = [] if text.isupper() else _WRITTEN_WORD.findall(text)
        numbers = (at for at, word in enumerate(written) if at and word[0].isupper())
        # Words that follow one another have the same distance from their place among these.
        for _, run in groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0]):
            places = [at for _, at in run]
            others = [written[at] for at in places if not _sounds_like_one(written[at], known)]
            name = [folded for word in others for folded in _folded(word)]
            is_noun = are_nouns_capitalized(language) and _is_noun(written[places[0] - 1], name)
            if name and not is_noun:
                yield name


def _sounds_like_one(word: str, names: Set[str]) -> bool:
    """Return whether a word of another alphabet is one of these names, more or less."""
    latin = "".join(letters for each in _folded(word) for letters in latin_words(each))
    if len(latin) < MIN_SPELLED:
        return False
    found = process.extractOne(latin, names, scorer=fuzz.ratio, score_cutoff=SOUNDS_LIKE)
    return found is not None


def without_names(text: str, names: Iterable[str]) -> str:
    """Return the words of a question that are no names; the question itself if there are none.

    Args:
        text: The question as written.
        names: Its names, as folded words.
    """
    known = set(names)
    found = _WRITTEN_WORD.findall(text)
    others = [word for word in found if not known.issuperset(_folded(word) or ("",))]
    return text if len(others) == len(found) else " ".join(others)


def _is_noun(before: str, folded: Sequence[str]) -> bool:
    """Return whether a German word with a capital letter is a noun rather than a name."""
    is_after_determiner = _GERMAN_DETERMINER.fullmatch(before.lower()) is not None
    return (
        is_after_determiner
        or _GERMAN_ADJECTIVE.fullmatch(before) is not None
        or any(_GERMAN_NOUN.fullmatch(word) for word in folded)
    )


class ContentWords:
    """The words of a question that say what it asks.

    Attributes:
        words: Its words that are neither names nor function words.
        names: Its names, word by word.
    """

    def __init__(
        self, text: str, resolved: Sequence[Word], names: ArticleNames, language: str
    ) -> None:
        """Find the content words.

        Args:
            text: The question as written.
            resolved: Its words, not corrected, with aliases replaced by the names of things.
            names: The names of the article that is asked.
            language: The article's language, a BCP 47 tag.
        """
        first, *rest = _WRITTEN_WORD.findall(text) or [""]
        inside = {folded for word in rest if word[0].isupper() for folded in _folded(word)}
        capitalized = inside.union(_folded(first) if first[:1].isupper() else ())
        self._general = general = general_words(language)
        self.words: list[str] = []
        self.names: list[str] = []
        self._known_names = {word.text for word in resolved if word.is_name}
        for word in dict.fromkeys(resolved):
            is_capitalized = word.text in capitalized if inside else None
            if word.is_name or (not word.is_alias and names.is_name(word.text, is_capitalized)):
                self.names.append(word.text)
            elif word.is_alias or word.text not in general:
                self.words.append(word.text)

    def ngrams(self) -> set[str]:
        """Return the n-grams of all names and words."""
        every = (*self.words, *self.names, *self._known_names)
        return {ngram for word in every for ngram in char_ngrams(word, NGRAM_SIZE)}

    def are_held(self, is_held: Callable[[str], bool], is_known: Callable[[str], bool]) -> bool:
        """Return whether a passage holds more of the question than a name.

        It must hold one of the words in some form, or MANY_NAMES names; a question that only names
        somebody asks for nothing else. A country that the article does not mention is never asked
        for in vain.

        Args:
            is_held: Returns whether the passage holds an n-gram.
            is_known: Returns whether the article holds an n-gram.
        """
        if not all(holds_word(word, is_known) for word in self._known_names):
            return False
        if not self.words:
            return bool(self.names)
        if self.any_held(is_held):
            return True
        return sum(holds_word(word, is_held) for word in self.names) >= MANY_NAMES

    def has_known_names(self, is_known: Callable[[str], bool]) -> bool:
        """Return whether the article holds all names of the question.

        A word such as "What", with which a question begins, is none.
        """
        names = (word for word in self.names if word not in self._general)
        return all(holds_word(word, is_known) for word in names)

    def any_held(self, is_held: Callable[[str], bool]) -> bool:
        """Return whether a passage holds one of the words that are no names."""
        return any(holds_word(word, is_held) for word in self.words)


def holds_word(word: str, is_held: Callable[[str], bool]) -> bool:
    """Return whether a passage holds a word in some form.

    At least half of the word's n-grams must be there, with its beginning or else with three
    quarters of them: "eat" is not in "great", nor "married" in "carried".
    """
    ngrams = char_ngrams(word, NGRAM_SIZE)
    held = list(map(is_held, ngrams))
    if is_unspaced(word):
        return any(held)
    if len(ngrams) <= 2:
        return all(held)
    return sum(held) >= len(ngrams) * (0.5 if held[0] else 0.75)
