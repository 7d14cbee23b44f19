"""The articles of a corpus with what was made of them to be searched."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from bot.corpus.article import Article
from bot.retrieval.analysis import Analyzer
from bot.retrieval.article_arrays import ArticleArrays, read_arrays
from bot.retrieval.article_index import ArticleIndex
from bot.retrieval.article_postings import LanguagePostings, Segment
from bot.retrieval.article_store import ArticleStore, MemoryStore
from bot.retrieval.background import CorpusBackground, table_of
from bot.retrieval.params import RetrievalParams
from bot.retrieval.query import Query
from bot.retrieval.query_tokens import query_tokens

KEY_SIZE = 16
"""Bytes of the key of an article's arrays."""

MAX_CHANGED, MAX_CHANGED_SHARE = 32, 0.25
"""Articles that are searched beside the postings that were made of all: so many, or that share of
all, at most. With more, these are made anew, which takes 3 seconds for 10,000 articles."""

Aliases = Mapping[str, Sequence[str]]


class IndexedArticles:
    """The articles of a corpus, which of them hold a token, and the arrays of each.

    Args:
        articles: At least one.
        aliases: Name -> other names of the same thing.
        params: Thresholds and weights.
        previous: Those of another version of the corpus, which are used again as far as they are
            the same; None for none.

    Attributes:
        articles: The articles; other records of them may take their places.
    """

    def __init__(
        self,
        articles: Sequence[Article],
        aliases: Aliases,
        params: RetrievalParams,
        previous: "IndexedArticles | None" = None,
    ) -> None:
        if previous is not None and (previous._aliases, previous._params) != (aliases, params):
            previous = None
        self.articles = list(articles)
        self._aliases: Aliases = aliases
        self._params: RetrievalParams = params
        self._store: ArticleStore = previous._store if previous else MemoryStore()
        self._analyzers: dict[str, Analyzer] = dict(previous._analyzers) if previous else {}
        self._keys = _keys(articles, aliases, params)
        self._add_missing()
        by_language: dict[str, dict[bytes, int]] = defaultdict(dict)
        for number, (article, key) in enumerate(zip(articles, self._keys, strict=True)):
            by_language[article.language][key] = number
        segments = previous._segments if previous is not None else {}
        self._segments: dict[str, Segment] = {}
        self._postings: dict[str, LanguagePostings] = {}
        self._backgrounds: dict[str, CorpusBackground] = {}
        for language, numbers in by_language.items():
            base = segments.get(language) or self._store.segment(language)
            postings = self._postings_of(language, numbers, base)
            self._postings[language] = postings
            self._backgrounds[language] = CorpusBackground(
                table_of(language), postings.count, postings.characters, postings.articles_with
            )

    def article_index(self, number: int) -> ArticleIndex:
        """Return the index of an article, by its number from 0."""
        article = self.articles[number]
        analyzer = self._analyzer(article)
        arrays = self._arrays(self._keys[number], article, analyzer)
        background = self._backgrounds[article.language]
        return ArticleIndex(article, arrays, analyzer, background, self._params)

    def scores(self, query: Query) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return how much of the question's IDF weight over articles each article holds.

        Returns:
            The numbers of the articles, and for each a score of 0 or more, and at most
            1 + title_boost for an article that holds all of it in headline or standfirst.
        """
        numbers, scores = [], []
        for language, postings in self._postings.items():
            tokens = query_tokens(self._analyzers[language], query.words)
            holders = sum(other.articles_with(tokens.codes) for other in self._postings.values())
            idf = np.log((len(self.articles) + 1) / np.maximum(1, holders))
            weights = tokens.values * idf
            found = postings.scores(tokens.codes, weights, self._params.title_boost)
            numbers.append(postings.numbers)
            scores.append(found / (weights.sum() or 1.0))
        return np.concatenate(numbers), np.concatenate(scores)

    def _analyzer(self, article: Article) -> Analyzer:
        if article.aliases:
            own = article.aliases
            return Analyzer(article.language, self._aliases, own, params=self._params)
        if article.language not in self._analyzers:
            analyzer = Analyzer(article.language, self._aliases, params=self._params)
            self._analyzers[article.language] = analyzer
        return self._analyzers[article.language]

    def _arrays(self, key: bytes, article: Article, analyzer: Analyzer) -> ArticleArrays:
        found = self._store.arrays(key[:KEY_SIZE])
        return found if found is not None else read_arrays(article, analyzer)

    def _add_missing(self) -> None:
        missing = self._store.missing(key[:KEY_SIZE] for key in self._keys)
        articles = dict(zip(self._keys, self.articles, strict=True))
        self._store.add(
            (key, read_arrays(articles[key], self._analyzer(articles[key])).to_bytes())
            for key in missing
        )

    def _postings_of(
        self, language: str, numbers: dict[bytes, int], base: Segment | None
    ) -> LanguagePostings:
        """Return the postings of the articles of a language, with those of ``base`` if they fit."""
        known = set(base.keys) if base is not None else set()
        new = [key for key in numbers if key not in known]
        gone = len(known) - (len(numbers) - len(new))
        if base is None or len(new) + gone > max(MAX_CHANGED, MAX_CHANGED_SHARE * len(numbers)):
            base, new = self._segment(numbers, list(numbers)), []
            self._store.save_segment(language, base)
        self._segments[language] = base
        return LanguagePostings(base, self._segment(numbers, new), numbers)

    def _segment(self, numbers: dict[bytes, int], keys: Sequence[bytes]) -> Segment:
        articles = [self.articles[numbers[key]] for key in keys]
        arrays = [
            self._arrays(key, article, self._analyzer(article))
            for key, article in zip(keys, articles, strict=True)
        ]
        return Segment.of(keys, arrays)


def _keys(articles: Sequence[Article], aliases: Aliases, params: RetrievalParams) -> list[bytes]:
    """Return the key of each article, which is another one if anything that is searched differs.

    An article with the same text as an earlier one has that one's key with a number at its end.
    """
    settings = blake2b(repr((sorted(aliases.items()), params)).encode()).digest()
    keys, seen = [], Counter[bytes]()
    for article in articles:
        key = blake2b(settings + article.digest, digest_size=KEY_SIZE).digest()
        keys.append(key + str(seen[key]).encode() if seen[key] else key)
        seen[key] += 1
    return keys
