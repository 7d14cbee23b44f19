"""Text -> words, tokens and sentences; one analyzer for every language and script.

A token is a piece of a word: its 4-grams with the word's ends marked (``_agr agre gree reed eed_``
for "agreed"), so that inflected and misspelled words still share most of their tokens. Numbers stay
whole. Scripts that put no spaces between words give 2- and 3-grams. Two neighbouring words give a
pair token. Texts are analysed in the same way for passages and for questions.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import sentencex
import stopwordsiso

GRAM = 4
"""Characters of a token; 3 finds too much, 5 forgives too little."""
PAIR_PREFIX = 5
"""Letters of each word in a pair, so that endings matter little."""
PAIR = 0.7
"""Weight of a pair beside a word: order helps, but most pairs of a question are its own."""
FUNCTION_WORD = 0.35
"""Weight of a function word beside another word of a question. Kept lists of them are generous
("member", "states", "work"), so none is dropped for good."""

_ABBREVIATION = re.compile(r"(?<![^\W_])(?:[^\W\d_]\.){2,}(?:[^\W\d_](?![^\W_]))?")
_NUMBER = r"\d+(?:[.,]\d+)*"
_UNSPACED = (
    "\u0e00-\u0eff"  # Thai, Lao
    "\u1000-\u109f\u1780-\u17ff"  # Burmese, Khmer
    "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # kana, Han
)
_INDIC = "\u0900-\u0963\u0966-\u0dff"  # where vowel signs, no letters to Python, stand in words
_WORD = re.compile(rf"{_NUMBER}|[{_UNSPACED}]+|(?:[^\W_{_UNSPACED}]|[{_INDIC}])+")
_IS_UNSPACED = re.compile(rf"[{_UNSPACED}]")


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
    """Return the folded words and numbers of a text; "U.S." comes as "us"."""
    folded = _ABBREVIATION.sub(lambda match: match[0].replace(".", ""), fold(text))
    return _WORD.findall(folded)


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
class _Word:
    """text: folded. functional: it only holds a sentence together ("the", "did")."""

    text: str
    functional: bool


class Analyzer:
    """Turns passages and questions of one article into tokens.

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

    def passage_tokens(self, text: str) -> list[str]:
        """Return every token of a passage or sentence, as often as it stands there."""
        found = words(text)
        named = self._resolve(found)
        kept = {word.text for word in named}
        # What was written counts beside the name it stands for: readers misspell both.
        written = [word for word in found if word not in kept]
        tokens = [token for word in named for token in grams(word.text)]
        tokens += [token for word in written for token in grams(word)]
        return tokens + self._pairs(named)

    def question_tokens(self, text: str) -> dict[str, float]:
        """Return the different tokens of a question and what each weighs, over 0 to 1.

        A word's tokens share its weight, as each would otherwise speak for the whole word: n
        tokens weigh 1/sqrt(n) each. A function word weighs FUNCTION_WORD of another.
        """
        weights: dict[str, float] = {}
        named = self._resolve(words(text))
        for word in named:
            pieces = grams(word.text)
            weight = (FUNCTION_WORD if word.functional else 1.0) / len(pieces) ** 0.5
            for token in pieces:
                weights[token] = max(weight, weights.get(token, 0.0))
        weights.update(dict.fromkeys(self._pairs(named), PAIR))
        return weights

    def _pairs(self, named: Sequence[_Word]) -> list[str]:
        """Return a token for every two neighbouring words, with and without function words.

        So "did the US agree" and "the US has agreed" share a pair.
        """
        full = [word for word in named if not word.functional]
        near = [_pair(*two) for two in pairwise(named)]
        return near + [_pair(*two) for two in pairwise(full) if _pair(*two) not in set(near)]

    def _resolve(self, found: Sequence[str]) -> list[_Word]:
        """Put the name of a thing in place of its other names."""
        resolved = []
        position = 0
        while position < len(found):
            for length in range(min(self._longest, len(found) - position), 0, -1):
                name = self._names.get(tuple(found[position : position + length]))
                if name is not None:
                    resolved += [_Word(word, functional=False) for word in name]
                    position += length
                    break
            else:
                word = found[position]
                resolved.append(_Word(word, functional=word in self._function_words))
                position += 1
        return resolved


def grams(word: str) -> list[str]:
    """Return the tokens of one folded word, at least one."""
    if word[0].isdigit():
        return [f"#{word}"]
    if _IS_UNSPACED.match(word):
        if len(word) == 1:
            return [word]
        return [word[n : n + size] for size in (2, 3) for n in range(len(word) - size + 1)]
    marked = f"_{word}_"
    return [marked[n : n + GRAM] for n in range(max(1, len(marked) - GRAM + 1))]


def _pair(first: _Word, second: _Word) -> str:
    return f"{first.text[:PAIR_PREFIX]} {second.text[:PAIR_PREFIX]}"


def is_pair(token: str) -> bool:
    """Tell whether a token stands for two neighbouring words."""
    return " " in token


@lru_cache
def function_words(language: str) -> frozenset[str]:
    """Return the folded function words of a language, empty where no list of them is kept."""
    if not stopwordsiso.has_lang(language):
        return frozenset()
    return frozenset(word for entry in stopwordsiso.stopwords(language) for word in words(entry))
