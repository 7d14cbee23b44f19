"""Articles from the web as files of the corpus.

Such a file is YAML front matter and Markdown, as people write it, and people may edit it. Therefore
its front matter ends with a checksum of everything else in the file: only a file whose checksum is
right is ever written again.
"""

import contextlib
import hashlib
import os
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from urllib.parse import unquote, urlsplit

import yaml
from anyascii import anyascii

from bot.corpus.front_matter import split
from bot.corpus.markdown import without_meaning
from bot.corpus.yaml import MAX_FILE_BYTES
from bot.errors import CorpusError, WebError
from bot.web.extracted import ExtractedArticle

MAX_NAME = 32
"""Characters of an article's id; it is part of callback data, which Telegram limits."""
HEADER_BYTES = 60_000
"""At the beginning of a file; the front matter is within them."""
_HASH = 6
"""Characters of a hash in a name that would otherwise be taken."""
_CHECKSUM = re.compile(r"^# Written by article-bot; checksum ([0-9a-f]{12})\n", re.MULTILINE)
_URL = re.compile(r"^url[ \t]*[:=][ \t]*(.+?)[ \t]*$", re.MULTILINE)


class Outcome(StrEnum):
    """What became of an article that was to be written."""

    ADDED = "added"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    EDITED = "edited"
    """Its file was edited by hand, and was left alone."""


@dataclass(frozen=True)
class Written:
    """An article's file, and what became of it."""

    file: Path
    outcome: Outcome


def write_article(folder: Path, article: ExtractedArticle, dry_run: bool = False) -> Written:
    """Write an article into a folder, or bring its file up to date.

    An article is found again by the address of its page. One without an address is another one if
    its text is another: headlines such as "Letters" come again.

    Args:
        folder: The corpus, which exists.
        article: The article.
        dry_run: Only find out what would be done.

    Raises:
        WebError: The folder cannot be read or written, or the article is too long.
    """
    text = render(article)
    if len(text.encode()) > MAX_FILE_BYTES:
        raise WebError(f"{article.title}: its text is longer than 1 MB. Add it in parts, as files.")
    try:
        file = _file_of(folder, article, text)
        if file is None:
            file = free_file(folder, article_name(article), article.url or text)
            outcome = Outcome.ADDED
        else:
            present = _read(file)
            if not is_unedited(present):
                return Written(file, Outcome.EDITED)
            outcome = Outcome.UNCHANGED if present == text else Outcome.UPDATED
        if outcome is not Outcome.UNCHANGED and not dry_run:
            write_atomically(file, text.encode())
    except OSError as error:
        raise WebError(f"{folder}: no article can be written there ({error.strerror}).") from None
    return Written(file, outcome)


def render(article: ExtractedArticle) -> str:
    """Return an article as the text of its file."""
    fields = {
        "title": article.title,
        "standfirst": article.standfirst,
        "url": article.url,
        "author": article.author,
        "published": article.published,
        "language": article.language,
    }
    front_matter = yaml.safe_dump(
        {key: value for key, value in fields.items() if value},
        allow_unicode=True,
        sort_keys=False,
        width=1_000_000,
    )
    text = without_meaning(article.text.strip())
    before, after = f"---\n{front_matter}", f"---\n{text}\n"
    return f"{before}# Written by article-bot; checksum {_checksum(before + after)}\n{after}"


def is_unedited(text: str) -> bool:
    """Return whether a file's text is as this module wrote it."""
    text = text.replace("\r\n", "\n")
    mark = _CHECKSUM.search(text)
    return mark is not None and mark[1] == _checksum(text[: mark.start()] + text[mark.end() :])


