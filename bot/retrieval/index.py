"""Searches all articles of a corpus: chooses the article, then the passages in it."""

import math
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from bot.corpus.article import Article
from bot.retrieval.analysis import Analyzer
from bot.retrieval.answer import Answer, Match, Verdict
from bot.retrieval.article_index import ArticleIndex
from bot.retrieval.article_postings import ArticlePostings
from bot.retrieval.background import CorpusBackground, table_of
from bot.retrieval.intents import Intent
from bot.retrieval.params import (
    DEFAULT_PARAMS,
    MAX_CANDIDATE_ARTICLES,
    MAX_MATCHES,
    RetrievalParams,
)
from bot.retrieval.query import Query


class Index:
    """All articles of a corpus, ready to be searched.

    Args:
        articles: At least one.
        aliases: Name -> other names of the same thing.
        params: Thresholds and weights.
        previous: An index of other versions of the articles, of which everything that is still
            right is used again; None for none. It may go on being searched.
    """

    def __init__(
        self,
        articles: Sequence[Article],
        aliases: Mapping[str, Sequence[str]],
        params: RetrievalParams = DEFAULT_PARAMS,
        previous: "Index | None" = None,
    ) -> None:
        self._params = params
        self._aliases = aliases
        if previous is not None and (previous._aliases, previous._params) != (aliases, params):
            previous = None
        known: dict[str, ArticleIndex] = previous._by_id if previous is not None else {}
        # Shared with the previous index: how common a token is hardly changes with one article.
        self._backgrounds: dict[str, CorpusBackground] = (
            dict(previous._backgrounds) if previous is not None else {}
        )
        self._analyzers: dict[str, Analyzer] = dict(previous._analyzers) if previous else {}
        self._indexes = [self._index_of(article, known.get(article.id)) for article in articles]
        self._by_id: dict[str, ArticleIndex] = {index.article.id: index for index in self._indexes}
        for id_, index in known.items():
            if self._by_id.get(id_) is not index:
                index.leave()
        self._postings: ArticlePostings = (
            previous._postings.updated(self._indexes)
            if previous is not None
            else ArticlePostings(self._indexes)
        )

    def _index_of(self, article: Article, known: ArticleIndex | None) -> ArticleIndex:
        if known is not None and (known.source is article or known.source == article):
            return known
        language = article.language
        if language not in self._analyzers:
            self._backgrounds[language] = CorpusBackground(table_of(language))
            self._analyzers[language] = Analyzer(language, self._aliases, params=self._params)
        # Making one takes time, and most articles have no names of their own.
        analyzer = None if article.aliases else self._analyzers[language]
        background = self._backgrounds[language]
        return ArticleIndex(article, self._aliases, self._params, background, analyzer)

    def replace_articles(self, articles: Sequence[Article]) -> None:
        """Take other records of the same articles, which differ in nothing that is searched."""
        for article in articles:
            self._by_id[article.id].article = article

    def match_at(self, article_id: str, number: int, sentence_number: int) -> Match | None:
        """Return a match that was found before; see ``ArticleIndex.match_at``."""
        index = self._by_id.get(article_id)
        return index.match_at(number, sentence_number) if index is not None else None

    def answer(self, query: Query, article_id: str | None = None) -> Answer | None:
        """Return the best passages; None if the question contains no word.

        Args:
            query: The question. If it asks for a summary, the first article answers.
            article_id: The only article to search; None for all.
        """
        only = self._by_id.get(article_id or "")
        if query.intent is Intent.SUMMARY:
            return (only or self._indexes[0]).overview()
        if only is not None or len(self._indexes) == 1:
            return (only or self._indexes[0]).answer(query)
        candidates = self._candidates(query, MAX_MATCHES)
        best = max(candidates, key=lambda candidate: candidate[0], default=None)
        if best is None:
            return None
        _, index, ranked = best
        return index.answer_of(ranked)

    def passages(self, query: Query) -> list[tuple[Article, Match, bool]]:
        """Return all passages worth showing, best first; the first one is the answer's.

        Args:
            query: The question.

        Returns:
            The article, the match, and whether the passage surely answers.
        """
        if query.intent is Intent.SUMMARY:
            return [(index.article, index.overview().best, True) for index in self._indexes]
        found = []
        for score, index, ranked in self._candidates(query):
            share = 1.0
            for match in filter(index.is_relevant, ranked):
                # The article's own order is kept. Across articles, a passage scores as much of
                # its article's score as its confidence is of that of the article's best passage.
                share = min(share, match.confidence / (ranked[0].confidence or 1.0))
                found.append((score * share, index.article, match))
        found.sort(key=lambda item: -item[0])
        return [(article, match, match.verdict is Verdict.ANSWERED) for _, article, match in found]

    def _candidates(
        self, query: Query, limit: int | None = None
    ) -> Iterator[tuple[float, ArticleIndex, list[Match]]]:
        """Yield the articles that may answer, each with its score and ranked passages.

        An article that contains more of the question, above all in its headline, is more likely to
        be the one that is meant; its own index then ranks its passages.

        Args:
            query: The question.
            limit: How many passages of an article to rank at most; None for all.
        """
        scores = self._article_scores(query)
        best = np.argsort(-scores, kind="stable")[:MAX_CANDIDATE_ARTICLES]
        for number in map(int, best):
            ranked = self._indexes[number].rank(query, limit)
            if ranked:
                score = self._params.article_weight * float(scores[number])
                yield score + ranked[0].confidence, self._indexes[number], ranked

    def _article_scores(self, query: Query) -> NDArray[np.float64]:
        """Return how much of the question's IDF weight over articles each article holds.

        Each is 0 or more, and at most 1 + title_boost, for an article that holds all of it in
        headline or standfirst.
        """
        count = len(self._indexes)
        scores = np.zeros(count)
        for language, analyzer in self._analyzers.items():
            found, total = np.zeros(count), 0.0
            for token, weight in analyzer.query_tokens(query.words).items():
                holders = self._postings.holders(token)
                idf_weight = weight * math.log((count + 1) / max(1, len(holders)))
                total += idf_weight
                found[holders] += idf_weight
                found[self._postings.titled(token)] += self._params.title_boost * idf_weight
            of_language = [index.article.language == language for index in self._indexes]
            scores += np.where(of_language, found / (total or 1.0), 0.0)
        return scores
