"""A question, cut into words once; everything that searches or answers is given this."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from bot.retrieval import answer_types, frame, intents
from bot.retrieval.analysis import words
from bot.retrieval.answer_types import AnswerType
from bot.retrieval.intents import Intent
from bot.retrieval.params import MAX_QUERY_LENGTH

MAX_REMEMBERED = 1_000
"""Texts whose questions are remembered: many readers ask the same."""
_ALPHABETS = ("CYRILLIC", "GREEK")


@dataclass(frozen=True)
class Query:
    """A question.

    Attributes:
        text: What is asked, without a greeting, thanks or politeness around it.
        written: The folded words of its first MAX_QUERY_LENGTH characters.
        words: Those to look for: without those that say that the article is asked ("in this
            article").
        answer_type: The type of answer that it asks for; None if it asks for none in particular.
        intent: What else it is, such as a greeting; None for a question to the text.
        context: Folded words of the question before it, if this one only makes sense after that.
        is_bare: Whether it says nothing itself but "why" or "when"; then the context says the rest.
        previous: The question before it, as asked; "" if this one stands on its own.
    """

    text: str
    written: tuple[str, ...]
    words: tuple[str, ...]
    answer_type: AnswerType | None
    intent: Intent | None
    context: tuple[str, ...] = ()
    is_bare: bool = False
    previous: str = ""


@lru_cache(maxsize=MAX_REMEMBERED)
def parse_query(text: str) -> Query:
    """Return the question that a text asks; one without words asks nothing."""
    read = text[:MAX_QUERY_LENGTH]
    if frame.is_emoji_only(read):
        return _meant(text, (), Intent.SMALL_TALK)
    bare = frame.without_emoticons(read)
    said = _words(bare)
    intent = intents.classify(bare.strip(), said)
    if intent is not None:
        return _meant(text, said, intent)
    framed = frame.unframed(read)
    if said and not framed.rest:
        return _meant(text, said, _pleasantry(framed))
    if not framed.kinds:
        return _meant(text, said, None)
    said = _words(frame.without_emoticons(framed.rest))
    return _meant(framed.rest, said, intents.classify(framed.rest, said))


def _words(text: str) -> tuple[str, ...]:
    return tuple(words(text, MAX_QUERY_LENGTH))


def _meant(text: str, said: tuple[str, ...], intent: Intent | None) -> Query:
    wanted = frame.without_article(said) if intent is None else said
    return Query(text, said, wanted, answer_types.classify(wanted), intent)


def _pleasantry(framed: frame.Framed) -> Intent:
    """Return what a message is that asks nothing."""
    if "thanks" in framed.kinds:
        return Intent.THANKS
    return Intent.GREETING if "greeting" in framed.kinds else Intent.SMALL_TALK


def in_latin_letters(query: Query) -> Query:
    """Return a question with words of other alphabets in Latin letters, in which names meet."""

    def latin(written: Sequence[str]) -> tuple[str, ...]:
        return tuple(found for word in written for found in latin_words(word))

    return replace(query, written=latin(query.written), words=latin(query.words))


@lru_cache(maxsize=MAX_REMEMBERED)
def latin_words(word: str) -> tuple[str, ...]:
    """Return a folded word of another alphabet in Latin letters; any other word as it is."""
    # Only needed where questions are compared by their meaning too.
    from anyascii import anyascii  # noqa: PLC0415

    # Scripts that write no vowels, or syllables, give what is like no name.
    is_spelled = unicodedata.name(word[0], "").startswith(_ALPHABETS)
    return tuple(words(anyascii(word))) if is_spelled else (word,)