def _checksum(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def article_name(article: ExtractedArticle) -> str:
    """Return a readable id for an article, from its title or else its address."""
    path = unquote(urlsplit(article.url or "").path).rstrip("/").rpartition("/")[2]
    names = (as_name(article.title), as_name(path.rpartition(".")[0] or path))
    fallback = f"article-{_checksum(article.title + (article.url or ''))[:_HASH]}"
    return next((name for name in names if len(name) > 2), fallback)


def as_name(text: str) -> str:
    """Return a text as an id: lowercase letters a-z, digits and hyphens, at most MAX_NAME."""
    # An apostrophe is no gap: "don't" is "dont".
    latin = anyascii(re.sub(r"['’ʼ]", "", text)).lower().replace("'", "")
    name = re.sub(r"[^a-z0-9]+", "-", latin).strip("-")
    if len(name) > MAX_NAME:
        whole_words = name[: MAX_NAME + 1].rpartition("-")[0]
        name = whole_words if len(whole_words) >= MAX_NAME // 2 else name[:MAX_NAME]
    return name.strip("-")


def free_file(folder: Path, name: str, seed: str) -> Path:
    """Return a file of a folder that does not exist: of that name, or with a hash behind it.

    Args:
        folder: The corpus.
        name: As ``as_name`` returns it.
        seed: What the hash is made of.
    """
    file, number = folder / f"{name}.md", 0
    while file.exists() or file.is_symlink():
        number += 1
        short = name[: MAX_NAME - _HASH - 1].rstrip("-")
        file = folder / f"{short}-{_checksum(f'{seed} {number}')[:_HASH]}.md"
    return file


def write_atomically(file: Path, content: bytes) -> None:
    """Write a file so that it always exists as a whole, before or after.

    Raises:
        OSError: It cannot be written.
    """
    # The bot and ``check`` ignore files whose names begin with a dot.
    temporary = file.with_name(f".{file.name}.{secrets.token_hex(4)}.tmp")
    try:
        with temporary.open("xb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        if file.exists():
            temporary.chmod(file.stat().st_mode & 0o777)
        temporary.replace(file)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise


def _file_of(folder: Path, article: ExtractedArticle, text: str) -> Path | None:
    """Return the file that an article was written to before; None if there is none."""
    if article.url is not None:
        key = _key(article.url)
        urls = ((file, _URL.search(_front_matter(file))) for file in markdown_files(folder))
        return next((file for file, url in urls if url and _key(_value(url[1])) == key), None)
    return next((file for file in markdown_files(folder) if _read(file) == text), None)


def markdown_files(folder: Path) -> Iterator[Path]:
    """Yield the articles' files of a folder, sorted by name."""
    for file in sorted(folder.iterdir()):
        if file.suffix.lower() in (".md", ".markdown") and file.is_file() and file.name[0] != ".":
            yield file


def has_front_matter(content: bytes) -> bool:
    """Return whether a file begins with front matter, in YAML, TOML, or without lines around it."""
    if _front_matter_in(content):
        return True
    text = content.decode("utf-8-sig", errors="replace").replace("\r\n", "\n")
    try:
        return bool(split(Path(), text)[0].value)
    except CorpusError:
        return True


def _front_matter(file: Path) -> str:
    """Return the front matter of a file; "" if it has none or cannot be read."""
    try:
        with file.open("rb") as stream:
            return _front_matter_in(stream.read(HEADER_BYTES))
    except OSError:
        return ""


def _front_matter_in(content: bytes) -> str:
    text = content[:HEADER_BYTES].decode("utf-8-sig", errors="replace")
    match = re.match(r"(---|\+\+\+)[ \t]*\r?\n(.*?\n)\1[ \t]*\r?$", text, re.DOTALL | re.MULTILINE)
    return match[2].replace("\r\n", "\n") if match else ""


def _value(text: str) -> str:
    """Return what a scalar of YAML means, as far as addresses need it."""
    text = re.sub(r"\s#.*$", "", text)
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'" else text


def _key(url: str) -> tuple[str, str, str]:
    """Return what two addresses of one page have in common."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ("", url, "")
    host = parts.netloc.lower().removeprefix("www.")
    return (host, parts.path.rstrip("/"), parts.query)


def _read(file: Path) -> str:
    return file.read_bytes().decode("utf-8", errors="replace")
