"""Searches one article: ranks its passages, marks a sentence, and says how sure the answer is."""

import math
from collections.abc import Container, Mapping, Sequence
from functools import partial

import numpy as np

from bot.corpus.article import Article
from bot.retrieval.analysis import Analyzer, words
from bot.retrieval.answer import Answer, Match, Verdict
from bot.retrieval.answer_types import AnswerType
from bot.retrieval.article_sentences import ArticleSentences
from bot.retrieval.background import PASSAGE_LENGTH, CorpusBackground, table_of
from bot.retrieval.confidence import Confidence, chance_of_many
from bot.retrieval.function_words import has_general_words
from bot.retrieval.names import ArticleNames, ContentWords
from bot.retrieval.params import DEFAULT_PARAMS, MAX_MATCHES, MAX_UNSURE_MATCHES, RetrievalParams
from bot.retrieval.query import Query
from bot.retrieval.scorer import Scorer
from bot.retrieval.spelling import SpellingCorrector

UNKNOWN_LANGUAGE_FACTOR = math.exp(-2)
"""How common a token of the article is in other texts, compared with its own passages."""


class ArticleIndex:
    """The passages of one article, ready to be searched.

    Args:
        article: The article.
        aliases: Name -> other names of the same thing; the article's own are added.
        params: Thresholds and weights.
        background: What the articles of its language hold; this one is added. None for an article
            that is alone.
        analyzer: The one to use if it is there already; None to make one.

    Attributes:
        article: The article; other records of it may take its place.
        source: The article as it was given.
    """

    def __init__(
        self,
        article: Article,
        aliases: Mapping[str, Sequence[str]],
        params: RetrievalParams = DEFAULT_PARAMS,
        background: CorpusBackground | None = None,
        analyzer: Analyzer | None = None,
    ) -> None:
        self.article = self.source = article
        self._params = params
        self._passages = article.passages
        self._analyzer = analyzer or Analyzer(
            article.language, aliases, article.aliases, params=params
        )
        self._sentences = ArticleSentences(article, params)
        texts = self._sentences.texts
        written = [words(text) for text in texts]
        tokens = [self._analyzer.passage_tokens(sentence) for sentence in written]
        self._scorer = Scorer(
            [tokens[part] for part in self._sentences.slices],
            [self._analyzer.passage_tokens(words(p.heading)) for p in self._passages],
            bool(article.standfirst),
            params,
        )
        self._knows_general_words = has_general_words(article.language)
        self._title_tokens = frozenset(self._analyzer.passage_tokens(words(article.title)))
        self._names = ArticleNames(texts, article.language)
        self._background = background or CorpusBackground(table_of(article.language))
        lengths = [len(passage.text) for passage in self._passages]
        self._characters = sum(lengths)
        self._background.add(self._scorer.passages_with.keys(), self._characters)
        self._confidence = Confidence(self._scorer.passages_with, lengths, self._rate, params)
        above = params.many_passages * chance_of_many(len(lengths))
        self._answer_threshold = params.answer_threshold + above
        self._unsure_threshold = params.unsure_threshold + above
        self._spelling = SpellingCorrector(
            self._analyzer.names.union(*written),
            self._analyzer.function_words,
            params.min_correctable_length,
        )

    def leave(self) -> None:
        """Take the article out of what the articles of its language hold."""
        self._background.remove(self._scorer.passages_with.keys(), self._characters)

    def holds(self, token: str) -> bool:
        """Return whether a token is in the passages or the headline."""
        return token in self._scorer.passages_with or token in self._title_tokens

    def tokens(self) -> set[str]:
        """Return every token of the passages and the headline."""
        return {*self._scorer.passages_with, *self._title_tokens}

    def title_tokens(self) -> set[str]:
        """Return every token of headline and standfirst."""
        standfirst = self._analyzer.passage_tokens(words(self.source.standfirst))
        return {*self._title_tokens, *standfirst}

    def answer(self, query: Query) -> Answer | None:
        """Return the best passages; None if the question contains no word."""
        matches = self.rank(query, MAX_MATCHES)
        return self.answer_of(matches) if matches else None

    def answer_of(self, ranked: Sequence[Match]) -> Answer:
        """Return the answer that the ranked passages make.

        Args:
            ranked: What ``rank`` returned for a question, MAX_MATCHES or more, or else all.
        """
        best = ranked[0]
        if best.verdict is Verdict.UNSURE:
            near = filter(self.is_relevant, ranked[1:MAX_UNSURE_MATCHES])
            kept = (best, *near)
        else:
            min_score = self._params.min_score_ratio * best.score
            others = (m for m in ranked[1:MAX_MATCHES] if m.score >= min_score)
            kept = (best, *filter(self.is_relevant, others))
        return Answer(best.verdict, self.article, kept)

    def is_relevant(self, match: Match) -> bool:
        """Return whether a passage is worth showing."""
        return match.confidence >= self._unsure_threshold

    def overview(self) -> Answer:
        """Return the standfirst, which says what the article as a whole is about."""
        match = self._match(0, 0, 0.0, 1.0, Verdict.ANSWERED)
        return Answer(Verdict.ANSWERED, self.article, (match,))

    def match_at(self, number: int, sentence_number: int) -> Match | None:
        """Return a match that was found before, with score 0 and confidence 1.

        Args:
            number: The passage's number, from 1.
            sentence_number: The sentence's number in the passage, from 0.

        Returns:
            None if the article has no such sentence.
        """
        if not 1 <= number <= len(self._passages):
            return None
        if not 0 <= sentence_number < len(self._sentences.spans[number - 1]):
            return None
        return self._match(number - 1, sentence_number, 0.0, 1.0, Verdict.ANSWERED)

    def rank(self, query: Query, limit: int | None = None) -> list[Match]:
        """Return the passages, best first; none if the question contains no word.

        Args:
            query: The question.
            limit: How many passages to return at most; None for all.
        """
        written = query.words
        if self._params.corrects_spelling:
            query = self._spelling.correct_query(query)
        resolved = self._analyzer.resolve(self._plausible(written, query.words))
        content = ContentWords(query.text, resolved, self._names, self.article.language)
        own = self._analyzer.query_tokens(query.words)
        if not own:
            return []
        tokens = self._with_context(own, query)
        scores, idf_weights = self._scorer.score(tokens)
        if query.previous and not query.is_bare:
            # What the question before it asks chooses the passage, but not the sentence.
            _, idf_weights = self._scorer.score(own)
        confidences = self._confidence.of(tokens if query.is_bare else own)
        # A stable sort: news puts the most important first, so of equals the earlier passage wins.
        matches = []
        for number in map(int, np.argsort(-scores, kind="stable")):
            sentence = self._sentences.best(number, idf_weights, query)
            confidence = float(confidences[number])
            verdict = self._verdict(number, confidence, query, content)
            matches.append(
                self._match(number, sentence, float(scores[number]), confidence, verdict)
            )
            if not query.previous and limit is not None and len(matches) == limit:
                break
        if query.previous:
            # The question before it only chooses among the passages that answer this one.
            matches.sort(key=lambda match: list(Verdict).index(match.verdict))
        return matches[:limit]

    def _plausible(self, written: Sequence[str], corrected: Sequence[str]) -> list[str]:
        """Return the words that were meant: "price" is a word of its own, and not "prince".

        Args:
            written: The words of a question.
            corrected: The same words, with the article's for those that it does not have.
        """
        return [
            word
            if word == meant or self._rate(f"_{word}_", False) > self._rate(f"_{meant}_", False)
            else meant
            for word, meant in zip(written, corrected, strict=True)
        ]

    def _with_context(self, own: Mapping[str, float], query: Query) -> dict[str, float]:
        """Return a question's tokens with those of the question before it, which weigh less."""
        weight = 1.0 if query.is_bare else self._params.context_weight
        context = self._analyzer.query_tokens(query.context)
        return {token: weight * of_context for token, of_context in context.items()} | dict(own)

    def _match(
        self, number: int, sentence: int, score: float, confidence: float, verdict: Verdict
    ) -> Match:
        spans, passage = self._sentences.spans[number], self._passages[number]
        return Match(passage, spans[sentence], sentence, score, confidence, verdict, tuple(spans))

    def _verdict(
        self, number: int, confidence: float, query: Query, content: ContentWords
    ) -> Verdict:
        """Return what may be claimed about a passage."""
        if confidence < self._unsure_threshold:
            return Verdict.NOT_IN_ARTICLE
        if query.is_bare and query.previous:
            return self._bare_verdict(number, query)
        is_sure = confidence >= self._answer_threshold
        if not self._knows_general_words:
            # Here a name cannot be told from an answer, so a passage has to hold more.
            is_sure = confidence >= self._answer_threshold + self._params.names_margin
            says_something = not self._analyzer.function_words.issuperset(query.words)
            return Verdict.ANSWERED if is_sure and says_something else Verdict.UNSURE
        scorer, title = self._scorer, self._title_tokens
        is_known = partial(_either, scorer.passages_with, title)
        if content.words and not content.any_held(is_known):
            # Nothing but names: what is asked about them is nowhere in the article.
            is_close = confidence >= self._params.names_threshold
            return Verdict.UNSURE if is_close else Verdict.NOT_IN_ARTICLE
        is_held = partial(_either, scorer.tokens_of(number), title)
        is_sure = is_sure and content.are_held(is_held, is_known) and self._fits(number, query)
        return Verdict.ANSWERED if is_sure else Verdict.UNSURE

    def _bare_verdict(self, number: int, query: Query) -> Verdict:
        """Return whether a passage answers "when?" after another question: it must tell a time."""
        if query.answer_type is None:
            return Verdict.UNSURE
        holds_type = self._sentences.holds_type(number, query)
        return Verdict.ANSWERED if holds_type else Verdict.NOT_IN_ARTICLE

    def _fits(self, number: int, query: Query) -> bool:
        """Return whether a passage holds the type of answer that cannot do without it."""
        is_needed = query.answer_type is AnswerType.AGE or (
            query.previous and query.answer_type is AnswerType.TIME
        )
        return not is_needed or self._sentences.holds_type(number, query)

    def _rate(self, token: str, is_own: bool) -> float:
        """Return how often a token occurs a character of text in the article's language.

        If nothing is known of the language, its frequency in the article has to do.
        """
        if self._background.is_known:
            return self._background.rate(token, is_own)
        holders = len(self._scorer.passages_with.get(token, ())) or 1
        share = holders / (len(self._passages) + 1) * UNKNOWN_LANGUAGE_FACTOR
        return -math.log(1 - share) / PASSAGE_LENGTH


def _either(first: Container[str], second: Container[str], token: str) -> bool:
    return token in first or token in second
