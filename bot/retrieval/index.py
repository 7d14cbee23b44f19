"""Searches all articles of a corpus: chooses the article, then the passages in it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import log
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.corpus.article import Article
from bot.corpus.workers import Progress, no_progress
from bot.retrieval.answer import Answer, Match, Verdict
from bot.retrieval.article_index import ArticleIndex
from bot.retrieval.asked_article import AskedArticle, ScoredArticle
from bot.retrieval.encoder import Encoder
from bot.retrieval.indexed_articles import IndexedArticles
from bot.retrieval.intents import Intent
from bot.retrieval.params import (
    DEFAULT_PARAMS,
    MAX_CANDIDATE_ARTICLES,
    MAX_NEAREST_ARTICLES,
    RetrievalParams,
)
from bot.retrieval.query import Query, parse_query

MAX_RECENT_ARTICLES = 256
"""Articles whose indexes are kept in memory: those that were asked last."""
MAX_RECENT_ANSWERS = 1_000
"""Answers that are kept in memory: many readers ask the same, or tap a sample question."""


@dataclass(frozen=True, eq=False)
class _Scored:
    """How well an article fits a question, its index, and the order of its passages."""

    score: float
    index: ArticleIndex
    order: ScoredArticle

    @property
    def confidence(self) -> float:
        return self.index.confidence(self.order)

    @property
    def similarity(self) -> float:
        """How much a sentence says what is asked; 0 for not at all, and without an encoder."""
        meaning = self.order.asked.meaning
        return float(meaning.sentences.max()) if meaning is not None else 0.0

    @property
    def is_relevant(self) -> bool:
        """Whether its best passage is worth showing."""
        return self.index.is_relevant(self.confidence)


class Index:
    """All articles of a corpus, ready to be searched.

    Candidates are found among all articles by the tokens that each one holds; then the passages of
    each candidate are ranked by an index of its own, which is made when it is needed.

    Args:
        articles: At least one.
        aliases: Name -> other names of the same thing.
        params: Thresholds and weights.
        previous: An index of other versions of the articles, of which everything that is still
            right is used again, with its cache; None for none. It may go on being searched.
        cache: The folder that keeps what is made of articles; None to keep nothing.
        progress: Told how many articles are indexed.
        encoder: Compares questions and sentences by their meaning; None to compare words alone.
    """

    def __init__(
        self,
        articles: Sequence[Article],
        aliases: Mapping[str, Sequence[str]],
        params: RetrievalParams = DEFAULT_PARAMS,
        previous: "Index | None" = None,
        cache: Path | None = None,
        progress: Progress = no_progress,
        encoder: Encoder | None = None,
    ) -> None:
        self._params, self._is_semantic = params, encoder is not None
        # The best of many articles holds more of any question than the best of few. Words alone
        # claim what they always did.
        self._margin = params.many_passages * log(len(articles)) if self._is_semantic else 0.0
        before = previous._indexed if previous is not None else None
        self._indexed: IndexedArticles = IndexedArticles(
            articles, aliases, params, before, cache, progress, encoder
        )
        self._numbers = {article.id: number for number, article in enumerate(articles)}
        self._begin_to_remember()

    @property
    def is_semantic(self) -> bool:
        """Whether questions are compared by their meaning too, which takes some milliseconds."""
        return self._is_semantic

    def replace_articles(self, articles: Sequence[Article]) -> None:
        """Take other records of the same articles, which differ in nothing that is searched."""
        self._indexed.articles = list(articles)
        # New memories, as a thread may be about to put something into the old ones.
        self._begin_to_remember()

    def _begin_to_remember(self) -> None:
        self._index = lru_cache(maxsize=MAX_RECENT_ARTICLES)(self._indexed.article_index)
        self._answer = lru_cache(maxsize=MAX_RECENT_ANSWERS)(self._found)

    def article_index(self, article_id: str) -> ArticleIndex:
        """Return the index of an article.

        Raises:
            KeyError: There is no article with this id.
        """
        return self._index(self._numbers[article_id])

    def answered_samples(self, articles: Iterable[Article]) -> dict[str, list[bool]]:
        """Return by id whether articles answer each of their sample questions, if they have any.

        What was found is kept in the cache, as long as an article stays the same.
        """
        asked = [article for article in articles if article.questions]
        known = self._indexed.store.answered() if asked else {}
        found, new = {}, {}
        for article in asked:
            key = self._indexed.sample_key(self._numbers[article.id])
            for question in article.questions:
                if (key, question) not in known:
                    answer = self.answer(parse_query(question), article.id)
                    is_answered = answer is not None and answer.verdict is Verdict.ANSWERED
                    new[key, question] = is_answered
            pairs = [(key, question) for question in article.questions]
            found[article.id] = [known[pair] if pair in known else new[pair] for pair in pairs]
        self._indexed.store.save_answered(new)
        return found

    def match_at(self, article_id: str, number: int, sentence_number: int) -> Match | None:
        """Return a match that was found before; see ``ArticleIndex.match_at``."""
        if article_id not in self._numbers:
            return None
        return self.article_index(article_id).match_at(number, sentence_number)

    def answer(self, query: Query, article_id: str | None = None) -> Answer | None:
        """Return the best passages; None if the question contains no word.

        Args:
            query: The question. If it asks for a summary, the first article answers.
            article_id: The only article to search; None for all.
        """
        return self._answer(query, article_id)

    def _found(self, query: Query, article_id: str | None) -> Answer | None:
        only = self._numbers.get(article_id or "")
        if query.intent is Intent.SUMMARY:
            return self._index(only or 0).overview()
        if only is not None or len(self._numbers) == 1:
            return self._index(only or 0).answer(query)
        best: dict[bool, _Scored] = {}
        for score, index, asked in self._candidates(query):
            is_other = asked.is_other_language
            best_score = best[is_other].score if is_other in best else 0.0
            # No passage is surer than the surest one, so many candidates need not be ranked.
            if is_other not in best or score + asked.confidences.max() > best_score:
                scored = index.score(asked)
                total = score + index.confidence(scored)
                if is_other not in best or total > best_score:
                    best[is_other] = _Scored(total, index, scored)
        if not best:
            return None
        chosen, may_claim = _chosen(best, self._params)
        is_sure = self._is_sure(chosen.index, chosen.confidence, query)
        return chosen.index.answer_of(chosen.order, may_claim and is_sure)

    def passages(self, query: Query) -> Iterable[tuple[Article, Match, bool]]:
        """Return all passages worth showing, best first; the first one is the answer's.

        Args:
            query: The question.

        Returns:
            The article, the match, and whether the passage surely answers. Those of a summary are
            made one by one, as there is one for every article.
        """
        if query.intent is Intent.SUMMARY:
            indexes = map(self._index, range(len(self._numbers)))
            return ((index.article, index.overview().best, True) for index in indexes)
        found, best = [], dict[bool, _Scored]()
        for article_score, index, asked in self._candidates(query):
            scored = index.score(asked)
            ranked = index.matches(scored)
            score, share = article_score + ranked[0].confidence, 1.0
            is_other = asked.is_other_language
            if is_other not in best or score > best[is_other].score:
                best[is_other] = _Scored(score, index, scored)
            for match in (each for each in ranked if index.is_relevant(each.confidence)):
                # The article's own order is kept. Across articles, a passage scores as much of
                # its article's score as its confidence is of that of the article's best passage.
                share = min(share, match.confidence / (ranked[0].confidence or 1.0))
                is_sure = self._is_sure(index, match.confidence, query)
                is_claimed = is_sure and match.verdict is Verdict.ANSWERED
                found.append((score * share, index.article, match, is_claimed))
        if not best:
            return []
        # Scores of different languages cannot be compared.
        chosen, may_claim = _chosen(best, self._params)
        first = chosen.index.article if len(best) > 1 else None
        found.sort(key=lambda item: (first is not None and item[1] is not first, -item[0]))
        return [
            (article, match, is_claimed and (may_claim or article is not first))
            for _, article, match, is_claimed in found
        ]

    def _is_sure(self, index: ArticleIndex, confidence: float, query: Query) -> bool:
        """Return whether a passage that its article claims may be claimed among all articles."""
        # For "when?" alone it is enough that the passage tells a time.
        return query.is_bare or index.is_sure(confidence, self._margin)

    def _candidates(self, query: Query) -> Iterator[tuple[float, ArticleIndex, AskedArticle]]:
        """Yield the articles that may answer, each with its weighted score, the best first.

        An article that contains more of the question, above all in its headline, is more likely to
        be the one that is meant; so is one that is about the same, in whichever words.
        """
        numbers, scores = self._indexed.scores(query)
        weighted, params = self._params.article_weight * scores, self._params
        candidates = _best(scores, numbers, MAX_CANDIDATE_ARTICLES)
        if (meanings := self._indexed.meanings) is not None:
            similar = meanings.similarities(query)
            nearest = meanings.nearest(query, similar, MAX_NEAREST_ARTICLES)
            are_other = meanings.are_in_other_language(query)[numbers]
            weighted[are_other] = params.other_language_article_weight * scores[are_other]
            weighted += params.article_similarity_weight * similar[numbers]
            both = np.union1d(candidates, np.flatnonzero(np.isin(numbers, nearest)))
            candidates = both[_best(weighted[both], numbers[both], len(both))]
        for at in candidates.tolist():
            index = self._index(int(numbers[at]))
            asked = index.ask(query)
            if asked is not None:
                yield float(weighted[at]), index, asked


def _chosen(best: Mapping[bool, _Scored], params: RetrievalParams) -> tuple[_Scored, bool]:
    """Return the article that answers best, and whether that may be claimed.

    Words tell nothing between languages. So an article in another language than the question's is
    the best one if it clearly says more of what is asked, and is surer as well; or if only it has a
    passage that is worth showing.

    Args:
        best: The best article in the question's language (False), and the best one in another
            language (True); at least one of them.
        params: Thresholds and weights.
    """
    if len(best) == 1:
        return next(iter(best.values())), True
    own, other = best[False], best[True]
    lead = other.similarity - own.similarity
    is_clear = lead > params.other_language_margin and other.confidence > own.confidence
    if is_clear or (other.is_relevant and not own.is_relevant):
        return other, lead > params.other_language_claim_margin
    return own, True


def _best(scores: NDArray[np.float64], numbers: NDArray[np.int64], count: int) -> NDArray[np.intp]:
    """Return the positions of the best articles, best first; of equals, the first ones."""
    count = min(count, len(scores))
    least = np.partition(scores, -count)[-count]
    best = np.flatnonzero(scores >= least)
    order = np.lexsort((numbers[best], -scores[best]))
    return best[order[:count]]
