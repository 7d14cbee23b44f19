"""The articles of a corpus with what was made of them to be searched."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from functools import lru_cache, partial
from hashlib import blake2b
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.corpus.analysis_version import analysis_version
from bot.corpus.article import Article
from bot.corpus.process_locks import building
from bot.corpus.workers import Progress, in_processes, no_progress
from bot.retrieval.analysis import Analyzer
from bot.retrieval.article_arrays import ArticleArrays, read_arrays
from bot.retrieval.article_index import ArticleIndex
from bot.retrieval.article_meanings import ArticleMeanings
from bot.retrieval.article_postings import LanguagePostings, Segment
from bot.retrieval.article_sentences import ArticleSentences
from bot.retrieval.article_store import ArticleStore, MemoryStore
from bot.retrieval.article_vectors import ArticleVectors
from bot.retrieval.background import CorpusBackground, table_of
from bot.retrieval.encoder import Encoder
from bot.retrieval.index_cache import IndexCache
from bot.retrieval.params import RetrievalParams
from bot.retrieval.query import Query
from bot.retrieval.query_tokens import query_tokens

KEY_SIZE = 16
"""Bytes of the key of an article's arrays."""

MAX_CHANGED, MAX_CHANGED_SHARE = 32, 0.25
"""Articles that are searched beside the postings that were made of all: so many, or that share of
all, at most. With more, these are made anew, which takes 3 seconds for 10,000 articles."""

WHAT = "Indexing articles"
"""What is done, for those who watch."""

MAX_ANALYZERS = 64
"""Languages whose analyzers are kept."""

_PACKAGES = ("opencc", "sentencex", "stopwordsiso")
"""What the arrays of articles depend on."""
_Aliases = tuple[tuple[str, tuple[str, ...]], ...]


class IndexedArticles:
    """The articles of a corpus, which of them hold a token, and the arrays of each.

    Args:
        articles: At least one.
        aliases: Name -> other names of the same thing.
        params: Thresholds and weights.
        previous: Those of another version of the corpus, which are used again as far as they are
            the same, with their cache; None for none.
        cache: The folder that keeps what is made of articles; None to keep nothing.
        progress: Told how many articles are indexed.
        encoder: Compares questions and sentences by their meaning; None to compare words alone.

    Attributes:
        articles: The articles; other records of them may take their places.
        meanings: What an encoder sees in them; None without one.
    """

    def __init__(
        self,
        articles: Sequence[Article],
        aliases: Mapping[str, Sequence[str]],
        params: RetrievalParams,
        previous: "IndexedArticles | None" = None,
        cache: Path | None = None,
        progress: Progress = no_progress,
        encoder: Encoder | None = None,
    ) -> None:
        self.articles = list(articles)
        self._aliases = tuple((name, tuple(others)) for name, others in aliases.items())
        self._params = params
        languages = {article.language for article in articles}
        self._analyzers = {
            language: _shared_analyzer(language, self._aliases, params) for language in languages
        }
        self.store: ArticleStore = previous.store if previous else _store(cache)
        self.keys = _keys(articles, self._aliases, params)
        self._add_missing(cache, progress)
        self.meanings = self._meanings(_vectors(encoder, previous, cache), cache, progress)
        by_language: dict[str, dict[bytes, int]] = defaultdict(dict)
        for number, (article, key) in enumerate(zip(articles, self.keys, strict=True)):
            by_language[article.language][key] = number
        segments = previous._segments if previous is not None else {}
        self._segments: dict[str, Segment] = {}
        self._postings: dict[str, LanguagePostings] = {}
        self._backgrounds: dict[str, CorpusBackground] = {}
        for language, numbers in by_language.items():
            base = segments.get(language) or self.store.segment(language)
            postings = self._postings_of(language, numbers, base)
            self._postings[language] = postings
            self._backgrounds[language] = CorpusBackground(
                table_of(language), postings.count, postings.characters, postings.texts_with
            )

    def article_index(self, number: int) -> ArticleIndex:
        """Return the index of an article, by its number from 0."""
        article = self.articles[number]
        analyzer = self._analyzer(article)
        arrays = self._arrays(number, analyzer)
        background = self._backgrounds[article.language]
        counts = arrays.sentence_counts.tolist()
        meaning = self.meanings.meaning(number, counts) if self.meanings is not None else None
        return ArticleIndex(article, arrays, analyzer, background, self._params, meaning)

    def sample_key(self, number: int) -> bytes:
        """Return what the answers to an article's sample questions are kept under."""
        if self.meanings is None:
            return self.keys[number]
        return self.keys[number] + self.meanings.vectors.encoder.name.encode()

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

    def _sentences(self, number: int) -> list[str]:
        article = self.articles[number]
        arrays = self._arrays(number, self._analyzer(article))
        return ArticleSentences(article, arrays, self._params).texts()

    def _arrays(self, number: int, analyzer: Analyzer) -> ArticleArrays:
        key = self.keys[number][:KEY_SIZE]
        found = self.store.arrays(key)
        if found is None:
            # The cache has lost them.
            found = read_arrays(self.articles[number], analyzer)
            self.store.add([(key, found.to_bytes())])
        return found

    def _analyzer(self, article: Article) -> Analyzer:
        if article.aliases:
            return _own_analyzer(article, self._aliases, self._params)
        return self._analyzers[article.language]

    def _add_missing(self, cache: Path | None, progress: Progress) -> None:
        """Make the arrays of those articles that have none, in several processes."""
        wanted = [key[:KEY_SIZE] for key in self.keys]
        if not self.store.missing(wanted):
            return
        articles = dict(zip(wanted, self.articles, strict=True))
        with building(cache) if cache is not None else nullcontext():
            # Another process may have made some meanwhile.
            missing = self.store.missing(wanted)
            make = partial(_arrays_as_bytes, self._aliases, self._params)
            new = [articles[key] for key in missing]
            # Those who keep nothing may be a script that other processes cannot import.
            made = map(make, new) if cache is None else in_processes(make, new, WHAT, progress)
            self.store.add(zip(missing, made, strict=True))

    def _meanings(
        self, vectors: ArticleVectors | None, cache: Path | None, progress: Progress
    ) -> ArticleMeanings | None:
        if vectors is None:
            return None
        # New code may cut articles into other sentences.
        version = _version().encode() if cache is not None else b""
        keys = [version + key for key in self.keys]
        return ArticleMeanings(
            self.articles, keys, self._sentences, vectors, self._params, progress
        )

    def _postings_of(
        self, language: str, numbers: dict[bytes, int], base: Segment | None
    ) -> LanguagePostings:
        """Return the postings of the articles of a language, with those of ``base`` if they fit."""
        known = set(base.keys) if base is not None else set()
        new = [key for key in numbers if key not in known]
        gone = len(known) - (len(numbers) - len(new))
        if base is None or len(new) + gone > max(MAX_CHANGED, MAX_CHANGED_SHARE * len(numbers)):
            base, new = self.store.save_segment(language, self._segment(numbers)), []
        self._segments[language] = base
        return LanguagePostings(base, self._segment({key: numbers[key] for key in new}), numbers)

    def _segment(self, numbers: Mapping[bytes, int]) -> Segment:
        analyzers = (self._analyzer(self.articles[number]) for number in numbers.values())
        arrays = map(self._arrays, numbers.values(), analyzers)
        return Segment.of(tuple(numbers), arrays)


