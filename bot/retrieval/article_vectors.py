"""The vectors of the sentences of all articles: made when an article is new, and kept."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from hashlib import blake2b
from logging import INFO
from pathlib import Path

import numpy as np

from bot.corpus.process_locks import held
from bot.corpus.workers import Progress
from bot.retrieval.encoder import Encoder
from bot.retrieval.encoder_pairs import pair_languages, pair_texts
from bot.retrieval.semantic import Comparison, encoded_pairs
from bot.retrieval.vector_store import Vectors, VectorStore

KEY_SIZE = 16
"""Bytes of the key of a text's vectors."""

LOCK = "vectors.lock"
"""The file in the cache that a process locks while it encodes."""

WHAT = "Reading articles by meaning"
"""What is done, for those who watch."""


class ArticleVectors:
    """The vectors that an encoder gives to sentences of articles.

    Args:
        encoder: The encoder.
        cache: The folder that keeps the vectors; None to keep them in memory.
    """

    def __init__(self, encoder: Encoder, cache: Path | None) -> None:
        self.encoder, self._cache = encoder, cache
        self._store = VectorStore(cache)
        self.comparison = Comparison(encoder, self._pair_vectors)

    def prepare(
        self,
        keys: Sequence[bytes],
        texts: Callable[[int], Sequence[str]],
        progress: Progress,
    ) -> list[bytes]:
        """Encode the sentences of those articles of which there are no vectors.

        This very process does it: the encoder has threads of its own.

        Args:
            keys: The articles' keys, which are others if their sentences may be.
            texts: Returns the sentences of an article by its number, from 0; at least one.
            progress: Told how many articles are done.

        Returns:
            For each article the key of its vectors.
        """
        known = self._store.text_keys()
        own = [self._key([key.hex()]) for key in keys]
        new = {key: self._key(texts(n)) for n, key in enumerate(own) if key not in known}
        if new:
            self._store.add_text_keys(new)
        found = [known[key] if key in known else new[key] for key in own]
        self._store.remove_unused([*found, *map(self._pairs_key, pair_languages())])
        if not self._store.missing(found):
            return found
        numbers = {key: number for number, key in enumerate(found)}
        # A lock of its own: articles that are new need not wait hours for this.
        with held(self._cache / LOCK, INFO) if self._cache is not None else nullcontext():
            # Another process may have made some meanwhile.
            missing = self._store.missing(found)
            for done, key in enumerate(missing):
                progress(WHAT, done, len(missing))
                self._store.add(key, self.encoder.encode_sentences(texts(numbers[key])))
            progress(WHAT, len(missing), len(missing))
        return found

    def vectors(self, key: bytes, texts: Callable[[], Sequence[str]], count: int) -> Vectors:
        """Return the vectors of the sentences of an article.

        Args:
            key: Their key, as ``prepare`` returned it.
            texts: Returns the sentences, for the case that the vectors are lost.
            count: How many there are.
        """
        found = self._store.vectors([key]).get(key)
        if found is not None and len(found) == count:
            return found
        made = self.encoder.encode_sentences(texts())
        self._store.add(key, made)
        return made.astype(np.float16)

    def kept(self, keys: Sequence[bytes]) -> Mapping[bytes, Vectors]:
        """Return by key the vectors of the sentences of articles, but of those that are lost."""
        return self._store.vectors(keys)

    def means(self, keys: Sequence[bytes]) -> Vectors:
        """Return the mean vector of each article, of shape (n, d).

        That of an article whose vectors are lost is 0 until the article is asked.
        """
        means = self._store.means()
        nothing = np.zeros((1, self.comparison.dimension), dtype=np.float16)
        return np.concatenate([means.get(key, nothing) for key in keys])

    def _pair_vectors(
        self, questions: Sequence[str], sentences: Sequence[str]
    ) -> tuple[Vectors, Vectors]:
        count, key = len(questions), self._key(["pairs", *questions, *sentences])
        found = self._store.vectors([key]).get(key)
        if found is None or len(found) != 2 * count:
            made = np.concatenate(encoded_pairs(self.encoder, questions, sentences))
            self._store.add(key, made)
            found = made.astype(np.float16)
        return found[:count], found[count:]

    def _pairs_key(self, language: str | None) -> bytes:
        questions, sentences = pair_texts(language)
        return self._key(["pairs", *questions, *sentences])

    def _key(self, texts: Sequence[str]) -> bytes:
        content = "\0".join([self.encoder.name, *texts]).encode("utf-8", "surrogatepass")
        return blake2b(content, digest_size=KEY_SIZE).digest()
