"""Every error that the bot raises on purpose.

BotError
├── SettingsError    a setting is missing or invalid
├── CorpusError      a file of the corpus cannot be used
├── ConnectError     the Bot API cannot be reached or rejects the token
├── PublishError     an article cannot be posted, or linked to, as requested
├── QuestionSetError a question set cannot be used to measure retrieval
├── EncoderError     an encoder of sentences is not installed or cannot be used
├── StoreError       the database cannot be opened, read or written
│   └── OutcomeUnknownError  nobody knows whether it was written
└── WebError         a page or feed cannot be fetched or used
    └── FetchError   it cannot be fetched
"""

from dataclasses import dataclass
from pathlib import Path


class BotError(Exception):
    """Base class of all errors here; the message tells a person what to do."""


class SettingsError(BotError):
    """A setting is missing, unknown or has the wrong form; the message names it."""


class ConnectError(BotError):
    """The Bot API server cannot be reached or rejects the token."""


class PublishError(BotError):
    """There is no such article or channel, or the bot may not post there."""


class QuestionSetError(BotError):
    """A question set cannot be read or is not in SQuAD's format."""


class EncoderError(BotError):
    """An encoder of sentences is not installed, or its model cannot be used."""


class StoreError(BotError):
    """The database cannot be opened, read or written."""


class OutcomeUnknownError(StoreError):
    """The connection broke during a commit, and what became of it cannot be looked up."""


class WebError(BotError):
    """A page or feed cannot be fetched or used; the message names it."""


class FetchError(WebError):
    """A page or feed cannot be fetched.

    Attributes:
        status: The HTTP status that the server answered with; None if it did not answer.
        retry_after: After how many seconds the server asks to be tried again; None if it does not
            say.
    """

    def __init__(
        self, message: str, status: int | None = None, retry_after: float | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.retry_after = retry_after


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong in one file.

    Attributes:
        file: The path as it was given.
        line: Line number, counted from 1; None if the fault is not in a particular line.
        problem: What is wrong, as a sentence.
        hint: What to do about it, as a sentence.
    """

    file: Path
    line: int | None
    problem: str
    hint: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else str(self.file)
        return f"{where}: {self.problem} {self.hint}"


class CorpusError(BotError):
    """The corpus has faults.

    Attributes:
        faults: All that were found, at least one, sorted by file and line.
    """

    def __init__(self, *faults: Fault) -> None:
        self.faults = tuple(sorted(faults, key=lambda fault: (fault.file, fault.line or 0)))
        super().__init__("\n".join(map(str, self.faults)))
