"""Which articles hold a token: made once for many articles, and kept up when a few change."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.retrieval.article_arrays import ArticleArrays, positions

COMMON = 1 / 8
"""A token that a larger share of the articles holds is added to all of them at once."""

PART = 4_000_000
"""Postings that are sorted at a time, so that making them takes little memory."""

Codes = NDArray[np.uint32]


@dataclass(frozen=True, eq=False)
class Postings:
    """The articles that hold a token, by their numbers from 0.

    Attributes:
        tokens: The codes of all tokens, ascending.
        starts: Where the articles of each token begin, and the number of all.
        articles: The numbers of the articles, ascending for each token.
        common: Positions in ``tokens`` of those that more than COMMON of the articles hold.
        bits: For each of these, one bit for each article: whether it holds the token.
    """

    tokens: Codes
    starts: NDArray[np.int64]
    articles: NDArray[np.int32]
    common: NDArray[np.int64]
    bits: NDArray[np.uint8]

    @classmethod
    def of(cls, documents: Sequence[Codes]) -> "Postings":
        """Return the postings of articles.

        Args:
            documents: For each article, the codes of its tokens, ascending.
        """
        count = sum(map(len, documents))
        bounds = np.linspace(0, 1 << 32, 1 + max(1, -(-count // PART))).astype(np.int64)
        cuts = [np.searchsorted(document, bounds) for document in documents]
        tokens, starts, articles = [], [], []
        done = 0
        for part in range(len(bounds) - 1):
            slices = [
                document[cut[part] : cut[part + 1]]
                for document, cut in zip(documents, cuts, strict=True)
            ]
            found = _sorted(slices)
            these = found >> np.uint64(32)
            first = np.flatnonzero(np.diff(these, prepend=~these[:1]))
            tokens.append(these[first].astype(np.uint32))
            starts.append(first + done)
            articles.append((found & np.uint64(0xFFFFFFFF)).astype(np.int32))
            done += len(found)
        bounds, numbers = np.append(np.concatenate(starts), done), np.concatenate(articles)
        common = np.flatnonzero(np.diff(bounds) > COMMON * len(documents))
        bits = [
            np.packbits(np.bincount(numbers[bounds[row] : bounds[row + 1]], minlength=len(cuts)))
            for row in common.tolist()
        ]
        packed = np.array(bits, dtype=np.uint8).reshape(len(bits), -(-len(cuts) // 8))
        return cls(np.concatenate(tokens), bounds, numbers, common, packed)

    def find(self, codes: Codes) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Return which of some tokens any article holds, and where their articles begin.

        Args:
            codes: The codes of the tokens.

        Returns:
            Positions in ``codes``, and for each the position in ``tokens``.
        """
        return positions(self.tokens, codes)

    def holders(self, row: int) -> NDArray[np.int32]:
        """Return the articles that hold the token at a position in ``tokens``."""
        return self.articles[self.starts[row] : self.starts[row + 1]]

    def add(self, scores: NDArray[np.float64], codes: Codes, weights: NDArray[np.float64]) -> None:
        """Add the weight of each token to the scores of the articles that hold it.

        Args:
            scores: For each article, its score.
            codes: The codes of the tokens.
            weights: The weight of each.
        """
        held, rows = self.find(codes)
        are_common, at = positions(self.common, rows)
        bits = dict(zip(are_common.tolist(), at.tolist(), strict=True))
        # In the order of the tokens: sums of the same numbers in another order may be others.
        for number, (row, weight) in enumerate(zip(rows.tolist(), weights[held], strict=True)):
            if number in bits:
                scores += weight * np.unpackbits(self.bits[bits[number]], count=len(scores))
            else:
                scores[self.holders(row)] += weight


def _sorted(documents: Sequence[Codes]) -> NDArray[np.uint64]:
    """Return all tokens of some articles with the articles' numbers in the lower half, sorted."""
    numbers = np.repeat(np.arange(len(documents), dtype=np.uint64), [len(d) for d in documents])
    found = np.concatenate([*documents, np.array([], dtype=np.uint32)]).astype(np.uint64)
    found <<= np.uint64(32)
    found |= numbers
    found.sort()
    return found


