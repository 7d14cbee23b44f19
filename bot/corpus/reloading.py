"""Reads a corpus again while it is in use: only what has changed, and never to its harm."""

import logging
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from bot.corpus.corpus_files import YAML_FILES, corpus_files, may_hide_a_change, stamp_of
from bot.corpus.loader import Corpus, assemble, duplicate_ids
from bot.corpus.outcomes import Outcome, read_file
from bot.errors import CorpusError, Fault

UNFINISHED = 0.5
"""Seconds after its last change in which a faulty file is perhaps not written to its end yet."""
log = logging.getLogger(__name__)


class CorpusReloader:
    """Keeps the last version of a corpus that can be used.

    A file that became faulty keeps its last good version. Faults are logged once.

    Attributes:
        corpus: That version.
        is_unfinished: Whether a file seemed to be in the middle of being written, so that it
            should be looked at again after UNFINISHED seconds.
        faults: What was wrong at the last look, each fault once.
    """

    def __init__(self, corpus: Corpus, now: Callable[[], float] = time.time) -> None:
        """Start with a corpus that was read from a folder.

        Args:
            corpus: The corpus.
            now: Returns the time of the file system, in seconds since 1970.
        """
        self.corpus = corpus
        self.is_unfinished = False
        self.faults: tuple[Fault, ...] = ()
        self._now = now
        self._outcomes = dict(corpus.outcomes)
        self._good = {file: each for file, each in self._outcomes.items() if each.located}
        self._read_at = dict.fromkeys(self._outcomes, 0.0)
        self._logged: dict[str, set[str]] = defaultdict(set)

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
            corpus = self._assembled(folder, usable)
        except CorpusError as error:
            for fault in self._new("corpus", error.faults):
                log.error("%s The articles stay as they were.", fault)
            return None
        self._logged["corpus"] = set()
        if corpus == self.corpus:
            return None
        self.corpus = corpus
        return corpus

    def _assembled(self, folder: Path, usable: Mapping[Path, Outcome]) -> Corpus:
        """Return the corpus; faulty reactions and aliases keep their last good version."""
        try:
            corpus = replace(assemble(folder, usable), cache=self.corpus.cache)
        except CorpusError as error:
            if any(fault.file.name not in YAML_FILES for fault in error.faults):
                raise
            for fault in self._new("yaml", error.faults):
                log.error("%s The last good version of the file is used.", fault)
            located = tuple(each.located for each in usable.values() if each.located)
            unread = tuple(each.unread for each in usable.values() if each.unread)
            return replace(self.corpus, located=located, unread=unread, outcomes=usable)
        self._logged["yaml"] = set()
        return corpus

    def _read_changed(self, folder: Path) -> Mapping[Path, Outcome]:
        """Return what can be used of each file."""
        files = corpus_files(folder, {str(file): file for file in self._outcomes})
        for gone in self._outcomes.keys() - set(files):
            for kept in (self._outcomes, self._good, self._read_at):
                kept.pop(gone, None)
        self._read([file for file in files if self._is_changed(file)], folder)
        usable = {file: self._usable(file) for file in files}
        unfinished = [file for file in files if self._is_unfinished(file)]
        self.is_unfinished = bool(unfinished)
        faults = [
            fault
            for file, each in self._outcomes.items()
            if file not in unfinished
            for fault in each.faults
        ]
        for fault in self._new("files", faults):
            log.error("%s The last good version of the file is used.", fault)
        return self._without_duplicates(usable)

    def _read(self, files: Sequence[Path], folder: Path) -> None:
        """Read files that are new or have changed."""
        self._read_at |= dict.fromkeys(files, self._now())
        if self.corpus.cache is not None:
            outcomes = self.corpus.cache.read(files)
        else:
            outcomes = {file: read_file(folder, file) for file in files}
        self._outcomes |= outcomes
        for file, outcome in outcomes.items():
            if outcome.unread:
                self._good.pop(file, None)

    def _is_changed(self, file: Path) -> bool:
        known = self._outcomes.get(file)
        if known is None or known.stamp is None:
            return True
        if may_hide_a_change(known.stamp, self._read_at[file]):
            return True
        try:
            return stamp_of(file) != known.stamp
        except CorpusError:
            return True

    def _is_unfinished(self, file: Path) -> bool:
        outcome = self._outcomes[file]
        if not outcome.faults or outcome.stamp is None:
            return False
        return 0 <= self._now() - outcome.stamp[0] / 1e9 < UNFINISHED

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
        for fault in self._new("ids", faults):
            log.error("%s The file is not used.", fault)
        doubled = {fault.file for fault in faults}
        return {file: each for file, each in usable.items() if file not in doubled}

    def _new(self, kind: str, faults: Iterable[Fault]) -> list[Fault]:
        """Return the faults of a kind that were not there the last time."""
        faults = list(faults)
        self.faults = tuple(dict.fromkeys((*self.faults, *faults)))
        before, self._logged[kind] = self._logged[kind], {str(fault) for fault in faults}
        return [fault for fault in faults if str(fault) not in before]
