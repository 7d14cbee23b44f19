"""Tells greetings, thanks and requests for an overview from questions to the text."""

from enum import StrEnum
from functools import lru_cache

from bot.corpus.aliases import read_aliases
from bot.corpus.loader import DATA
from bot.retrieval.analysis import words

MAX_LENGTH = 60
"""Characters; a longer message is taken for a question."""


class Intent(StrEnum):
    """What a message is, if it is no question to the text."""

    GREETING = "greeting"
    THANKS = "thanks"
    OVERVIEW = "overview"


@lru_cache(maxsize=1)
def _intents() -> dict[tuple[str, ...], Intent]:
    """Return the phrases that come with the bot, as folded words, and what they mean."""
    phrases = read_aliases(DATA / "intents.yaml")
    return {tuple(words(phrase)): intent for intent in Intent for phrase in phrases[intent]}


def classify(text: str, text_words: tuple[str, ...]) -> Intent | None:
    """Return what a message means, judged by all of its words; None if it may be a question.

    Args:
        text: The message.
        text_words: Its folded words.
    """
    return _intents().get(text_words) if len(text) <= MAX_LENGTH else None
