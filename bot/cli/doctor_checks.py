"""What ``article-bot doctor`` checks on this machine: settings, files, articles, disk space."""

import asyncio
import difflib
import os
import shutil
import stat
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass, fields
from enum import StrEnum
from pathlib import Path

from bot.cli.corpus import read_corpus
from bot.config import Settings
from bot.config.dotenv_file import read_dotenv
from bot.corpus.cache_folder import cache_folder
from bot.corpus.loader import find_corpus
from bot.errors import BotError, CorpusError
from bot.retrieval.chosen_encoder import chosen_encoder
from bot.store.voters import key_file
from bot.views.terminal import count_of_articles

DOTENV = Path(".env")
LITTLE_SPACE, NO_SPACE = 1_000_000_000, 100_000_000
"""Bytes that should be free on a disk, and that must be."""


class Level(StrEnum):
    """How well something is."""

    OK = "ok"
    WARN = "warn"
    """The bot runs, but something should be done."""
    FAIL = "fail"
    """The bot does not run, or a secret is open to others."""


@dataclass(frozen=True)
class Finding:
    """What a check found.

    Attributes:
        level: How well it is.
        subject: What was checked, in a word or two.
        text: What was found, and what to do about it.
    """

    level: Level
    subject: str
    text: str


@dataclass(frozen=True)
class Check:
    """One check.

    Attributes:
        subject: What is checked, in a word or two.
        find: Returns what was found; a BotError that it raises is a finding too.
    """

    subject: str
    find: Callable[[Settings], Awaitable[Iterable[Finding]]]


async def findings_of(check: Check, settings: Settings) -> list[Finding]:
    """Return what a check finds."""
    try:
        return list(await check.find(settings))
    except BotError as error:
        return [Finding(Level.FAIL, check.subject, str(error))]


def _local(find: Callable[[Settings], Iterable[Finding]]) -> Check:
    """Return the check of a function, which is run in a thread; its name is the subject."""

    async def found(settings: Settings) -> Iterable[Finding]:
        return await asyncio.to_thread(lambda: list(find(settings)))

    return Check(find.__name__.strip("_").replace("_", " "), found)


def _settings(settings: Settings) -> Iterator[Finding]:
    # Only here, as it takes a while to import.
    from bot.delivery.feed_posts import check_feeds  # noqa: PLC0415

    check_feeds(settings)
    known = [field.name.upper() for field in fields(Settings)]
    others = [key for key in read_dotenv(DOTENV) if key not in known]
    for key in others:
        if similar := difflib.get_close_matches(key.upper(), known, 1, 0.8):
            hint = f"{DOTENV} has {key}, which is no setting: write {similar[0]} if you mean that."
            yield Finding(Level.WARN, "settings", hint)
    where = f"the environment and {DOTENV}" if DOTENV.is_file() else f"the environment, no {DOTENV}"
    yield Finding(Level.OK, "settings", f"read from {where}")


def _secret_files(settings: Settings) -> Iterator[Finding]:
    database = settings.sqlite_file
    files = []
    if database is not None:
        files = [database, key_file(database)]
        files += [database.with_name(f"{database.name}-{kind}") for kind in ("wal", "shm")]
    open_files = [(file, Level.FAIL) for file in files if _others_may(file)]
    open_files += [(DOTENV, Level.WARN)] if _others_may(DOTENV) else []
    for file, level in open_files:
        text = f"{file} can be read or written by others: run chmod 600 {file}"
        yield Finding(level, "file modes", text)
    if not open_files:
        yield Finding(Level.OK, "file modes", "only their owner can read what is secret")


def _others_may(file: Path) -> bool:
    """Return whether anybody but its owner may read or write a file."""
    try:
        mode = file.stat().st_mode
    except OSError:
        return False
    return bool(mode & (stat.S_IRWXG | stat.S_IRWXO))


def _articles(settings: Settings) -> Iterator[Finding]:
    folder = find_corpus(settings.corpus_dir)
    try:
        corpus = read_corpus(settings)
    except CorpusError as error:
        first, more = error.faults[0], len(error.faults) - 1
        others = f" (and {more} more)" if more else ""
        text = f"{first}{others} Run article-bot check, which lists all faults."
        yield Finding(Level.FAIL, "articles", text)
        return
    yield Finding(Level.OK, "articles", f"{count_of_articles(corpus)} in {folder.absolute()}")
    writes = settings.feeds or settings.admins
    if writes and not os.access(folder, os.W_OK):
        text = f"{folder} cannot be written to by this user, so nothing can be added to it"
        yield Finding(Level.WARN, "articles", text)


def _cache(settings: Settings) -> Iterator[Finding]:
    folder = cache_folder(settings.cache_dir, find_corpus(settings.corpus_dir))
    there = nearest(folder)
    if there.is_dir() and os.access(there, os.W_OK):
        yield Finding(Level.OK, "cache", f"{folder}")
    else:
        text = f"{there} cannot be written to, so every start takes longer: set CACHE_DIR"
        yield Finding(Level.WARN, "cache", text)


def _semantic_search(settings: Settings) -> Iterator[Finding]:
    encoder = chosen_encoder(settings)
    if encoder is None:
        yield Finding(Level.OK, "semantic search", "off; SEMANTIC=yes switches it on")
        return
    start = time.perf_counter()
    encoder.encode_question("Who has to approve it?")
    took = 1_000 * (time.perf_counter() - start)
    text = f"on, with {encoder.name}; a question took {took:.0f} ms"
    yield Finding(Level.OK, "semantic search", text)


def _disk_space(settings: Settings) -> Iterator[Finding]:
    corpus = find_corpus(settings.corpus_dir)
    folders = [corpus, cache_folder(settings.cache_dir, corpus)]
    if settings.sqlite_file is not None:
        folders.insert(0, settings.sqlite_file.absolute().parent)
    seen = set()
    for folder in map(nearest, folders):
        device = folder.stat().st_dev
        if device in seen:
            continue
        seen.add(device)
        free = shutil.disk_usage(folder).free
        level = (Level.OK, Level.WARN, Level.FAIL)[(free < LITTLE_SPACE) + (free < NO_SPACE)]
        hint = "" if level is Level.OK else ": make room, or votes cannot be stored"
        text = f"{free / 1_000_000_000:.1f} GB free for {folder}{hint}"
        yield Finding(level, "disk space", text)


def nearest(folder: Path) -> Path:
    """Return a folder if it exists, or else the nearest one in which it would be made."""
    folder = folder.absolute()
    return next(each for each in (folder, *folder.parents) if each.exists())


LOCAL_CHECKS = tuple(
    map(_local, (_settings, _secret_files, _articles, _semantic_search, _cache, _disk_space)),
)
"""In the order in which they are told."""