@dataclass(frozen=True, eq=False)
class Segment:
    """The postings of some articles of one language.

    Attributes:
        keys: The keys of the articles, in the order of their numbers.
        characters: The length of each article's text.
        held: The articles that hold a token in a passage, a heading or the headline.
        leading: The articles that hold a token in headline or standfirst.
        only_titled: The articles that hold a token in the headline and nowhere else.
    """

    keys: tuple[bytes, ...]
    characters: NDArray[np.int64]
    held: Postings
    leading: Postings
    only_titled: Postings

    @classmethod
    def of(cls, keys: tuple[bytes, ...], articles: Iterable[ArticleArrays]) -> "Segment":
        """Return the postings of articles."""
        characters, held, leading, only_titled = [], [], [], []
        for arrays in articles:
            characters.append(arrays.characters.sum())
            held.append(arrays.all_tokens())
            # A copy, so that the other arrays of the article need not stay in memory.
            leading.append(arrays.lead_tokens.copy())
            only_titled.append(np.setdiff1d(arrays.title_tokens, arrays.tokens))
        lengths = np.array(characters, dtype=np.int64)
        return cls(keys, lengths, *map(Postings.of, (held, leading, only_titled)))


class LanguagePostings:
    """The articles of one language: those of a segment that are still there, and newer ones.

    Args:
        base: A segment, which may have articles that are no longer there.
        recent: The articles that it lacks.
        numbers: Key -> the article's number in the corpus, for all articles that are there.

    Attributes:
        count: How many articles there are.
        characters: The length of their texts together.
        numbers: The number in the corpus of each article that has a score.
    """

    def __init__(self, base: Segment, recent: Segment, numbers: Mapping[bytes, int]) -> None:
        self._segments = (base, recent)
        self._is_there = np.array([key in numbers for key in base.keys], dtype=bool)
        self._are_all_there = bool(self._is_there.all())
        there = [key for key in (*base.keys, *recent.keys) if key in numbers]
        self.count = len(there)
        self.numbers = np.array([numbers[key] for key in there], dtype=np.int64)
        self.characters = int(base.characters[self._is_there].sum() + recent.characters.sum())

    def articles_with(self, codes: Codes) -> NDArray[np.int64]:
        """Return how many articles hold each of some tokens.

        Args:
            codes: The codes of the tokens.
        """
        return self._counts(codes, "held")

    def texts_with(self, codes: Codes) -> NDArray[np.int64]:
        """Return how many articles hold each of some tokens, not counting headlines."""
        return self._counts(codes, "held") - self._counts(codes, "only_titled")

    def _counts(self, codes: Codes, name: str) -> NDArray[np.int64]:
        counts = np.zeros(len(codes), dtype=np.int64)
        for segment in self._segments:
            postings: Postings = getattr(segment, name)
            held, rows = postings.find(codes)
            if segment is self._segments[0] and not self._are_all_there:
                found = [np.count_nonzero(self._is_there[postings.holders(row)]) for row in rows]
                counts[held] += np.array(found, dtype=np.int64)
            else:
                counts[held] += postings.starts[rows + 1] - postings.starts[rows]
        return counts

    def scores(
        self, codes: Codes, weights: NDArray[np.float64], lead_boost: float
    ) -> NDArray[np.float64]:
        """Return the sum of the weights of the tokens that each article holds.

        Args:
            codes: The codes of the tokens.
            weights: The weight of each.
            lead_boost: What a token in headline or standfirst adds, as a multiple of its weight.

        Returns:
            An array of ``count`` scores; ``numbers`` says whose they are.
        """
        found = []
        for segment in self._segments:
            scores = np.zeros(len(segment.keys))
            segment.held.add(scores, codes, weights)
            segment.leading.add(scores, codes, weights * lead_boost)
            found.append(scores)
        base, recent = found
        return np.concatenate([base if self._are_all_there else base[self._is_there], recent])
