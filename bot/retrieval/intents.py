"""What a message means: a question to the text, one about the article, or a word to the bot.

Data files describe each language (``bot/data/intents``): patterns of a few words, and the words
that may stand around them. A message has a meaning only if *all* of its words belong to a pattern
or around it. So "who wrote this article?" asks for its author, "who wrote the letter?" the text.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.corpus.aliases import Aliases, read_aliases
from bot.corpus.loader import DATA
from bot.retrieval.analysis import words
from bot.retrieval.function_words import general_words

MAX_WORDS = 12
"""A longer message is taken for a question to the text."""
MAX_PATTERN_LENGTH = 300
"""Characters of a pattern in a data file."""
MAX_MISSPELLED = 2
"""So many words of a message may be misspelled."""
MIN_CORRECTABLE_LENGTH = 5
"""Letters of the shortest word that is recognized in spite of a typing error."""


class Intent(StrEnum):
    """What a message is, if it is no question to the text."""

    GREETING = "greeting"
    THANKS = "thanks"
    WHO = "who"
    HELP = "help"
    INSULT = "insult"
    SORRY = "sorry"
    SMALL_TALK = "small_talk"
    SUMMARY = "summary"
    AUTHOR = "author"
    DATE = "date"
    SOURCE = "source"
    LINK = "link"
    FULL_TEXT = "full_text"
    MORE = "more"


ABOUT_ARTICLE = (
    Intent.SUMMARY,
    Intent.AUTHOR,
    Intent.DATE,
    Intent.SOURCE,
    Intent.LINK,
    Intent.FULL_TEXT,
)
"""Wishes about the article as a whole; a message that speaks of a person is none of them."""
_STATEMENTS = (Intent.INSULT, Intent.SORRY, Intent.THANKS, Intent.SMALL_TALK)
"""What is never asked: with a question mark, it may be a question to the text."""
# "hiiii", "hahahaha", "jajaja", "ахаха", "ههههه", "xD"
_STRETCHED = re.compile(r"([^\W\d])\1{2,}")
_LAUGHTER = re.compile(
    r"[aeх]?(?:[hjxх][aeiаеи]+){2,}[hjxх]?|[аa]?(?:ха|xa)+|ه{3,}|lo+l|x+d+|k{3,}|w{3,}"
)
_WORD = re.compile(r"[\w'’]+")


@dataclass(frozen=True)
class Meaning:
    """What a message means.

    Attributes:
        intent: What it is; None for a question to the text.
        question: The message without a greeting, thanks or the bot's name around it.
    """

    intent: Intent | None
    question: str


class _Slot:
    """Words of which a pattern needs one."""

    def __init__(self, source: str, lists: Aliases) -> None:
        self.words: set[str] = set()
        self.prefixes: tuple[str, ...] = ()
        for option in source.split("|"):
            for each in lists[option[1:]] if option.startswith("@") else (option,):
                folded = words(each)
                if each.endswith("*"):
                    self.prefixes += tuple(folded)
                else:
                    self.words.update(folded)

    def fits(self, word: str) -> bool:
        return word in self.words or word.startswith(self.prefixes)


class _Language:
    """What the messages of one language mean."""

    def __init__(self, code: str) -> None:
        lists = read_aliases(DATA / "intents" / f"{code}.yaml", MAX_PATTERN_LENGTH)
        self._patterns = {
            intent: [[_Slot(part, lists) for part in pattern.split()] for pattern in lists[intent]]
            for intent in Intent
            if intent in lists
        }
        folded = {key: _folded(lists.get(key, ())) for key in ("article", "filler", "persons")}
        self.the_article = _folded(lists.get("the_article", ()))
        self.lead = _phrases(lists.get("lead", ()))
        self.trail = _phrases(lists.get("trail", ()))
        self._persons = folded["persons"]
        self._fillers = general_words(code) | folded["filler"] | folded["article"]
        slots = [slot for many in self._patterns.values() for pattern in many for slot in pattern]
        self._prefixes = tuple(prefix for slot in slots for prefix in slot.prefixes)
        self._known = self._fillers.union(*(slot.words for slot in slots))
        self._correctable = sorted(w for w in self._known if len(w) >= MIN_CORRECTABLE_LENGTH)

    def classify(self, text_words: Sequence[str], is_asked: bool) -> Intent | None:
        """Return the meaning of a message; None if it has none in this language."""
        corrected = self._corrected(text_words)
        if corrected is None:
            return None
        best, size = None, 0
        for intent, patterns in self._patterns.items():
            if is_asked and intent in _STATEMENTS:
                continue
            if intent in ABOUT_ARTICLE and not self._persons.isdisjoint(corrected):
                continue
            slots = [slot for pattern in patterns for slot in pattern]
            if not all(w in self._fillers or any(s.fits(w) for s in slots) for w in corrected):
                continue
            found = max((len(p) for p in patterns if _holds(p, corrected)), default=0)
            if found > size:
                best, size = intent, found
        return best

    def _corrected(self, text_words: Sequence[str]) -> list[str] | None:
        """Return the words with typing errors mended; None if some are unknown."""
        corrected, misspelled = [], 0
        for word in text_words:
            if word in self._known or word.startswith(self._prefixes):
                corrected.append(word)
                continue
            misspelled += 1
            if len(word) < MIN_CORRECTABLE_LENGTH or misspelled > MAX_MISSPELLED:
                return None
            found = process.extractOne(word, self._correctable, scorer=OSA.distance, score_cutoff=1)
            if found is None:
                return None
            corrected.append(found[0])
        return corrected


def _holds(pattern: Sequence[_Slot], text_words: Sequence[str]) -> bool:
    """Return whether each slot of a pattern has a word of its own."""
    if not pattern:
        return True
    first, *rest = pattern
    return any(
        first.fits(word) and _holds(rest, [*text_words[:n], *text_words[n + 1 :]])
        for n, word in enumerate(text_words)
    )


def _folded(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(word for text in texts for word in words(text))


def _phrases(texts: Iterable[str]) -> frozenset[tuple[str, ...]]:
    return frozenset(tuple(words(text)) for text in texts)


@lru_cache(maxsize=1)
def _languages() -> list[_Language]:
    return [_Language(file.stem) for file in sorted((DATA / "intents").glob("*.yaml"))]


@lru_cache(maxsize=1)
def article_words() -> frozenset[str]:
    """Return the words for "article" in every language: they mean the text itself."""
    return frozenset().union(*(language.the_article for language in _languages()))


def understand(text: str) -> Meaning:
    """Return what a message means."""
    written = list(_WORD.finditer(text))
    if not written:
        # An emoji says something, punctuation asks nothing.
        return Meaning(Intent.SMALL_TALK if _has_symbol(text) else None, text)
    found = words(text[: MAX_WORDS * 20])
    if found and all(map(_LAUGHTER.fullmatch, found)):
        return Meaning(Intent.SMALL_TALK, text)
    found = [_unstretched(word) for word in found]
    intent = _classify(found, text)
    if intent is not None:
        return Meaning(intent, text)
    start, end = _bounds(text, written)
    if (start, end) == (0, len(text)):
        return Meaning(None, text)
    question = text[start:end]
    return Meaning(_classify(words(question), question), question)


def _classify(text_words: Sequence[str], text: str) -> Intent | None:
    if not text_words or len(text_words) > MAX_WORDS:
        return None
    # Laughter may stand anywhere.
    meant = [word for word in text_words if not _LAUGHTER.fullmatch(word)]
    is_asked = any(mark in text for mark in "?？؟")
    found = (language.classify(meant, is_asked) for language in _languages())
    return next((intent for intent in found if intent is not None), None)


def _bounds(text: str, written: Sequence[re.Match[str]]) -> tuple[int, int]:
    """Return where the question begins and ends, without what is said around it."""
    said = [[_unstretched(word) for word in words(match[0])] for match in written]
    first, last = 0, len(written)
    while first < last and (size := _length(said[first:last], "lead")):
        if first + size >= last or _is_joined(text, written[first + size - 1]):
            break
        first += size
    while first < last - 1 and tuple(said[last - 1]) in _all("trail"):
        last -= 1
    start = written[first].start() if first else 0
    end = written[last].start() if last < len(written) else len(text)
    return start, end if last == len(written) else start + len(text[start:end].rstrip(" ,.;-–—"))


def _length(said: Sequence[Sequence[str]], kind: str) -> int:
    """Return how many words at the beginning are a phrase of a kind; 0 if there is none."""
    for size in range(min(4, len(said)), 0, -1):
        if tuple(word for each in said[:size] for word in each) in _all(kind):
            return size
    return 0


@lru_cache
def _all(kind: str) -> frozenset[tuple[str, ...]]:
    return frozenset().union(*(getattr(language, kind) for language in _languages()))


def _is_joined(text: str, match: re.Match[str]) -> bool:
    """Return whether a word is part of a longer one, as in "Hi-Fi"."""
    return text[match.end() : match.end() + 1] in ("-", "&", "@", "/") and bool(
        text[match.end() + 1 : match.end() + 2].strip()
    )


def _unstretched(word: str) -> str:
    return _STRETCHED.sub(r"\1", word)


def _has_symbol(text: str) -> bool:
    return any(ord(char) > 0x2000 and not char.isspace() for char in text)


def without_article(text_words: Sequence[str]) -> Iterator[str]:
    """Yield a question's words without those for the article itself.

    "Article 5" is the name of something else and stays.
    """
    for number, word in enumerate(text_words):
        following = text_words[number + 1] if number + 1 < len(text_words) else ""
        if word not in article_words() or following[:1].isdigit():
            yield word
