"""Text -> words, tokens and sentences; one analyzer for every language and script.

A token is a piece of a word: its 4-grams with the word's ends marked (``_agr agre gree reed eed_``
for "agreed"), so that inflected and misspelled words still share most of their tokens. Numbers stay
whole. Scripts that put no spaces between words give n-grams of the whole run. Two neighbouring
words give a pair token. Texts are analysed in the same way for passages and for questions.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import sentencex
import stopwordsiso
from rapidfuzz import process
from rapidfuzz.distance import OSA

GRAM = 4
"""Characters of a token: with 3 strangers share too much, with 5 one slip costs too much."""
PAIR_PREFIX = 4
"""Letters of each word in a pair, so that endings matter little."""
PAIR = 0.6
"""Weight of a pair beside a word: order helps, but most pairs of a question are its own."""
FUNCTION_WORD = 0.42
"""Weight of a function word beside another word of a question. Kept lists of them are generous
("member", "states", "work"), so none is dropped for good."""
CORRECTED = 5
"""Letters of the shortest word that is taken for a misspelled one; shorter ones have too many
neighbours."""

_ABBREVIATION = re.compile(r"(?<![^\W_])(?:[^\W\d_]\.){2,}(?:[^\W\d_](?![^\W_]))?")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_NUMBER = r"\d+(?:[.,]\d+)*"
# The Arabic article with what is written onto it, as light stemming takes it off (Larkey,
# Ballesteros and Connell, "Improving stemming for Arabic information retrieval", SIGIR 2002).
_ARABIC_ARTICLE = re.compile(r"(?<!\w)(?:[وفبك]?ال|لل)(?=\w{3})")
_HAN = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # and kana
_UNSPACED = f"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff{_HAN}"  # and Thai, Lao, Burmese, Khmer
_INDIC = "\u0900-\u0963\u0966-\u0dff"  # where vowel signs, no letters to Python, stand in words
_WORD = re.compile(rf"{_NUMBER}|[{_UNSPACED}]+|(?:[^\W_{_UNSPACED}]|[{_INDIC}])+")
_STARTS_HAN = re.compile(f"[{_HAN}]")
_STARTS_UNSPACED = re.compile(f"[{_UNSPACED}]")


class _Folding(dict[int, str | None]):
    """str.translate's table, filled as characters are met: what typography varies becomes one."""

    def __missing__(self, code: int) -> str | None:
        char = chr(code)
        category = unicodedata.category(char)
        folded: str | None = char
        if 0x300 <= code <= 0x36F or 0x64B <= code <= 0x65F or 0x591 <= code <= 0x5C7:
            folded = None  # accents of Latin, Greek and Cyrillic; Arabic and Hebrew vowel signs
        elif category in ("Cf", "Cc") or code == 0x640:
            folded = " " if char.isspace() else None  # zero-width characters, the Arabic tatweel
        elif char in "ىة":
            folded = {"ى": "ي", "ة": "ه"}[char]
        elif char in "‘’ʼ`´′":
            folded = "'"
        elif category == "Pd" or char == "−":
            folded = "-"
        self[code] = folded
        return folded


_FOLDING = _Folding()


def fold(text: str) -> str:
    """Return the text without case, accents and typographic variants; its length may change."""
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    return unicodedata.normalize("NFC", decomposed.translate(_FOLDING))


def words(text: str) -> list[str]:
    """Return the folded words and numbers of a text; "U.S." comes as "us", "1,000" as "1000"."""
    folded = _THOUSANDS.sub("", fold(text))
    folded = _ABBREVIATION.sub(lambda match: match[0].replace(".", ""), folded)
    return _WORD.findall(_ARABIC_ARTICLE.sub("", folded))


def sentences(text: str, language: str) -> list[tuple[int, int]]:
    """Return the sentences of a text as (start, end) in characters, without the spaces between.

    language: a BCP 47 tag; one that has no rules of its own is split by general ones.
    """
    spans = []
    position = 0
    for sentence in sentencex.segment(language.split("-", maxsplit=1)[0], text):
        start = text.index(sentence, position)
        position = start + len(sentence)
        stripped = sentence.strip()
        if stripped:
            start += len(sentence) - len(sentence.lstrip())
            spans.append((start, start + len(stripped)))
    return spans


@dataclass(frozen=True)
class Word:
    """text: folded. functional: it only holds a sentence together ("the", "did")."""

    text: str
    functional: bool


