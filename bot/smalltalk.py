"""Messages that ask nothing: greetings and thanks, which are data."""

from collections.abc import Mapping, Sequence

from bot.analysis import words
from bot.corpus import DATA, read_aliases

LONGEST = 60
"""Characters; no greeting or thanks is longer."""


class SmallTalk:
    """Tells small talk from questions. phrases: a kind -> what people write."""

    def __init__(self, phrases: Mapping[str, Sequence[str]]) -> None:
        self._kinds = {
            tuple(words(phrase)): kind for kind, listed in phrases.items() for phrase in listed
        }

    def kind(self, text: str) -> str | None:
        """Return "greeting" or "thanks"; None for what may be a question."""
        if len(text) > LONGEST:
            return None
        return self._kinds.get(tuple(words(text)))


def read_small_talk() -> SmallTalk:
    """Return the small talk that comes with the bot."""
    return SmallTalk(read_aliases(DATA / "smalltalk.yaml"))