def _keys(articles: Sequence[Article], aliases: _Aliases, params: RetrievalParams) -> list[bytes]:
    """Return the key of each article, which is another one if anything that is searched differs.

    An article with the same text as an earlier one has that one's key with a number at its end.
    """
    settings = blake2b(repr((sorted(aliases), params)).encode()).digest()
    keys, seen = [], Counter[bytes]()
    for article in articles:
        key = blake2b(settings + article.digest.encode(), digest_size=KEY_SIZE).digest()
        keys.append(key + str(seen[key]).encode() if seen[key] else key)
        seen[key] += 1
    return keys


def _vectors(
    encoder: Encoder | None, previous: IndexedArticles | None, cache: Path | None
) -> ArticleVectors | None:
    if encoder is None:
        return None
    meanings = previous.meanings if previous is not None else None
    before = meanings.vectors if meanings is not None else None
    return before if before and before.encoder is encoder else ArticleVectors(encoder, cache)


def _store(cache: Path | None) -> ArticleStore:
    if cache is None:
        return MemoryStore()
    return IndexCache(cache, _version())


@lru_cache
def _version() -> str:
    bot = Path(__file__).parents[1]
    folders = [bot / "corpus", bot / "data", bot / "retrieval"]
    return analysis_version(folders, _PACKAGES)


def _arrays_as_bytes(aliases: _Aliases, params: RetrievalParams, article: Article) -> bytes:
    if article.aliases:
        analyzer = _own_analyzer(article, aliases, params)
    else:
        analyzer = _shared_analyzer(article.language, aliases, params)
    return read_arrays(article, analyzer).to_bytes()


def _own_analyzer(article: Article, aliases: _Aliases, params: RetrievalParams) -> Analyzer:
    return Analyzer(article.language, dict(aliases), article.aliases, params=params)


@lru_cache(maxsize=MAX_ANALYZERS)
def _shared_analyzer(language: str, aliases: _Aliases, params: RetrievalParams) -> Analyzer:
    """Return the analyzer of all articles without names of their own: making one takes time."""
    return Analyzer(language, dict(aliases), params=params)
