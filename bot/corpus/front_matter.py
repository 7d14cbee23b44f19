"""Front matter: what stands above an article's text, in YAML or TOML.

The bot has keys of its own, and understands those that Jekyll, Hugo, Astro, Eleventy and others use
for the same things. A wrong value of its own keys is a fault; what others mean by their keys is
their matter.
"""

import datetime as dt
import difflib
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bot.corpus.aliases import Aliases
from bot.corpus.article import MAX_QUESTION
from bot.corpus.dates import parse_date
from bot.corpus.html_blocks import plain_text
from bot.corpus.markdown import inline_to_html
from bot.corpus.yaml import Document, ValuePath, one_line, parse_yaml
from bot.errors import CorpusError, Fault

MAX_FRONT_MATTER = 50_000
"""Characters. PyYAML takes about a second for 100,000."""
MAX_TITLE, MAX_STANDFIRST, MAX_AUTHOR, MAX_URL = 300, 2_000, 200, 2_000
"""Characters."""

MAX_LINES = 30
"""Lines among which there is a key, if a file that begins with a line "---" has front matter."""

TITLE = ("title", "headline")
STANDFIRST = ("standfirst", "description", "excerpt", "summary", "subtitle")
LANGUAGE = ("language", "lang", "locale")
ID = ("id", "slug")
URL = ("url", "canonical", "canonical_url", "canonicalurl", "permalink")
PUBLISHED = ("published", "date", "pubdate", "publishdate", "published_at", "publishedat")
AUTHOR = ("author", "authors", "byline")
FIELDS = (
    *(TITLE, STANDFIRST, LANGUAGE, ID, URL, PUBLISHED, AUTHOR),
    *(("questions",), ("aliases",), ("draft",)),
)
"""Keys in lower case: the bot's own, and others with the same meaning; the first given counts."""
_KNOWN = {key for keys in FIELDS for key in keys}
_CORRECTED = [keys[0] for keys in FIELDS if len(keys[0]) > 3]
"""Keys that are suggested for others that look like them."""

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_FENCES = {"---": re.compile(r"(?:---|\.\.\.)[ \t]*"), "+++": re.compile(r"\+\+\+[ \t]*")}
_KEY = re.compile(r"[ \t]*[A-Za-z][\w-]*[ \t]*[:=]")
_METADATA = re.compile(r"([A-Za-z][\w-]{0,30}):[ \t]*(.*)")
_TOML_KEY = re.compile(r"[ \t]*\"?([\w-]+)\"?[ \t]*=")
_TOML_LINE = re.compile(r"line (\d+)")


@dataclass(frozen=True)
class FrontMatter:
    """What the front matter says of an article.

    Attributes:
        title: The headline; "" if not given, as everything else.
        standfirst: The introductory sentences.
        language: A BCP 47 tag.
        name: The value of ``id`` or ``slug``.
        url: Where the article was published; None if not known.
        published: When it was published; None if not known.
        author: Who wrote it; None if not known.
        questions: Sample questions.
        aliases: Names of one thing.
        is_draft: Whether it is not meant to be read yet.
        unused: The keys that the bot does not use.
    """

    title: str = ""
    standfirst: str = ""
    language: str = ""
    name: str = ""
    url: str | None = None
    published: dt.date | None = None
    author: str | None = None
    questions: tuple[str, ...] = ()
    aliases: Aliases | None = None
    is_draft: bool = False
    unused: tuple[str, ...] = ()


def split(file: Path, text: str) -> tuple[Document, str]:
    """Return the front matter of a text, and the text below it.

    Raises:
        CorpusError: The front matter has no end, is too long, or is neither YAML nor TOML.
    """
    lines = text.split("\n")
    opening = lines[0].rstrip(" \t")
    if opening not in _FENCES:
        return _split_metadata(file, lines) or (Document(file, {}, {}), text)
    closing = _FENCES[opening]
    end = next((n for n, line in enumerate(lines[1:], 1) if closing.fullmatch(line)), None)
    if end is None and not any(map(_KEY.match, lines[1:MAX_LINES])):
        return Document(file, {}, {}), text
    if end is None:
        hint = f"Close it with a line '{opening}'."
        raise CorpusError(Fault(file, 1, "The front matter has no end.", hint))
    front_matter = "\n".join(lines[1:end])
    if len(front_matter) > MAX_FRONT_MATTER:
        problem = f"The front matter is longer than {MAX_FRONT_MATTER:,} characters."
        raise CorpusError(Fault(file, 1, problem, "Put the article's text below it."))
    # The empty line takes the place of the fence, so that line numbers are those of the file.
    read = parse_yaml if opening == "---" else _parse_toml
    document = read(file, "\n" + front_matter)
    if isinstance(document.value, str):
        # Prose between two lines, which part it from the rest.
        return Document(file, {}, {}), text
    if document.value is None:
        document.value = {}
    return document, "\n".join(lines[end + 1 :])


def _split_metadata(file: Path, lines: list[str]) -> tuple[Document, str] | None:
    """Return metadata without fences, as Pelican has it, and the text below it; None for none."""
    end = next((n for n, line in enumerate(lines) if not line.strip()), len(lines))
    matches = [_METADATA.match(line) for line in lines[:end]]
    values = {match[1]: match[2] for match in matches if match}
    if len(values) < max(end, 2) or "title" not in map(str.lower, values):
        return None
    numbers: dict[ValuePath, int] = {(key,): number for number, key in enumerate(values, 1)}
    return Document(file, values, numbers), "\n".join(lines[end:])


