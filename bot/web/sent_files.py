"""Files that somebody sends to the bot -> articles of the corpus."""

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from bot.corpus.article import LocatedArticle
from bot.corpus.loader import Corpus, duplicate_ids
from bot.corpus.outcomes import ARTICLE_SUFFIXES, Unread, read_file
from bot.errors import CorpusError, Fault
from bot.web.article_files import write_atomically
from bot.web.removed_files import keep_copy

MAX_NAME_BYTES = 200
"""Bytes of a file's name; file systems take 255, and a temporary file has a longer name."""


@dataclass(frozen=True)
class SentFile:
    """A file that an article can be read from.

    Attributes:
        name: Its name, without a folder.
        content: Its bytes.
    """

    name: str
    content: bytes


def is_article_name(name: str) -> bool:
    """Return whether a file of this name may be an article of the corpus.

    Hidden files are none. A name with a folder in it would lead elsewhere.
    """
    return (
        Path(name).suffix.lower() in ARTICLE_SUFFIXES
        and Path(name).name == name
        and not name.startswith(".")
        and len(name.encode()) <= MAX_NAME_BYTES
        and name.isprintable()
    )


def read_sent(sent: SentFile, folder: Path) -> LocatedArticle | Unread:
    """Read a file as it would be read in a corpus, without putting it there.

    Args:
        sent: The file; ``is_article_name`` holds for its name.
        folder: The corpus, after which an article in ``index.md`` is named.

    Returns:
        The article; or why the bot would not read it, as for a draft.

    Raises:
        CorpusError: With all faults, whose file is only a name.
    """
    with tempfile.TemporaryDirectory(prefix="article-bot-") as temporary:
        place = Path(temporary) / (folder.absolute().name or "corpus")
        place.mkdir()
        file, name = place / sent.name, Path(sent.name)
        file.write_bytes(sent.content)
        outcome = read_file(place, file)
    if outcome.faults:
        raise CorpusError(*(replace(fault, file=name) for fault in outcome.faults))
    if outcome.located is not None:
        return replace(outcome.located, file=name)
    return replace(outcome.unread, file=name) if outcome.unread else Unread(name, "empty")


def check_place(sent: SentFile, read: LocatedArticle, folder: Path, corpus: Corpus) -> None:
    """Check that a file can be put into a corpus.

    Raises:
        CorpusError: Another file has its article's id, or its name belongs to what is no file.
    """
    target = folder / sent.name
    if target.is_symlink() or (target.exists() and not target.is_file()):
        problem = "What is there by this name is a link or no file."
        raise CorpusError(Fault(Path(sent.name), None, problem, "Give this file another name."))
    others = [each for each in corpus.located if each.file != target]
    found = list(duplicate_ids([*others, read]))
    if found:
        raise CorpusError(*(relative(fault, folder) for fault in found))


def present_content(folder: Path, name: str) -> bytes | None:
    """Return what a file of a corpus contains; None if there is none of that name."""
    try:
        return (folder / name).read_bytes()
    except OSError:
        return None


def add_sent(sent: SentFile, folder: Path, replaces: bytes | None) -> Path | None:
    """Put a file into a corpus, byte by byte.

    Args:
        sent: The file.
        folder: The corpus.
        replaces: What the file that it replaces contains, of which a copy is kept; None for none.

    Returns:
        Its place; None, and nothing is done, if what is there is not what it replaces.

    Raises:
        OSError: The folder cannot be written to.
        WebError: There is no place for the copy.
    """
    file = folder / sent.name
    if file.is_symlink() or present_content(folder, sent.name) != replaces:
        return None
    if replaces is not None:
        keep_copy(folder, file)
    write_atomically(file, sent.content)
    return file


def relative(fault: Fault, folder: Path) -> Fault:
    """Return a fault that names files as seen from the folder of the corpus."""
    base = f"{folder}/"
    file = Path(str(fault.file).removeprefix(base))
    return replace(fault, file=file, problem=fault.problem.replace(base, ""))
