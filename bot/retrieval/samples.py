"""Sample questions: only those that their article answers are offered to readers."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.corpus.article import LocatedArticle
from bot.corpus.loader import Corpus
from bot.retrieval.index import Index

log = logging.getLogger(__name__)


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
        new = [each for each in corpus.located if not _is_known(each, known)]
        answered = index.answered_samples(each.article for each in new)
        self._known = {
            each.article.id: known[each.article.id]
            if _is_known(each, known)
            else (each, _with_answered(each, answered.get(each.article.id, ())))
            for each in corpus.located
        }
        changed = replace(corpus, located=tuple(kept for _, kept in self._known.values()))
        index.replace_articles(changed.articles)
        return changed


def _is_known(
    located: LocatedArticle, known: Mapping[str, tuple[LocatedArticle, LocatedArticle]]
) -> bool:
    return located.article.id in known and known[located.article.id][0] is located


def _with_answered(located: LocatedArticle, answered: Sequence[bool]) -> LocatedArticle:
    """Return an article with those of its sample questions that are answered."""
    article, lines = located.article, located.question_lines
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
