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


class AnsweredSamples:
    """Leaves out the sample questions that their article does not answer."""

    def __init__(self) -> None:
        """Start without having asked any."""
        self._known: dict[str, tuple[LocatedArticle, LocatedArticle]] = {}

    def of(self, corpus: Corpus, index: Index) -> Corpus:
        """Return a corpus without the questions that are not answered, and log them.

        The index takes its articles. An article that was asked before is not asked again.

        Args:
            corpus: The corpus.
            index: The index of its articles.
        """
        known = self._known
        self._known = {
            each.article.id: (each, _with_answered(each, index, known.get(each.article.id)))
            for each in corpus.located
        }
        changed = replace(corpus, located=tuple(kept for _, kept in self._known.values()))
        index.replace_articles(changed.articles)
        return changed


def _with_answered(
    located: LocatedArticle, index: Index, known: tuple[LocatedArticle, LocatedArticle] | None
) -> LocatedArticle:
    if known is not None and known[0] is located:
        return known[1]
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
