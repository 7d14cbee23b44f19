"""The words of bot/data/intents: which ones a message is made of, typing errors forgiven.

A file is about one language. Words are written in groups, and patterns are made of groups and words
(see ``bot/data/intents/en.yaml``). Everything is folded as the words of articles are.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache, partial
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
        self._near: dict[str, list[str]] = {}
        for word in sorted(word for word in known if len(word) >= MIN_CORRECTABLE - 1):
            for letter in set(word[:2]):
                self._near.setdefault(letter, []).append(word)
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
        near = self._near.get(word[0], ())
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
class Phrase:
    """Words in a fixed order.

    Attributes:
        parts: For each place the words that may stand there, and whether it may be left out. At
            least one may not.
    """

    parts: tuple[tuple[frozenset[str], bool], ...]

    @property
    def first_words(self) -> frozenset[str]:
        """The words with which it can begin."""
        needed = next(n for n, (_, is_optional) in enumerate(self.parts) if not is_optional)
        return frozenset[str]().union(*(group for group, _ in self.parts[: needed + 1]))

    def ends(self, said: Sequence[str], start: int = 0) -> set[int]:
        """Return where it can end, if words from ``start`` on are such a phrase; else nothing."""
        ends = {start}
        for group, is_optional in self.parts:
            further = {end + 1 for end in ends if end < len(said) and said[end] in group}
            ends = ends | further if is_optional else further
        return ends


@dataclass(frozen=True)
class Language:
    """What one file says.

    Attributes:
        vocabulary: All words of its patterns.
        phrases: Kind -> phrases of known words, such as the greetings; see ``bot.retrieval.frame``.
    """

    vocabulary: Vocabulary
    phrases: Mapping[str, tuple[Phrase, ...]]
    _intents: Mapping[str, Any]
    _group: Callable[[str], frozenset[str]]

    @cached_property
    def patterns(self) -> tuple[Pattern, ...]:
        """Its patterns in the order of the file; the first one that fits counts.

        They are made when a message has words of the language only, as most of them never are.
        """
        return tuple(
            self._pattern(intent, found, text)
            for intent, found in self._intents.items()
            for text in found["patterns"]
        )

    def _pattern(self, intent: str, found: Mapping[str, Any], text: str) -> Pattern:
        in_order, items = text.startswith("> "), text.removeprefix("> ").split()
        required = tuple(self._group(item) for item in items if not item.startswith("("))
        allowed = self.vocabulary.filler.union(
            *map(self._group, items), *map(self._group, found.get("with", "").split())
        )
        not_first = _folded(found.get("not_first", "").split())
        return Pattern(intent, required, allowed, in_order, not_first)


@lru_cache(maxsize=1)
def read_languages() -> tuple[Language, ...]:
    """Return what the files that come with the bot say."""
    shared = read_data(FOLDER / f"{SHARED}.yaml")
    return tuple(_read_language(file, shared) for file in sorted(FOLDER.glob("*.yaml")))


def _read_language(file: Path, shared: Mapping[str, Any]) -> Language:
    value = read_data(file)
    groups = {name: _folded(text.split()) for name, text in value.get("words", {}).items()}
    group = cache(partial(_group, groups=groups))
    intents = value.get("intents", {})
    filler = _folded(f"{shared['filler']} {value.get('filler', '')}".split())
    texts = [text.removeprefix("> ") for found in intents.values() for text in found["patterns"]]
    texts += [found.get("with", "") for found in intents.values()]
    items = [item.strip("()") for text in texts for item in text.split()]
    known = filler | _group("|".join(items), groups)
    real_words = f"{shared['real_words']} {value.get('real_words', '')}"
    real = _folded(real_words.split()) | function_words(file.stem)
    phrases = {
        kind: tuple(_phrase(text, group) for text in texts)
        for kind, texts in value.get("phrases", {}).items()
    }
    return Language(Vocabulary(known, real, filler), phrases, intents, group)


def _phrase(text: str, group: Callable[[str], frozenset[str]]) -> Phrase:
    return Phrase(tuple((group(item), item.startswith("(")) for item in text.split()))


def _group(item: str, groups: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """Return the words of "who|GROUP", in brackets or not."""
    names = item.strip("()").split("|")
    written = _folded(name for name in names if name not in groups)
    return written.union(*(groups[name] for name in names if name in groups))


def _folded(written: Iterable[str]) -> frozenset[str]:
    """Return the words folded; the star at the end of a stem stays."""
    plain, stems = list[str](), list[str]()
    for text in written:
        (stems if text.endswith("*") else plain).append(text)
    # All at once, which is many times as fast as one by one.
    folded = frozenset(words(" ".join(plain)))
    return folded.union(f"{word}*" for word in words(" ".join(stems))) if stems else folded


@lru_cache(maxsize=1)
def _read_laughter() -> frozenset[frozenset[str]]:
    """Return pairs of letters; a word that has both twice or more, and no others, is laughter."""
    shared = read_data(FOLDER / f"{SHARED}.yaml")
    return frozenset(frozenset(words(letters)[0]) for letters in shared["laughter"].split())
