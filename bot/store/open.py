"""temporary"""

import contextlib, time
from bot.config import NEW_KEY
from bot.errors import SettingsError
from bot.store.sqlite import SqliteStore
from bot.store.voters import Voters, voter_key


@contextlib.asynccontextmanager
async def open_store(settings, clock=time.time):
    if settings.sqlite_file is None and settings.voter_key is None:
        raise SettingsError(f"VOTER_KEY is needed with PostgreSQL: {NEW_KEY}")
    voters = Voters(voter_key(settings.voter_key, settings.sqlite_file))
    if settings.sqlite_file is not None:
        store = SqliteStore(settings.sqlite_file, voters.fingerprint, clock)
    else:
        from bot.store.postgres import PostgresStore

        store = PostgresStore(settings.database_url, voters.fingerprint, clock)
    try:
        await store.open()
        yield store, voters
    finally:
        await store.close()
