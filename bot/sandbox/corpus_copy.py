"""A copy of a folder of articles, in which admins may add and remove without harm.

It follows its folder: what somebody changes there is changed in the copy too. Nothing that is
changed in the copy reaches the folder.
"""

import asyncio
import logging
import shutil
from collections.abc import Iterator
from pathlib import Path

from bot.corpus.corpus_files import YAML_FILES, corpus_files
from bot.corpus.outcomes import ARTICLE_SUFFIXES
from bot.corpus.watching import changes
from bot.errors import CorpusError

logger = logging.getLogger(__name__)

_KINDS = (*ARTICLE_SUFFIXES, ".yaml", ".yml")
_Stamp = tuple[int, int, int] | None


def corpus_size(folder: Path) -> int:
    """Return the size of a folder's articles, in bytes.

    Raises:
        CorpusError: there is no such folder.
    """
    stamps = (_stamp(file) for file in _files(folder))
    return sum(stamp[1] for stamp in stamps if stamp)


class CorpusCopy:
    """Keeps the copy as its folder is.

    Args:
        source: the folder.
        folder: where the copy is; it is created.
    """

    def __init__(self, source: Path, folder: Path) -> None:
        self.source = source
        self.folder = folder
        self._copied: dict[Path, _Stamp] = {}
        folder.mkdir()

    def update(self) -> None:
        """Copy what is new or has changed since the last time, and remove what is gone.

        Raises:
            CorpusError: there is no such folder.
        """
        stamps = {file: _stamp(file) for file in _files(self.source)}
        for file in self._copied.keys() - stamps.keys():
            self._target(file).unlink(missing_ok=True)
        for file, stamp in stamps.items():
            if stamp is None or stamp != self._copied.get(file):
                _copy(file, self._target(file))
        self._copied = stamps

    async def follow(self) -> None:
        """Watch the folder, and bring the copy up to date, until cancelled."""
        async for _ in changes(self.source, asyncio.Event()):
            try:
                await asyncio.to_thread(self.update)
            except (CorpusError, OSError) as error:
                logger.warning("The copy of the articles stays as it was: %s", error)

    def _target(self, file: Path) -> Path:
        return self.folder / file.relative_to(self.source)


def _files(folder: Path) -> Iterator[Path]:
    """Yield all files that the bot reads; pictures and the like may be many and large."""
    yield from (file for file in corpus_files(folder) if file.suffix.lower() in _KINDS)
    yield from (file for name in YAML_FILES if (file := folder / name).exists())


def _stamp(file: Path) -> _Stamp:
    """Return what changes when a file does; None for what is no file that can be read."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _copy(file: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    # The bot, which watches the copy, leaves hidden files out and never finds half a file.
    new = target.with_name(f".{target.name}.new")
    new.unlink(missing_ok=True)
    try:
        if not file.is_file():
            raise OSError
        shutil.copy2(file, new)
    except OSError:
        # The bot says what is wrong with it, as it would of the file itself.
        new.symlink_to(file.absolute())
    new.replace(target)
