"""What was read of a corpus' files, kept in a file: a file that has not changed is not parsed.

The small facts of all articles are read at the start. Their texts are read when they are needed,
and few of them stay in memory.
"""

import contextlib
import gc
import logging
import os
import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from pathlib import Path

from bot.corpus.analysis_version import analysis_version
from bot.corpus.article_records import (
    Facts,
    Record,
    confirmed,
    dump_texts,
    key_in,
    load_facts,
    load_texts,
    outcome_of,
    read_record,
    texts_key,
)
from bot.corpus.cache_database import CacheDatabase, sealed
from bot.corpus.layout import PLAIN, Layout
from bot.corpus.outcomes import Outcome, is_named_as_article, read_file
from bot.corpus.process_locks import building
from bot.corpus.stored_texts import StoredSequence, Texts, TextsKey
from bot.corpus.workers import FEW, Progress, in_processes, no_progress

IN_MEMORY = 256
"""Articles whose texts stay in memory."""
BATCH = 512
"""Files that are written at once."""
FEW_FILES = 100
"""Up to so many files are looked up one by one."""

_PACKAGES = (
    "anyascii",
    "babel",
    "langdetect",
    "markdown-it-py",
    "mdit-py-plugins",
    "pyyaml",
    "selectolax",
    "sentencex",
)
"""What reading articles depends on."""
_SCHEMA = """
CREATE TABLE files (path TEXT PRIMARY KEY, texts BLOB, facts BLOB NOT NULL);
CREATE TABLE texts (key BLOB PRIMARY KEY, record BLOB NOT NULL)
"""

log = logging.getLogger(__name__)


