"""The database schema: one script per version and engine, run once each and never changed.

On PostgreSQL a process of the version before may still serve when a script runs, so what it leaves
must do for that version too: columns with defaults, no renaming.
"""

import re
from importlib import resources

from bot.errors import StoreError


def scripts(engine: str) -> list[str]:
    """Return all scripts of an engine, "sqlite" or "postgres"; the n-th leads to version n."""
    files = {
        int(match[1]): file.read_text(encoding="utf-8")
        for file in resources.files(__name__).iterdir()
        if (match := re.fullmatch(rf"{engine}-(\d+)\.sql", file.name))
    }
    return [files[number] for number in range(1, len(files) + 1)]


def pending(engine: str, version: int, database: str) -> list[str]:
    """Return the scripts that have not run on a database yet, in their order.

    Args:
        engine: "sqlite" or "postgres".
        version: The database's version; 0 for an empty one.
        database: What the error message calls the database.

    Raises:
        StoreError: A newer version of the bot has changed the database.
    """
    known = scripts(engine)
    if version > len(known):
        raise StoreError(f"{database} was made by a newer version: update article-bot.")
    return known[version:]


def check_current(engine: str, version: int, database: str) -> None:
    """Check that a database can be read as it is, by a command that must not change it.

    Args:
        engine: "sqlite" or "postgres".
        version: The database's version; 0 for an empty one.
        database: What the error message calls the database.

    Raises:
        StoreError: The database has no tables, or another version of the bot made them.
    """
    if not version:
        raise StoreError(f"{database} has no tables of the bot yet: start it, which makes them.")
    if pending(engine, version, database):
        raise StoreError(
            f"{database} was made by an older version: start the bot of this version, which brings "
            "it up to date."
        )