class Analyzer:
    """Turns passages and questions of one article into words and tokens.

    language: a BCP 47 tag, for the list of function words. aliases: mappings of a name to other
    names of the same thing; all of them are taken for the name. A later mapping may give more
    names to a name of an earlier one.
    """

    def __init__(self, language: str, *aliases: Mapping[str, Sequence[str]]) -> None:
        self._function_words = function_words(language.split("-", maxsplit=1)[0])
        self._names: dict[tuple[str, ...], tuple[str, ...]] = {}
        for mapping in aliases:
            for name, others in mapping.items():
                key = tuple(words(name))
                canonical = self._names.get(key, key)
                for other in (name, *others):
                    self._names[tuple(words(other))] = canonical
        self._names.pop((), None)
        self._longest = max((len(key) for key in self._names), default=0)

    @property
    def names(self) -> set[str]:
        """Every name of a single word that the aliases know."""
        return {key[0] for key in self._names if len(key) == 1}

    def passage_tokens(self, written: Sequence[str]) -> list[str]:
        """Return every token of a passage's or sentence's words, as often as it stands there."""
        named = self._resolve(written)
        kept = {word.text for word in named}
        tokens = [token for word in named for token in grams(word.text)]
        # What was written counts beside the name it stands for: readers misspell both.
        tokens += [token for word in written if word not in kept for token in grams(word)]
        return tokens + list(self._pairs(named))

    def question_tokens(self, written: Sequence[str]) -> dict[str, float]:
        """Return the different tokens of a question's words and what each weighs, over 0 to 1.

        A word's tokens share its weight, as each would otherwise speak for the whole word: n
        tokens weigh 1/sqrt(n) each. A function word weighs FUNCTION_WORD of another.
        """
        weights: dict[str, float] = {}
        named = self._resolve(written)
        for word in named:
            pieces = grams(word.text)
            for token in pieces:
                # In unspaced scripts a function word is no word of its own, but a gram.
                functional = word.functional or token in self._function_words
                weight = (FUNCTION_WORD if functional else 1.0) / len(pieces) ** 0.5
                weights[token] = max(weight, weights.get(token, 0.0))
        for token, functional in self._pairs(named).items():
            weights[token] = PAIR * (FUNCTION_WORD if functional else 1.0)
        return weights

    def corrected(self, written: Sequence[str], vocabulary: "Vocabulary") -> list[str]:
        """Return a question's words, each that the article has not in place of its nearest."""
        return [
            word if word in self._function_words else vocabulary.nearest(word) for word in written
        ]

    def _pairs(self, named: Sequence[Word]) -> dict[str, bool]:
        """Return a token for every two neighbouring words, and whether both are functional.

        Also for those with function words between them: "the US agree" and "the US has agreed"
        share a pair.
        """
        found = {_pair(*two): two[0].functional and two[1].functional for two in pairwise(named)}
        for two in pairwise([word for word in named if not word.functional]):
            found.setdefault(_pair(*two), False)
        return found

    def _resolve(self, written: Sequence[str]) -> list[Word]:
        """Put the name of a thing in place of its other names."""
        resolved = []
        position = 0
        while position < len(written):
            for length in range(min(self._longest, len(written) - position), 0, -1):
                name = self._names.get(tuple(written[position : position + length]))
                if name is not None:
                    resolved += [Word(word, functional=False) for word in name]
                    position += length
                    break
            else:
                word = written[position]
                resolved.append(Word(word, functional=word in self._function_words))
                position += 1
        return resolved


class Vocabulary:
    """The words of an article, to find the one that was meant."""

    def __init__(self, known: Iterable[str]) -> None:
        self._known = frozenset(known)
        # Sorted, so that of two words equally near the same one is found in every process.
        self._candidates = sorted(
            word for word in self._known if len(word) >= CORRECTED - 1 and _is_correctable(word)
        )

    def nearest(self, word: str) -> str:
        """Return the word itself if it is known, too short or far from all, else the nearest.

        Near is one letter dropped, added or replaced, or two neighbours swapped.
        """
        if word in self._known or len(word) < CORRECTED or not _is_correctable(word):
            return word
        found = process.extractOne(word, self._candidates, scorer=OSA.distance, score_cutoff=1)
        return found[0] if found else word


def _is_correctable(word: str) -> bool:
    """Tell numbers, where a digit is no slip, and unspaced runs from words."""
    return not word[0].isdigit() and not _STARTS_UNSPACED.match(word)


@lru_cache(maxsize=100_000)
def grams(word: str) -> tuple[str, ...]:
    """Return the tokens of one folded word, at least one.

    A character of Chinese or Japanese means something by itself, a letter of Thai does not.
    """
    if word[0].isdigit():
        return (f"#{word}",)
    if _STARTS_UNSPACED.match(word):
        sizes = (1, 2) if _STARTS_HAN.match(word) else (2, 3)
        found = [word[n : n + size] for size in sizes for n in range(len(word) - size + 1)]
        return tuple(found) or (word,)
    marked = f"_{word}_"
    return tuple(marked[n : n + GRAM] for n in range(max(1, len(marked) - GRAM + 1)))


def _pair(first: Word, second: Word) -> str:
    return f"{first.text[:PAIR_PREFIX]} {second.text[:PAIR_PREFIX]}"


def is_pair(token: str) -> bool:
    """Tell whether a token stands for two neighbouring words."""
    return " " in token


@lru_cache
def function_words(language: str) -> frozenset[str]:
    """Return the folded function words of a language, empty where no list of them is kept."""
    if not stopwordsiso.has_lang(language):
        return frozenset()
    # The words of an entry of several ("in spite of") may mean something by themselves.
    single = (entry for entry in stopwordsiso.stopwords(language) if " " not in entry)
    return frozenset(word for entry in single for word in words(entry))


def guess_language(text: str) -> str:
    """Return the language of whose kept list the text has the most words; "en" for none."""
    found = words(text)
    shares = {
        language: sum(word in function_words(language) for word in found)
        for language in sorted(stopwordsiso.langs())
    }
    return max(shares, key=lambda language: (shares[language], language == "en"))