def _parse_toml(file: Path, text: str) -> Document:
    lines: dict[ValuePath, int] = {}
    for number, line in enumerate(text.split("\n"), 1):
        if match := _TOML_KEY.match(line):
            lines.setdefault((match[1],), number)
    try:
        return Document(file, tomllib.loads(text), lines)
    except (ValueError, RecursionError) as error:
        found = _TOML_LINE.search(str(error))
        problem = f"This is not valid TOML: {str(error).partition(' (at')[0]}."
        hint = "Quote texts, and write key = value."
        line_number = int(found[1]) if found else 1
        raise CorpusError(Fault(file, line_number, problem, hint)) from None


def read_front_matter(document: Document) -> FrontMatter:
    """Return what the front matter says; faults are noted in the document."""
    if not isinstance(document.value, dict):
        document.fault("There are no keys here.", "Write for example: title: ...")
        document.value = {}
    keys = _Keys(document)
    aliases = document.value.get(keys.names.get("aliases", ""))
    has_aliases = isinstance(aliases, dict)
    return FrontMatter(
        title=keys.text(TITLE, MAX_TITLE),
        standfirst=keys.text(STANDFIRST, MAX_STANDFIRST),
        language=keys.language(),
        name=keys.text(ID, MAX_URL, as_is=True).rstrip("/").rpartition("/")[2],
        url=keys.url(),
        published=keys.date(),
        author=keys.author(),
        questions=document.texts("questions", limit=MAX_QUESTION),
        # Hugo's are former addresses of the page.
        aliases=document.aliases(keys.names["aliases"]) if has_aliases else None,
        is_draft=keys.value("draft") is True or keys.value("published") is False,
        unused=tuple(keys.unused()),
    )


class _Keys:
    """Finds values by any of the keys that mean the same, in upper or lower case."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self.names = {str(key).lower(): key for key in reversed(list(document.value))}

    def value(self, key: str) -> Any:
        """Return the value of a key; None if it is not given."""
        return self._document.value.get(self.names.get(key))

    def unused(self) -> Iterator[str]:
        """Yield the keys that the bot does not know, with what may have been meant."""
        for lower, key in self.names.items():
            if lower not in _KNOWN and self._document.value[key] is not None:
                near = difflib.get_close_matches(lower, _CORRECTED, 1, 0.8)
                yield f"{key} (did you mean '{near[0]}'?)" if near else key

    def text(self, keys: tuple[str, ...], limit: int, as_is: bool = False) -> str:
        """Return the first text that is given; "" for none.

        Args:
            keys: The bot's own key, whose value must be valid, and others.
            limit: Characters at most; what others wrote is cut.
            as_is: Whether the value is no text to be read, so that no Markdown is expected in it.
        """
        for key in keys:
            if self.value(key) is None:
                continue
            if key == keys[0]:
                found = self._document.text(self.names[key], limit=limit)
            else:
                found = one_line(_text_of(self.value(key)))[:limit]
            if found:
                return found if as_is else plain_text(inline_to_html(found))
        return ""

    def language(self) -> str:
        """Return the language; "" if it is not given, or not by a tag."""
        for key in LANGUAGE:
            value, is_own = self.value(key), key == LANGUAGE[0]
            if value is None:
                continue
            if value is False and is_own:
                # YAML reads the tag of Norwegian as a truth value.
                problem = f"'{key}' is not text."
                self._document.fault(problem, 'Put it into quotes: "no".', self.names[key])
                continue
            text = self._document.text(self.names[key], limit=35) if is_own else _text_of(value)
            tag = _language_tag(text)
            if _LANGUAGE.fullmatch(tag):
                return tag
            if is_own and text:
                problem = "The language is not a language tag."
                self._document.fault(problem, "Write for example: en", self.names[key])
        return ""

    def url(self) -> str | None:
        """Return the address of the article's page; None if it is not given in full."""
        for key in URL:
            url = _text_of(self.value(key)).strip()
            if is_web_address(url) and len(url) <= MAX_URL:
                return url
            # Hugo's is the path on its site.
            if url and key == URL[0] and (":" in url or " " in url):
                problem, hint = "The url is not a web address.", "Write it in full: https://..."
                self._document.fault(problem, hint, self.names[key])
        return None

    def date(self) -> dt.date | None:
        """Return the date of publication; None if it is not given, or not as a date."""
        for key in PUBLISHED:
            value = self.value(key)
            # Jekyll's "published" says whether the page is shown.
            if value is None or isinstance(value, bool):
                continue
            date = parse_date(value)
            if date is not None:
                return date
            if key == PUBLISHED[0]:
                problem = f"'{key}' is not a date of the calendar."
                self._document.fault(problem, "Write for example: 2026-01-31", self.names[key])
        return None

    def author(self) -> str | None:
        """Return the names of all authors; None if none is given."""
        for key in AUTHOR:
            names = filter(None, (one_line(name) for name in _names_of(self.value(key))))
            if found := ", ".join(dict.fromkeys(names)):
                return plain_text(inline_to_html(found))[:MAX_AUTHOR]
        return None


def _text_of(value: object) -> str:
    """Return a value as text: numbers too, but no truth values, lists or mappings."""
    is_text = isinstance(value, str | int | float) and not isinstance(value, bool)
    return str(value) if is_text else ""


def _names_of(value: object) -> Iterator[str]:
    """Yield the names in a name, in a list of names, or in mappings with a name."""
    if isinstance(value, list):
        for item in value:
            yield from _names_of(item)
    elif isinstance(value, dict):
        yield from _names_of(value.get("name"))
    else:
        yield _text_of(value)


def _language_tag(text: str) -> str:
    """Return a language tag as BCP 47 writes it: "zh_CN" and "EN" become "zh-CN" and "en"."""
    language, hyphen, rest = text.strip().partition(".")[0].replace("_", "-").partition("-")
    return language.lower() + hyphen + rest


def is_web_address(url: str) -> bool:
    """Return whether a text is an address that begins with http or https."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and " " not in url
