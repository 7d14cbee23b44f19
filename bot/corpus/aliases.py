"""Aliases: names of one thing, in a YAML file that maps a name to its other names."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from bot.corpus.yaml import read_yaml

Aliases = Mapping[str, tuple[str, ...]]
"""A name -> other names of the same thing."""


def read_aliases(file: Path) -> Aliases:
    """Read a file of aliases.

    Raises:
        CorpusError: With all faults found in the file.
    """
    document = read_yaml(file)
    aliases = document.aliases()
    document.raise_faults()
    return aliases


def merge_aliases(all_aliases: Iterable[Aliases]) -> Aliases:
    """Return one mapping that has all other names of every name."""
    merged: dict[str, tuple[str, ...]] = {}
    for aliases in all_aliases:
        for name, others in aliases.items():
            merged[name] = (*merged.get(name, ()), *others)
    return merged
