"""A file of a corpus -> what reading it gave: an article, why there is none, or faults."""

import difflib
import logging
from dataclasses import dataclass
from pathlib import Path

from bot.corpus.article import LocatedArticle
from bot.corpus.corpus_files import Stamp, stamp_of
from bot.errors import CorpusError, Fault

ARTICLE_SUFFIXES = (".md", ".markdown", ".txt", ".html")
"""Extensions of the names of files that are articles, in lower case; see ``reader.READERS``."""
_SECTION_PAGES = ("_index",)
"""Names of files that list the articles of a folder and are none themselves."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Unread:
    """A file that is not read.

    Attributes:
        file: The file.
        reason: Which kind it is, such as ".png" or "draft".
    """

    file: Path
    reason: str


@dataclass(frozen=True)
class Outcome:
    """What reading a file gave: an article, a reason why there is none, or faults.

    Attributes:
        stamp: The file as it was just before it was read; None if it is not there.
        located: The article; None if there is none.
        unread: Why the file is not read; None if it is, or has faults.
        faults: What is wrong in it.
    """

    stamp: Stamp | None
    located: LocatedArticle | None = None
    unread: Unread | None = None
    faults: tuple[Fault, ...] = ()


def read_file(folder: Path, file: Path) -> Outcome:
    """Read a file of a corpus.

    Args:
        folder: The folder of the corpus.
        file: The file.

    Returns:
        An article, why there is none, or all faults found in the file.
    """
    shown = _shown(file)
    try:
        if not _is_article(folder, file):
            return Outcome(None, unread=Unread(shown, _kind_of(file)))
        if shown != file:
            hint = "Rename it with letters of UTF-8."
            raise CorpusError(Fault(shown, None, "The name of this file is not UTF-8.", hint))
        return _read(file, stamp_of(file))
    except CorpusError as error:
        return Outcome(None, faults=error.faults)


def is_named_as_article(file: Path) -> bool:
    """Return whether a file is to be read as an article, as far as its name says."""
    return file.suffix.lower() in ARTICLE_SUFFIXES and file.stem not in _SECTION_PAGES


def draft(file: Path, stamp: Stamp) -> Outcome:
    """Return what reading a draft gives."""
    return Outcome(stamp, unread=Unread(file, "draft"))


def _read(file: Path, stamp: Stamp) -> Outcome:
    # Parsers take long to import, and are not needed if nothing has changed.
    from bot.corpus.reader import READERS, DraftError  # noqa: PLC0415

    try:
        if not file.is_file():
            # Reading a pipe or a device may never end.
            raise CorpusError(Fault(file, None, "This is no regular file.", "Remove it."))
        return Outcome(stamp, located=READERS[file.suffix.lower()](file))
    except DraftError:
        return draft(file, stamp)
    except CorpusError as error:
        return Outcome(stamp, faults=error.faults)
    except Exception as error:
        # One file must not keep all others from being read.
        log.debug("%s cannot be read", file, exc_info=True)
        problem = f"The bot cannot read this file ({type(error).__name__})."
        return Outcome(stamp, faults=(Fault(file, None, problem, "Write it in another way."),))


def _is_article(folder: Path, file: Path) -> bool:
    if file.suffix.lower() in (".yaml", ".yml") and file.parent == folder:
        _refuse_misspelled(file)
    return is_named_as_article(file)


def _shown(file: Path) -> Path:
    """Return a file's name as it can be printed: names need not be UTF-8."""
    return Path(str(file).encode("utf-8", "replace").decode())


def _kind_of(file: Path) -> str:
    if file.stem in _SECTION_PAGES:
        return file.name
    if file.is_dir():
        return "link to a folder"
    return file.suffix.lower() or "no extension"


def _refuse_misspelled(file: Path) -> None:
    """Raise a CorpusError for a YAML file whose name is nearly one that the bot uses."""
    near = difflib.get_close_matches(file.stem.lower(), ("aliases", "reactions"), 1, 0.75)
    if near:
        problem = "The bot does not use a file of this name."
        raise CorpusError(Fault(file, None, problem, f"Name it {near[0]}.yaml, or remove it."))
