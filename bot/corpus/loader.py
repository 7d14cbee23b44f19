"""A folder -> a corpus: articles, reactions and aliases.

The folder and the folders in it have one file per article. The folder may also have
``reactions.yaml``, which replaces the reactions that come with the bot, and ``aliases.yaml``, which
adds to the aliases that come with it.
"""

import difflib
import logging
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from bot.corpus.aliases import Aliases, merge_aliases, read_aliases
from bot.corpus.article import Article, LocatedArticle
from bot.corpus.reactions import Reaction, read_reactions
from bot.corpus.reader import DraftError, read_html, read_markdown, read_plain_text
from bot.errors import CorpusError, Fault

_PACKAGE = Path(__file__).parent.parent
_STARTER = _PACKAGE / "starter_corpus"
DATA = _PACKAGE / "data"
"""The data files that come with the bot."""

ARTICLE_READERS: Mapping[str, Callable[[Path], LocatedArticle]] = {
    ".md": read_markdown,
    ".markdown": read_markdown,
    ".txt": read_plain_text,
    ".html": read_html,
}
"""File name extension, in lower case -> what reads an article from such a file."""
YAML_FILES = ("aliases.yaml", "reactions.yaml")
_SECTION_PAGES = ("_index",)
"""Names of files that list the articles of a folder and are none themselves."""
_NO_CONTENT = ("node_modules", "__pycache__")
"""Folders in which no article can be."""

Read = TypeVar("Read")

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


Stamp = tuple[int, int, int, int]
"""Times of modification and of change, size and inode of a file."""


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


@dataclass(frozen=True)
class Corpus:
    """Everything that the bot answers from.

    Attributes:
        located: The articles, sorted by file name; at least one.
        reactions: In the order in which they are shown; at least one.
        aliases: Names of one thing, which hold in every article.
        unread: The files of the folder that are not read.
        folder: Where it was read from; None if it was made otherwise.
        outcomes: What was read, by file.
    """

    located: tuple[LocatedArticle, ...]
    reactions: tuple[Reaction, ...]
    aliases: Aliases
    unread: tuple[Unread, ...] = ()
    folder: Path | None = None
    outcomes: Mapping[Path, Outcome] = field(default_factory=dict, compare=False, repr=False)

    @property
    def articles(self) -> tuple[Article, ...]:
        """The articles, sorted by file name."""
        return tuple(located.article for located in self.located)


def find_corpus(configured: Path | None) -> Path:
    """Return the folder to use: the configured one, ./corpus, or the one that came with the bot."""
    if configured is not None:
        return configured
    for folder in (Path("corpus"), _STARTER):
        if folder.is_dir():
            return folder
    return _PACKAGE.parent / "corpus"


def comes_with_the_bot(folder: Path) -> bool:
    """Return whether a folder is the installed one, which an update of the bot replaces."""
    return folder.resolve() == _STARTER.resolve()


def load_corpus(folder: Path) -> Corpus:
    """Read a corpus.

    Raises:
        CorpusError: With all faults of all files; also if there is no folder, or no article in it.
    """
    outcomes = {file: read_file(folder, file) for file in corpus_files(folder)}
    faults = [fault for each in outcomes.values() for fault in each.faults]
    faults += duplicate_ids(each.located for each in outcomes.values() if each.located)
    return assemble(folder, outcomes, faults)


def corpus_files(folder: Path) -> list[Path]:
    """Return the files of a folder and of the folders in it, sorted; hidden ones are left out.

    Raises:
        CorpusError: There is no such folder.
    """
    if not folder.is_dir():
        hint = "Create it, or set CORPUS_DIR to another folder."
        raise CorpusError(Fault(folder, None, "There is no such folder.", hint))
    found = []
    for parent, folders, names in os.walk(folder):
        folders[:] = [f for f in folders if not f.startswith(".") and f not in _NO_CONTENT]
        found += [Path(parent, name) for name in names if not name.startswith(".")]
        # Links to folders are not followed, as they may lead in a circle.
        found += [link for name in folders if (link := Path(parent, name)).is_symlink()]
    own = {folder / name for name in YAML_FILES}
    return sorted(file for file in found if file not in own)


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
        read = _reader_of(folder, file)
        if read is None:
            return Outcome(None, unread=Unread(shown, _kind_of(file)))
        if shown != file:
            hint = "Rename it with letters of UTF-8."
            raise CorpusError(Fault(shown, None, "The name of this file is not UTF-8.", hint))
        return _read(file, stamp_of(file), read)
    except CorpusError as error:
        return Outcome(None, faults=error.faults)


