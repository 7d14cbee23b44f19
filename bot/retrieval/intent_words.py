"""The words of bot/data/intents: which ones a message is made of, typing errors forgiven.

A file is about one language. Words are written in groups, and patterns are made of groups and words
(see ``bot/data/intents/en.yaml``). Everything is folded as the words of articles are.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import product
from pathlib import Path
from typing import Any

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.corpus.loader import DATA
from bot.corpus.yaml import read_data
from bot.retrieval.analysis import function_words, words

FOLDER = DATA / "intents"
SHARED = "any"
"""The file whose words belong to every language."""
MIN_CORRECTABLE, MAX_CORRECTABLE = 5, 20
"""Letters of a word whose typing errors are forgiven; shorter ones have too many neighbours."""
MAX_REMEMBERED = 20_000
"""Words whose meaning is remembered."""
LAUGHTER = "haha"
"""The word that stands for all laughter."""

_RUN = re.compile(r"(.)\1{2,}")
_PAIR = re.compile(r"(.)\1+")
_ARABIC_AND = re.compile(r"[وف](?=\w{2})")


class Vocabulary:
    """Words that patterns are made of.

    Args:
        known: The words, folded; "summar*" stands for every word that begins so.
        real: Further words of the language, which are no misspelled ones of ``known``.
        filler: Those of ``known`` that mean nothing by themselves.
    """

    def __init__(
        self, known: frozenset[str], real: frozenset[str], filler: frozenset[str] = frozenset()
    ) -> None:
        self.known = known
        self.real = real
        self.filler = filler
        self._laughter = _read_laughter()
        self._guessed: set[str] = set()
        self._near: dict[tuple[str, int], list[str]] = {}
        for word in sorted(word for word in known if len(word) >= MIN_CORRECTABLE - 1):
            for letter, length in product(set(word[:2]), range(len(word) - 1, len(word) + 2)):
                self._near.setdefault((letter, length), []).append(word)
        self._resolved: dict[str, str | None] = {}

    def resolve(self, word: str) -> str | None:
        """Return the known word that a folded word is or means; None for an unknown one."""
        if word in self.known:
            return word
        if word not in self._resolved:
            if len(self._resolved) > MAX_REMEMBERED:
                self._resolved.clear()
                self._guessed.clear()
            self._resolved[word] = self._find(word)
        return self._resolved[word]

    def is_guessed(self, word: str) -> bool:
        """Return whether a word was resolved by a typing error other than a swap or a doubling.

        "Summer" is one letter away from a word that asks for a summary, so such a word counts only
        beside another one that means something.
        """
        return word in self._guessed

    def _find(self, word: str) -> str | None:
        for end in range(len(word), 2, -1):
            if (stem := word[:end] + "*") in self.known:
                return stem
        if (rest := _ARABIC_AND.sub("", word, count=1)) != word and rest in self.known:
            return rest
        if _RUN.search(word):
            squeezed = (_RUN.sub(short, word) for short in (r"\1\1", r"\1"))
            if (found := next((s for s in squeezed if s in self.known), None)) is not None:
                return found
        if frozenset(word) in self._laughter and all(word.count(letter) > 1 for letter in word):
            return LAUGHTER
        return self._corrected(word)

    def _corrected(self, word: str) -> str | None:
        """Return the word that is one typing error away, and has the first letter first or second.

        People seldom mistype the first letter, and many real words differ in nothing else.
        """
        near = self._near.get((word[0], len(word)), ())
        if word in self.real or not MIN_CORRECTABLE <= len(word) <= MAX_CORRECTABLE:
            return None
        match = process.extractOne(word, near, scorer=OSA.distance, score_cutoff=1)
        if match is None:
            return None
        found = str(match[0])
        is_swap = sorted(word) == sorted(found)
        if not is_swap and _PAIR.sub(r"\1", word) != _PAIR.sub(r"\1", found):
            self._guessed.add(word)
        return found


@dataclass(frozen=True)
class Pattern:
    """What the words of a message must be for it to mean something.

    Attributes:
        means: The name of the intent.
        required: Groups of words, one word of each must be there.
        allowed: The words that may be there, those of ``required`` included.
        in_order: Whether the groups of ``required`` must come in this order.
        not_first: Words with which the message may not begin.
    """

    means: str
    required: tuple[frozenset[str], ...]
    allowed: frozenset[str]
    in_order: bool
    not_first: frozenset[str] = frozenset()

    def fits(self, said: Sequence[str], distinct: frozenset[str]) -> bool:
        """Return whether known words are a message of this kind. ``distinct``: the same words."""
        if not distinct <= self.allowed or any(map(distinct.isdisjoint, self.required)):
            return False
        if said[0] in self.not_first:
            return False
        if not self.in_order:
            return True
        left = iter(said)
        return all(any(word in group for word in left) for group in self.required)


@dataclass(frozen=True)
class Language:
    """What one file says.

    Attributes:
        vocabulary: All words of its patterns.
        patterns: In the order of the file; the first one that fits counts.
        phrases: Kind -> phrases of known words, such as the greetings; see ``bot.retrieval.frame``.
    """

    vocabulary: Vocabulary
    patterns: tuple[Pattern, ...]
    phrases: Mapping[str, frozenset[tuple[str, ...]]]


@lru_cache(maxsize=1)
def read_languages() -> tuple[Language, ...]:
    """Return what the files that come with the bot say."""
    shared = read_data(FOLDER / f"{SHARED}.yaml")
    return tuple(_read_language(file, shared) for file in sorted(FOLDER.glob("*.yaml")))


def _read_language(file: Path, shared: Mapping[str, Any]) -> Language:
    value = read_data(file)
    groups = {name: _folded(text.split()) for name, text in value.get("words", {}).items()}
    filler = _folded(f"{shared['filler']} {value.get('filler', '')}".split())
    patterns = []
    for intent, found in value.get("intents", {}).items():
        allowed = filler.union(*_parts(found.get("with", ""), groups))
        not_first = _folded(found.get("not_first", "").split())
        read = (_pattern(intent, text, groups, allowed) for text in found["patterns"])
        patterns += [replace(pattern, not_first=not_first) for pattern in read]
    phrases = {
        kind: frozenset(phrase for text in texts for phrase in _expanded(text, groups))
        for kind, texts in value.get("phrases", {}).items()
    }
    known = filler.union(*(pattern.allowed for pattern in patterns))
    real_words = f"{shared['real_words']} {value.get('real_words', '')}"
    real = _folded(real_words.split()) | function_words(file.stem)
    return Language(Vocabulary(known, real, filler), tuple(patterns), phrases)


def _pattern(
    intent: str, text: str, groups: Mapping[str, frozenset[str]], allowed: frozenset[str]
) -> Pattern:
    in_order, items = text.startswith("> "), text.removeprefix("> ").split()
    required = [_group(item, groups) for item in items if not item.startswith("(")]
    optional = [_group(item, groups) for item in items if item.startswith("(")]
    return Pattern(intent, tuple(required), allowed.union(*required, *optional), in_order)


def _expanded(text: str, groups: Mapping[str, frozenset[str]]) -> Iterator[tuple[str, ...]]:
    """Yield every phrase that a pattern of words in a fixed order stands for."""
    choices = [
        [*_group(item, groups), *([""] if item.startswith("(") else [])] for item in text.split()
    ]
    for phrase in product(*choices):
        yield tuple(filter(None, phrase))


def _parts(text: str, groups: Mapping[str, frozenset[str]]) -> list[frozenset[str]]:
    return [_group(item, groups) for item in text.split()]


def _group(item: str, groups: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """Return the words of "who|GROUP", in brackets or not."""
    found: set[str] = set()
    for name in item.strip("()").split("|"):
        found |= groups[name] if name in groups else _folded([name])
    return frozenset(found)


def _folded(written: Iterable[str]) -> frozenset[str]:
    """Return the words folded; the star at the end of a stem stays."""
    return frozenset(
        word + ("*" if text.endswith("*") else "") for text in written for word in words(text)
    )


@lru_cache(maxsize=1)
def _read_laughter() -> frozenset[frozenset[str]]:
    """Return pairs of letters; a word that has both twice or more, and no others, is laughter."""
    shared = read_data(FOLDER / f"{SHARED}.yaml")
    return frozenset(frozenset(words(letters)[0]) for letters in shared["laughter"].split())
