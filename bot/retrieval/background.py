"""How common a token is in a language: what a passage holds by chance.

A word of the question that any text holds says little about a passage; a rare one says much. An
article is too short to tell which is which, so that is read from the language: from the character
trigrams that langdetect counted in Wikipedias, and from the other articles of the corpus.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import lru_cache, partial
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from bot.retrieval.folding import fold
from bot.retrieval.query_tokens import MAX_REMEMBERED, QueryTokens

PASSAGE_LENGTH = 700
"""Characters of a usual passage."""
MIN_PROBABILITY, MAX_PROBABILITY = 1e-4, 0.98
"""No token is surer than this to be absent from, or to be in, a passage."""
NUMBER_RATE = 1e-5
"""How often a particular number occurs, a character of text."""
PRIOR_ARTICLES = 10
"""How many articles the language's table counts as, beside those of the corpus."""
MAX_RATES = 50_000
"""Rates of tokens that are kept, for each language."""

_VIETNAMESE = "\u1ec3"
_OTHER_NAMES = {"zh": "zh-cn", "nb": "no", "nn": "no", "fil": "tl"}
_TRADITIONAL = ("hant", "tw", "hk", "mo")

Rates = NDArray[np.float64]
"""For each token, how often it occurs a character of text."""
ArticlesWith = Callable[[NDArray[np.uint32]], NDArray[np.int64]]
"""Codes of tokens -> how many articles hold each."""


class Background(Protocol):
    """How often tokens occur in a language."""

    def rate(self, token: str) -> float:
        """Return how often a token occurs a character of text, above 0."""


class TrigramBackground:
    """Estimates the rate of any token from the trigrams of a language.

    A token ``abcd`` is as likely as ``abc``, times the chance that ``d`` follows ``bc``: a Markov
    chain of the second order.

    Args:
        counts: Character n-gram of length 1 to 3 -> how often it occurs; a word's ends are spaces.
        totals: How many n-grams of each length there are.
    """

    def __init__(self, counts: dict[str, int], totals: list[int]) -> None:
        self._counts: dict[str, float] = defaultdict(float)
        for ngram, count in counts.items():
            spread = list(_vietnamese(ngram))
            for each in spread:
                marked = fold(each).replace(" ", "_")
                if len(marked) == len(ngram):
                    self._counts[marked] += count / len(spread)
        self._totals = totals
        # Rarer n-grams are not in the table.
        self._unseen = min(counts.values()) / 2
        self._rates: dict[str, float] = {}

    def rate(self, token: str) -> float:
        """Return how often a token occurs a character of text, above 0."""
        known = self._rates.get(token)
        if known is None:
            if len(self._rates) >= MAX_RATES:
                self._rates.clear()
            known = self._rates[token] = self._estimate(token)
        return known

    def _estimate(self, token: str) -> float:
        if token.startswith("#"):
            return NUMBER_RATE
        if len(token) == 1:
            return self._count(token) / self._totals[0]
        if len(token) == 2:
            independent = self._count(token[0]) * self._count(token[1]) / self._totals[0] ** 2
            return self._counts.get(token, 0) / self._totals[1] or min(independent, NUMBER_RATE)
        rate = self._trigram(token[:3]) / self._totals[2]
        for at in range(1, len(token) - 2):
            following = self._trigram(token[at : at + 3])
            rate *= following / max(self._count(token[at : at + 2]), following)
        return rate

    def _count(self, ngram: str) -> float:
        return self._counts.get(ngram) or self._unseen

    def _trigram(self, ngram: str) -> float:
        """Return how often a trigram occurs; an unseen one is estimated from its two bigrams."""
        counts = self._counts
        if ngram in counts:
            return counts[ngram]
        estimate = counts.get(ngram[:2], 0) * counts.get(ngram[1:], 0) / self._count(ngram[1])
        return min(max(estimate, 0.01), self._unseen)


def _vietnamese(ngram: str) -> Iterator[str]:
    """Yield what an n-gram may stand for.

    langdetect counts all Vietnamese vowels with a tone mark as one letter.
    """
    if _VIETNAMESE not in ngram:
        yield ngram
        return
    for vowel in "aeiouy":
        yield from _vietnamese(ngram.replace(_VIETNAMESE, vowel, 1))


class CorpusBackground:
    """What the articles of a corpus in one language hold, beside the language's own table.

    Args:
        table: The language's table; None if there is none.
        articles: How many articles of the language the corpus has.
        characters: The length of their texts together.
        articles_with: Returns how many of them hold each of some tokens, given as codes, in their
            texts.

    Attributes:
        is_known: Whether anything is known of the language, apart from the article that is asked.
    """

    def __init__(
        self,
        table: Background | None,
        articles: int = 0,
        characters: int = 0,
        articles_with: ArticlesWith | None = None,
    ) -> None:
        self.is_known = table is not None or articles > PRIOR_ARTICLES
        # The candidates for one question ask for the same tokens.
        self._rates = lru_cache(maxsize=MAX_REMEMBERED)(
            partial(_rates, table, articles, characters, articles_with)
        )

    def rates(self, tokens: QueryTokens, are_own: NDArray[np.bool_]) -> Rates:
        """Return how often tokens occur a character of text, each above 0.

        Args:
            tokens: The tokens of a question.
            are_own: Whether the article that is asked holds each; that one does not count, because
                what it is about is common in it.
        """
        others, own = self._rates(tokens)
        return np.where(are_own, own, others)


def _rates(
    table: Background | None,
    articles: int,
    characters: int,
    articles_with: ArticlesWith | None,
    tokens: QueryTokens,
) -> tuple[Rates, Rates]:
    """Return the rates for an article that lacks all tokens, and for one that has them."""
    if table is None:
        rates = np.full(len(tokens.weights), NUMBER_RATE)
    else:
        rates = np.array([table.rate(token) for token in tokens.weights])
    if articles < 2 or articles_with is None:
        return rates, rates
    length = characters / articles
    expected = 1 - np.exp(-rates * length)
    with_token = articles_with(tokens.codes)

    def rate(holders: NDArray[np.int64]) -> Rates:
        share = (holders + PRIOR_ARTICLES * expected) / (articles - 1 + PRIOR_ARTICLES)
        found: Rates = -np.log(1 - np.minimum(share, MAX_PROBABILITY)) / length
        return found

    return rate(with_token), rate(with_token - 1)


@lru_cache
def table_of(language: str) -> Background | None:
    """Return the table of a language; None if there is none.

    Args:
        language: A BCP 47 tag.
    """
    main, *rest = language.lower().split("-")
    name = _OTHER_NAMES.get(main, main)
    if main == "zh" and any(part in _TRADITIONAL for part in rest):
        name = "zh-tw"
    # Importing the package, whose code is not needed here, takes as long as all else.
    package = find_spec("langdetect")
    assert package is not None and package.origin is not None, "it is installed with the bot"
    file = Path(package.origin).parent / "profiles" / name
    if not file.is_file():
        return None
    profile = json.loads(file.read_text(encoding="utf-8"))
    return TrigramBackground(profile["freq"], profile["n_words"])