def _read(file: Path, stamp: Stamp, read: Callable[[Path], LocatedArticle]) -> Outcome:
    try:
        if not file.is_file():
            # Reading a pipe or a device may never end.
            raise CorpusError(Fault(file, None, "This is no regular file.", "Remove it."))
        return Outcome(stamp, located=read(file))
    except DraftError:
        return Outcome(stamp, unread=Unread(file, "draft"))
    except CorpusError as error:
        return Outcome(stamp, faults=error.faults)
    except Exception as error:
        # One file must not keep all others from being read.
        log.debug("%s cannot be read", file, exc_info=True)
        problem = f"The bot cannot read this file ({type(error).__name__})."
        return Outcome(stamp, faults=(Fault(file, None, problem, "Write it in another way."),))


def _reader_of(folder: Path, file: Path) -> Callable[[Path], LocatedArticle] | None:
    read = ARTICLE_READERS.get(file.suffix.lower())
    if file.parent == folder and file.suffix.lower() in (".yaml", ".yml"):
        _refuse_misspelled(file)
    if read is None or file.stem in _SECTION_PAGES:
        return None
    return read


def _shown(file: Path) -> Path:
    """Return a file's name as it can be printed: names need not be UTF-8."""
    return Path(str(file).encode("utf-8", "replace").decode())


def stamp_of(file: Path) -> Stamp:
    """Return what changes when a file does.

    Raises:
        CorpusError: There is no such file.
    """
    try:
        found = file.stat()
    except OSError:
        hint = "Remove it, or restore the file to which it leads."
        raise CorpusError(Fault(file, None, "The link leads to no file.", hint)) from None
    return found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino


def assemble(
    folder: Path, outcomes: Mapping[Path, Outcome], faults: Iterable[Fault] = ()
) -> Corpus:
    """Return the corpus of the files that were read, with reactions and aliases of its folder.

    Args:
        folder: The folder.
        outcomes: What was read, by file.
        faults: What was found to be wrong.

    Raises:
        CorpusError: With the given faults and those found here.
    """
    found = list(faults)
    located = tuple(each.located for each in outcomes.values() if each.located)
    if not located and not found:
        hint = "Add a file such as my-article.md, or a page with: article-bot add ADDRESS"
        found.append(Fault(folder, None, "The folder contains no article.", hint))
    own = folder / "reactions.yaml"
    reactions = _read_or_note(read_reactions, own if own.exists() else DATA / own.name, found)
    alias_files = [DATA / "aliases.yaml", folder / "aliases.yaml"]
    aliases = [_read_or_note(read_aliases, file, found) for file in alias_files if file.exists()]
    if found:
        raise CorpusError(*found)
    unread = tuple(each.unread for each in outcomes.values() if each.unread)
    merged = merge_aliases(filter(None, aliases))
    return Corpus(located, reactions or (), merged, unread, folder, outcomes)


def _read_or_note(read: Callable[[Path], Read], file: Path, faults: list[Fault]) -> Read | None:
    """Return what a file contains; None, with its faults noted, if it cannot be used."""
    try:
        found: Read = _read_once(read, file, stamp_of(file))
        return found
    except CorpusError as error:
        faults.extend(error.faults)
        return None


@lru_cache(maxsize=8)
def _read_once(read: Callable[[Path], Any], file: Path, _: Stamp) -> Any:
    """Return what a file contains; it is read again only when it has changed."""
    return read(file)


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


def duplicate_ids(located: Iterable[LocatedArticle]) -> Iterator[Fault]:
    """Yield a fault for each article whose id an earlier one has."""
    first: dict[str, LocatedArticle] = {}
    for item in located:
        other = first.setdefault(item.article.id, item)
        if other is not item:
            problem = f"The id '{item.article.id}' is already used by {other.file}."
            yield Fault(item.file, item.id_line, problem, "Give this file another 'id'.")
