"""What a whole message is, if it is not a question about something in an article."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from bot.corpus.aliases import read_aliases
from bot.corpus.loader import DATA
from bot.retrieval.analysis import words

MAX_LENGTH = 60
"""Characters; a longer message is taken for a question."""


class Intent(StrEnum):
    """What a message means, other than a question about something in an article."""

    GREETING = "greeting"
    THANKS = "thanks"
    OVERVIEW = "overview"


class IntentClassifier:
    """Recognizes messages by all of their words.

    Args:
        phrases: Intent -> what people write.
    """

    def __init__(self, phrases: Mapping[str, Sequence[str]]) -> None:
        self._intents = {
            tuple(words(phrase)): Intent(name)
            for name, listed in phrases.items()
            for phrase in listed
        }

    def classify(self, text: str, text_words: tuple[str, ...]) -> Intent | None:
        """Return what a message means; None if it may be a question.

        Args:
            text: The message.
            text_words: Its folded words.
        """
        return self._intents.get(text_words) if len(text) <= MAX_LENGTH else None


def read_intents() -> IntentClassifier:
    """Return a classifier with the phrases that come with the bot."""
    return IntentClassifier(read_aliases(DATA / "intents.yaml"))
