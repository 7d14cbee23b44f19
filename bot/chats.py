"""What chats chose, and questions on their way between two chats; the interface of a store."""

from dataclasses import dataclass
from typing import Protocol

QUESTION_KEPT = 82_800.0
"""Seconds for which a question is kept whose reader was sent on to the chat with the bot; an hour
less than the day that readers are told of, after which it is gone for good."""
QUESTIONS_DROPPED_EVERY = 1_800.0
"""Seconds between looks for questions that were kept for long enough."""


@dataclass(frozen=True)
class Choices:
    """What a chat chose.

    article: the id of the one that its questions are about; None for all. language: a BCP 47
    code; None where nobody chose one.
    """

    article: str | None = None
    language: str | None = None


class ChatStore(Protocol):
    """Keeps what chats chose. chat: 32 bytes that stand for a chat, made as a reader's voter is.
    Every method raises StoreError when the database fails.
    """

    async def choices(self, chat: bytes) -> Choices:
        """Return what a chat chose."""
        ...

    async def choose_article(self, chat: bytes, article: str | None) -> None:
        """Have a chat's questions be about an article; None for all."""
        ...

    async def choose_language(self, chat: bytes, language: str) -> None:
        """Have the bot speak a language there."""
        ...

    async def move_choices(self, old: bytes, new: bytes) -> None:
        """Give a chat what another one chose, which is forgotten there; nothing when that is
        not known.
        """
        ...

    async def forget_choices(self, chat: bytes) -> None:
        """Forget what a chat chose."""
        ...

    async def keep_question(self, key: str, question: str) -> None:
        """Keep a question for QUESTION_KEPT seconds."""
        ...

    async def question(self, key: str) -> str | None:
        """Return a question that is kept; None when there is none by that key (any more)."""
        ...

    async def drop_old_questions(self) -> None:
        """Drop the questions that were kept for QUESTION_KEPT seconds."""
        ...
