"""The type of answer that a question asks for, and whether a sentence holds one."""

import re
from collections.abc import Iterable, Sequence
from enum import StrEnum
from functools import lru_cache

from bot.corpus.loader import DATA
from bot.corpus.yaml import read_data
from bot.retrieval.analysis import words

_WRITTEN_WORD = re.compile(r"\w+")
_YEAR = re.compile(r"\d{4}")


class AnswerType(StrEnum):
    """A type of answer."""

    NUMBER = "number"
    TIME = "time"
    NAME = "name"
    CAUSE = "cause"
    AGE = "age"


@lru_cache(maxsize=1)
def _phrases() -> dict[tuple[str, ...], AnswerType]:
    read = read_data(DATA / "answer_types.yaml")
    return {tuple(words(phrase)): kind for kind in AnswerType for phrase in read[kind]}


@lru_cache
def _listed(key: str) -> frozenset[str]:
    return _folded(read_data(DATA / "answer_types.yaml")[key])


def classify(query_words: Sequence[str]) -> AnswerType | None:
    """Return the type of answer that a question asks for first; None if it names no type.

    Args:
        query_words: The question's folded words, in order.
    """
    phrases = _phrases()
    longest = max(len(phrase) for phrase in phrases)
    for start in range(len(query_words)):
        for length in range(longest, 0, -1):
            kind = phrases.get(tuple(query_words[start : start + length]))
            if kind is not None:
                return kind
    return None


def extract(sentence: str, kind: AnswerType) -> frozenset[str]:
    """Return the folded words of a sentence that could be an answer of a type.

    A name is a capitalized word that does not begin the sentence, so scripts without capitals have
    none. A time is a year or a word such as a month's name, a cause a word such as "because",
    and an age a year, or a number with a word such as "years".
    """
    if kind is AnswerType.CAUSE:
        return _listed("causes").intersection(words(sentence))
    found = _WRITTEN_WORD.findall(sentence)
    if kind is AnswerType.NAME:
        return _folded(word for word in found[1:] if word[0].isupper())
    numbers = [word for word in found if word[0].isdigit()]
    if kind is AnswerType.NUMBER:
        return _folded(numbers)
    years = _folded(number for number in numbers if _YEAR.fullmatch(number))
    if kind is AnswerType.TIME:
        return years | _listed("times").intersection(words(sentence))
    return years | (_listed("ages").intersection(words(sentence)) if numbers else frozenset())


def _folded(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(word for text in texts for word in words(text))