class ArticleCache:
    """Reads files of a corpus, but parses only those that it does not know; safe from threads.

    Attributes:
        folder: Where it keeps its file, and others may keep what they make of the articles.
    """

    def __init__(self, folder: Path, corpus: Path) -> None:
        """Open the file, or make it.

        Args:
            folder: Where it is; it is made if it is missing.
            corpus: The folder of the articles.
        """
        self.folder = folder
        self._corpus = corpus
        # An index page is named after its folder.
        version = f"{analysis_version([Path(__file__).parent], _PACKAGES)} {corpus.absolute()}"
        self._database = CacheDatabase(folder / "articles.sqlite", version, _SCHEMA)
        self._lock = threading.Lock()
        self._texts: OrderedDict[bytes, Texts] = OrderedDict()

    def close(self) -> None:
        """Close the file; texts are read from the articles' files from then on."""
        self._database.close()

    def read(self, files: Sequence[Path], progress: Progress = no_progress) -> dict[Path, Outcome]:
        """Return what reading files gives, in their order, as ``read_file`` does.

        Args:
            files: The files.
            progress: Told how many of the files that must be parsed are done.
        """
        with _garbage_uncollected():
            found = self._known(files)
        missing = [file for file in files if file not in found]
        for file in missing:
            if not is_named_as_article(file):
                found[file] = read_file(self._corpus, file)
        missing = [file for file in missing if file not in found]
        if missing:
            # A few are not worth waiting for others.
            with building(self.folder) if len(missing) >= FEW else contextlib.nullcontext():
                # Another process may have read them in the meantime.
                found |= self._known(missing)
                missing = [file for file in missing if file not in found]
                found |= self._parsed(missing, progress)
        return {file: found[file] for file in files}

    def delete_unused(self, files: Sequence[Path]) -> None:
        """Delete what is kept of other files, and texts that no file has any more.

        Somebody may still need those that were replaced a moment ago, so do this at a start.
        """
        counts = "SELECT (SELECT count(*) FROM files), (SELECT count(*) FROM texts)"
        if self._database.read(counts) == [(len(files), len(files))]:
            return
        paths = set(self._paths(files))
        rows = self._database.read("SELECT rowid, path FROM files")
        gone = [(row,) for row, path in rows if path not in paths]
        if gone:
            self._database.write("DELETE FROM files WHERE rowid = ?", gone)
        unused = self._database.read(
            "SELECT rowid FROM texts WHERE key NOT IN (SELECT texts FROM files "
            "WHERE texts IS NOT NULL)"
        )
        if unused:
            self._database.write("DELETE FROM texts WHERE rowid = ?", unused)

    def _paths(self, files: Iterable[Path]) -> Iterator[str]:
        """Yield the paths of files in the folder of the corpus."""
        prefix = os.path.join(self._corpus, "")  # noqa: PTH118
        start = 0 if self._corpus == Path() else len(prefix)
        return (str(file)[start:] for file in files)

    def _known(self, files: Sequence[Path]) -> dict[Path, Outcome]:
        """Return what is known of files that have not changed."""
        found, touched = {}, []
        rows = self._rows(files)
        for file, path in zip(files, self._paths(files), strict=True):
            if path not in rows:
                continue
            data = self._database.unsealed(rows[path], path.encode())
            if data is None:
                continue
            noted = load_facts(data)
            facts = confirmed(noted, file)
            if facts is not None:
                found[file] = self._outcome(facts, file)
                if facts is not noted:
                    touched.append((sealed(facts.dump(), path.encode()), path))
        if touched:
            self._database.write("UPDATE files SET facts = ? WHERE path = ?", touched)
        return found

    def _rows(self, files: Sequence[Path]) -> Mapping[str, bytes]:
        read = self._database.read
        if len(files) > FEW_FILES:
            return dict(read("SELECT path, facts FROM files"))
        one = "SELECT path, facts FROM files WHERE path = ?"
        # Others cannot be asked for, and are not stored.
        paths = filter(_is_utf8, self._paths(files))
        return dict(row for path in paths for row in read(one, (path,)))

    def _outcome(self, facts: Facts, file: Path) -> Outcome:
        stored = key_in(facts, file)
        if stored is None:
            return outcome_of(facts, file, (), ())
        return outcome_of(
            facts,
            file,
            StoredSequence(stored, self._load_paragraphs),
            StoredSequence(stored, self._load_layouts),
        )

    def _parsed(self, files: Sequence[Path], progress: Progress) -> dict[Path, Outcome]:
        """Parse files, and store what they contain."""
        found: dict[Path, Outcome] = {}
        results = zip(
            files,
            in_processes(partial(read_record, self._corpus), files, "Reading articles", progress),
            strict=True,
        )
        while batch := list(islice(results, BATCH)):
            self._store({f: record for f, record in batch if isinstance(record, Record)})
            for file, record in batch:
                if isinstance(record, Outcome):
                    found[file] = record
                    continue
                facts = load_facts(record.facts)
                if self._database.is_writable or record.key is None:
                    found[file] = self._outcome(facts, file)
                else:
                    texts = load_texts(record.texts)
                    found[file] = outcome_of(facts, file, texts.paragraphs, texts.layouts)
        return found

    def _store(self, records: Mapping[Path, Record]) -> None:
        self._store_texts({each.key: each.texts for each in records.values() if each.key})
        self._database.write(
            "INSERT OR REPLACE INTO files VALUES (?, ?, ?)",
            (
                (path, record.key, sealed(record.facts, path.encode()))
                for path, record in zip(self._paths(records), records.values(), strict=True)
            ),
        )

    def _store_texts(self, texts: Mapping[bytes, bytes]) -> None:
        rows = ((key, sealed(data, key)) for key, data in texts.items())
        self._database.write("INSERT OR REPLACE INTO texts VALUES (?, ?)", rows)

    def _load_paragraphs(self, stored: TextsKey) -> tuple[str, ...]:
        return self._load(stored).paragraphs

    def _load_layouts(self, stored: TextsKey) -> tuple[Layout, ...]:
        return self._load(stored).layouts

    def _load(self, stored: TextsKey) -> Texts:
        """Return texts: from memory, from the database, or else from the file."""
        with self._lock:
            if stored.key in self._texts:
                self._texts.move_to_end(stored.key)
                return self._texts[stored.key]
        rows = self._database.read("SELECT record FROM texts WHERE key = ?", (stored.key,))
        data = self._database.unsealed(rows[0][0], stored.key) if rows else None
        texts = self._read_again(stored) if data is None else load_texts(data)
        with self._lock:
            self._texts[stored.key] = texts
            while len(self._texts) > IN_MEMORY:
                self._texts.popitem(last=False)
        return texts

    def _read_again(self, stored: TextsKey) -> Texts:
        """Return texts that the database has lost, and store them again.

        If the file is other than it was, or gone, they are as many, but not the same.
        """
        located = read_file(self._corpus, stored.file).located
        if located is None:
            log.warning("The text of %s is lost until the bot is started again.", stored.file)
            return Texts(("",) * stored.count, (PLAIN,) * stored.count)
        texts = Texts(tuple(located.article.paragraphs), tuple(located.article.layouts))
        data = dump_texts(texts)
        if texts_key(data) == stored.key:
            write = self._database.write
            write(
                "INSERT OR REPLACE INTO texts VALUES (?, ?)",
                [(stored.key, sealed(data, stored.key))],
            )
            return texts
        more = max(0, stored.count - len(texts.paragraphs))
        return Texts(
            (texts.paragraphs + ("",) * more)[: stored.count],
            (texts.layouts + (PLAIN,) * more)[: stored.count],
        )


@contextlib.contextmanager
def _garbage_uncollected() -> Iterator[None]:
    """Do without the garbage collector, which looks again and again at what is being made."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _is_utf8(path: str) -> bool:
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True
