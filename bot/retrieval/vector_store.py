"""Where the vectors of sentences are: in memory, or in a file of the cache."""

import struct
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.corpus.cache_database import CacheDatabase, sealed

Vectors = NDArray[np.float16]
"""Vectors of sentences, of shape (n, d) and length 1 each; half precision changes no answer."""

_SCHEMA = """
CREATE TABLE texts (article BLOB PRIMARY KEY, key BLOB NOT NULL);
CREATE TABLE means (key BLOB PRIMARY KEY, record BLOB NOT NULL);
CREATE TABLE vectors (key BLOB PRIMARY KEY, record BLOB NOT NULL)
"""
_VERSION = "1"
"""Of the tables. Keys are hashes of what was encoded, so new code finds old vectors again: it takes
hours to make those of 10,000 articles."""

_DIMENSION = struct.Struct("<I")


class VectorStore:
    """Keeps the vectors of texts by their keys; safe from several threads.

    Whatever is damaged or missing counts as not there.

    Args:
        folder: The cache, which may be shared; None to keep everything in memory.
    """

    def __init__(self, folder: Path | None) -> None:
        self._database = (
            CacheDatabase(folder / "vectors.sqlite", _VERSION, _SCHEMA) if folder else None
        )
        # What cannot be written has to be remembered.
        self._texts: dict[bytes, bytes] = {}
        self._vectors: dict[bytes, Vectors] = {}

    def text_keys(self) -> Mapping[bytes, bytes]:
        """Return by articles' keys those of their texts, as far as they are known."""
        known = dict[bytes, bytes](self._rows("SELECT article, key FROM texts"))
        return known | self._texts

    def add_text_keys(self, keys: Mapping[bytes, bytes]) -> None:
        """Keep by articles' keys those of their texts."""
        if self._database is not None:
            self._database.write("INSERT OR REPLACE INTO texts VALUES (?, ?)", keys.items())
        if not self._is_kept:
            self._texts |= keys

    def missing(self, keys: Iterable[bytes]) -> list[bytes]:
        """Return those keys of which there are no vectors, each once."""
        known = {key for (key,) in self._rows("SELECT key FROM means")} | self._vectors.keys()
        return [key for key in dict.fromkeys(keys) if key not in known]

    def remove_unused(self, keys: Sequence[bytes]) -> None:
        """Remove what belongs to no key, if it is more than what does."""
        wanted = set(keys)
        known = {key for (key,) in self._rows("SELECT key FROM means")}
        unused = [(key,) for key in known - wanted]
        if self._database is not None and len(known) > 2 * len(wanted):
            for table in ("means", "vectors", "texts"):
                self._database.write(f"DELETE FROM {table} WHERE key = ?", unused)
        if len(self._vectors) > 2 * len(wanted):
            self._vectors = {key: found for key, found in self._vectors.items() if key in wanted}
            self._texts = {own: key for own, key in self._texts.items() if key in wanted}

    def add(self, key: bytes, vectors: NDArray[np.float32]) -> None:
        """Keep the vectors of a text, of shape (n, d), n at least one."""
        half = vectors.astype(np.float16)
        if self._database is not None:
            # Last what tells that the other is there.
            for table, found in (("vectors", half), ("means", mean_vector(half))):
                row = (key, sealed(_to_bytes(found), key))
                self._database.write(f"INSERT OR REPLACE INTO {table} VALUES (?, ?)", [row])
        if not self._is_kept:
            self._vectors[key] = half

    def vectors(self, keys: Sequence[bytes]) -> Mapping[bytes, Vectors]:
        """Return by key the vectors of texts, but of those that are lost."""
        found = {key: self._vectors[key] for key in keys if key in self._vectors}
        wanted = [key for key in keys if key not in found]
        marks = ", ".join("?" * len(wanted))
        sql = f"SELECT key, record FROM vectors WHERE key IN ({marks})"
        for key, record in self._rows(sql, wanted) if wanted else ():
            vectors = self._unsealed(record, key)
            if vectors is not None:
                found[key] = vectors
        return found

    def means(self) -> Mapping[bytes, Vectors]:
        """Return by key the mean of the vectors of each text, of shape (1, d) and length 1."""
        rows = self._rows("SELECT key, record FROM means")
        found = {key: self._unsealed(record, key) for key, record in rows}
        found |= {key: mean_vector(vectors) for key, vectors in self._vectors.items()}
        for key in [key for key, mean in found.items() if mean is None]:
            vectors = self.vectors([key]).get(key)
            found[key] = mean_vector(vectors) if vectors is not None else None
        return {key: mean for key, mean in found.items() if mean is not None}

    @property
    def _is_kept(self) -> bool:
        return self._database is not None and self._database.is_writable

    def _rows(self, sql: str, parameters: Sequence[bytes] = ()) -> list[tuple[Any, ...]]:
        return self._database.read(sql, parameters) if self._database is not None else []

    def _unsealed(self, record: bytes, key: bytes) -> Vectors | None:
        data = self._database.unsealed(record, key) if self._database is not None else None
        return _from_bytes(data) if data else None


def _to_bytes(vectors: Vectors) -> bytes:
    return _DIMENSION.pack(vectors.shape[1]) + vectors.tobytes()


def _from_bytes(data: bytes) -> Vectors:
    dimension = int(_DIMENSION.unpack_from(data)[0])
    found: Vectors = np.frombuffer(data, np.float16, offset=_DIMENSION.size)
    return found.reshape(len(found) // dimension, dimension)


def mean_vector(vectors: Vectors) -> Vectors:
    """Return the mean of vectors as one of shape (1, d) and length 1."""
    mean = vectors.astype(np.float32).mean(axis=0, keepdims=True)
    length = float(np.linalg.norm(mean)) or 1.0
    found: Vectors = (mean / length).astype(np.float16)
    return found
