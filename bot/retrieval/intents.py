"""Whole messages that are no question about something in the article: data, told by their words."""

from collections.abc import Mapping, Sequence

from bot.corpus.loader import DATA, read_aliases
from bot.retrieval.analysis import words

LONGEST = 60
"""Characters; no such message is longer."""


class Phrases:
    """Tells kinds of messages. phrases: a kind -> what people write."""

    def __init__(self, phrases: Mapping[str, Sequence[str]]) -> None:
        self._kinds = {
            tuple(words(phrase)): kind for kind, listed in phrases.items() for phrase in listed
        }

    def kind(self, text: str) -> str | None:
        """Return "greeting", "thanks" or "overview"; None for what may be a question."""
        if len(text) > LONGEST:
            return None
        return self._kinds.get(tuple(words(text)))


def read_phrases() -> Phrases:
    """Return the phrases that come with the bot."""
    return Phrases(read_aliases(DATA / "intents.yaml"))


from enum import StrEnum


class Intent(StrEnum):
    GREETING = "greeting"
    THANKS = "thanks"
    OVERVIEW = "overview"
