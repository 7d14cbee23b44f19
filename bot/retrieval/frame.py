"""What people put around a question: a greeting, thanks, "please", the bot's name, laughter."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from bot.retrieval.analysis import words
from bot.retrieval.intent_words import Phrase, Vocabulary, read_languages

_EMOTICON = r"(?<!\S)(?:[:;=xX8][-'^o]?[()\[\]dDpPoO3*/|\\]+|<3+|\^_*\^)(?!\S)"
_TOKEN = re.compile(rf"{_EMOTICON}|[^\s,!?;:…؟،。！？]+")
_IS_EMOTICON = re.compile(_EMOTICON)
_BREAK = re.compile(r"[,.!?;:…؟،。！？–—\n-]")
_MARKS = re.compile(r"[?!.…؟。！？)\"»”]*")

ALWAYS = ("greeting", "thanks", "please", "opener")
"""Kinds of phrases that are taken off the front of any question."""
BEFORE_BREAK = ("nod", "laugh", "name")
"""Kinds that may be part of a question (great, bot) unless a comma or another phrase follows."""
AT_END = ("thanks", "please", "laugh")
"""Kinds that are taken off the end."""

ARTICLE = "article"
"""The kind of phrases that say that the article is asked."""


@dataclass(frozen=True)
class Framed:
    """A message without its frame.

    Attributes:
        rest: The text without the frame; empty if it was nothing else.
        kinds: The kinds of the phrases that were taken off.
    """

    rest: str
    kinds: frozenset[str]


@dataclass(frozen=True)
class _Token:
    """A word as it was written, or an emoticon. ``breaks``: whether punctuation follows it."""

    text: str
    start: int
    end: int
    breaks: bool

    @cached_property
    def words(self) -> tuple[str, ...]:
        """Its folded words; none for an emoticon."""
        return () if _IS_EMOTICON.fullmatch(self.text) else tuple(words(self.text))


def is_emoji_only(text: str) -> bool:
    """Return whether a text has emoji or emoticons, and nothing else to read."""
    bare = _IS_EMOTICON.sub(" ", text)
    return not words(bare) and (
        bare != text or any(unicodedata.category(char) == "So" for char in text)
    )


def without_emoticons(text: str) -> str:
    """Return a text without ":D" and the like, whose letters would count as words."""
    return _IS_EMOTICON.sub(" ", text)


def unframed(text: str) -> Framed:
    """Return a message without greeting, thanks and politeness around what it asks."""
    tokens = _tokens(text)
    first, kinds = _front(tokens)
    if first == len(tokens):
        return Framed("", frozenset(kinds))
    last, more = _back(tokens, first)
    if not kinds and not more:
        return Framed(text, frozenset())
    start = tokens[first].start if kinds else 0
    end = len(text)
    if more and (marks := _MARKS.match(text, tokens[last - 1].end)) is not None:
        end = marks.end()
    return Framed(text[start:end].strip(), frozenset(kinds + more))


def without_article(text_words: tuple[str, ...]) -> tuple[str, ...]:
    """Return a question's words without those that say that the article is asked.

    "What does the article say about NATO?" asks about NATO; "Article 5" stays, as does a question
    that is nothing else.
    """
    kept, position = list[str](), 0
    while position < len(text_words):
        end = _article_phrase(text_words, position)
        if end == position:
            kept.append(text_words[position])
        position = max(end, position + 1)
    return tuple(kept) or text_words


def _article_phrase(text_words: tuple[str, ...], position: int) -> int:
    """Return where a phrase ends that says that the article is asked; ``position`` for none."""
    found = position
    for _, phrase in _article_phrases().get(text_words[position], ()):
        for end in phrase.ends(text_words, position):
            is_numbered = end < len(text_words) and text_words[end][0].isdigit()
            if not is_numbered:
                found = max(found, end)
    return found


def _tokens(text: str) -> list[_Token]:
    found = []
    matches = list(_TOKEN.finditer(text))
    for number, match in enumerate(matches):
        next_start = matches[number + 1].start() if number + 1 < len(matches) else len(text)
        gap = text[match.end() : next_start] + match[0][-1]
        breaks = _BREAK.search(gap) is not None
        found.append(_Token(match[0], match.start(), match.end(), breaks))
    return found


def _front(tokens: Sequence[_Token]) -> tuple[int, list[str]]:
    """Return at which token the question begins, and the kinds of the phrases before it."""
    position, kinds = 0, list[str]()
    while position < len(tokens):
        if not tokens[position].words:
            position += 1
            continue
        kind, end = _phrase(tokens, position)
        if kind in BEFORE_BREAK and not (
            end == len(tokens)
            or tokens[end - 1].breaks
            or (kind == "name" and kinds)
            or _phrase(tokens, end)[0] in (*ALWAYS, *BEFORE_BREAK, "and")
        ):
            break
        if kind not in (*ALWAYS, *BEFORE_BREAK):
            break
        kinds.append(kind)
        position = end
    return position, kinds


def _back(tokens: Sequence[_Token], first: int) -> tuple[int, list[str]]:
    """Return before which token the question ends, and the kinds of the phrases behind it."""
    last, kinds = len(tokens), list[str]()
    while True:
        while last > first and not tokens[last - 1].words:
            last -= 1
        if _vocabulary().resolve(tokens[last - 1].words[-1]) is None:
            return last, kinds
        for start in range(max(first + 1, last - _longest()), last):
            kind, end = _phrase(tokens[:last], start)
            breaks_before = tokens[start - 1].breaks
            if end == last and (kind in AT_END or (kind in ("name", "nod") and breaks_before)):
                kinds.append(kind)
                last = start
                break
        else:
            return last, kinds


def _phrase(tokens: Sequence[_Token], position: int) -> tuple[str, int]:
    """Return the kind of the longest phrase at a token, "" for none, and where it ends."""
    vocabulary = _vocabulary()
    said, ends = list[str](), list[tuple[int, int]]()
    for number in range(position, min(len(tokens), position + _longest())):
        written = tokens[number].words
        resolved = [vocabulary.resolve(word) for word in written]
        if None in resolved or any(map(vocabulary.is_guessed, written)):
            break
        said += filter(None, resolved)
        ends.append((len(said), number + 1))
    kinds = _kinds(said)
    found = [(kinds[count], end) for count, end in ends if count in kinds]
    return found[-1] if found else ("", position)


def _kinds(said: Sequence[str]) -> dict[int, str]:
    """Return the kinds of the phrases with which words begin, by how many words they have."""
    begun = _phrases().get(said[0], ()) if said else ()
    return {end: kind for kind, phrase in begun for end in phrase.ends(said)}


Begun = dict[str, list[tuple[str, Phrase]]]
"""Word -> kinds and phrases of all languages that may begin with it."""


@lru_cache(maxsize=1)
def _article_phrases() -> Begun:
    """Return the phrases that say that the article is asked."""
    return _by_first_word(lambda kind: kind == ARTICLE)


@lru_cache(maxsize=1)
def _phrases() -> Begun:
    """Return all other phrases."""
    return _by_first_word(lambda kind: kind != ARTICLE)


def _by_first_word(is_wanted: Callable[[str], bool]) -> Begun:
    found: Begun = {}
    for language in read_languages():
        for kind, phrases in language.phrases.items():
            for phrase in phrases if is_wanted(kind) else ():
                for word in phrase.first_words:
                    found.setdefault(word, []).append((kind, phrase))
    return found


@lru_cache(maxsize=1)
def _vocabulary() -> Vocabulary:
    """Return the words of all languages' phrases."""
    real = (language.vocabulary.real for language in read_languages())
    known = (group for phrase in _all_phrases() for group, _ in phrase.parts)
    return Vocabulary(frozenset[str]().union(*known), frozenset[str]().union(*real))


@lru_cache(maxsize=1)
def _longest() -> int:
    return max(len(phrase.parts) for phrase in _all_phrases())


def _all_phrases() -> set[Phrase]:
    return {phrase for begun in _phrases().values() for _, phrase in begun}
