"""Index of passages: a question -> the passage that answers it, the sentence, how sure that is.

BM25+ (Lv and Zhai, "Lower-bounding term frequency normalization", CIKM 2011) as rank-bm25 has it:
with the few passages of one article, Okapi's formula gives the words that matter no weight at all.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from rank_bm25 import BM25Plus

from bot.analysis import Analyzer, is_pair, sentences
from bot.article import Article, Passage

MAX_QUESTION = 1_000
"""Characters of a question that are read; the rest cannot make it clearer."""
ANSWERED = 0.33
"""Confidence from which on a passage counts as the answer."""
UNSURE = 0.22
"""Confidence from which on a passage is shown as the closest."""

STANDFIRST = 1.08
"""Factor on the standfirst's score: it sums the article up, so of two passages that fit about
equally it is the one to show."""


class Verdict(StrEnum):
    """What the bot may say of its answer."""

    ANSWERED = "answered"
    UNSURE = "unsure"
    NOT_IN_ARTICLE = "not_in_article"


@dataclass(frozen=True)
class Answer:
    """The best passage for a question.

    article: the nearest, also when the verdict is NOT_IN_ARTICLE. sentence: (start, end) in
    characters of the passage's text. score: BM25+ of passage and best sentence, 0 or more, to
    compare within one question only. confidence: the share of what the question asks for that
    the passage holds, 0 to 1.
    """

    question: str
    verdict: Verdict
    article: Article
    passage: Passage
    sentence: tuple[int, int]
    score: float
    confidence: float


class ArticleIndex:
    """The passages of one article, ready to be asked."""

    def __init__(self, article: Article, aliases: Mapping[str, Sequence[str]]) -> None:
        self.article = article
        self.passages = article.passages
        self._analyzer = Analyzer(article.language, aliases, article.aliases)
        self._bm25 = BM25Plus([self._analyzer.passage_tokens(p.text) for p in self.passages])
        self._spans = [sentences(p.text, article.language) for p in self.passages]
        self._sentences = [
            [frozenset(self._analyzer.passage_tokens(p.text[a:b])) for a, b in spans]
            for p, spans in zip(self.passages, self._spans, strict=True)
        ]

    def answer(self, question: str) -> Answer | None:
        """Return the best passage; None when the question holds no word."""
        weights = self._analyzer.question_tokens(question[:MAX_QUESTION])
        if not weights:
            return None
        idf: dict[str, float] = self._bm25.idf
        masses = {token: weight * idf[token] for token, weight in weights.items() if token in idf}
        scores = np.zeros(len(self.passages))
        for token in masses:
            scores += weights[token] * self._bm25.get_scores([token])
        found = [
            [sum(masses.get(t, 0.0) for t in weights if t in s) for s in passage]
            for passage in self._sentences
        ]
        scores += [max(passage) for passage in found]
        scores[0] *= STANDFIRST
        # argmax takes the first of equals: news puts first things first.
        best = int(np.argmax(scores))
        span = self._spans[best][int(np.argmax(found[best]))]
        confidence = self._coverage(best, weights)
        return Answer(
            question,
            verdict(confidence),
            self.article,
            self.passages[best],
            span,
            float(scores[best]),
            confidence,
        )

    def _coverage(self, number: int, weights: Mapping[str, float]) -> float:
        """Return the share of the question's IDF mass that a passage holds.

        A token that stands nowhere in the article counts as the rarest there could be.
        """
        rarest = math.log(len(self.passages) + 1)
        total = held = 0.0
        for token, weight in weights.items():
            if not is_pair(token):
                mass = weight * self._bm25.idf.get(token, rarest)
                total += mass
                held += mass if token in self._bm25.doc_freqs[number] else 0.0
        return held / total


def verdict(confidence: float) -> Verdict:
    """Return what a confidence of 0 to 1 allows to say."""
    if confidence >= ANSWERED:
        return Verdict.ANSWERED
    return Verdict.UNSURE if confidence >= UNSURE else Verdict.NOT_IN_ARTICLE


class Index:
    """All articles of a corpus, ready to be asked."""

    def __init__(self, articles: Iterable[Article], aliases: Mapping[str, Sequence[str]]) -> None:
        self._indexes = [ArticleIndex(article, aliases) for article in articles]

    def answer(self, question: str) -> Answer | None:
        """Return the best passage of all articles; None when the question holds no word."""
        answers = [index.answer(question) for index in self._indexes]
        return max(
            (answer for answer in answers if answer is not None),
            key=lambda answer: (answer.confidence, answer.score),
            default=None,
        )
