"""Callback data: what a button sends when it is tapped.

Anyone can forge it, so it only names things and grants nothing.
"""

import hashlib
import re
import string
from collections.abc import Callable
from dataclasses import dataclass

from bot.corpus.article import ID_PATTERN
from bot.corpus.reactions import REACTION_ID


@dataclass(frozen=True)
class ReactionButton:
    """Votes for a reaction to an article."""

    article_id: str
    reaction_id: str

    @property
    def data(self) -> str:
        """At most 51 bytes; Telegram takes 64."""
        return f"r:{self.article_id}:{self.reaction_id}"


@dataclass(frozen=True)
class QuestionButton:
    """Asks a sample question of an article. ``key``: see ``question_key``."""

    article_id: str
    key: str

    @property
    def data(self) -> str:
        """At most 45 bytes."""
        return f"q:{self.article_id}:{self.key}"


@dataclass(frozen=True)
class ArticleButton:
    """Shows an article."""

    article_id: str

    @property
    def data(self) -> str:
        """At most 34 bytes."""
        return f"a:{self.article_id}"


@dataclass(frozen=True)
class TurnButton:
    """Turns to another passage that matches a question.

    Attributes:
        article_id: The article of the passages.
        version: The version of the article (``Article.version``) in which they are.
        position: Index in ``places`` of the passage to show.
        places: For each match, best first, the passage's number (from 1) and the number of its
            marked sentence (from 0). So turning needs no question and works after a restart.
    """

    article_id: str
    version: str
    position: int
    places: tuple[tuple[int, int], ...]

    @property
    def data(self) -> str:
        """At most 57 bytes for three places."""
        places = "".join(_encode(*place) for place in self.places)
        return f"t:{self.article_id}:{self.version}:{self.position}:{places}"


@dataclass(frozen=True)
class SearchAllButton:
    """Asks the question of its message again, of all articles."""

    data: str = "s"


@dataclass(frozen=True)
class LanguageButton:
    """Sets a group's language. ``code``: a BCP 47 code, possibly of a language not spoken here."""

    code: str

    @property
    def data(self) -> str:
        """At most 5 bytes."""
        return f"l:{self.code}"


Button = (
    ReactionButton | QuestionButton | ArticleButton | TurnButton | SearchAllButton | LanguageButton
)

_ID = ID_PATTERN.pattern
_DIGITS = string.ascii_letters + string.digits + "-_"
_PLACE_LENGTH, _SENTENCES = 5, 64**2
_TURN = re.compile(
    rf"t:({_ID}):([\w-]{{4}}):([0-2]):((?:[\w-]{{{_PLACE_LENGTH}}}){{1,3}})", re.ASCII
)
_PLAIN: tuple[tuple[str, Callable[..., Button]], ...] = (
    (rf"r:({_ID}):({REACTION_ID.pattern})", ReactionButton),
    (rf"q:({_ID}):([0-9a-f]{{10}})", QuestionButton),
    (rf"a:({_ID})", ArticleButton),
    (r"l:([a-z]{2,3})", LanguageButton),
    (SearchAllButton.data, SearchAllButton),
)
"""Patterns of callback data whose groups are the fields of the button."""


def question_key(question: str) -> str:
    """Return 10 hexadecimal digits that identify a question, wherever it is in the list."""
    return hashlib.sha256(question.encode()).hexdigest()[:10]


def is_reaction(data: object) -> bool:
    """Return whether the bot's own callback data is that of a reaction."""
    return isinstance(data, str) and data.startswith("r:")


def parse(data: str | None) -> Button | None:
    """Return the button with this data; None if the data is not valid.

    What the button names need not exist.
    """
    if data is None:
        return None
    if match := _TURN.fullmatch(data):
        encoded = match[4]
        starts = range(0, len(encoded), _PLACE_LENGTH)
        places = tuple(_decode(encoded[start : start + _PLACE_LENGTH]) for start in starts)
        position = int(match[3])
        return TurnButton(match[1], match[2], position, places) if position < len(places) else None
    for pattern, kind in _PLAIN:
        if match := re.fullmatch(pattern, data):
            return kind(*match.groups())
    return None


def _encode(passage: int, sentence: int) -> str:
    """Return the numbers of a passage and a sentence as 5 characters, in base 64."""
    number, found = passage * _SENTENCES + sentence, ""
    for _ in range(_PLACE_LENGTH):
        number, digit = divmod(number, 64)
        found = _DIGITS[digit] + found
    return found


def _decode(text: str) -> tuple[int, int]:
    number = 0
    for char in text:
        number = number * 64 + _DIGITS.index(char)
    return divmod(number, _SENTENCES)
