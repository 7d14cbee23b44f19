"""Callback data: what a button says when it is pressed. Anyone can forge it, so it only names."""

import hashlib
import re
from dataclasses import dataclass

from bot.article import ID_PATTERN
from bot.corpus import REACTION_ID


@dataclass(frozen=True)
class ReactionButton:
    """A reaction to an article."""

    article_id: str
    reaction_id: str

    @property
    def data(self) -> str:
        """At most 59 bytes; Telegram takes 64."""
        return f"r:{self.article_id}:{self.reaction_id}"


@dataclass(frozen=True)
class QuestionButton:
    """A sample question of an article. key: of the question's text, see question_key."""

    article_id: str
    key: str

    @property
    def data(self) -> str:
        """At most 53 bytes."""
        return f"q:{self.article_id}:{self.key}"


@dataclass(frozen=True)
class ArticleButton:
    """An article to show."""

    article_id: str

    @property
    def data(self) -> str:
        """At most 42 bytes."""
        return f"a:{self.article_id}"


Button = ReactionButton | QuestionButton | ArticleButton

_REACTION = re.compile(rf"r:({ID_PATTERN.pattern}):({REACTION_ID.pattern})")
_QUESTION = re.compile(rf"q:({ID_PATTERN.pattern}):([0-9a-f]{{10}})")
_ARTICLE = re.compile(rf"a:({ID_PATTERN.pattern})")


def question_key(question: str) -> str:
    """Return 10 hexadecimal digits of a question's text: numbers would change with the file."""
    return hashlib.sha256(question.encode()).hexdigest()[:10]


def parse(data: str | None) -> Button | None:
    """Return what callback data names, whether or not that exists; None for anything else."""
    if data is None:
        return None
    if match := _REACTION.fullmatch(data):
        return ReactionButton(*match.groups())
    if match := _QUESTION.fullmatch(data):
        return QuestionButton(*match.groups())
    if match := _ARTICLE.fullmatch(data):
        return ArticleButton(*match.groups())
    return None
