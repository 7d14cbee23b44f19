"""Searches one article: ranks its passages, marks a sentence, and says how sure the answer is."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from bot.corpus.article import Article
from bot.retrieval.analysis import Analyzer
from bot.retrieval.answer import Answer, Match, Verdict
from bot.retrieval.article_arrays import ArticleArrays, read_arrays
from bot.retrieval.article_sentences import ArticleSentences
from bot.retrieval.asked_article import AskedArticle, ScoredArticle
from bot.retrieval.background import PASSAGE_LENGTH, CorpusBackground, table_of
from bot.retrieval.confidence import confidences
from bot.retrieval.params import DEFAULT_PARAMS, MAX_MATCHES, MAX_UNSURE_MATCHES, RetrievalParams
from bot.retrieval.query import Query, in_latin_letters
from bot.retrieval.query_tokens import HeldTokens, QueryTokens, query_tokens
from bot.retrieval.question_language import is_other_script
from bot.retrieval.scorer import Scorer
from bot.retrieval.semantic import ArticleMeaning, Comparison
from bot.retrieval.spelling import SpellingCorrector
from bot.retrieval.verdicts import ArticleVerdicts

UNKNOWN_LANGUAGE_FACTOR = math.exp(-2)
"""How common a token of the article is in other texts, compared with its own passages."""


class ArticleIndex:
    """The passages of one article, ready to be searched.

    Args:
        article: The article.
        arrays: What is searched of it.
        analyzer: The one with which the arrays were made.
        background: What is known of its language.
        params: Thresholds and weights.
        meaning: Its sentences as an encoder sees them; None to compare words alone.

    Attributes:
        article: The article.
    """

    def __init__(
        self,
        article: Article,
        arrays: ArticleArrays,
        analyzer: Analyzer,
        background: CorpusBackground,
        params: RetrievalParams = DEFAULT_PARAMS,
        meaning: ArticleMeaning | None = None,
    ) -> None:
        self.article, self._meaning = article, meaning
        self._arrays, self._analyzer, self._params = arrays, analyzer, params
        self._background = background
        self._sentences = ArticleSentences(article, arrays, params)
        self._scorer = Scorer(arrays, bool(article.standfirst), params)
        self._verdicts = ArticleVerdicts(
            article, arrays, analyzer, self._sentences, meaning, params
        )
        self._spelling = SpellingCorrector(
            arrays.vocabulary.split(),
            analyzer.names,
            analyzer.function_words,
            params.min_correctable_length,
        )

    def answer(self, query: Query) -> Answer | None:
        """Return the best passages; None if the question contains no word."""
        asked = self.ask(query)
        return self.answer_of(self.score(asked)) if asked is not None else None

    def answer_of(self, scored: ScoredArticle, may_claim: bool = True) -> Answer:
        """Return the answer that the passages make.

        Args:
            scored: The order of the passages.
            may_claim: Whether it may be said that they answer, and not only that they are close.
        """
        best, *others = self.matches(scored, MAX_MATCHES)
        if best.verdict is Verdict.ANSWERED and not may_claim:
            best = replace(best, verdict=Verdict.UNSURE)
        if best.verdict is Verdict.UNSURE:
            others = others[: MAX_UNSURE_MATCHES - 1]
        else:
            min_score = self._params.min_score_ratio * best.score
            others = [match for match in others if match.score >= min_score]
        kept = (best, *(match for match in others if self.is_relevant(match.confidence)))
        return Answer(best.verdict, self.article, kept, scored.asked.is_other_language)

    def is_relevant(self, confidence: float) -> bool:
        """Return whether a passage of this confidence (0 to 1) is worth showing."""
        return confidence >= self._verdicts.unsure_threshold

    def is_sure(self, confidence: float, margin: float) -> bool:
        """Return whether a confidence (0 to 1) is above the threshold of an answer by a margin."""
        return confidence >= self._verdicts.answer_threshold + margin

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
        if not 1 <= number <= len(self._sentences.slices):
            return None
        if not 0 <= sentence_number < len(self._sentences.spans(number - 1)):
            return None
        return self._match(number - 1, sentence_number, 0.0, 1.0, Verdict.ANSWERED)

    def ask(self, query: Query) -> AskedArticle | None:
        """Return a question as it is put to this article; None if it contains no word."""
        if self._meaning is not None and is_other_script(query.text, self.article):
            query = in_latin_letters(query)
        written = query.words
        if self._params.corrects_spelling:
            query = self._spelling.correct_query(query)
        own = query_tokens(self._analyzer, query.words)
        if not own.weights:
            return None
        held = held_own = HeldTokens(own, self._arrays)
        if query.context:
            weight = 1.0 if query.is_bare else self._params.context_weight
            both = query_tokens(self._analyzer, query.words, query.context, weight)
            held = HeldTokens(both, self._arrays)
        asked = held if query.is_bare else held_own
        found = confidences(asked, self._rates(asked), self._arrays.characters, self._params)
        meaning = self._meaning.ask(query, found) if self._meaning is not None else None
        if meaning is not None:
            found = meaning.confidences
        return AskedArticle(written, query, held_own, held, found, meaning)

    def rank(self, query: Query, limit: int | None = None) -> list[Match]:
        """Return the passages, best first; none if the question contains no word.

        Args:
            query: The question.
            limit: How many passages to return at most; None for all.
        """
        asked = self.ask(query)
        return self.matches(self.score(asked), limit) if asked is not None else []

    def score(self, asked: AskedArticle) -> ScoredArticle:
        """Return the order of the passages.

        Args:
            asked: The question, as ``ask`` returned it.
        """
        scores, idf_weights = self._scorer.score(asked.held)
        if asked.query.previous and not asked.query.is_bare:
            _, idf_weights = self._scorer.score(asked.own)
        if asked.meaning is not None:
            scores = scores + asked.meaning.scores
            weight = self._params.sentence_similarity_weight
            idf_weights = idf_weights + weight * asked.meaning.sentences
        # A stable sort: news puts the most important first, so of equals the earlier passage wins.
        order = np.argsort(-scores, kind="stable").tolist()
        return ScoredArticle(asked, scores, idf_weights, order)

    def confidence(self, scored: ScoredArticle) -> float:
        """Return the confidence of the first of the passages that ``matches`` returns."""
        if scored.asked.query.previous:
            return self.matches(scored)[0].confidence
        return float(scored.asked.confidences[scored.order[0]])

    def matches(self, scored: ScoredArticle, limit: int | None = None) -> list[Match]:
        """Return the passages, best first.

        Args:
            scored: The order of the passages, as ``score`` returned it.
            limit: How many passages to return at most; None for all.
        """
        asked, query = scored.asked, scored.asked.query
        resolved = self._analyzer.resolve(self._plausible(asked.written, query.words))
        content = self._verdicts.content(query, resolved, asked.meaning)
        matches = []
        for number in scored.order if query.previous else scored.order[:limit]:
            sentence = self._sentences.best(number, scored.idf_weights, query)
            confidence = float(asked.confidences[number])
            verdict = self._verdicts.of(number, confidence, query, content)
            score = float(scored.scores[number])
            matches.append(self._match(number, sentence, score, confidence, verdict))
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
            word if word == meant or self._is_more_common(word, meant) else meant
            for word, meant in zip(written, corrected, strict=True)
        ]

    def _is_more_common(self, word: str, other: str) -> bool:
        """Return whether a word is more common than another one, as far as is known."""
        both = QueryTokens({f"_{word}_": 1.0, f"_{other}_": 1.0})
        if self._background.is_known:
            rates = self._background.rates(both, np.zeros(2, dtype=bool))
        else:
            rates = self._rates(HeldTokens(both, self._arrays))
        return bool(rates[0] > rates[1])

    def _match(
        self, number: int, sentence: int, score: float, confidence: float, verdict: Verdict
    ) -> Match:
        spans, passage = self._sentences.spans(number), self._sentences.passages[number]
        return Match(passage, spans[sentence], sentence, score, confidence, verdict, tuple(spans))

    def _rates(self, held: HeldTokens) -> NDArray[np.float64]:
        """Return how often tokens occur a character of text in the article's language.

        If nothing is known of the language, their frequency in the article has to do.
        """
        if self._background.is_known:
            return self._background.rates(held.tokens, held.are_held)
        passages = np.bincount(held.columns, minlength=len(held.tokens.values))
        share = np.maximum(passages, 1) / (len(self._arrays.characters) + 1)
        rates: NDArray[np.float64] = -np.log(1 - share * UNKNOWN_LANGUAGE_FACTOR) / PASSAGE_LENGTH
        return rates


def index_article(
    article: Article,
    aliases: Mapping[str, Sequence[str]],
    params: RetrievalParams = DEFAULT_PARAMS,
    comparison: Comparison | None = None,
) -> ArticleIndex:
    """Return the index of an article that is alone.

    Args:
        article: The article.
        aliases: Name -> other names of the same thing; the article's own are added.
        params: Thresholds and weights.
        comparison: Compares questions and sentences by their meaning; None to compare words alone.
    """
    analyzer = Analyzer(article.language, aliases, article.aliases, params=params)
    background = CorpusBackground(table_of(article.language))
    arrays = read_arrays(article, analyzer)
    meaning = None
    if comparison is not None:
        sentences = ArticleSentences(article, arrays, params)
        vectors = comparison.vectors(sentences.texts())
        starts = [part.start for part in sentences.slices]
        meaning = ArticleMeaning(article, vectors, starts, comparison, params)
    return ArticleIndex(article, arrays, analyzer, background, params, meaning)
