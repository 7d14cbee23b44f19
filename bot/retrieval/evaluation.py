"""Measures retrieval on question sets, with the code that answers readers.

Each article is searched for its own questions, as readers do, and for foreign ones (questions of
the file's other articles) to measure the confidence.
"""

import random
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.retrieval.answer import Match, Verdict
from bot.retrieval.article_index import ArticleIndex, index_article
from bot.retrieval.encoder import Encoder
from bot.retrieval.index import Index
from bot.retrieval.params import DEFAULT_PARAMS, RetrievalParams
from bot.retrieval.query import Query, parse_query
from bot.retrieval.question_sets import Question, QuestionSet, misspelled
from bot.retrieval.semantic import Comparison

FALSE_ANSWERS = 0.05
"""The share of foreign questions that may be answered."""


@dataclass(frozen=True)
class Report:
    """The figures of a file; all but the numbers of articles and questions are fractions, 0 to 1.

    Attributes:
        file: Its name.
        articles: How many articles it has.
        questions: How many questions it has.
        top1: The right paragraph is first.
        top3: The right paragraph is among the first three.
        mrr: Mean reciprocal rank of the right paragraph.
        sentence_hit: The right paragraph is first and its marked sentence holds the answer's start.
        sentence_hit_given_passage: The right paragraph's marked sentence holds the answer's start,
            wherever the paragraph ranked.
        auroc: Chance that an article's own question has a higher confidence than a foreign one,
            ties counting half. None if the file has one article only.
        answered_at_5_percent_false: Share of own questions above the confidence that 5 % of the
            foreign ones exceed. None if the file has one article only.
        answered_own: Share of own questions that the bot claims to answer.
        answered_foreign: Share of foreign questions that the bot claims to answer. None if the file
            has one article only.
        impossible: How many questions it has that are marked as impossible (SQuAD 2.0). They are
            left out of all other figures.
        impossible_answered: Share of the impossible questions that the bot claims to answer. None
            if there are none.
        corpus_auroc: As ``auroc``, with the file's articles as one corpus, whose other articles
            tell which words are common.
        corpus_answered_own: As ``answered_own``, with the file's articles as one corpus.
        corpus_answered_foreign: As ``answered_foreign``, with the file's articles as one corpus.
    """

    file: str
    articles: int
    questions: int
    top1: float
    top3: float
    mrr: float
    sentence_hit: float
    sentence_hit_given_passage: float
    auroc: float | None
    answered_at_5_percent_false: float | None
    answered_own: float
    answered_foreign: float | None
    impossible: int
    impossible_answered: float | None
    corpus_auroc: float | None
    corpus_answered_own: float
    corpus_answered_foreign: float | None


def evaluate(
    questions: QuestionSet,
    aliases: Mapping[str, Sequence[str]],
    typos: bool = False,
    seed: int = 0,
    params: RetrievalParams = DEFAULT_PARAMS,
    progress: Callable[[float], None] = lambda _: None,
    encoder: Encoder | None = None,
) -> Report:
    """Return the figures of a question set.

    Args:
        questions: The set.
        aliases: Name -> other names of the same thing.
        typos: Whether to misspell every question.
        seed: Of the misspellings and of the choice of foreign questions.
        params: Thresholds and weights.
        progress: Called with the share that is done, 0 to 1.
        encoder: Compares questions and sentences by their meaning; None to compare words alone.
    """
    rng, alphabet = random.Random(seed), questions.alphabet

    def query(text: str) -> Query:
        return parse_query(misspelled(text, alphabet, rng) if typos else text)

    tally, corpus_tally = _Tally(), _Tally()
    pairs = zip(questions.articles, _indexes(questions, aliases, params, encoder), strict=True)
    for done, ((article, own), (alone, in_corpus)) in enumerate(pairs):
        others = [q.text for other, qs in questions.articles if other is not article for q in qs]
        for question in own:
            asked = query(question.text)
            tally.own(alone.rank(asked), question)
            corpus_tally.own(in_corpus.rank(asked, 1), question)
            if others:
                asked = query(rng.choice(others))
                tally.foreign(alone.rank(asked, 1))
                corpus_tally.foreign(in_corpus.rank(asked, 1))
        tally.impossible(alone, questions.impossible.get(article.id, ()))
        progress((done + 1) / len(questions.articles))
    return tally.report(questions, corpus_tally)


class _RememberingEncoder:
    """Encodes each sentence once, though each article is indexed twice. See ``Encoder``."""

    def __init__(self, encoder: Encoder) -> None:
        self.name, self.languages = encoder.name, encoder.languages
        self.encode_question = encoder.encode_question
        self._encoder = encoder
        self._known: dict[str, NDArray[np.float32]] = {}

    def encode_sentences(self, texts: Sequence[str]) -> NDArray[np.float32]:
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        self._known.update(zip(new, self._encoder.encode_sentences(new), strict=True))
        return np.stack([self._known[text] for text in texts])


