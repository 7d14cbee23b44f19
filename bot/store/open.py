"""Database URL -> Store."""

import contextlib
import hashlib
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence

from bot.config import NEW_KEY, Settings
from bot.corpus.loader import Corpus
from bot.errors import SettingsError
from bot.store.base import Store
from bot.store.kept_ids import KeptIds
from bot.store.leadership import Leadership
from bot.store.retention import KeptRows
from bot.store.sql import SqlStore
from bot.store.sqlite import SqliteStore
from bot.store.voters import Voters, voter_key


@contextlib.asynccontextmanager
async def open_store(
    settings: Settings, clock: Callable[[], float] = time.time
) -> AsyncIterator[tuple[Store, Voters]]:
    """Open the database of the settings; yield it, and what turns ids into its voters.

    Args:
        settings: The settings.
        clock: Returns the time in seconds since 1970.

    Raises:
        SettingsError: The database's driver is not installed, or PostgreSQL has no VOTER_KEY.
        StoreError: The database or the voter key's file cannot be used.
    """
    if settings.sqlite_file is None and settings.voter_key is None:
        raise SettingsError(f"VOTER_KEY is needed with PostgreSQL: {NEW_KEY}")
    voters = Voters(voter_key(settings.voter_key, settings.sqlite_file))
    store = _store(settings, voters.fingerprint, clock)
    try:
        await store.open()
        yield store, voters
    finally:
        await store.close()


@contextlib.asynccontextmanager
async def open_to_serve(
    settings: Settings, clock: Callable[[], float] = time.time
) -> AsyncIterator[tuple[Store, Voters, Leadership]]:
    """Open the database for a process that serves or stands by; yield also which of both it does.

    Raises:
        SettingsError: As for ``open_store``.
        StoreError: As for ``open_store``, or another process uses the SQLite file.
    """
    # First of all: who may not use the file must not change its schema either.
    async with (
        _store(settings, b"", clock).leadership() as leadership,
        open_store(settings, clock) as (store, voters),
    ):
        yield store, voters, leadership


async def read_counts(
    settings: Settings, corpus: Corpus
) -> tuple[Mapping[str, Mapping[str, int]], Corpus, Sequence[KeptRows]]:
    """Return article id -> reaction id -> votes. Changes nothing, and needs no voter key.

    A bot of another version may be running on the database, and would fail if this one brought it
    up to date.

    Args:
        settings: The settings.
        corpus: The corpus as its files are.

    Returns:
        The counts, the corpus with the ids that its articles have there, and how much is kept.

    Raises:
        SettingsError: The database's driver is not installed.
        StoreError: There is no database, another version made it, or it cannot be read.
    """
    store = _store(settings, b"", time.time)
    try:
        await store.open_to_read()
        kept = await KeptIds(store).apply(corpus, save=False)
        return await store.all_counts(), kept, await store.kept()
    finally:
        await store.close()


def _store(settings: Settings, fingerprint: bytes, clock: Callable[[], float]) -> SqlStore:
    bot = bot_code(settings)
    if settings.sqlite_file is not None:
        return SqliteStore(settings.sqlite_file, fingerprint, clock, bot)
    try:
        # Only now, because the driver is an optional dependency.
        from bot.store.postgres import PostgresStore  # noqa: PLC0415
    except ImportError:
        raise SettingsError(
            "DATABASE_URL names PostgreSQL, but its driver is not installed: "
            'pip install "article-bot[postgres]".'
        ) from None
    return PostgresStore(settings.database_url, fingerprint, clock, bot)


def bot_code(settings: Settings) -> str:
    """Return what stands for the bot of the settings in a database that several bots may share.

    It stays the same when the bot gets a new token. Without a token it is that of no bot.
    """
    id_ = (settings.bot_token or "").partition(":")[0]
    environment = "test" if settings.telegram_test_environment else ""
    return hashlib.sha256(f"{id_}/{environment}".encode()).hexdigest()[:32]
