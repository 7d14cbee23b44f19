"""``article-bot add``: pages and files as articles of the corpus."""

import argparse
import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from bot.config import Settings
from bot.errors import BotError, CorpusError, Fault

if TYPE_CHECKING:
    from bot.web.adding import Added


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments to its parser."""
    parser.add_argument(
        "sources",
        nargs="+",
        metavar="URL|FILE",
        help="the address of a page, or a file: .html, .md, .markdown or .txt",
    )
    parser.add_argument(
        "--allow-private",
        action="store_true",
        help="also fetch from addresses that are not on the public internet",
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="only show what would be added; write nothing"
    )


def run(settings: Settings, arguments: argparse.Namespace) -> int:
    """Add pages of the web, or files, to the articles.

    Takes the article out of each page, shows what it took, and writes it as a
    Markdown file into CORPUS_DIR, or else into ./corpus. Add a page again to bring
    its file up to date; a file that was edited by hand is left alone. Files that
    are Markdown with front matter are copied as they are. The exit code is 1 if
    anything could not be added. Pages need: pip install 'article-bot[web]'

    Examples:
        article-bot add https://example.org/2026/bridge
        article-bot add --dry-run https://example.org/2026/bridge saved-page.html
        article-bot add notes/*.md
    """
    return asyncio.run(_add_all(settings, arguments))


async def _add_all(settings: Settings, arguments: argparse.Namespace) -> int:
    from bot.web.adding import Adder  # noqa: PLC0415

    failed = 0
    folder = settings.corpus_dir or Path("corpus")
    if not folder.is_dir() and not arguments.dry_run:
        _make(folder, settings.corpus_dir is None)
    async with Adder(folder, arguments.allow_private, arguments.dry_run) as adder:
        for source in arguments.sources:
            try:
                print(_shown(await adder.add(source)), flush=True)
            except BotError as error:
                failed += 1
                print(error, file=sys.stderr, flush=True)
    return 1 if failed else 0


def _make(folder: Path, default: bool) -> None:
    """Make the folder of articles, and say so."""
    try:
        folder.mkdir(parents=True)
    except OSError as error:
        problem = f"The folder cannot be made ({error.strerror})."
        hint = "Check the permissions, or set CORPUS_DIR to another folder."
        raise CorpusError(Fault(folder, None, problem, hint)) from None
    print(f"Made the folder {folder.absolute()}.")
    if default:
        print("The bot answers from it when it is started here, no longer from its own article.")


def _shown(added: "Added") -> str:
    """Return what was taken from a source and what became of it."""
    article = added.article
    lines = [added.source]
    if article is not None:
        paragraphs = article.paragraphs
        start = " ".join(" ".join(paragraphs).split())
        date = article.published.isoformat() if article.published else "not known"
        lines += [
            f"  title      {article.title}",
            f"  author     {article.author or 'not known'}",
            f"  published  {date}",
            f"  language   {article.language}",
            f"  text       {len(paragraphs)} paragraphs: {start[:200]}{'…' * (len(start) > 200)}",
        ]
    return "\n".join([*lines, f"  {added.result}"])
