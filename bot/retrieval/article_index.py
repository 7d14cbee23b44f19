"""The passages of one article: a question -> those that fit, the sentence, how sure that is.

BM25+ (Lv and Zhai, "Lower-bounding term frequency normalization", CIKM 2011) as rank-bm25 has it:
with the few passages of one article, Okapi's formula gives the words that matter no weight at all.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate

import numpy as np
from rank_bm25 import BM25Plus

from bot.corpus.article import Article, Passage
from bot.retrieval.analysis import Analyzer, Vocabulary, is_pair, sentences, words
from bot.retrieval.answer_types import Asked, things, what_is_asked

MAX_QUESTION = 1_000
"""Characters of a question that are read; the rest cannot make it clearer."""

MATCHES = 3
"""Passages that an answer holds at most: the best, and those to turn to."""

NEAREST = 2
"""Passages shown as the closest when none is surely the answer."""


class Verdict(StrEnum):
    """What the bot may say of its answer."""

    ANSWERED = "answered"
    UNSURE = "unsure"
    NOT_IN_ARTICLE = "not_in_article"


@dataclass(frozen=True)
class Ranking:
    """The numbers of the ranking. Each was chosen for what it adds (tests/benchmarks).

    sentence: weight of the best sentence's IDF mass beside the passage's BM25+.
    standfirst: factor on the standfirst's score, since it sums the article up.
    asked: what a sentence gains by holding the kind of thing that is asked for, as a share of the
        best one's mass.
    correct: whether misspelled words are taken for the article's.
    evenness: added to every IDF for the confidence, so that a missing common word matters too.
    order: weight of pairs in the confidence.
    answered, unsure: confidence from which on a passage counts as the answer, or is shown as the
        closest. At 0.41 one of 20 questions about other things is taken for answered.
    worth: of the best passage's score, what another needs to be worth turning to.
    lead: what a token adds to an article's share by standing in headline or standfirst.
    share: weight of an article's share beside its best passage's confidence.
    """

    sentence: float = 0.6
    standfirst: float = 1.08
    asked: float = 0.3
    correct: bool = True
    evenness: float = 2.0
    order: float = 0.4
    answered: float = 0.41
    unsure: float = 0.25
    worth: float = 0.6
    lead: float = 1.0
    share: float = 2.0

    def verdict(self, confidence: float) -> Verdict:
        """Return what a confidence of 0 to 1 allows to say."""
        if confidence >= self.answered:
            return Verdict.ANSWERED
        return Verdict.UNSURE if confidence >= self.unsure else Verdict.NOT_IN_ARTICLE


DEFAULT = Ranking()


@dataclass(frozen=True)
class Match:
    """A passage and how it fits a question.

    sentence: (start, end) in characters of the passage's text; place: its number in the passage,
    from 0. score: 0 or more, to compare within one question only. confidence: the share of what the
    question asks for that the passage holds, 0 to 1.
    """

    passage: Passage
    sentence: tuple[int, int]
    place: int
    score: float
    confidence: float

    @property
    def sentence_number(self):
        return self.place


@dataclass(frozen=True)
class Answer:
    """What an article says to a question.

    article: the nearest, also when the verdict is NOT_IN_ARTICLE. matches: the best passages, best
    first, at least one.
    """

    question: str
    verdict: Verdict
    article: Article
    matches: tuple[Match, ...]

    @property
    def best(self) -> Match:
        """The passage that fits best."""
        return self.matches[0]


class ArticleIndex:
    """The passages of one article, ready to be asked."""

    def __init__(
        self,
        article: Article,
        aliases: Mapping[str, Sequence[str]],
        ranking: Ranking = DEFAULT,
    ) -> None:
        self.article = article
        self._ranking = ranking
        self._passages = article.passages
        self._analyzer = Analyzer(article.language, aliases, article.aliases)
        # A passage of nothing but spaces, as a question set may have, is one empty sentence.
        self._spans = [
            sentences(p.text, article.language) or [(0, len(p.text))] for p in self._passages
        ]
        # Sentences are counted through the article; those of passage n end before _ends[n].
        self._ends = list(accumulate(len(spans) for spans in self._spans))
        vocabulary = self._analyzer.names
        documents = []
        places = defaultdict(list)
        for number, (passage, spans) in enumerate(zip(self._passages, self._spans, strict=True)):
            document: list[str] = []
            for place, (start, end) in enumerate(spans, self._first(number)):
                written = words(passage.text[start:end])
                tokens = self._analyzer.passage_tokens(written)
                vocabulary.update(written)
                document += tokens
                for token in set(tokens):
                    places[token].append(place)
            documents.append(document)
        self._sentences_with = {token: tuple(found) for token, found in places.items()}
        self._things = [
            things(passage.text[start:end])
            for passage, spans in zip(self._passages, self._spans, strict=True)
            for start, end in spans
        ]
        self._vocabulary = Vocabulary(vocabulary)
        self._bm25 = BM25Plus(documents)
        self._rarest = math.log(len(documents) + 1)

    def _first(self, number: int) -> int:
        return self._ends[number - 1] if number else 0

    def tokens(self) -> Iterable[str]:
        """Return every token of the passages and the headline."""
        return {*self._sentences_with, *self._analyzer.passage_tokens(words(self.article.title))}

    def lead_tokens(self) -> Iterable[str]:
        """Return every token of headline and standfirst."""
        lead = (self.article.title, self.article.standfirst)
        return {token for text in lead for token in self._analyzer.passage_tokens(words(text))}

    def rank(self, question: str, most: int | None = None) -> list[Match]:
        """Return the passages, best first; none when the question holds no word.

        most: how many to return at most; None for all.
        """
        written = words(question[:MAX_QUESTION])
        if self._ranking.correct:
            written = self._analyzer.corrected(written, self._vocabulary)
        weights = self._analyzer.question_tokens(written)
        if not weights:
            return []
        scores = np.zeros(len(self._passages))
        masses = [0.0] * self._ends[-1]
        for token, weight in weights.items():
            places = self._sentences_with.get(token)
            if places is not None:
                scores += weight * self._bm25.get_scores([token])
                # Rare among the sentences, which is not quite rare among the passages.
                mass = weight * math.log((len(masses) + 1) / len(places))
                for place in places:
                    masses[place] += mass
        for number, end in enumerate(self._ends):
            scores[number] += self._ranking.sentence * max(masses[self._first(number) : end])
        if self.article.standfirst:
            scores[0] *= self._ranking.standfirst
        # A stable sort: news puts first things first, so of equals the earlier passage wins.
        order = np.argsort(-scores, kind="stable")[:most]
        kind = what_is_asked(written)
        found = []
        for number in map(int, order):
            place = self._best_sentence(number, masses, kind, written)
            confidence = self._confidence(number, weights)
            found.append(self._match(number, place, float(scores[number]), confidence))
        return found

    def match_at(self, number: int, place: int) -> Match | None:
        """Return a passage (number from 1) and its sentence as a match that was found before.

        Its score is 0 and its confidence 1; None when the article has no such sentence.
        """
        if not 1 <= number <= len(self._passages) or not 0 <= place < len(self._spans[number - 1]):
            return None
        return self._match(number - 1, place, 0.0, 1.0)

    def _match(self, number: int, place: int, score: float, confidence: float) -> Match:
        span = self._spans[number][place]
        return Match(self._passages[number], span, place, score, confidence)

    def _best_sentence(
        self, number: int, masses: Sequence[float], kind: Asked | None, written: Sequence[str]
    ) -> int:
        """Return which sentence of a passage answers best, from 0."""
        first = self._first(number)
        values = list(masses[first : self._ends[number]])
        if kind is not None:
            gain = self._ranking.asked * max(values)
            for place in range(len(values)):
                if self._things[first + place][kind] - set(written):
                    values[place] += gain
        return values.index(max(values))

    def _confidence(self, number: int, weights: Mapping[str, float]) -> float:
        """Return the share of the question that a passage holds, rare tokens counting more.

        A token that stands nowhere in the article counts as the rarest there could be; a pair
        that stands nowhere counts for nothing, since most are the question's own.
        """
        idf, held_by_passage = self._bm25.idf, self._bm25.doc_freqs[number]
        total = held = 0.0
        for token, weight in weights.items():
            if is_pair(token) and token not in idf:
                continue
            share = self._ranking.order if is_pair(token) else 1.0
            mass = share * weight * (idf.get(token, self._rarest) + self._ranking.evenness)
            total += mass
            if token in held_by_passage:
                held += mass
        return held / total

    def answer(self, question: str) -> Answer | None:
        """Return the best passages; None when the question holds no word."""
        matches = self.rank(question, MATCHES)
        if not matches:
            return None
        best = matches[0]
        verdict = self._ranking.verdict(best.confidence)
        if verdict is Verdict.UNSURE:
            matches = matches[:NEAREST]
        else:
            least = self._ranking.worth * best.score
            matches = [m for m in matches if m is best or self._is_worth(m, least)]
        return Answer(question, verdict, self.article, tuple(matches))

    def worth_reading(self, question: str) -> list[Match]:
        """Return the passages that touch a question at all, best first."""
        ranked = self.rank(question)
        return [match for match in ranked if match.confidence >= self._ranking.unsure]

    def overview(self, question: str) -> Answer:
        """Return the standfirst, which answers what the article as a whole is about."""
        match = self._match(0, 0, 0.0, 1.0)
        return Answer(question, Verdict.ANSWERED, self.article, (match,))

    def _is_worth(self, match: Match, least: float) -> bool:
        return match.score >= least and match.confidence >= self._ranking.unsure
