"""What kind of thing a question asks for, and whether a sentence holds such a thing."""

import re
from collections.abc import Iterable, Sequence
from enum import StrEnum
from functools import lru_cache

from bot.corpus.loader import DATA, read_aliases
from bot.retrieval.analysis import words

_WRITTEN_WORD = re.compile(r"\w+")
_YEAR = re.compile(r"\d{4}")


class Asked(StrEnum):
    """A kind of thing to ask for."""

    NUMBER = "number"
    TIME = "time"
    NAME = "name"


@lru_cache(maxsize=1)
def _phrases() -> dict[tuple[str, ...], Asked]:
    read = read_aliases(DATA / "answer_types.yaml")
    return {tuple(words(phrase)): kind for kind in Asked for phrase in read[kind]}


@lru_cache(maxsize=1)
def _times() -> frozenset[str]:
    return _folded(read_aliases(DATA / "answer_types.yaml")["times"])


def what_is_asked(written: Sequence[str]) -> Asked | None:
    """Return the kind of thing that a question's folded words ask for first; None for no kind."""
    phrases = _phrases()
    longest = max(len(phrase) for phrase in phrases)
    for start in range(len(written)):
        for length in range(longest, 0, -1):
            kind = phrases.get(tuple(written[start : start + length]))
            if kind is not None:
                return kind
    return None


def things(sentence: str) -> dict[Asked, frozenset[str]]:
    """Return the folded words of a sentence that are numbers, tell a time, or look like names.

    A name is a word with a capital that does not begin the sentence; scripts without capitals
    have none. A time is a year or a word such as a month's.
    """
    found = list(_WRITTEN_WORD.finditer(sentence))
    names = [match[0] for match in found[1:] if match[0][0].isupper()]
    numbers = [match[0] for match in found if match[0][0].isdigit()]
    years = [number for number in numbers if _YEAR.match(number)]
    return {
        Asked.NAME: _folded(names),
        Asked.NUMBER: _folded(numbers),
        Asked.TIME: _folded(years) | (_times() & set(words(sentence))),
    }


def _folded(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(word for text in texts for word in words(text))
