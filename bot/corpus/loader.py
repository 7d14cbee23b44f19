"""A folder of articles -> a corpus: the articles, the reactions and the names of one thing.

The folder holds one ``*.md`` file an article, and may hold ``reactions.yaml``, which takes the
place of the reactions that come with the bot, and ``aliases.yaml``, which adds to its aliases.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from bot.corpus import yaml as strict_yaml
from bot.corpus.article import Article, LocatedArticle, read_article, read_text
from bot.corpus.fields import FieldReader
from bot.errors import CorpusError, Fault

DATA = Path(__file__).parent.parent / "data"
"""The data files that come with the bot."""

SETTINGS_FILES = ("aliases.yaml", "reactions.yaml")

MAX_REACTIONS = 16
"""Four rows of four; more would bury the answer."""

REACTION_ID = re.compile(r"[a-z0-9_]{1,16}")
"""Reaction ids stand in callback data, of which Telegram takes 64 bytes."""

Read = TypeVar("Read")


@dataclass(frozen=True)
class Reaction:
    """Something a reader can press. id: what votes are kept under. label: its name in English."""

    id: str
    label: str
    emoji: str


@dataclass(frozen=True)
class Corpus:
    """Everything that the bot can talk about.

    located: the articles in the order of their files' names, at least one. reactions: in the
    order in which they are shown, at least one. aliases: a name -> other names of the same
    thing, in every article.
    """

    located: tuple[LocatedArticle, ...]
    reactions: tuple[Reaction, ...]
    aliases: Mapping[str, tuple[str, ...]]

    @property
    def articles(self) -> tuple[Article, ...]:
        """The articles, in the order of their files' names."""
        return tuple(located.article for located in self.located)


def find_corpus(configured: Path | None) -> Path:
    """Return the folder to use: the configured one, ./corpus, or the one installed with the bot."""
    if configured is not None:
        return configured
    beside = Path("corpus")
    if beside.is_dir():
        return beside
    installed = Path(__file__).parent.parent / "starter_corpus"
    return installed if installed.is_dir() else Path(__file__).parent.parent.parent / "corpus"


def load_corpus(folder: Path) -> Corpus:
    """Read a corpus.

    Raises:
        CorpusError: with every fault found in every file, or that there is no folder or article.
    """
    if not folder.is_dir():
        problem = "There is no such folder."
        raise CorpusError([Fault(folder, None, problem, "Make it, or set CORPUS_DIR.")])
    faults: list[Fault] = []
    located = []
    for file in sorted(file for file in folder.iterdir() if not file.name.startswith(".")):
        if file.suffix.lower() == ".md":
            if (item := _attempt(read_article, file, faults)) is not None:
                located.append(item)
        elif file.suffix.lower() in (".yaml", ".yml") and file.name not in SETTINGS_FILES:
            problem = "The bot does not know this file."
            mend = f"Name it {' or '.join(SETTINGS_FILES)}, or move it away."
            faults.append(Fault(file, None, problem, mend))
    faults.extend(_duplicate_ids(located))
    if not located and not faults:
        problem = "The folder holds no article."
        faults.append(Fault(folder, None, problem, "Add a file such as my-article.md."))
    own = folder / "reactions.yaml"
    reactions = _attempt(read_reactions, own if own.exists() else DATA / own.name, faults)
    aliases = _attempt(read_aliases, DATA / "aliases.yaml", faults) or {}
    if (folder / "aliases.yaml").exists():
        for name, others in (_attempt(read_aliases, folder / "aliases.yaml", faults) or {}).items():
            aliases[name] = (*aliases.get(name, ()), *others)
    if faults:
        raise CorpusError(faults)
    return Corpus(tuple(located), reactions or (), aliases)


def _attempt(read: Callable[[Path], Read], file: Path, faults: list[Fault]) -> Read | None:
    """Return what a file holds, or None after noting its faults, so that all files are tried."""
    try:
        return read(file)
    except CorpusError as error:
        faults.extend(error.faults)
        return None


def _duplicate_ids(located: Iterable[LocatedArticle]) -> list[Fault]:
    first: dict[str, Path] = {}
    faults = []
    for item in located:
        other = first.setdefault(item.article.id, item.file)
        if other is not item.file:
            problem = f"The id '{item.article.id}' is already that of {other.name}."
            faults.append(Fault(item.file, item.id_line, problem, "Give this file another 'id'."))
    return faults


def read_reactions(file: Path) -> tuple[Reaction, ...]:
    """Read a set of reactions: a mapping of an id to its label, emoji and order.

    Raises:
        CorpusError: with every fault found in the file.
    """
    reader = _open(file)
    value = reader.value if isinstance(reader.value, dict) else {}
    if not 1 <= len(value) <= MAX_REACTIONS:
        reader.fault((), f"{len(value)} reactions are given.", f"Give 1 to {MAX_REACTIONS}.")
    ordered: list[tuple[float, Reaction]] = []
    for name, fields in value.items():
        if not REACTION_ID.fullmatch(name):
            mend = "Use 1 to 16 small letters a-z, digits and underscores."
            reader.fault((name,), f"'{name}' is no name for a reaction.", mend)
        if not isinstance(fields, dict) or set(fields) != {"label", "emoji", "order"}:
            mend = 'Write for example: love: {label: Love, emoji: "❤️", order: 3}'
            reader.fault((name,), f"'{name}' needs label, emoji and order, no more.", mend)
            continue
        order = fields["order"]
        if isinstance(order, bool) or not isinstance(order, int | float):
            reader.fault((name, "order"), "The order is no number.", "Write for example: order: 3")
            order = 0
        label, emoji = reader.text((name, "label"), 20), reader.text((name, "emoji"), 16)
        ordered.append((order, Reaction(name, label or "", emoji or "")))
    if reader.faults:
        raise CorpusError(reader.faults)
    # Python's sort is stable, so equal numbers keep the file's order.
    return tuple(reaction for _, reaction in sorted(ordered, key=lambda pair: pair[0]))


def read_aliases(file: Path) -> dict[str, tuple[str, ...]]:
    """Read a mapping of a name to other names of the same thing.

    Raises:
        CorpusError: with every fault found in the file.
    """
    reader = _open(file)
    found = reader.aliases()
    if reader.faults:
        raise CorpusError(reader.faults)
    return found


def _open(file: Path) -> FieldReader:
    try:
        return FieldReader(file, strict_yaml.parse(read_text(file)))
    except strict_yaml.YamlError as fault:
        raise CorpusError([Fault(file, fault.line, fault.problem, fault.mend)]) from None
