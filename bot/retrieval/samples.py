"""Sample questions: only those that their article answers are offered to readers."""

import logging
from dataclasses import replace

from bot.corpus.article import Article, LocatedArticle
from bot.corpus.loader import Corpus
from bot.retrieval.answer import Verdict
from bot.retrieval.index import Index
from bot.retrieval.query import parse_query

log = logging.getLogger(__name__)


def is_answered(index: Index, article: Article, question: str) -> bool:
    """Return whether an article answers a question, as it is asked by a button."""
    found = index.answer(parse_query(question), article.id)
    return found is not None and found.verdict is Verdict.ANSWERED


def with_answered_samples(corpus: Corpus, index: Index) -> Corpus:
    """Return a corpus without the sample questions that their article does not answer.

    The index takes its articles. Those that are left out are logged, a line for each article.

    Args:
        corpus: The corpus.
        index: The index of its articles.
    """
    located = tuple(_with_answered(each, index) for each in corpus.located)
    changed = replace(corpus, located=located)
    index.replace_articles(changed.articles)
    return changed


def _with_answered(located: LocatedArticle, index: Index) -> LocatedArticle:
    article, lines = located.article, located.question_lines
    answered = [is_answered(index, article, question) for question in article.questions]
    if all(answered):
        return located
    left_out = [q for q, is_good in zip(article.questions, answered, strict=True) if not is_good]
    log.warning(
        "Sample questions of %s are not offered, because it does not answer them: %s",
        article.id,
        "; ".join(left_out),
    )
    kept = tuple(q for q in article.questions if q not in left_out)
    kept_lines = tuple(n for n, is_good in zip(lines, answered, strict=True) if is_good)
    return replace(located, article=replace(article, questions=kept), question_lines=kept_lines)
