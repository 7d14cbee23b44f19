"""Looks at a database without changing it: can the bot start on it?"""

import asyncio
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bot.errors import StoreError
from bot.store.migrations import scripts

if TYPE_CHECKING:
    import asyncpg

PATIENCE = 5.0
"""Seconds to wait for a connection, and for a statement."""

_FINGERPRINT = "SELECT value FROM {}meta WHERE name = 'voter key'"
_SCHEMA = "article_bot"
_NO_RIGHTS = """
    SELECT count(*) FROM pg_tables WHERE schemaname = $1 AND NOT (
        has_table_privilege(format('%I.%I', schemaname, tablename), 'SELECT')
        AND has_table_privilege(format('%I.%I', schemaname, tablename), 'INSERT')
        AND has_table_privilege(format('%I.%I', schemaname, tablename), 'UPDATE')
        AND has_table_privilege(format('%I.%I', schemaname, tablename), 'DELETE'))
"""


@dataclass(frozen=True)
class DatabaseState:
    """What is known of a database.

    Attributes:
        engine: The engine and its version.
        version: The version of its tables; 0 if there are none of the bot yet.
        newest: The version that this version of the bot makes.
        fingerprint: That of the voter key with which it was made; None if there is none.
        problems: What keeps the bot from working with it, and what to do, as sentences.
    """

    engine: str
    version: int
    newest: int
    fingerprint: bytes | None
    problems: tuple[str, ...] = ()


async def inspect_sqlite(file: Path) -> DatabaseState:
    """Look at a SQLite database, which must exist.

    Raises:
        StoreError: It cannot be read.
    """
    return await asyncio.to_thread(_inspect_sqlite, file)


def _inspect_sqlite(file: Path) -> DatabaseState:
    try:
        # Not mode=ro, with which SQLite cannot read what is still in the write-ahead log.
        address = f"{file.absolute().as_uri()}?mode=rw"
        with closing(sqlite3.connect(address, uri=True, timeout=PATIENCE)) as connection:
            connection.execute("PRAGMA query_only = ON")
            version = int(connection.execute("PRAGMA user_version").fetchone()[0])
            [check] = connection.execute("PRAGMA quick_check(1)").fetchone()
            row = connection.execute(_FINGERPRINT.format("")).fetchone() if version else None
    except sqlite3.Error as error:
        raise StoreError(f"The database {file} cannot be read ({error}).") from None
    problems = () if check == "ok" else (f"{file} is damaged ({check}): restore a backup.",)
    newest = len(scripts("sqlite"))
    engine = f"SQLite {sqlite3.sqlite_version}"
    return DatabaseState(engine, version, newest, row[0] if row else None, problems)


async def inspect_postgres(url: str) -> DatabaseState:
    """Look at a PostgreSQL database.

    Raises:
        StoreError: It cannot be reached or read.
    """
    import asyncpg  # noqa: PLC0415 - an extra installs it.

    try:
        connection = await asyncpg.connect(url, timeout=PATIENCE, command_timeout=PATIENCE)
        try:
            return await _inspect_postgres(connection)
        finally:
            await connection.close(timeout=PATIENCE)
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, ValueError) as error:
        reason = str(error).strip().rstrip(".") or type(error).__name__
        raise StoreError(
            f"The database of DATABASE_URL cannot be used ({reason}): check the address, and that "
            "PostgreSQL runs."
        ) from None


async def _inspect_postgres(connection: "asyncpg.Connection[asyncpg.Record]") -> DatabaseState:
    problems, version, fingerprint = [], 0, None
    if await connection.fetchval("SHOW transaction_read_only") == "on":
        problems.append("It can only be read: name the server that accepts writes in DATABASE_URL.")
    if await connection.fetchval("SELECT to_regnamespace($1)", _SCHEMA) is None:
        if not await connection.fetchval(
            "SELECT has_database_privilege(current_database(), 'CREATE')"
        ):
            grant = "GRANT CREATE ON DATABASE {} TO {};"
            names = "SELECT quote_ident(current_database()), quote_ident(current_user)"
            problems.append(
                "Its user may not create a schema: as the owner of the database, run "
                f"{grant.format(*await connection.fetchrow(names) or ())}"
            )
    elif not await connection.fetchval("SELECT has_schema_privilege($1, 'USAGE')", _SCHEMA):
        problems.append(f"Its user may not use the schema {_SCHEMA}: grant USAGE on it.")
    elif await connection.fetchval("SELECT to_regclass($1)", f"{_SCHEMA}.schema_version"):
        if await connection.fetchval(_NO_RIGHTS, _SCHEMA):
            problems.append(
                f"Its user lacks rights on tables: grant ALL on all tables in schema {_SCHEMA}."
            )
        else:
            query = f"SELECT max(version) FROM {_SCHEMA}.schema_version"
            version = int(await connection.fetchval(query) or 0)
            fingerprint = await connection.fetchval(_FINGERPRINT.format(f"{_SCHEMA}."))
    engine = f"PostgreSQL {connection.get_server_version().major}"
    newest = len(scripts("postgres"))
    return DatabaseState(engine, version, newest, fingerprint, tuple(problems))
