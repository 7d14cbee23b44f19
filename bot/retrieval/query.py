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
        text: As it was asked, without a greeting or thanks around it.
        written: The folded words of its first MAX_QUERY_LENGTH characters.
        words: Those to look for: all but the words for the article itself.
        answer_type: The type of answer that it asks for; None if it asks for none in particular.
        intent: What else it is; None for a question to the text.
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


def parse_query(text: str) -> Query:
    """Return the question that a text asks; one without words asks nothing."""
    meaning = intents.understand(text)
    written = tuple(words(meaning.question, MAX_QUERY_LENGTH))
    wanted = tuple(intents.without_article(written)) or written
    return Query(meaning.question, written, wanted, answer_types.classify(wanted), meaning.intent)
