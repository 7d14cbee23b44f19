"""Questions that only make sense after the one before: "why?", "and when was she born?"."""

from dataclasses import dataclass, replace
from functools import lru_cache

from bot.corpus.loader import DATA
from bot.corpus.yaml import read_data
from bot.retrieval.analysis import words
from bot.retrieval.function_words import general_words
from bot.retrieval.query import Query

MAX_CONTEXT = 12
"""Words of earlier questions that complete a question at most."""


@dataclass(frozen=True)
class Exchange:
    """A question and what answered it.

    Attributes:
        article_id: The article that answered.
        question: The question as asked.
        words: The folded words that say what the conversation is about, latest first.
        shown: Positions of the passages that were shown, from 1.
    """

    article_id: str
    question: str
    words: tuple[str, ...]
    shown: tuple[int, ...]


def completed(query: Query, exchange: Exchange, language: str) -> Query | None:
    """Return a question completed by the one before it; None if it stands on its own.

    It does not stand on its own if it begins with a word such as "and", holds a pronoun, or asks
    nothing but "why" or "when".

    Args:
        query: The question.
        exchange: The question before it.
        language: The article's language, a BCP 47 tag.
    """
    general = general_words(language)
    is_bare = all(word in general for word in query.words)
    refers = not _words("pronouns", language).isdisjoint(query.written)
    opens = query.written[:1] and query.written[0] in _words("openers", language)
    if not (is_bare or refers or opens):
        return None
    if not exchange.words:
        return None
    context = tuple(word for word in exchange.words if word not in query.words)[:MAX_CONTEXT]
    return replace(query, context=context, is_bare=is_bare, previous=exchange.question)


def after(query: Query, article_id: str, language: str, shown: tuple[int, ...]) -> Exchange:
    """Return what is remembered of a question that was answered.

    Args:
        query: The question.
        article_id: The article that answered.
        language: The article's language, a BCP 47 tag.
        shown: Positions of the passages that were shown.
    """
    general = general_words(language)
    own = tuple(word for word in query.words if word not in general)
    words_ = tuple(dict.fromkeys((*own, *query.context)))[:MAX_CONTEXT]
    question = query.previous if query.is_bare and query.previous else query.text
    return Exchange(article_id, question, words_, shown)


@lru_cache
def _words(file: str, language: str) -> frozenset[str]:
    main = language.split("-", maxsplit=1)[0]
    listed = read_data(DATA / f"{file}.yaml").get(main, ())
    return frozenset(folded for word in listed for folded in words(word))
