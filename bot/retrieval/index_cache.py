"""What was made of articles to search them, kept on disk for the next start."""

import contextlib
import logging
import shutil
import zlib
from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from itertools import pairwise
from pathlib import Path

import numpy as np

from bot.corpus.cache_database import CacheDatabase, sealed
from bot.retrieval.article_arrays import ArticleArrays
from bot.retrieval.article_postings import Postings, Segment

BATCH = 64
"""Articles that are written at once."""

_SCHEMA = """
CREATE TABLE arrays (key BLOB PRIMARY KEY, record BLOB NOT NULL);
CREATE TABLE postings (language TEXT PRIMARY KEY, folder TEXT NOT NULL, checksum INTEGER NOT NULL);
CREATE TABLE answered (
    key BLOB, question TEXT, is_answered INTEGER NOT NULL, PRIMARY KEY (key, question)
)
"""
_PARTS = ("tokens", "starts", "articles", "common", "bits")
_POSTINGS = ("held", "leading", "only_titled")
_CHUNK = 1 << 20

log = logging.getLogger(__name__)


class IndexCache:
    """A folder with the arrays of articles in a SQLite file, and postings that are mapped.

    Whatever is damaged or missing counts as not there, and is made again. See ``ArticleStore``.
    """

    def __init__(self, folder: Path, version: str) -> None:
        """Open the cache, or make it; this never fails.

        Args:
            folder: The folder, which other caches may use too.
            version: What the arrays depend on beside the articles and the settings.
        """
        self._folder = folder
        self._database = CacheDatabase(folder / "index.sqlite", version, _SCHEMA)
        # What cannot be written has to be remembered.
        self._memory: dict[bytes, ArticleArrays] = {}

    def missing(self, keys: Iterable[bytes]) -> list[bytes]:
        """See ``ArticleStore``."""
        known = {key for (key,) in self._database.read("SELECT key FROM arrays")}
        wanted = dict.fromkeys(keys)
        if len(known) > 2 * len(wanted):
            unused = [(key,) for key in known - wanted.keys()]
            self._database.write("DELETE FROM arrays WHERE key = ?", unused)
        return [key for key in wanted if key not in known and key not in self._memory]

    def add(self, found: Iterable[tuple[bytes, bytes]]) -> None:
        """See ``ArticleStore``."""
        batch: list[tuple[bytes, bytes]] = []
        for item in found:
            batch.append(item)
            if len(batch) == BATCH:
                self._write(batch)
                batch = []
        self._write(batch)

    def _write(self, batch: Sequence[tuple[bytes, bytes]]) -> None:
        rows = [(key, sealed(data, key)) for key, data in batch]
        self._database.write("INSERT OR REPLACE INTO arrays VALUES (?, ?)", rows)
        if not self._database.is_writable:
            for key, data in batch:
                self._memory[key] = ArticleArrays.from_bytes(data)

    def arrays(self, key: bytes) -> ArticleArrays | None:
        """See ``ArticleStore``."""
        if key in self._memory:
            return self._memory[key]
        for (record,) in self._database.read("SELECT record FROM arrays WHERE key = ?", (key,)):
            data = self._database.unsealed(record, key)
            if data is not None:
                with contextlib.suppress(ValueError):
                    return ArticleArrays.from_bytes(data)
        return None

    def segment(self, language: str) -> Segment | None:
        """See ``ArticleStore``."""
        found = self._database.read(
            "SELECT folder, checksum FROM postings WHERE language = ?", (language,)
        )
        for name, checksum in found:
            folder = self._folder / name
            try:
                if _checksum(folder) != checksum:
                    raise ValueError("it is damaged")
                return _read(folder)
            except (OSError, ValueError) as error:
                log.warning("%s cannot be used (%s), and is made anew.", folder, error)
        return None

    def save_segment(self, language: str, segment: Segment) -> Segment:
        """See ``ArticleStore``."""
        if not self._database.is_writable:
            return segment
        name = blake2b(b"".join((language.encode(), *segment.keys)), digest_size=8).hexdigest()
        folder = self._folder / f"postings-{name}"
        before = self._database.read("SELECT folder FROM postings WHERE language = ?", (language,))
        try:
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            _save(folder, segment)
            row = (language, folder.name, _checksum(folder))
        except OSError as error:
            log.warning("Nothing is kept in %s, so starting takes longer: %s", folder, error)
            return segment
        self._database.write("INSERT OR REPLACE INTO postings VALUES (?, ?, ?)", [row])
        for (old,) in before:
            if old != folder.name:
                # Processes that use it have it open.
                shutil.rmtree(self._folder / old, ignore_errors=True)
        # Mapped into memory, it takes less.
        return self.segment(language) or segment

    def answered(self) -> Mapping[tuple[bytes, str], bool]:
        """See ``ArticleStore``."""
        rows = self._database.read("SELECT key, question, is_answered FROM answered")
        return {(key, question): bool(is_answered) for key, question, is_answered in rows}

    def save_answered(self, answered: Mapping[tuple[bytes, str], bool]) -> None:
        """See ``ArticleStore``."""
        rows = [(key, question, found) for (key, question), found in answered.items()]
        self._database.write("INSERT OR REPLACE INTO answered VALUES (?, ?, ?)", rows)


def _save(folder: Path, segment: Segment) -> None:
    np.save(folder / "keys.npy", np.frombuffer(b"".join(segment.keys), dtype=np.uint8))
    np.save(folder / "key-sizes.npy", np.array([len(key) for key in segment.keys]))
    np.save(folder / "characters.npy", segment.characters)
    for name in _POSTINGS:
        for part in _PARTS:
            np.save(folder / f"{name}-{part}.npy", getattr(getattr(segment, name), part))


def _read(folder: Path) -> Segment:
    """Return a segment whose postings are mapped into memory.

    Raises:
        OSError: A file is missing.
        ValueError: A file is no array.
    """
    keys, ends = np.load(folder / "keys.npy").tobytes(), np.load(folder / "key-sizes.npy").cumsum()
    bounds = [0, *ends.tolist()]
    found = [
        Postings(*(np.asarray(np.load(folder / f"{name}-{part}.npy", "r")) for part in _PARTS))
        for name in _POSTINGS
    ]
    return Segment(
        tuple(keys[start:end] for start, end in pairwise(bounds)),
        np.load(folder / "characters.npy"),
        *found,
    )


def _checksum(folder: Path) -> int:
    """Return a checksum of the files of a folder, and of their names."""
    found = 0
    for file in sorted(folder.iterdir()):
        found = zlib.crc32(file.name.encode(), found)
        # Reading takes no memory, as touching all of the mapped files would.
        with file.open("rb") as stream:
            while chunk := stream.read(_CHUNK):
                found = zlib.crc32(chunk, found)
    return found
