"""One file of the corpus -> an article and its passages.

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

Paragraphs are plain text and are shown as they are written; headings (``# ...``) are left out.
"""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from bot.corpus import yaml as strict_yaml
from bot.corpus.fields import FieldReader, clean
from bot.errors import CorpusError, Fault

MAX_FILE_BYTES = 1_000_000
MAX_FRONT_MATTER = 50_000
"""Characters. Composing YAML takes a second for each 100,000."""
MAX_PARAGRAPH = 5_000
"""Characters. More than a message of Telegram holds is cut around the answer."""
MAX_QUESTION = 120
"""Characters of a sample question, which must read well on a button."""

REQUIRED = ("title", "standfirst", "language", "questions")
OPTIONAL = ("id", "url", "published", "author", "aliases")

ID_PATTERN = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
"""Article ids stand in callback data, of which Telegram takes 64 bytes."""

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_FENCE = re.compile(r"---[ \t]*")
_HEADING = re.compile(r"#{1,6}[ \t]")


@dataclass(frozen=True)
class Passage:
    """A paragraph of an article. number: 1 (the standfirst) to of (how many there are)."""

    article_id: str
    number: int
    of: int
    text: str


@dataclass(frozen=True)
class Article:
    """An article as its file gives it.

    id: ID_PATTERN, the key of its votes. standfirst: empty where there is none, which no file of a
    corpus may leave out. language: a BCP 47 tag. url, published, author: None
    where not known. aliases: a name -> other names of the same thing in this article.
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
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def passages(self) -> tuple[Passage, ...]:
        """The standfirst and every paragraph, in the article's order."""
        texts = (self.standfirst, *self.paragraphs) if self.standfirst else self.paragraphs
        return tuple(Passage(self.id, n, len(texts), text) for n, text in enumerate(texts, 1))


@dataclass(frozen=True)
class LocatedArticle:
    """An article, its file, and where its parts stand there (for messages about them)."""

    article: Article
    file: Path
    id_line: int
    question_lines: tuple[int, ...]


def read_text(file: Path) -> str:
    """Return a file's text, with line ends as newlines.

    Raises:
        CorpusError: it cannot be read, is over MAX_FILE_BYTES or is not UTF-8.
    """
    try:
        with file.open("rb") as stream:
            raw = stream.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        problem = f"The file cannot be read ({error.strerror})."
        raise CorpusError([Fault(file, None, problem, "Mend its permissions.")]) from None
    if len(raw) > MAX_FILE_BYTES:
        raise CorpusError(
            [Fault(file, None, "The file is over 1 MB.", "Split it, or keep the text only.")]
        )
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise CorpusError(
            [Fault(file, line, "The text is not UTF-8.", "Save the file as UTF-8.")]
        ) from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read_article(file: Path) -> LocatedArticle:
    """Read one file of the corpus.

    Raises:
        CorpusError: with every fault found in the file.
    """
    front, body, body_line = _split(file, read_text(file))
    try:
        # The fence is line 1, so the front matter's own first line is line 2.
        document = strict_yaml.parse("\n" + front)
    except strict_yaml.YamlError as fault:
        raise CorpusError([Fault(file, fault.line, fault.problem, fault.mend)]) from None
    reader = FieldReader(file, document)
    article = _article(reader, file, _paragraphs(file, body, body_line, reader.faults))
    if article is None or reader.faults:
        raise CorpusError(sorted(reader.faults, key=lambda fault: fault.line or 0))
    lines = tuple(document.line("questions", n) for n in range(len(article.questions)))
    return LocatedArticle(article, file, document.line("id"), lines)


def _split(file: Path, text: str) -> tuple[str, str, int]:
    """Return front matter, body and the body's first line number."""
    lines = text.split("\n")
    if not _FENCE.fullmatch(lines[0]):
        raise CorpusError(
            [
                Fault(
                    file,
                    1,
                    "There is no front matter.",
                    "Begin the file with a line '---', then title, standfirst, language and "
                    "questions, then another '---'.",
                )
            ]
        )
    end = next((n for n, line in enumerate(lines[1:], 1) if _FENCE.fullmatch(line)), None)
    if end is None:
        raise CorpusError(
            [Fault(file, 1, "The front matter has no end.", "Close it with a line '---'.")]
        )
    front = "\n".join(lines[1:end])
    if len(front) > MAX_FRONT_MATTER:
        raise CorpusError(
            [
                Fault(
                    file,
                    1,
                    f"The front matter is over {MAX_FRONT_MATTER:,} characters.",
                    "Keep the article's text below it.",
                )
            ]
        )
    return front, "\n".join(lines[end + 1 :]), end + 2


def _paragraphs(file: Path, body: str, first_line: int, faults: list[Fault]) -> tuple[str, ...]:
    found: list[str] = []
    block: list[str] = []
    for number, line in enumerate([*body.split("\n"), ""], first_line):
        if line.strip():
            block.append(line)
            continue
        text = clean(" ".join(part for part in block if not _HEADING.match(part)))
        if len(text) > MAX_PARAGRAPH:
            faults.append(
                Fault(
                    file,
                    number - len(block),
                    f"A paragraph of {len(text):,} characters (at most {MAX_PARAGRAPH:,}).",
                    "Break it with blank lines.",
                )
            )
        elif text:
            found.append(text)
        block = []
    if not found and not faults:
        faults.append(
            Fault(
                file,
                first_line,
                "There is no text below the front matter.",
                "Add the article's paragraphs, with blank lines between them.",
            )
        )
    return tuple(found)


def _article(reader: FieldReader, file: Path, paragraphs: tuple[str, ...]) -> Article | None:
    if not reader.mapping(REQUIRED, OPTIONAL):
        return None
    article = Article(
        id=reader.text(("id",), 32, default=file.stem) or "",
        title=reader.text(("title",), 300) or "",
        standfirst=reader.text(("standfirst",), 2_000) or "",
        language=reader.text(("language",), 35) or "",
        questions=reader.texts(("questions",), MAX_QUESTION),
        paragraphs=paragraphs,
        url=reader.text(("url",), 2_000),
        published=reader.date("published"),
        author=reader.text(("author",), 200),
        aliases=reader.aliases("aliases"),
    )
    if not ID_PATTERN.fullmatch(article.id):
        reader.fault(
            ("id",),
            f"The article's id {article.id!r} (its file's name, unless 'id' is given) is not of "
            "1 to 32 small letters a-z, digits and hyphens.",
            "Rename the file, or give an 'id'.",
        )
    if article.language and not _LANGUAGE.fullmatch(article.language):
        reader.fault(("language",), "The language is no language tag.", "Write for example: en")
    if article.url is not None and not _is_web_address(article.url):
        reader.fault(("url",), "The url is no web address.", "Write it in full: https://...")
    return article


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and " " not in url
