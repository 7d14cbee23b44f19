"""Reads a corpus again while it is in use: only what has changed, and never to its harm."""

import logging
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from bot.corpus.loader import (
    Corpus,
    Outcome,
    assemble,
    corpus_files,
    duplicate_ids,
    read_file,
    stamp_of,
)
from bot.errors import CorpusError, Fault

SETTLED = 2.0
"""Seconds after which another change of a file surely has another time of modification."""

log = logging.getLogger(__name__)


class CorpusReloader:
    """Keeps the last version of a corpus that can be used.

    A file that became faulty keeps its last good version. Faults are logged once.

    Attributes:
        corpus: That version.
        faults: What was wrong at the last look, each fault once.
    """

    def __init__(self, corpus: Corpus, now: Callable[[], float] = time.time) -> None:
        """Start with a corpus that was read from a folder.

        Args:
            corpus: The corpus.
            now: Returns the time of the file system, in seconds since 1970.
        """
        self.corpus = corpus
        self.faults: tuple[Fault, ...] = ()
        self._now = now
        self._outcomes = dict(corpus.outcomes)
        self._good = {file: each for file, each in self._outcomes.items() if each.located}
        self._read_at = dict.fromkeys(self._outcomes, 0.0)
        self._logged: set[str] = set()

    def reload(self) -> Corpus | None:
        """Read what has changed; files are read, so this takes time.

        Returns:
            The new version of the corpus; None if it is as before, or cannot be used.
        """
        folder = self.corpus.folder
        assert folder is not None, "only a corpus with a folder can be read again"
        self.faults = ()
        try:
            usable = self._read_changed(folder)
            corpus = assemble(folder, usable)
        except CorpusError as error:
            self._log(error.faults, "The articles stay as they were.")
            return None
        if corpus == self.corpus:
            return None
        self.corpus = corpus
        return corpus

    def _read_changed(self, folder: Path) -> Mapping[Path, Outcome]:
        """Return what can be used of each file."""
        files = corpus_files(folder)
        for gone in self._outcomes.keys() - set(files):
            for kept in (self._outcomes, self._good, self._read_at):
                kept.pop(gone, None)
        for file in files:
            if self._is_changed(file):
                self._read_at[file] = self._now()
                self._outcomes[file] = read_file(folder, file)
                self._good.pop(file, None) if self._outcomes[file].unread else None
        usable = {file: self._usable(file) for file in files}
        faults = [fault for each in self._outcomes.values() for fault in each.faults]
        self._log(faults, "The last good version of the file is used.")
        return self._without_duplicates(usable)

    def _is_changed(self, file: Path) -> bool:
        known = self._outcomes.get(file)
        if known is None or known.stamp is None:
            return True
        modified = known.stamp[0] / 1e9
        if 0 <= self._read_at[file] - modified < SETTLED:
            # It may have changed once more without another time of modification.
            return True
        try:
            return stamp_of(file) != known.stamp
        except CorpusError:
            return True

    def _usable(self, file: Path) -> Outcome:
        outcome = self._outcomes[file]
        if outcome.located:
            self._good[file] = outcome
        return self._good.get(file, outcome)

    def _without_duplicates(self, usable: dict[Path, Outcome]) -> Mapping[Path, Outcome]:
        """Return the files without those whose id another article has; older ones keep theirs."""
        present = {item.file for item in self.corpus.located}
        located = [each.located for each in usable.values() if each.located]
        located.sort(key=lambda item: item.file not in present)
        faults = list(duplicate_ids(located))
        self._log(faults, "The file is not used.")
        doubled = {fault.file for fault in faults}
        return {file: each for file, each in usable.items() if file not in doubled}

    def _log(self, faults: list[Fault] | tuple[Fault, ...], consequence: str) -> None:
        self.faults = tuple(dict.fromkeys((*self.faults, *faults)))
        for fault in faults:
            text = f"{fault} {consequence}"
            if text not in self._logged:
                log.error("%s", text)
        said = {f"{fault} {consequence}" for fault in faults}
        self._logged = {text for text in self._logged if not text.endswith(consequence)} | said
