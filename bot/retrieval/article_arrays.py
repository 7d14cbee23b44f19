"""What is searched of one article, as arrays: made once, kept on disk, read in microseconds."""

import struct
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any, get_type_hints

import numpy as np
from numpy.typing import NDArray

from bot.corpus.article import Article, Passage
from bot.corpus.loader import DATA
from bot.corpus.sentences import sentences
from bot.corpus.yaml import read_data
from bot.retrieval.analysis import Analyzer, searchable, words
from bot.retrieval.names import written_names

Integers = NDArray[Any]
"""A one-dimensional array of the smallest unsigned integers that hold its values."""

_COUNT = struct.Struct("<I")
_FIELD = struct.Struct("<4sI")


def code(token: str) -> int:
    """Return the number that stands for a token, 0 to 2**32 - 1.

    It is the token's CRC-32, which is always the same and never the same for two tokens of up to
    four bytes. Of a million different tokens, one in 4,000 shares its number with another one.
    """
    return zlib.crc32(token.encode())


def codes(tokens: Iterable[str]) -> NDArray[np.uint32]:
    """Return the numbers that stand for tokens, in their order."""
    return np.array([code(token) for token in tokens], dtype=np.uint32)


def positions(
    ascending: NDArray[np.integer[Any]], wanted: NDArray[np.integer[Any]]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return which of some integers are among others, and where.

    Args:
        ascending: Integers in ascending order.
        wanted: The integers to look for.

    Returns:
        Positions in ``wanted``, and for each the position in ``ascending``.
    """
    at = np.searchsorted(ascending, wanted)
    at[at == len(ascending)] = 0
    held = np.flatnonzero(ascending[at] == wanted) if len(ascending) else at[:0]
    return held, at[held]


@dataclass(frozen=True, eq=False)
class ArticleArrays:
    """What is searched of an article.

    A posting is one token in one passage, or in one sentence. Postings are sorted by token; those
    of the token at ``n`` are at ``starts[n]`` to ``starts[n + 1]``.

    Attributes:
        sentence_starts: Where each sentence of the article begins in its passage, in characters.
        sentence_ends: Where it ends.
        begin_with_pronoun: 1 for each sentence that begins with a word such as "she", 0 for others.
        sentence_counts: For each passage, how many sentences it has; at least one.
        characters: For each passage, the length of its text.
        token_counts: For each passage, how many tokens it and its heading have.
        tokens: The codes of all tokens in passages and their headings, ascending.
        posting_starts: Where the postings of each token begin, and the number of all.
        passages: For each posting, the passage's number, from 0.
        frequencies: For each posting, how often the token occurs.
        sentence_posting_starts: The same for sentences, without headings.
        sentences: For each such posting, the sentence's number in the article, from 0.
        title_tokens: The codes of the headline's tokens, ascending.
        lead_tokens: The codes of the tokens of headline and standfirst, ascending.
        vocabulary: All words, folded, sorted by length and then by letters.
        capitalized: Words that are written with a capital letter.
        inside: Those of them that occur so within a sentence.
        lower: Words that are written without a capital letter.
    """

    sentence_starts: Integers
    sentence_ends: Integers
    begin_with_pronoun: Integers
    sentence_counts: Integers
    characters: Integers
    token_counts: Integers
    tokens: NDArray[np.uint32]
    posting_starts: Integers
    passages: Integers
    frequencies: Integers
    sentence_posting_starts: Integers
    sentences: Integers
    title_tokens: NDArray[np.uint32]
    lead_tokens: NDArray[np.uint32]
    vocabulary: str
    capitalized: str
    inside: str
    lower: str

    def all_tokens(self) -> NDArray[np.uint32]:
        """Return the codes of all tokens of passages, headings and headline, ascending."""
        return np.union1d(self.tokens, self.title_tokens)

    def to_bytes(self) -> bytes:
        """Return everything as bytes, from which ``from_bytes`` makes the same again."""
        parts = []
        for name in _NAMES:
            value = getattr(self, name)
            is_text = isinstance(value, str)
            data = value.encode() if is_text else value.tobytes()
            kind = b"text" if is_text else value.dtype.str.encode()
            parts += [_FIELD.pack(kind, len(data)), data]
        return _COUNT.pack(len(_NAMES)) + b"".join(parts)

    @classmethod
    def from_bytes(cls, data: bytes) -> "ArticleArrays":
        """Return what ``to_bytes`` wrote; the arrays share the memory of the bytes.

        Raises:
            ValueError: The bytes are something else.
        """
        try:
            return cls(*_fields_of(data))
        except (struct.error, TypeError, UnicodeError) as error:
            raise ValueError("These bytes are no arrays of an article.") from error


_NAMES = [field.name for field in fields(ArticleArrays)]
_IS_TEXT = [get_type_hints(ArticleArrays)[name] is str for name in _NAMES]


def _fields_of(data: bytes) -> list[Any]:
    if _COUNT.unpack_from(data)[0] != len(_NAMES):
        raise ValueError("These bytes have another number of fields.")
    found: list[Any] = []
    at = _COUNT.size
    for is_text in _IS_TEXT:
        kind, size = _FIELD.unpack_from(data, at)
        at += _FIELD.size
        if is_text:
            found.append(data[at : at + size].decode())
        else:
            dtype = np.dtype(kind.rstrip(b"\0").decode())
            found.append(np.frombuffer(data, dtype, size // dtype.itemsize, at))
        at += size
    if at != len(data):
        raise ValueError("These bytes are too few, or too many.")
    return found


def read_arrays(article: Article, analyzer: Analyzer) -> ArticleArrays:
    """Return the arrays of an article; this takes several milliseconds.

    Args:
        article: The article.
        analyzer: Cuts its words into tokens.
    """
    passages = article.passages
    spans = [sentence_spans(passage, article.language) for passage in passages]
    texts = sentence_texts(passages, spans)
    written = [words(text) for text in texts]
    title = analyzer.passage_tokens(words(article.title))
    lead = [*title, *analyzer.passage_tokens(words(article.standfirst))]
    names, pronouns = written_names(texts, article.language), _pronouns(article.language)
    counts = [len(each) for each in spans]
    tokens = [analyzer.passage_tokens(each) for each in written]
    return ArticleArrays(
        sentence_starts=_small([start for each in spans for start, _ in each]),
        sentence_ends=_small([end for each in spans for _, end in each]),
        begin_with_pronoun=_small([not pronouns.isdisjoint(each[:1]) for each in written]),
        sentence_counts=_small(counts),
        characters=_small([len(passage.text) for passage in passages]),
        title_tokens=np.unique(codes(title)),
        lead_tokens=np.unique(codes(lead)),
        vocabulary=" ".join(sorted(set().union(*written), key=lambda word: (len(word), word))),
        capitalized=" ".join(sorted(names.capitalized)),
        inside=" ".join(sorted(names.inside)),
        lower=" ".join(sorted(names.lower)),
        **_postings(tokens, counts, _heading_tokens(passages, analyzer)),
    )


def _postings(
    sentences: Sequence[Sequence[str]],
    counts: Sequence[int],
    headings: Sequence[Sequence[str]],
) -> dict[str, Any]:
    """Return those fields of ``ArticleArrays`` that are about postings.

    Args:
        sentences: The tokens of each sentence.
        counts: For each passage, how many sentences it has.
        headings: The tokens of each passage's heading.
    """
    found, sentence_of = _numbered(sentences)
    passage_of = np.repeat(np.arange(len(counts), dtype=np.uint64), counts)[sentence_of]
    in_headings, heading_of = _numbered(headings)
    in_passages = np.append(found << 32 | passage_of, in_headings << 32 | heading_of)
    postings, frequencies = np.unique(in_passages, return_counts=True)
    sentence_postings = np.unique(found << 32 | sentence_of)
    tokens = np.unique(postings >> 32)
    bounds, number = np.append(tokens, 1 << 32), np.uint64(0xFFFFFFFF)
    passages = (in_passages & number).astype(np.int64)
    return {
        "token_counts": _small(np.bincount(passages, minlength=len(counts))),
        "tokens": tokens.astype(np.uint32),
        "posting_starts": _small(np.searchsorted(postings >> 32, bounds)),
        "passages": _small(postings & number),
        "frequencies": _small(frequencies),
        "sentence_posting_starts": _small(np.searchsorted(sentence_postings >> 32, bounds)),
        "sentences": _small(sentence_postings & number),
    }


def sentence_spans(passage: Passage, language: str) -> list[tuple[int, int]]:
    """Return where a passage's sentences are: items of a list and rows of a table count as such.

    There is at least one.
    """
    whole = [(0, len(passage.text))]
    if passage.layout.is_code:
        return whole
    # A passage of nothing but spaces, as a question set may have, is one empty sentence.
    return list(passage.layout.parts) or sentences(passage.text, language) or whole


def sentence_texts(
    passages: Sequence[Passage], spans: Sequence[Sequence[tuple[int, int]]]
) -> list[str]:
    """Return the sentences of all passages, as they are searched."""
    return [
        searchable(passage.text[start:end])
        for passage, own in zip(passages, spans, strict=True)
        for start, end in own
    ]


def _heading_tokens(passages: Sequence[Passage], analyzer: Analyzer) -> list[list[str]]:
    headings = {passage.heading for passage in passages}
    tokens = {heading: analyzer.passage_tokens(words(heading)) for heading in headings}
    return [tokens[passage.heading] for passage in passages]


def _numbered(
    documents: Sequence[Sequence[str]],
) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Return the codes of all tokens of some texts, and for each the number of its text."""
    found = codes(token for tokens in documents for token in tokens)
    sizes = [len(tokens) for tokens in documents]
    return found.astype(np.uint64), np.repeat(np.arange(len(documents), dtype=np.uint64), sizes)


def _small(values: Any) -> Integers:
    """Return integers of 0 or more in the smallest type that holds them."""
    found = np.asarray(values, dtype=np.int64)
    return found.astype(np.min_scalar_type(int(found.max(initial=0))))


@lru_cache
def _pronouns(language: str) -> frozenset[str]:
    """Return the folded pronouns of a language that stand for what was named before."""
    main = language.split("-", maxsplit=1)[0]
    listed = read_data(DATA / "pronouns.yaml").get(main, ())
    return frozenset(folded for word in listed for folded in words(word))
