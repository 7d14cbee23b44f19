"""Which files a folder of articles has, and whether they have changed."""

import os
from collections.abc import Mapping
from pathlib import Path

from bot.errors import CorpusError, Fault

YAML_FILES = ("aliases.yaml", "reactions.yaml")
SETTLED, SETTLED_COARSE = 0.05, 2.0
"""Seconds after which another change of a file surely has another time of modification, where
times have fractions of a second, and where they have none."""

_NO_CONTENT = ("node_modules", "__pycache__")
"""Folders in which no article can be."""

Stamp = tuple[int, int, int, int]
"""Times of modification and of change, size and inode of a file."""


def corpus_files(folder: Path, known: Mapping[str, Path] | None = None) -> list[Path]:
    """Return the files of a folder and of the folders in it, sorted; hidden ones are left out.

    Args:
        folder: The folder.
        known: Paths by what they are as texts. Making and comparing others takes long.

    Raises:
        CorpusError: There is no such folder.
    """
    if not folder.is_dir():
        hint = "Create it, or set CORPUS_DIR to another folder."
        raise CorpusError(Fault(folder, None, "There is no such folder.", hint))
    found: list[str] = []
    for parent, folders, names in os.walk(folder):
        folders[:] = [f for f in folders if not f.startswith(".") and f not in _NO_CONTENT]
        prefix = _prefix(parent)
        found += [prefix + name for name in names if not name.startswith(".")]
        # Links to folders are not followed, as they may lead in a circle.
        found += [link for f in folders if os.path.islink(link := prefix + f)]  # noqa: PTH114
    own = {str(folder / name) for name in YAML_FILES}
    # As paths are sorted: by folder first.
    found.sort(key=lambda path: path.replace(os.sep, "\0"))
    known = known or {}
    return [known.get(path) or Path(path) for path in found if path not in own]


def _prefix(folder: str) -> str:
    """Return what is before the names of a folder's files where paths are texts: "" in "."."""
    path = str(Path(folder))
    return "" if path == os.curdir else path.rstrip(os.sep) + os.sep


def stamp_of(file: Path) -> Stamp:
    """Return what changes when a file does.

    Raises:
        CorpusError: There is no such file.
    """
    try:
        # Twice as fast as the method of Path.
        found = os.stat(str(file))  # noqa: PTH116
    except OSError:
        hint = "Remove it, or restore the file to which it leads."
        raise CorpusError(Fault(file, None, "The link leads to no file.", hint)) from None
    return found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino


def may_hide_a_change(stamp: Stamp, read_at: float) -> bool:
    """Return whether a file may have changed after it was read, without another stamp.

    Args:
        stamp: Its stamp.
        read_at: When it was read, in seconds since 1970.
    """
    settled = SETTLED if stamp[0] % 1_000_000_000 else SETTLED_COARSE
    return 0 <= read_at - stamp[0] / 1e9 < settled
