"""The sentences of an article: where they are, and which one of a passage answers best."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import accumulate, pairwise

from bot.corpus.article import Article, Passage
from bot.corpus.loader import DATA
from bot.corpus.sentences import sentences
from bot.corpus.yaml import read_data
from bot.retrieval.analysis import searchable, words
from bot.retrieval.answer_types import AnswerType, extract
from bot.retrieval.params import RetrievalParams
from bot.retrieval.query import Query


class ArticleSentences:
    """The sentences of all passages, counted through the article from 0.

    Attributes:
        spans: For each passage, (start, end) of its sentences in characters; at least one each.
        slices: For each passage, which sentences of the article are its own.
        texts: All sentences, as they are searched.
    """

    def __init__(self, article: Article, params: RetrievalParams) -> None:
        self._params = params
        self.spans = [_sentences(passage, article.language) for passage in article.passages]
        ends = accumulate(map(len, self.spans), initial=0)
        self.slices = [slice(*bounds) for bounds in pairwise(ends)]
        self.texts = [
            searchable(passage.text[start:end])
            for passage, spans in zip(article.passages, self.spans, strict=True)
            for start, end in spans
        ]
        self._extracted = [extract(text) for text in self.texts]
        pronouns = _pronouns(article.language)
        self._begin_with_pronoun = [not pronouns.isdisjoint(words(text)[:1]) for text in self.texts]

    def best(self, passage: int, weights: Sequence[float], query: Query) -> int:
        """Return the number of the sentence of a passage that answers best, from 0.

        Args:
            passage: The passage's number, from 0.
            weights: For each sentence of the article, how much of the question it holds.
            query: The question.
        """
        part = self.slices[passage]
        own, values = weights[part], list(weights[part])
        extracted, begin_with_pronoun = self._extracted[part], self._begin_with_pronoun[part]
        boost = max(own) * (1.0 if query.is_bare else self._params.answer_type_boost)
        for number in range(len(values)):
            if number > 0 and begin_with_pronoun[number]:
                # "She" was named in the sentence before.
                values[number] += self._params.pronoun_weight * own[number - 1]
            if _holds_type(extracted[number], query):
                values[number] += boost
        return values.index(max(values))

    def holds_type(self, passage: int, query: Query) -> bool:
        """Return whether a passage, by its number from 0, holds the type of answer asked for.

        That is a time for "when", and so on.
        """
        return any(_holds_type(each, query) for each in self._extracted[self.slices[passage]])


def _sentences(passage: Passage, language: str) -> list[tuple[int, int]]:
    """Return where a passage's sentences are: items of a list and rows of a table count as such."""
    whole = [(0, len(passage.text))]
    if passage.layout.is_code:
        return whole
    # A passage of nothing but spaces, as a question set may have, is one empty sentence.
    return list(passage.layout.parts) or sentences(passage.text, language) or whole


def _holds_type(extracted: Mapping[AnswerType, frozenset[str]], query: Query) -> bool:
    """Return whether a sentence holds the type of answer asked for, in words not asked."""
    if query.answer_type is None:
        return False
    return bool(extracted[query.answer_type].difference(query.words, query.context))


@lru_cache
def _pronouns(language: str) -> frozenset[str]:
    """Return the folded pronouns of a language that stand for what was named before."""
    main = language.split("-", maxsplit=1)[0]
    listed = read_data(DATA / "pronouns.yaml").get(main, ())
    return frozenset(folded for word in listed for folded in words(word))
