"""A page or a file -> an article in the corpus."""

from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from bot.corpus.outcomes import Unread
from bot.errors import CorpusError, WebError
from bot.web.article_files import (
    Outcome,
    as_name,
    free_file,
    has_front_matter,
    markdown_files,
    write_article,
    write_atomically,
)
from bot.web.extracted import ExtractedArticle
from bot.web.extraction import extract
from bot.web.fetcher import Fetched, Fetcher
from bot.web.sent_files import SentFile, read_sent

MAX_BYTES = 10_000_000
_TYPES = {
    ".html": "text/html",
    ".htm": "text/html",
    ".xhtml": "application/xhtml+xml",
    ".md": "text/markdown",
    ".markdown": "text/markdown",
    ".txt": "text/plain",
}
"""Extension of a file -> media type."""


@dataclass(frozen=True)
class Added:
    """What became of a page or file that was to be added.

    Attributes:
        source: Its address or path, as it was given.
        article: What was taken from it; None if the file was copied as it is.
        result: What was done, as a sentence.
    """

    source: str
    article: ExtractedArticle | None
    result: str


class Adder:
    """Adds pages and files to a corpus; an async context manager.

    Args:
        folder: The corpus.
        allow_private: Also fetch from addresses that are not public.
        dry_run: Only find out what would be done.
    """

    def __init__(self, folder: Path, allow_private: bool = False, dry_run: bool = False) -> None:
        self._folder = folder
        self._allow_private = allow_private
        self._dry_run = dry_run
        self._stack = AsyncExitStack()
        self._fetcher: Fetcher | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def add(self, source: str) -> Added:
        """Add a page or a file.

        Args:
            source: An http or https address, or the path of a file.

        Raises:
            WebError: It cannot be fetched or read, has no article, or cannot be written.
        """
        if "://" in source:
            return self._write(source, extract(await self._fetch(source)))
        file = Path(source)
        page = _read(file)
        if page.content_type.startswith("text/html") or "xhtml" in page.content_type:
            return self._write(source, extract(page))
        _check(file, page.body)
        if has_front_matter(page.body):
            return Added(source, None, self._copy(file, page.body))
        if _is_in(file, self._folder):
            return Added(source, None, "It is in the corpus already.")
        return self._write(source, extract(page))

    async def _fetch(self, url: str) -> Fetched:
        # Files can be added without the extra that fetching needs.
        if self._fetcher is None:
            fetcher = Fetcher(self._allow_private, max_bytes=MAX_BYTES)
            self._fetcher = await self._stack.enter_async_context(fetcher)
        return await self._fetcher.get(url)

    def _write(self, source: str, article: ExtractedArticle) -> Added:
        if self._dry_run and not self._folder.is_dir():
            return Added(source, article, f"Would be added to {self._folder}.")
        written = write_article(self._folder, article, self._dry_run)
        would = "Would be" if self._dry_run else "Was"
        results = {
            Outcome.ADDED: f"{would} written to {written.file}.",
            Outcome.UPDATED: f"{written.file} {would.lower()} brought up to date.",
            Outcome.UNCHANGED: f"{written.file} is up to date.",
            Outcome.EDITED: f"{written.file} was edited by hand and is left alone. To replace it, "
            "delete it and add the page again.",
        }
        return Added(source, article, results[written.outcome])

    def _copy(self, file: Path, content: bytes) -> str:
        """Copy a file into the corpus, unless it is there."""
        try:
            files = list(markdown_files(self._folder)) if self._folder.is_dir() else []
            same = next((each for each in files if each.read_bytes() == content), None)
            if same is not None:
                return f"{same} is in the corpus already."
            name = as_name(file.stem) or "article"
            target = free_file(self._folder, name, str(file.resolve()))
            if not self._dry_run:
                write_atomically(target, content)
        except OSError as error:
            raise WebError(
                f"{file} cannot be copied to {self._folder} ({error.strerror})."
            ) from None
        return f"{'Would be' if self._dry_run else 'Was'} copied to {target}."


def _check(file: Path, content: bytes) -> None:
    """Check that the bot could read a file of Markdown or text.

    Raises:
        WebError: With all faults found in it.
    """
    try:
        read = read_sent(SentFile(file.name, content), file.absolute().parent)
    except CorpusError as error:
        faults = "\n".join(str(replace(fault, file=file)) for fault in error.faults)
        raise WebError(faults) from None
    if isinstance(read, Unread):
        raise WebError(f"{file} is not read by the bot ({read.reason}), so it is not added.")


def _is_in(file: Path, folder: Path) -> bool:
    return file.resolve().parent == folder.resolve()


def _read(file: Path) -> Fetched:
    """Return a local file as if it had been fetched."""
    kind = _TYPES.get(file.suffix.lower())
    try:
        if not file.is_file():
            # Not what waits for somebody to write, such as a pipe.
            missing = "is not a file" if file.exists() else "is neither a file nor a web address"
            raise WebError(f"{file} {missing}. Write an address in full: https://...")
        if kind is None:
            raise WebError(f"{file} cannot be added: give a file that ends in {', '.join(_TYPES)}.")
        with file.open("rb") as stream:
            body = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise WebError(f"{file} cannot be read ({error.strerror}).") from None
    if len(body) > MAX_BYTES:
        raise WebError(f"{file} is larger than {MAX_BYTES // 1_000_000} MB.")
    return Fetched(file.resolve().as_uri(), 200, kind, None, body)
