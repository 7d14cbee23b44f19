"""Tells names from other words, and whether a passage holds more of a question than names.

A passage that only holds the name in "How old is Tesla?" does not answer it. So at least one word
of the question that is neither a name nor a function word must be in the passage.
"""

import re
from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache

from bot.retrieval.analysis import Word, char_ngrams, is_unspaced, words
from bot.retrieval.function_words import general_words

MANY_NAMES = 4
"""So many words of names together are as telling as another word."""

MAX_REMEMBERED = 100_000
"""Written words whose folding is remembered."""

NGRAM_SIZE = 4
"""Characters of the n-grams that tell whether a word is held in some form."""

WRITTEN_WORD = re.compile(r"\w+")
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
        for number, word in enumerate(WRITTEN_WORD.findall(sentence)):
            folded = folded_words(word)
            # A capital letter tells nothing of the first word, which may be an adjective.
            near = before.lower() if number == 1 else before
            if not word[0].isupper() or (nouns_capitalized and is_german_noun(near, folded)):
                lower.update(folded)
            else:
                capitalized.update(folded)
                if before:
                    inside.update(folded)
            before = word
    return WrittenNames(capitalized, inside, lower)


@lru_cache(maxsize=MAX_REMEMBERED)
def folded_words(word: str) -> tuple[str, ...]:
    """Return the folded words of a written word, as "U.S." may be several; it is remembered."""
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


def without_names(text: str, names: Iterable[str]) -> str:
    """Return the words of a question that are no names; the question itself if there are none.

    Args:
        text: The question as written.
        names: Its names, as folded words.
    """
    known = set(names)
    found = WRITTEN_WORD.findall(text)
    others = [word for word in found if not known.issuperset(folded_words(word) or ("",))]
    return text if len(others) == len(found) else " ".join(others)


def is_german_noun(before: str, folded: Sequence[str]) -> bool:
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
        first, *rest = WRITTEN_WORD.findall(text) or [""]
        inside = {folded for word in rest if word[0].isupper() for folded in folded_words(word)}
        capitalized = inside.union(folded_words(first) if first[:1].isupper() else ())
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
