"""A folder -> a corpus: articles, reactions and aliases.

The folder and the folders in it have one file per article. The folder may also have
``reactions.yaml``, which replaces the reactions that come with the bot, and ``aliases.yaml``, which
adds to the aliases that come with it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from bot.corpus.aliases import Aliases, merge_aliases, read_aliases
from bot.corpus.article import Article, LocatedArticle
from bot.corpus.article_cache import ArticleCache
from bot.corpus.corpus_files import Stamp, corpus_files, stamp_of
from bot.corpus.outcomes import Outcome, Unread, read_file
from bot.corpus.reactions import Reaction, read_reactions
from bot.corpus.workers import Progress, no_progress
from bot.errors import CorpusError, Fault

_PACKAGE = Path(__file__).parent.parent
_STARTER = _PACKAGE / "starter_corpus"
DATA = _PACKAGE / "data"
"""The data files that come with the bot."""

Read = TypeVar("Read")


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
        cache: Keeps what was read; None for nothing.
    """

    # Without it in the text: asyncio.run() makes one of its result, of all articles at that.
    located: tuple[LocatedArticle, ...] = field(repr=False)
    reactions: tuple[Reaction, ...]
    aliases: Aliases
    unread: tuple[Unread, ...] = ()
    folder: Path | None = None
    outcomes: Mapping[Path, Outcome] = field(default_factory=dict, compare=False, repr=False)
    cache: ArticleCache | None = field(default=None, compare=False, repr=False)

    @property
    def articles(self) -> tuple[Article, ...]:
        """The articles, sorted by file name."""
        return tuple(located.article for located in self.located)

    @property
    def cache_folder(self) -> Path | None:
        """Where what is made of the articles may be kept; None for nowhere."""
        return self.cache.folder if self.cache is not None else None


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


def load_corpus(
    folder: Path, cache: Path | None = None, progress: Progress = no_progress
) -> Corpus:
    """Read a corpus.

    Args:
        folder: The folder.
        cache: The folder in which what is read is kept, so that a file is parsed only once
            (``cache_folder``); None to keep nothing, and all texts in memory.
        progress: Told how many of the files that must be parsed are done.

    Raises:
        CorpusError: With all faults of all files; also if there is no folder, or no article in it.
    """
    files = corpus_files(folder)
    kept = None
    if cache is None:
        outcomes = {file: read_file(folder, file) for file in files}
    else:
        kept = ArticleCache(cache, folder)
        outcomes = kept.read(files, progress)
        kept.delete_unused(files)
    faults = [fault for each in outcomes.values() for fault in each.faults]
    faults += duplicate_ids(each.located for each in outcomes.values() if each.located)
    return replace(assemble(folder, outcomes, faults), cache=kept)


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


def duplicate_ids(located: Iterable[LocatedArticle]) -> Iterator[Fault]:
    """Yield a fault for each article whose id an earlier one has."""
    first: dict[str, LocatedArticle] = {}
    for item in located:
        other = first.setdefault(item.article.id, item)
        if other is not item:
            problem = f"The id '{item.article.id}' is already used by {other.file}."
            yield Fault(item.file, item.id_line, problem, "Give this file another 'id'.")
