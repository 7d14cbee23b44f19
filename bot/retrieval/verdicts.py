"""What may be claimed about a passage: that it answers, that it is close, or neither."""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from functools import cached_property

from bot.corpus.article import Article
from bot.retrieval.analysis import Analyzer, Word
from bot.retrieval.answer import Verdict
from bot.retrieval.answer_types import AnswerType
from bot.retrieval.article_arrays import ArticleArrays, positions
from bot.retrieval.article_sentences import ArticleSentences
from bot.retrieval.confidence import chance_of_many
from bot.retrieval.function_words import has_general_words
from bot.retrieval.names import ArticleNames, ContentWords, WrittenNames, without_names
from bot.retrieval.params import RetrievalParams
from bot.retrieval.query import Query
from bot.retrieval.query_tokens import HeldTokens, QueryTokens
from bot.retrieval.question_language import detected_language, is_other_script
from bot.retrieval.question_names import QuestionNames
from bot.retrieval.semantic import ArticleMeaning, AskedMeaning


@dataclass(frozen=True)
class HeldContent:
    """The words of a question that say what it asks, and what an article has of them.

    Attributes:
        words: The words.
        known: Those of their n-grams that the article or its headline has.
        by_passage: For each passage, those that the passage, its heading or the headline has.
        meaning: What the passages have of the question's meaning; None without an encoder.
    """

    words: ContentWords
    known: Set[str]
    by_passage: Sequence[Set[str]]
    meaning: AskedMeaning | None = None


class ArticleVerdicts:
    """Judges the passages of an article.

    Args:
        article: The article.
        arrays: What is searched of it.
        analyzer: The one with which the arrays were made.
        sentences: Its sentences.
        meaning: The same as an encoder sees them; None to compare words alone.
        params: Thresholds and weights.

    Attributes:
        answer_threshold: Confidence (0 to 1) from which a passage may count as the answer.
        unsure_threshold: Confidence (0 to 1) from which a passage is worth showing.
    """

    def __init__(
        self,
        article: Article,
        arrays: ArticleArrays,
        analyzer: Analyzer,
        sentences: ArticleSentences,
        meaning: ArticleMeaning | None,
        params: RetrievalParams,
    ) -> None:
        self._article, self._meaning, self._analyzer = article, meaning, analyzer
        self._arrays, self._sentences, self._params = arrays, sentences, params
        self._language, self._function_words = article.language, analyzer.function_words
        self._knows_general_words = has_general_words(article.language)
        above = params.many_passages * chance_of_many(len(arrays.characters))
        self.answer_threshold = params.answer_threshold + above
        self.unsure_threshold = params.unsure_threshold + above

    @cached_property
    def _written(self) -> WrittenNames:
        arrays = self._arrays
        kinds = (arrays.capitalized, arrays.inside, arrays.lower)
        return WrittenNames(*(frozenset(words_.split()) for words_ in kinds))

    @cached_property
    def _names(self) -> ArticleNames:
        return ArticleNames(self._written, self._language)

    def content(
        self, query: Query, resolved: Sequence[Word], meaning: AskedMeaning | None = None
    ) -> HeldContent:
        """Return the words of a question that say what it asks, and where the article has them.

        Args:
            query: The question.
            resolved: The words that were meant, with aliases replaced by the names of things.
            meaning: What the passages have of the question's meaning; None without an encoder.
        """
        words = ContentWords(query.text, resolved, self._names, self._language)
        tokens = QueryTokens(dict.fromkeys(words.ngrams(), 1.0))
        ngrams, held = list(tokens.weights), HeldTokens(tokens, self._arrays)
        in_title, _ = positions(self._arrays.title_tokens, tokens.codes)
        titled = {ngrams[column] for column in in_title.tolist()}
        by_passage = [set(titled) for _ in self._arrays.characters]
        postings = zip(held.columns.tolist(), held.passages.tolist(), strict=True)
        for column, passage in postings:
            by_passage[passage].add(ngrams[column])
        return HeldContent(words, titled.union(*by_passage), by_passage, meaning)

    def of(self, number: int, confidence: float, query: Query, content: HeldContent) -> Verdict:
        """Return what may be claimed about a passage.

        Args:
            number: The passage's number, from 0.
            confidence: How much of the question it holds, 0 to 1.
            query: The question, with the article's words for misspelled ones.
            content: What ``content`` returned for it.
        """
        if confidence < self.unsure_threshold:
            return Verdict.NOT_IN_ARTICLE
        if query.is_bare and query.previous:
            return self._bare_verdict(number, query)
        is_sure = confidence >= self.answer_threshold
        if content.meaning is not None and content.meaning.is_other_language:
            is_sure = is_sure and self._says(number, query, content) and self._fits(number, query)
            is_sure = is_sure and self._has_names(number, query.text, content.meaning)
            return Verdict.ANSWERED if is_sure else Verdict.UNSURE
        if not self._knows_general_words:
            # Here a name cannot be told from an answer, so a passage has to hold more.
            is_sure = confidence >= self.answer_threshold + self._params.names_margin
            says_something = not self._function_words.issuperset(query.words)
            return Verdict.ANSWERED if is_sure and says_something else Verdict.UNSURE
        held = float(content.meaning.words[number]) if content.meaning is not None else confidence
        words, is_known = content.words, content.known.__contains__
        is_held = content.by_passage[number].__contains__
        # Meaning takes the place of words, but not of names: "president of China".
        has_names = content.meaning is not None and words.has_known_names(is_known)
        only_names = bool(words.words) and not words.any_held(is_known)
        are_held = words.are_held(is_held, is_known) and not only_names
        is_said = are_held or (has_names and self._says(number, query, content))
        if only_names and not is_said:
            # Nothing but names: what is asked about them is nowhere in the article.
            is_close = held >= self._params.names_threshold
            return Verdict.UNSURE if is_close else Verdict.NOT_IN_ARTICLE
        if content.meaning is not None and held < self.answer_threshold:
            is_sure = is_sure and has_names
        is_sure = is_sure and is_said and self._fits(number, query)
        return Verdict.ANSWERED if is_sure else Verdict.UNSURE

    def _says(self, number: int, query: Query, content: HeldContent) -> bool:
        """Return whether a passage says what is asked apart from names, in whichever words."""
        if self._meaning is None or content.meaning is None:
            return False
        names = [*content.words.names, *filter(self._is_another_name, query.written)]
        if content.meaning.is_other_language:
            names = [*self._names_in_other_language(query.text).all()]
        return self._meaning.holds(number, content.meaning, without_names(query.text, names))

    def _has_names(self, number: int, text: str, meaning: AskedMeaning) -> bool:
        """Return whether a passage may have the names of a question in another language.

        One that the article writes in no form may be there in its own words, as *Deutschland* is
        *Germany*. But if the passage is nearer to the question without it, it is about another.
        """
        names = list(self._names_in_other_language(text).unknown())
        if self._meaning is None or not names:
            return True
        most = self._meaning.similarity(number, meaning, text) + self._params.other_language_names
        without = (without_names(text, name) for name in names)
        return all(self._meaning.similarity(number, meaning, rest) <= most for rest in without)

    def _names_in_other_language(self, text: str) -> QuestionNames:
        is_other, (language, _) = is_other_script(text, self._article), detected_language(text)
        return QuestionNames(text, language, is_other, self._written)

    def _is_another_name(self, word: str) -> bool:
        """Return whether a word stands for the name of something, as "French" for "France"."""
        return any(found.is_alias and found.is_name for found in self._analyzer.resolve([word]))

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
