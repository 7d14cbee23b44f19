"""Texts of an article that are not in memory: they are loaded when they are needed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, overload

from bot.corpus.layout import Layout

Part = TypeVar("Part", str, Layout)


@dataclass(frozen=True)
class Texts:
    """The texts of an article.

    Attributes:
        paragraphs: Its paragraphs, as in ``Article``.
        layouts: How each of them is shown.
    """

    paragraphs: tuple[str, ...]
    layouts: tuple[Layout, ...]


@dataclass(frozen=True, slots=True)
class TextsKey:
    """Where texts are.

    Attributes:
        key: What they are stored under: a digest of all of them, with their layouts.
        digest: Other if what a search finds in them is other (``texts_digest``).
        count: How many paragraphs they are.
        file: The file from which they were read.
    """

    key: bytes
    digest: bytes
    count: int
    file: Path


class StoredSequence(Sequence[Part]):
    """The paragraphs or the layouts of an article, which are loaded whenever they are needed.

    It equals a tuple of the same. Two of them are compared by their keys, without loading them.
    """

    __slots__ = ("_load", "stored")
    __hash__ = None  # type: ignore[assignment]
    stored: TextsKey
    _load: Callable[[TextsKey], tuple[Part, ...]]

    def __init__(self, stored: TextsKey, load: Callable[[TextsKey], tuple[Part, ...]]) -> None:
        """Stand for what is stored.

        Args:
            stored: Where it is.
            load: Returns it, always as many as there are paragraphs.
        """
        self.stored = stored
        self._load = load

    @overload
    def __getitem__(self, index: int) -> Part: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[Part, ...]: ...

    def __getitem__(self, index: int | slice) -> Part | tuple[Part, ...]:
        return self._load(self.stored)[index]

    def __len__(self) -> int:
        return self.stored.count

    def __iter__(self) -> Any:
        return iter(self._load(self.stored))

    def __eq__(self, other: object) -> bool:
        if isinstance(other, StoredSequence):
            return bool(self.stored.key == other.stored.key)
        return isinstance(other, tuple) and tuple(self) == other

    def __repr__(self) -> str:
        return f"<{len(self)} stored>"

    def __reduce__(self) -> tuple[Any, ...]:
        # Another process gets what it stands for.
        return tuple, (tuple(self),)
