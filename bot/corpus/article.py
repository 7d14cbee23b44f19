"""A file of the corpus -> an article and its passages.

A file is Markdown with YAML front matter::

    ---
    title: Bridge Opens
    standfirst: The new bridge opened on Monday.
    language: en
    questions:
      - When did the bridge open?
    ---
    First paragraph.

    Second paragraph.

Paragraphs are plain text and are shown as written. Headings (``# ...``) are not shown, but the
paragraphs below them are found by their words.
"""

import datetime as dt
import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit

from bot.corpus.aliases import Aliases
from bot.corpus.yaml import Document, one_line, parse_yaml, read_text
from bot.errors import CorpusError, Fault

MAX_FRONT_MATTER = 50_000
"""Characters. PyYAML takes about a second for 100,000."""
MAX_PARAGRAPH = 5_000
"""Characters. A paragraph that does not fit into a Telegram message is cut around the answer."""
MAX_QUESTION = 120
"""Characters of a sample question, which is shown on a button."""

REQUIRED = ("title", "standfirst", "language", "questions")
OPTIONAL = ("id", "url", "published", "author", "aliases")

ID_PATTERN = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
"""Article ids are part of callback data, which Telegram limits to 64 bytes."""

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_FENCE = re.compile(r"---[ \t]*")
_HEADING = re.compile(r"#{1,6}[ \t]+")


@dataclass(frozen=True)
class Passage:
    """The standfirst or a paragraph of an article.

    Attributes:
        position: Its position among the article's passages, the standfirst included, from 1.
        number: Its number among the paragraphs, from 1; None for the standfirst.
        total: How many paragraphs the article has.
        text: The passage on one line.
        heading: The heading above it; "" for none.
    """

    position: int
    number: int | None
    total: int
    text: str
    heading: str = ""

    @property
    def kind(self) -> str:
        """Either "standfirst" or "paragraph"."""
        return "standfirst" if self.number is None else "paragraph"


@dataclass(frozen=True)
class Article:
    """An article as given by its file.

    Attributes:
        id: What its votes are stored under; matches ID_PATTERN.
        title: The headline.
        standfirst: The introductory sentences below the headline. Files must have one; it is
            empty only in articles made from other sources, such as question sets.
        language: A BCP 47 tag.
        questions: Sample questions, which the article answers.
        paragraphs: The text without the standfirst.
        url: Where the article was published; None if not known.
        published: When it was published; None if not known.
        author: Who wrote it; None if not known.
        aliases: Names of one thing, which hold in this article only.
        headings: For each paragraph, the heading above it ("" for none); empty without headings.
    """

    id: str
    title: str
    standfirst: str
    language: str
    questions: tuple[str, ...]
    paragraphs: tuple[str, ...]
    url: str | None = None
    published: dt.date | None = None
    author: str | None = None
    aliases: Aliases = field(default_factory=dict)
    headings: tuple[str, ...] = ()

    @cached_property
    def passages(self) -> tuple[Passage, ...]:
        """The standfirst and all paragraphs, in the article's order."""
        total, first = len(self.paragraphs), 2 if self.standfirst else 1
        headings = self.headings or ("",) * total
        paragraphs = tuple(
            Passage(first + n, n + 1, total, text, heading)
            for n, (text, heading) in enumerate(zip(self.paragraphs, headings, strict=True))
        )
        if not self.standfirst:
            return paragraphs
        return (Passage(1, None, total, self.standfirst), *paragraphs)


@dataclass(frozen=True)
class LocatedArticle:
    """An article and where it was read from, for messages about faults.

    Attributes:
        article: The article.
        file: Its file.
        id_line: The line number of its id.
        question_lines: The line number of each of its sample questions.
    """

    article: Article
    file: Path
    id_line: int
    question_lines: tuple[int, ...]


