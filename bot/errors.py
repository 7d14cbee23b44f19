"""Every error that the bot raises on purpose.

BotError
├── SettingsError    a setting is missing or wrong
├── CorpusError      a file of the corpus cannot be used
├── ConnectError     the Bot API cannot be reached or does not know the token
├── PublishError     an article cannot be posted or linked to as asked
└── StoreError       votes could not be read or written
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


class BotError(Exception):
    """Base of them all; its text is one sentence or more that a person can act on."""


class SettingsError(BotError):
    """A setting is missing, unknown or of the wrong form; the text names it."""


class ConnectError(BotError):
    """The Bot API server is out of reach or refuses the token."""


class PublishError(BotError):
    """There is no such article or channel, or the bot may not post there."""


class StoreError(BotError):
    """The database of votes cannot be opened, read or written."""


@dataclass(frozen=True)
class Fault:
    """One thing wrong in one file.

    file: the path as it was given. line: counted from 1; None when no line is to blame.
    problem: what is wrong. mend: what to do about it.
    """

    file: Path
    line: int | None
    problem: str
    mend: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else str(self.file)
        return f"{place}: {self.problem} {self.mend}"


class CorpusError(BotError):
    """The corpus has faults: at least one, every one that was found, in order of file and line."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = tuple(faults)
