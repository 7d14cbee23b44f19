"""All articles of a corpus: a question -> the article and its passages, or that none says."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from bot.corpus.article import Article
from bot.retrieval.analysis import Analyzer, words
from bot.retrieval.article_index import (
    DEFAULT,
    MAX_QUESTION,
    Answer,
    ArticleIndex,
    Match,
    Ranking,
    Verdict,
)
from bot.retrieval.intents import Phrases

CANDIDATES = 8
"""Articles of a large corpus whose passages are looked at."""


class Index:
    """All articles of a corpus, ready to be asked."""

    def __init__(
        self,
        articles: Sequence[Article],
        aliases: Mapping[str, Sequence[str]],
        phrases: Phrases | None = None,
        ranking: Ranking = DEFAULT,
    ) -> None:
        from bot.retrieval.intents import read_phrases
        self._phrases = phrases or read_phrases()
        self._ranking = ranking
        self._indexes = [ArticleIndex(article, aliases, ranking) for article in articles]
        self._by_id = {index.article.id: index for index in self._indexes}
        self._analyzers = {a.language: Analyzer(a.language, aliases) for a in articles}
        self._articles_with = _postings(index.tokens() for index in self._indexes)
        self._leads_with = _postings(index.lead_tokens() for index in self._indexes)

    def match_at(self, article_id: str, number: int, place: int) -> Match | None:
        """Return a match that was found before; see ArticleIndex.match_at."""
        index = self._by_id.get(article_id)
        return index.match_at(number, place) if index is not None else None

    def passages(self, question):
        return self.matches(question.text)

    def answer(self, question: str, article_id: str | None = None) -> Answer | None:
        """Return the best passages of all articles; None when the question holds no word.

        article_id: of the only article to ask; None for all. Asked what it is all about, the
        first article answers.
        """
        question = getattr(question, "text", question)
        only = self._by_id.get(article_id or "")
        if self._phrases.kind(question) == "overview":
            return (only or self._indexes[0]).overview(question)
        if only is not None or len(self._indexes) == 1:
            return (only or self._indexes[0]).answer(question)
        nearest = self._nearest(question)
        return max(nearest, key=lambda pair: pair[0], default=(0.0, None))[1]

    def matches(self, question: str) -> list[tuple[Article, Match, bool]]:
        """Return all passages worth reading, best first, each with its article.

        The first is the answer's. The last of each tells whether the passage surely answers.
        """
        if self._phrases.kind(question) == "overview":
            return [(i.article, i.overview(question).best, True) for i in self._indexes]
        found = []
        for worth, answer in self._nearest(question):
            share = 1.0
            for match in self._by_id[answer.article.id].worth_reading(question):
                # In the article's own order, and among other articles' by how much of the
                # question a passage covers beside the article's best one.
                share = min(share, match.confidence / (answer.best.confidence or 1.0))
                found.append((worth * share, answer.article, match))
        found.sort(key=lambda item: -item[0])
        return [(article, match, self._is_sure(match)) for _, article, match in found]

    def _is_sure(self, match: Match) -> bool:
        return self._ranking.verdict(match.confidence) is Verdict.ANSWERED

    def _nearest(self, question: str) -> list[tuple[float, Answer]]:
        """Return the answers of the articles nearest to a question, each with its worth.

        An article that holds more of the question, in its headline above all, is the likelier
        one; which passage of it answers, its own index knows best.
        """
        shares = self._shares(question)
        numbers = map(int, np.argsort(-shares, kind="stable")[:CANDIDATES])
        answers = ((number, self._indexes[number].answer(question)) for number in numbers)
        return [
            (self._ranking.share * float(shares[number]) + answer.best.confidence, answer)
            for number, answer in answers
            if answer is not None
        ]

    def _shares(self, question: str) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
        """Return how much of the question's IDF mass over articles each article holds.

        Over 0, and up to 1 + lead for one that holds all of it in headline or standfirst.
        """
        count = len(self._indexes)
        shares = np.zeros(count)
        written = words(question[:MAX_QUESTION])
        for language, analyzer in self._analyzers.items():
            found, total = np.zeros(count), 0.0
            for token, weight in analyzer.question_tokens(written).items():
                holders = self._articles_with.get(token, _NOBODY)
                mass = weight * math.log((count + 1) / max(1, len(holders)))
                total += mass
                found[holders] += mass
                found[self._leads_with.get(token, _NOBODY)] += self._ranking.lead * mass
            of_language = [index.article.language == language for index in self._indexes]
            shares += np.where(of_language, found / (total or 1.0), 0.0)
        return shares


def _postings(
    sets: Iterable[Iterable[str]],
) -> "dict[str, np.ndarray[tuple[int], np.dtype[np.int32]]]":
    """Return the numbers of the sets that hold each token."""
    found = defaultdict(list)
    for number, tokens in enumerate(sets):
        for token in tokens:
            found[token].append(number)
    return {token: np.array(numbers, dtype=np.int32) for token, numbers in found.items()}


_NOBODY = np.array([], dtype=np.int32)
