"""A folder -> a corpus: articles, reactions and aliases.

The folder has one file per article, and may have ``reactions.yaml``, which replaces the reactions
that come with the bot, and ``aliases.yaml``, which adds to the aliases that come with it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from bot.corpus.aliases import Aliases, merge_aliases, read_aliases
from bot.corpus.article import Article, LocatedArticle, read_article
from bot.corpus.reactions import Reaction, read_reactions
from bot.errors import CorpusError, Fault

_PACKAGE = Path(__file__).parent.parent
_STARTER = _PACKAGE / "starter_corpus"
DATA = _PACKAGE / "data"
"""The data files that come with the bot."""

ARTICLE_READERS: Mapping[str, Callable[[Path], LocatedArticle]] = {".md": read_article}
"""File name extension, in lower case -> what reads an article from such a file."""
YAML_FILES = ("aliases.yaml", "reactions.yaml")

Read = TypeVar("Read")


@dataclass(frozen=True)
class Corpus:
    """Everything that the bot answers from.

    Attributes:
        located: The articles, sorted by file name; at least one.
        reactions: In the order in which they are shown; at least one.
        aliases: Names of one thing, which hold in every article.
    """

    located: tuple[LocatedArticle, ...]
    reactions: tuple[Reaction, ...]
    aliases: Aliases

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
    if not folder.is_dir():
        hint = "Create it, or set CORPUS_DIR to another folder."
        raise CorpusError(Fault(folder, None, "There is no such folder.", hint))
    faults: list[Fault] = []
    files = sorted(file for file in folder.iterdir() if not file.name.startswith("."))
    faults.extend(_unknown_yaml_files(files))
    located = _read_articles(files, faults)
    if not located and not faults:
        hint = "Add a file such as my-article.md."
        faults.append(Fault(folder, None, "The folder contains no article.", hint))
    own = folder / "reactions.yaml"
    reactions = _read_or_note(read_reactions, own if own.exists() else DATA / own.name, faults)
    alias_files = [DATA / "aliases.yaml", folder / "aliases.yaml"]
    aliases = [_read_or_note(read_aliases, file, faults) for file in alias_files if file.exists()]
    if faults:
        raise CorpusError(*faults)
    return Corpus(tuple(located), reactions or (), merge_aliases(filter(None, aliases)))


def _read_articles(files: Iterable[Path], faults: list[Fault]) -> list[LocatedArticle]:
    located = []
    for file in files:
        read = ARTICLE_READERS.get(file.suffix.lower())
        if read is not None and (article := _read_or_note(read, file, faults)) is not None:
            located.append(article)
    faults.extend(_duplicate_ids(located))
    return located


def _read_or_note(read: Callable[[Path], Read], file: Path, faults: list[Fault]) -> Read | None:
    """Return what a file contains; None, with its faults noted, if it cannot be used."""
    try:
        return read(file)
    except CorpusError as error:
        faults.extend(error.faults)
        return None


def _unknown_yaml_files(files: Iterable[Path]) -> list[Fault]:
    problem = "The bot does not use a file of this name."
    hint = f"Name it {' or '.join(YAML_FILES)}, or move it to another folder."
    return [
        Fault(file, None, problem, hint)
        for file in files
        if file.suffix.lower() in (".yaml", ".yml") and file.name not in YAML_FILES
    ]


def _duplicate_ids(located: Iterable[LocatedArticle]) -> list[Fault]:
    first: dict[str, Path] = {}
    faults = []
    for item in located:
        other = first.setdefault(item.article.id, item.file)
        if other is not item.file:
            problem = f"The id '{item.article.id}' is already used by {other.name}."
            faults.append(Fault(item.file, item.id_line, problem, "Give this file another 'id'."))
    return faults
