"""Votes and counts: what a press does, and the interface that databases fill.

A vote belongs to an article and a reader. A press of another reaction changes it; a press of the
same one takes it back, since a keyboard that everybody shares cannot show one reader's state.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

REPEAT_WINDOW = 1.0
"""Seconds in which a reader's same press counts once: apps press again when no answer came."""
DELIVERY_KEPT = 86_400.0
"""Seconds for which a delivery's id is remembered, far longer than Telegram repeats one."""


class Change(StrEnum):
    """What a press did."""

    VOTED = "voted"
    CHANGED = "changed"
    TAKEN_BACK = "taken back"
    REPEATED = "repeated"


@dataclass(frozen=True)
class Tally:
    """An article's counts at one moment.

    votes: for each reaction's id, only those above 0. version: how often any of them has changed
    so far; of two tallies, that with the higher version is the newer one.
    """

    votes: Mapping[str, int]
    version: int


NO_VOTES = Tally({}, 0)


@dataclass(frozen=True)
class Press:
    """What came of a press.

    choice: the id of the reaction that the reader's vote is for now; None for no vote. previous:
    the same before the press. tally: the article's counts, this press among them.
    """

    change: Change
    choice: str | None
    previous: str | None
    tally: Tally


def effect(previous: str | None, reaction: str) -> tuple[Change, str | None]:
    """Return what pressing a reaction does to a vote, and the vote after it; None is no vote."""
    if previous == reaction:
        return Change.TAKEN_BACK, None
    return (Change.CHANGED if previous else Change.VOTED), reaction


class ReactionStore(Protocol):
    """Keeps votes. voter: 32 bytes that stand for a reader. Every method raises StoreError when
    the database fails, and then nothing was changed.
    """

    async def press(self, article: str, voter: bytes, reaction: str, delivery: str) -> Press:
        """Count a press once, however often its delivery (a callback query's id) comes."""
        ...

    async def tally(self, article: str) -> Tally:
        """Return an article's counts."""
        ...

    async def totals(self) -> Mapping[str, Mapping[str, int]]:
        """Return the votes above 0 for each reaction's id, for each article that ever had one."""
        ...

    async def forget(self, voter: bytes) -> int:
        """Remove all that is kept of a reader; return how many votes that were."""
        ...
