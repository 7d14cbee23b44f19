"""Files that are taken out of the corpus: nothing is deleted, nor moved out of its folder."""

import secrets
from pathlib import Path

from bot.errors import WebError
from bot.web.article_files import write_atomically

REMOVED = ".removed"
"""The folder within the corpus that they are moved to; the bot does not look into hidden ones."""


def remove_file(folder: Path, file: Path) -> Path:
    """Move a file of a corpus to where the bot does not read it.

    A link is moved itself; what it leads to stays as it is.

    Args:
        folder: The corpus.
        file: A file in it.

    Returns:
        Where the file is now.

    Raises:
        WebError: It is not in the corpus.
        OSError: It cannot be moved.
    """
    target = _free_place(folder, file)
    return file.rename(target)


def keep_copy(folder: Path, file: Path) -> Path:
    """Copy a file of a corpus to where the bot does not read it; see ``remove_file``."""
    target = _free_place(folder, file)
    write_atomically(target, file.read_bytes())
    return target


def _free_place(folder: Path, file: Path) -> Path:
    """Return a place that is free, at the same place within the folder of removed files."""
    inside = file.relative_to(folder) if file.is_relative_to(folder) else None
    if inside is None or ".." in inside.parts or not _is_within(file.parent, folder):
        raise WebError(f"{file} is not in the folder of the articles. Remove it by hand.")
    target = folder / REMOVED / inside
    # Made one by one, so that none is made where a link leads.
    for parent in (*reversed(target.relative_to(folder).parents[:-1]),):
        place = folder / parent
        if place.is_symlink():
            raise WebError(f"{place} is a link. Replace it by a folder.")
        place.mkdir(exist_ok=True)
    while target.exists() or target.is_symlink():
        target = target.with_name(f"{inside.stem}-{secrets.token_hex(3)}{inside.suffix}")
    return target


def _is_within(place: Path, folder: Path) -> bool:
    return place.resolve().is_relative_to(folder.resolve())
