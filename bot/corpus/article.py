"""An article, its passages, and where it was read from."""

import datetime as dt
import json
import re
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from hashlib import blake2b
from pathlib import Path

from bot.corpus.aliases import Aliases
from bot.corpus.layout import PLAIN, Layout, Span
from bot.corpus.stored_texts import StoredSequence

MAX_QUESTION = 120
"""Characters of a sample question, which is shown on a button."""

MIN_LEAD = 50
"""Characters of a paragraph that can stand for a standfirst."""

ID_PATTERN = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
"""Article ids are part of callback data, which Telegram limits to 64 bytes."""


@dataclass(frozen=True)
class Passage:
    """The standfirst, a paragraph, a list, a quotation, a table or a block of code.

    Attributes:
        position: Its position among the article's passages, the standfirst included, from 1.
        number: Its number among the paragraphs, from 1; None for the standfirst.
        total: How many paragraphs the article has.
        text: Its text; a list, a table or code has several lines.
        layout: How it is shown.
    """

    position: int
    number: int | None
    total: int
    text: str
    layout: Layout = PLAIN

    @property
    def kind(self) -> str:
        """Either "standfirst" or "paragraph"."""
        return "standfirst" if self.number is None else "paragraph"

    @property
    def heading(self) -> str:
        """The headings above it; "" for none."""
        return self.layout.heading

    @property
    def spans(self) -> tuple[Span, ...]:
        """Its formatted parts."""
        return self.layout.spans


@dataclass(frozen=True)
class Article:
    """An article as given by its file.

    Attributes:
        id: What its votes are stored under; matches ID_PATTERN.
        title: The headline.
        standfirst: The introductory sentences below the headline; "" if there are none.
        language: A BCP 47 tag.
        questions: Sample questions, which the article answers.
        paragraphs: The text without the standfirst: paragraphs, lists, tables and so on; a tuple,
            or else stored texts, which are loaded whenever they are needed.
        url: Where the article was published; None if not known.
        published: When it was published; None if not known.
        author: Who wrote it; None if not known.
        aliases: Names of one thing, which hold in this article only.
        layouts: For each paragraph, how it is shown; empty if all are plain text.
    """

    id: str
    title: str
    standfirst: str
    language: str
    questions: tuple[str, ...]
    paragraphs: Sequence[str]
    url: str | None = None
    published: dt.date | None = None
    author: str | None = None
    aliases: Aliases = field(default_factory=dict)
    layouts: Sequence[Layout] = ()

    @property
    def passages(self) -> tuple[Passage, ...]:
        """The standfirst and all paragraphs, in the article's order."""
        total, first = len(self.paragraphs), 2 if self.standfirst else 1
        layouts = self.layouts or (PLAIN,) * total
        paragraphs = tuple(
            Passage(first + n, n + 1, total, text, layout)
            for n, (text, layout) in enumerate(zip(self.paragraphs, layouts, strict=True))
        )
        if not self.standfirst:
            return paragraphs
        return (Passage(1, None, total, self.standfirst), *paragraphs)

    @property
    def passage_count(self) -> int:
        """How many passages it has, known without loading texts."""
        return len(self.paragraphs) + bool(self.standfirst)

    @cached_property
    def version(self) -> str:
        """4 letters, digits, "-" or "_" that are others when the passages are others.

        Of 16 million versions, two have the same by chance.
        """
        texts = "\0".join(passage.text for passage in self.passages)
        return urlsafe_b64encode(blake2b(texts.encode(), digest_size=3).digest()).decode()

    @cached_property
    def digest(self) -> str:
        """32 hexadecimal digits that are others when what a search finds in it is other.

        They depend on the title, the standfirst, the language, the texts with what a search needs
        of their layouts, and the article's aliases.
        """
        if isinstance(self.paragraphs, StoredSequence):
            texts = self.paragraphs.stored.digest
        else:
            texts = texts_digest(self.paragraphs, self.layouts)
        facts = json.dumps([self.title, self.standfirst, self.language, [*self.aliases.items()]])
        return blake2b(texts + facts.encode(), digest_size=16).hexdigest()

    @property
    def lead(self) -> str:
        """What says what the article is about: the standfirst, or else its first paragraph."""
        if self.standfirst:
            return self.standfirst
        texts = [p.text for p in self.passages if not p.layout.parts and not p.layout.is_code]
        # A short line at the beginning is a byline or a date more often than not.
        long = (text for text in texts if len(text) >= MIN_LEAD)
        return next(iter((*long, *texts, *self.paragraphs)), "")


def texts_digest(paragraphs: Sequence[str], layouts: Sequence[Layout]) -> bytes:
    """Return 16 bytes that are others when what a search finds in texts is other.

    Formatting does not count, but for code.
    """
    seen = [
        (each.heading, each.parts, each.is_code) for each in layouts or [PLAIN] * len(paragraphs)
    ]
    return blake2b(json.dumps([[*paragraphs], seen]).encode(), digest_size=16).digest()


class NoteKind(StrEnum):
    """What may be worth knowing about a file that is read all the same."""

    UNUSED_KEY = "Keys that the bot does not use"
    LANGUAGE = "Languages that are not given and were detected"
    SHORT_ID = "Ids that were made of names"
    NO_TITLE = "Titles that are not given and were made of names"


@dataclass(frozen=True)
class Note:
    """Something worth knowing about a file.

    Attributes:
        kind: What it is about.
        subject: The key, the language, or the id.
        certainty: How sure that is, 0 to 1.
    """

    kind: NoteKind
    subject: str
    certainty: float = 1.0


@dataclass(frozen=True)
class LocatedArticle:
    """An article and where it was read from, for messages about faults.

    Attributes:
        article: The article.
        file: Its file.
        id_line: The line number of its id.
        question_lines: The line number of each of its sample questions.
        notes: What may be worth knowing about the file.
    """

    article: Article
    file: Path
    id_line: int
    question_lines: tuple[int, ...]
    notes: tuple[Note, ...] = ()