def _indexes(
    questions: QuestionSet,
    aliases: Mapping[str, Sequence[str]],
    params: RetrievalParams,
    encoder: Encoder | None,
) -> Iterator[tuple[ArticleIndex, ArticleIndex]]:
    """Yield for each article its index if it is alone, and if it knows the others' words."""
    remembering = _RememberingEncoder(encoder) if encoder is not None else None
    comparison = Comparison(remembering) if remembering is not None else None
    articles = [article for article, _ in questions.articles]
    corpus = Index(articles, aliases, params, encoder=remembering)
    for article in articles:
        alone = index_article(article, aliases, params, comparison)
        yield alone, corpus.article_index(article.id)


class _Tally:
    """Collects ranks, confidences and claims of all questions."""

    def __init__(self) -> None:
        self.ranks: list[int | None] = []
        self.hits: list[bool] = []
        self.own_confidences: list[float] = []
        self.foreign_confidences: list[float] = []
        self.own_claims: list[bool] = []
        self.foreign_claims: list[bool] = []
        self.impossible_claims: list[bool] = []

    def own(self, matches: Sequence[Match], question: Question) -> None:
        right = [m.passage.position == question.paragraph for m in matches]
        rank = right.index(True) if True in right else None
        self.ranks.append(rank)
        start, end = matches[rank].sentence if rank is not None else (0, 0)
        self.hits.append(start <= question.start < end)
        self.own_confidences.append(matches[0].confidence if matches else 0.0)
        self.own_claims.append(_is_claimed(matches))

    def foreign(self, matches: Sequence[Match]) -> None:
        self.foreign_confidences.append(matches[0].confidence if matches else 0.0)
        self.foreign_claims.append(_is_claimed(matches))

    def impossible(self, index: ArticleIndex, texts: Sequence[str]) -> None:
        claims = (_is_claimed(index.rank(parse_query(text), 1)) for text in texts)
        self.impossible_claims.extend(claims)

    @property
    def auroc(self) -> float | None:
        return auroc(self.own_confidences, self.foreign_confidences)

    def report(self, questions: QuestionSet, corpus: "_Tally") -> Report:
        count = len(self.ranks)
        pairs = list(zip(self.ranks, self.hits, strict=True))
        return Report(
            file=questions.file,
            articles=len(questions.articles),
            questions=count,
            top1=sum(rank == 0 for rank in self.ranks) / count,
            top3=sum(rank is not None and rank < 3 for rank in self.ranks) / count,
            mrr=sum(1 / (rank + 1) for rank in self.ranks if rank is not None) / count,
            sentence_hit=sum(rank == 0 and hit for rank, hit in pairs) / count,
            sentence_hit_given_passage=sum(self.hits) / count,
            auroc=self.auroc,
            answered_at_5_percent_false=answered_at(
                self.own_confidences, self.foreign_confidences, FALSE_ANSWERS
            ),
            answered_own=sum(self.own_claims) / count,
            answered_foreign=_share(self.foreign_claims),
            impossible=len(self.impossible_claims),
            impossible_answered=_share(self.impossible_claims),
            corpus_auroc=corpus.auroc,
            corpus_answered_own=sum(corpus.own_claims) / count,
            corpus_answered_foreign=_share(corpus.foreign_claims),
        )


def _is_claimed(matches: Sequence[Match]) -> bool:
    return bool(matches) and matches[0].verdict is Verdict.ANSWERED


def _share(claims: Sequence[bool]) -> float | None:
    return sum(claims) / len(claims) if claims else None


def auroc(own: Sequence[float], foreign: Sequence[float]) -> float | None:
    """Return the chance that one of own exceeds one of foreign, ties counting half.

    That is the Mann-Whitney U statistic over the number of pairs; None where one side is empty.
    """
    if not own or not foreign:
        return None
    ordered = sorted(foreign)
    wins = sum(bisect_left(ordered, value) + bisect_right(ordered, value) for value in own) / 2
    return wins / (len(own) * len(foreign))


def answered_at(own: Sequence[float], foreign: Sequence[float], share: float) -> float | None:
    """Return the share of own questions above a confidence; None where one side is empty.

    Args:
        own: Confidences of own questions.
        foreign: Confidences of foreign questions.
        share: The share of the foreign questions that may exceed the confidence.
    """
    if not own or not foreign:
        return None
    threshold = sorted(foreign)[min(len(foreign) - 1, int(len(foreign) * (1 - share)))]
    return sum(value > threshold for value in own) / len(own)
