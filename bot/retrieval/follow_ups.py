"""Questions that only make sense after the one before: "why?", "and when was she born?"."""

from dataclasses import dataclass, replace
from functools import lru_cache

from bot.corpus.article import Article
from bot.corpus.loader import DATA
from bot.corpus.yaml import read_data
from bot.retrieval.analysis import words
from bot.retrieval.answer import Answer, Verdict
from bot.retrieval.function_words import general_words
from bot.retrieval.query import Query
from bot.retrieval.question_language import is_probably_other_language

MAX_CONTEXT = 12
"""Words of earlier questions that complete a question at most."""
CLEARLY_BETTER = 0.2
"""How much surer another article must be, to end a conversation about one."""
BETTER = 0.05
"""The same for a question that does not go on from the one before it."""


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
        language: The question's language, a BCP 47 tag.
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
        language: The question's language, a BCP 47 tag.
        shown: Positions of the passages that were shown.
    """
    general = general_words(language)
    own = tuple(word for word in query.words if word not in general)
    words_ = tuple(dict.fromkeys((*own, *query.context)))[:MAX_CONTEXT]
    question = query.previous if query.is_bare and query.previous else query.text
    return Exchange(article_id, question, words_, shown)


def language_of(query: Query, article: Article, reader: str) -> str:
    """Return the language that a question is taken to be in, a BCP 47 tag.

    Args:
        query: The question.
        article: The article that it is put to, in whose language most questions are.
        reader: The language of the reader's app.
    """
    return reader if is_probably_other_language(query.text, article) else article.language


def is_better(anywhere: Answer, stayed: Answer, asked: Query) -> bool:
    """Return whether another article answers clearly better than that of the conversation.

    Args:
        anywhere: What all articles answer.
        stayed: What the conversation's own article answers.
        asked: The question as it was put to that one.
    """
    if asked.is_bare:
        return False
    if anywhere.verdict is not Verdict.ANSWERED:
        return not asked.previous and stayed.verdict is Verdict.NOT_IN_ARTICLE
    if stayed.verdict is not Verdict.ANSWERED:
        # A few words that go on from others are like something in every language.
        return not (asked.previous and anywhere.is_other_language)
    margin = CLEARLY_BETTER if asked.previous else BETTER
    return anywhere.best.confidence > stayed.best.confidence + margin


@lru_cache
def _words(file: str, language: str) -> frozenset[str]:
    main = language.split("-", maxsplit=1)[0]
    listed = read_data(DATA / f"{file}.yaml").get(main, ())
    return frozenset(folded for word in listed for folded in words(word))
