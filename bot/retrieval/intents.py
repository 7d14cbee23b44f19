"""What a message means, if it is no question to the text: a summary, the author, thanks, ...

A message means something if a pattern of ``bot/data/intents`` covers all of its words. A word that
the pattern does not know makes it a question to the text: "who wrote this" asks for the author, but
"who wrote the letter" does not.
"""

from collections.abc import Sequence
from enum import StrEnum

from bot.retrieval.intent_words import MIN_CORRECTABLE, Vocabulary, read_languages

MAX_LENGTH = 100
"""Characters; a longer message is taken for a question."""
MAX_WORDS = 14
"""A message of more words is taken for a question."""
MIN_WORDS_OF_GUESS = 3
"""Words of a message in which a word may be a guess; see ``Vocabulary.is_guessed``."""


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


def classify(text: str, text_words: Sequence[str]) -> Intent | None:
    """Return what a message means, judged by all of its words; None if it may be a question.

    Args:
        text: The message, without what frames it; see ``bot.retrieval.frame``.
        text_words: Its folded words.
    """
    if not text_words or len(text) > MAX_LENGTH or len(text_words) > MAX_WORDS:
        return None
    for language in read_languages():
        said = _known(language.vocabulary, text_words)
        distinct = frozenset(said)
        for pattern in language.patterns if said else ():
            if pattern.fits(said, distinct):
                return Intent(pattern.means)
    return None


def _known(vocabulary: Vocabulary, text_words: Sequence[str]) -> list[str]:
    """Return the known words that all of a message's words mean; empty if one means none."""
    # Short words first: an unknown one costs nothing, a long one may be misspelled.
    if any(len(w) < MIN_CORRECTABLE and vocabulary.resolve(w) is None for w in text_words):
        return []
    said = list[str]()
    for word in text_words:
        known = vocabulary.resolve(word)
        if known is None:
            return []
        said.append(known)
    guessed = [vocabulary.is_guessed(word) for word in text_words]
    sure = [known for guess, known in zip(guessed, said, strict=True) if not guess]
    if any(guessed) and (len(said) < MIN_WORDS_OF_GUESS or vocabulary.filler.issuperset(sure)):
        return []
    return said
