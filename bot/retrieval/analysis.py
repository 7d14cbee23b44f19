"""Text -> words, tokens and sentences; one analyzer for every language and script.

A token is a piece of a word: its 4-grams with the word's ends marked (``_agr agre gree reed eed_``
for "agreed"), so that inflected and misspelled words still share most of their tokens. Numbers stay
whole. Scripts that put no spaces between words give n-grams of the whole run. Two neighbouring
words also give a token, a bigram. Passages and questions are analysed in the same way.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

from bot.retrieval.folding import HAN, fold
from bot.retrieval.params import DEFAULT_PARAMS, RetrievalParams

_ABBREVIATION = re.compile(r"(?<![^\W_])(?:[^\W\d_]\.){2,}(?:[^\W\d_](?![^\W_]))?")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_NUMBER = r"\d+(?:[.,]\d+)*"
# The Arabic article with what is written onto it, as light stemming takes it off (Larkey,
# Ballesteros and Connell, "Improving stemming for Arabic information retrieval", SIGIR 2002).
_ARABIC_ARTICLE = re.compile(r"(?<!\w)(?:[وفبك]?ال|لل)(?=\w{3})")
_NOT_SEARCHED = re.compile(r"(?:https?://|www\.)\S+|(?<=\w)[⁰¹²³⁴-⁹]+", re.IGNORECASE)
_HANGUL = re.compile("[\uac00-\ud7a3]")
_UNSPACED = f"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff{HAN}"  # and Thai, Lao, Burmese, Khmer
_INDIC = "\u0900-\u0963\u0966-\u0dff"  # where vowel signs, no letters to Python, stand in words
_WORD = re.compile(rf"{_NUMBER}|[{_UNSPACED}]+|(?:[^\W_{_UNSPACED}]|[{_INDIC}])+")
_ASCII_WORD = re.compile(rf"{_NUMBER}|[a-z0-9]+")  # the same for folded ASCII, but faster
_STARTS_HAN = re.compile(f"[{HAN}]")
_STARTS_UNSPACED = re.compile(f"[{_UNSPACED}]")


def words(text: str, limit: int | None = None) -> list[str]:
    """Return the folded words and numbers of a text; "U.S." comes as "us", "1,000" as "1000".

    Args:
        text: The text.
        limit: How many characters of it are read, also of what folding makes of them; None for all.
    """
    folded = fold(text[:limit])[:limit]
    # Most texts have few of these, and looking for a character is many times as fast.
    if "," in folded:
        folded = _THOUSANDS.sub("", folded)
    if "." in folded:
        folded = _ABBREVIATION.sub(lambda match: match[0].replace(".", ""), folded)
    if folded.isascii():
        return _ASCII_WORD.findall(folded)
    return _WORD.findall(_ARABIC_ARTICLE.sub("", folded))


def searchable(text: str) -> str:
    """Return a text without addresses of pages, and without raised numbers, as of footnotes.

    Nobody asks for these, but what an address says by chance would be taken for an answer.
    """
    return _NOT_SEARCHED.sub(" ", text)


def same_words(one: str, other: str) -> bool:
    """Return whether two texts have the same words, however they are written."""
    return words(one) == words(other)


@dataclass(frozen=True)
class Word:
    """A word of a text.

    Attributes:
        text: The word, folded.
        is_function_word: Whether it only holds a sentence together ("the", "did").
        is_alias: Whether it stands for one of the aliases.
        is_name: Whether the aliases write what it stands for with a capital letter.
    """

    text: str
    is_function_word: bool
    is_alias: bool = False
    is_name: bool = False


class Analyzer:
    """Turns the words of passages and questions of one article into tokens.

    Args:
        language: A BCP 47 tag, for the list of function words.
        aliases: Mappings of a name to other names of the same thing; all of them are taken for
            the name. A later mapping may add names to a name of an earlier one.
        params: Thresholds and weights.

    Attributes:
        function_words: The function words of the language, folded.
        names: Every name of a single word that the aliases know, folded.
    """

    def __init__(
        self,
        language: str,
        *aliases: Mapping[str, Sequence[str]],
        params: RetrievalParams = DEFAULT_PARAMS,
    ) -> None:
        self._params = params
        self.function_words = function_words(language.split("-", maxsplit=1)[0])
        self._names: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._capitalized: set[tuple[str, ...]] = set()
        for mapping in aliases:
            for name, others in mapping.items():
                key = tuple(words(name))
                if name[:1].isupper():
                    self._capitalized.add(key)
                canonical = self._names.get(key, key)
                for other in (name, *others):
                    self._names[tuple(words(other))] = canonical
        self._names.pop((), None)
        self._longest = max((len(key) for key in self._names), default=0)
        self._first_words = frozenset(key[0] for key in self._names)
        self.names = frozenset(key[0] for key in self._names if len(key) == 1)

    def passage_tokens(self, written: Sequence[str]) -> list[str]:
        """Return every token of a passage's or sentence's words, as often as it occurs."""
        resolved = self.resolve(written)
        kept = {word.text for word in resolved}
        tokens = [token for word in resolved for token in self._char_ngrams(word.text)]
        # What was written counts beside the name it stands for: readers misspell both.
        tokens += [
            token for word in written if word not in kept for token in self._char_ngrams(word)
        ]
        return tokens + list(self._bigrams(resolved))

    def query_tokens(self, written: Sequence[str]) -> dict[str, float]:
        """Return the distinct tokens of a question's words and their weights, above 0.

        A word's tokens share its weight, because each would otherwise count as the whole word: n
        tokens weigh 1/sqrt(n) each. Function words and bigrams weigh less, as the parameters say.
        """
        weights: dict[str, float] = {}
        resolved, reduced = self.resolve(written), self._params.function_word_weight
        for word in resolved:
            ngrams = self._char_ngrams(word.text)
            for token in ngrams:
                # In unspaced scripts a function word is not a word of its own, but an n-gram.
                is_function_word = word.is_function_word or token in self.function_words
                weight = (reduced if is_function_word else 1.0) / len(ngrams) ** 0.5
                weights[token] = max(weight, weights.get(token, 0.0))
        for token, is_function_word in self._bigrams(resolved).items():
            factor = reduced if is_function_word else 1.0
            weights[token] = self._params.query_bigram_weight * factor
        return weights

    def _char_ngrams(self, word: str) -> tuple[str, ...]:
        return char_ngrams(word, self._params.ngram_size)

    def _bigrams(self, resolved: Sequence[Word]) -> dict[str, bool]:
        """Return a token for every two neighbouring words, and whether both are function words.

        Words with only function words between them are neighbours too: "the US agree" and "the US
        has agreed" share a bigram.
        """
        found = {
            self._bigram(*two): two[0].is_function_word and two[1].is_function_word
            for two in pairwise(resolved)
        }
        for two in pairwise([word for word in resolved if not word.is_function_word]):
            found.setdefault(self._bigram(*two), False)
        return found

    def _bigram(self, first: Word, second: Word) -> str:
        size = self._params.bigram_prefix
        return f"{first.text[:size]} {second.text[:size]}"

    def resolve(self, written: Sequence[str]) -> list[Word]:
        """Return the words with other names of a thing replaced by its name.

        Args:
            written: Folded words.
        """
        resolved: list[Word] = []
        position = 0
        while position < len(written):
            word, size = written[position], 1
            found: Sequence[Word] = (_word(word, word in self.function_words),)
            if word in self._first_words:
                found, size = self._name_at(written, position) or (found, 1)
            resolved += found
            position += size
        return resolved

    def _name_at(self, written: Sequence[str], position: int) -> tuple[list[Word], int] | None:
        """Return the name of the thing that the longest alias at a position stands for.

        Returns:
            The name's words and the number of words of the alias; None if there is none.
        """
        for size in range(min(self._longest, len(written) - position), 0, -1):
            name = self._names.get(tuple(written[position : position + size]))
            if name is not None:
                is_name = name in self._capitalized
                return [Word(word, False, True, is_name) for word in name], size
        return None


@lru_cache(maxsize=100_000)
def _word(text: str, is_function_word: bool) -> Word:
    return Word(text, is_function_word)


@lru_cache(maxsize=100_000)
def char_ngrams(word: str, size: int) -> tuple[str, ...]:
    """Return the tokens of one word, at least one.

    A number is one token. Korean words give n-grams of 2. A character of Chinese or Japanese means
    something by itself, so runs of them give n-grams of 1 and 2; those of other unspaced scripts
    give n-grams of 2 and 3.

    Args:
        word: A folded word, not empty.
        size: Characters of an n-gram in spaced scripts, where the word's ends are marked.
    """
    if word[0].isdigit():
        return (f"#{word}",)
    if is_unspaced(word):
        sizes = (1, 2) if _STARTS_HAN.match(word) else (2, 3)
        found = [word[n : n + each] for each in sizes for n in range(len(word) - each + 1)]
        return tuple(found) or (word,)
    marked = f"_{word}_"
    if _HANGUL.match(word):
        size = 2  # a character is a syllable, and a particle of one or two follows the noun
    return tuple(marked[n : n + size] for n in range(max(1, len(marked) - size + 1)))


def is_unspaced(word: str) -> bool:
    """Return whether a word is of a script that puts no spaces between words."""
    return _STARTS_UNSPACED.match(word) is not None


def is_longest_unspaced(token: str) -> bool:
    """Return whether a token is the longest n-gram of an unspaced script.

    It reaches over two words more often than not, so it is much like a bigram.
    """
    return is_unspaced(token) and len(token) == (2 if _STARTS_HAN.match(token) else 3)


def is_number(token: str) -> bool:
    """Return whether a token stands for a number."""
    return token.startswith("#")


def is_bigram(token: str) -> bool:
    """Return whether a token stands for two neighbouring words."""
    return " " in token


@lru_cache
def function_words(language: str) -> frozenset[str]:
    """Return the folded function words of a language; none if there is no list for it."""
    # The words of a phrase ("in spite of") may mean something by themselves.
    single = (entry for entry in _stop_words().get(language.lower(), ()) if " " not in entry)
    return frozenset(words(" ".join(single)))


@lru_cache(maxsize=1)
def _stop_words() -> Mapping[str, Sequence[str]]:
    """Return the lists of stopwordsiso, by language.

    Importing the package would take many times as long, as it looks for its own version then.
    """
    package = find_spec("stopwordsiso")
    assert package is not None and package.origin is not None, "it is a dependency"
    file = Path(package.origin).with_name("stopwords-iso.json")
    lists: dict[str, list[str]] = json.loads(file.read_text(encoding="utf-8"))
    return lists
