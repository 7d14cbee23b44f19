"""A question, cut into words once; everything that searches or answers is given this."""

from dataclasses import dataclass

from bot.retrieval import answer_types, intents
from bot.retrieval.analysis import words
from bot.retrieval.answer_types import AnswerType
from bot.retrieval.intents import Intent
from bot.retrieval.params import MAX_QUERY_LENGTH


@dataclass(frozen=True)
class Query:
    """A question.

    Attributes:
        text: As it was asked.
        words: The folded words of its first MAX_QUERY_LENGTH characters.
        answer_type: The type of answer that it asks for; None if it asks for none in particular.
        intent: Greeting, thanks or a request for an overview; None for a question to the text.
    """

    text: str
    words: tuple[str, ...]
    answer_type: AnswerType | None
    intent: Intent | None


def parse_query(text: str) -> Query:
    """Return the question that a text asks; one without words asks nothing."""
    found = tuple(words(text, MAX_QUERY_LENGTH))
    return Query(text, found, answer_types.classify(found), intents.classify(text, found))