def read_article(file: Path) -> LocatedArticle:
    """Read an article from a Markdown file.

    Raises:
        CorpusError: With all faults found in the file.
    """
    front_matter, body, body_line = _split(file, read_text(file))
    # The empty line takes the place of the fence, so that line numbers are those of the file.
    document = parse_yaml(file, "\n" + front_matter)
    paragraphs, headings = _read_paragraphs(document, body, body_line)
    article = _read_front_matter(document, paragraphs, headings)
    document.raise_faults()
    lines = tuple(document.line("questions", n) for n in range(len(article.questions)))
    return LocatedArticle(article, file, document.line("id"), lines)


def _split(file: Path, text: str) -> tuple[str, str, int]:
    """Return the front matter, the body, and the line number at which the body begins."""
    lines = text.split("\n")
    if not _FENCE.fullmatch(lines[0]):
        hint = (
            "Begin the file with a line '---', then title, standfirst, language and questions, "
            "then another '---'."
        )
        raise CorpusError(Fault(file, 1, "There is no front matter.", hint))
    end = next((n for n, line in enumerate(lines[1:], 1) if _FENCE.fullmatch(line)), None)
    if end is None:
        hint = "Close it with a line '---'."
        raise CorpusError(Fault(file, 1, "The front matter has no end.", hint))
    front_matter = "\n".join(lines[1:end])
    if len(front_matter) > MAX_FRONT_MATTER:
        problem = f"The front matter is longer than {MAX_FRONT_MATTER:,} characters."
        raise CorpusError(Fault(file, 1, problem, "Put the article's text below it."))
    return front_matter, "\n".join(lines[end + 1 :]), end + 2


def _read_paragraphs(
    document: Document, body: str, first_line: int
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the paragraphs of a body, each on one line, and the heading above each.

    Faults are noted in the document.
    """
    paragraphs: list[str] = []
    headings: list[str] = []
    heading = ""
    block: list[str] = []
    for number, line in enumerate([*body.split("\n"), ""], first_line):
        if line.strip():
            block.append(line)
            continue
        for part in filter(_HEADING.match, block):
            heading = one_line(_HEADING.sub("", part, count=1).rstrip("# \t"))
        text = one_line(" ".join(part for part in block if not _HEADING.match(part)))
        if len(text) > MAX_PARAGRAPH:
            problem = f"A paragraph has {len(text):,} characters (at most {MAX_PARAGRAPH:,})."
            hint = "Split it with blank lines."
            document.faults.append(Fault(document.file, number - len(block), problem, hint))
        if text:
            paragraphs.append(text)
            headings.append(heading)
        block = []
    if not paragraphs:
        problem = "There is no text below the front matter."
        hint = "Add the article's paragraphs, with blank lines between them."
        document.faults.append(Fault(document.file, first_line, problem, hint))
    return tuple(paragraphs), tuple(headings) if any(headings) else ()


def _read_front_matter(
    document: Document, paragraphs: tuple[str, ...], headings: tuple[str, ...]
) -> Article:
    document.check_keys(REQUIRED, OPTIONAL)
    article = Article(
        id=document.text("id", limit=32) or document.file.stem,
        title=document.text("title", limit=300),
        standfirst=document.text("standfirst", limit=2_000),
        language=_lower_language(document.text("language", limit=35)),
        questions=document.texts("questions", limit=MAX_QUESTION),
        paragraphs=paragraphs,
        url=document.text("url", limit=2_000) or None,
        published=document.date("published"),
        author=document.text("author", limit=200) or None,
        aliases=document.aliases("aliases"),
        headings=headings,
    )
    if not ID_PATTERN.fullmatch(article.id):
        problem = (
            f"The article's id {article.id!r} (the file's name, unless 'id' is given) is not made "
            "of 1 to 32 lowercase letters a-z, digits and hyphens."
        )
        document.fault(problem, "Rename the file, or give an 'id'.", "id")
    if article.language and not _LANGUAGE.fullmatch(article.language):
        document.fault("The language is not a language tag.", "Write for example: en", "language")
    if article.url is not None and not _is_web_address(article.url):
        document.fault("The url is not a web address.", "Write it in full: https://...", "url")
    return article


def _lower_language(tag: str) -> str:
    """Return a language tag with its language in lower case, as in "en-GB"."""
    language, hyphen, rest = tag.partition("-")
    return language.lower() + hyphen + rest


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and " " not in url
