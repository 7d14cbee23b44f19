"""``article-bot restore``: a backup put in the place of the SQLite database."""

import argparse
from pathlib import Path

from bot.config import Settings
from bot.errors import SettingsError
from bot.store.sqlite_backup import restore


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments to its parser."""
    parser.add_argument(
        "file", type=Path, metavar="FILE", help="what article-bot backup has written"
    )
    parser.add_argument(
        "--replace", action="store_true", help="discard the votes that are in the database now"
    )


def run(settings: Settings, arguments: argparse.Namespace) -> int:
    """Replace the SQLite database with a backup.

    The voter key is replaced too. Stop the bot first. For PostgreSQL use pg_restore
    or psql.

    Examples:
        article-bot restore votes-2026-01-31.db
        article-bot restore --replace votes-2026-01-31.db
    """
    if settings.sqlite_file is None:
        raise SettingsError(
            "article-bot restore is for SQLite only: for PostgreSQL use pg_restore or psql."
        )
    file = settings.sqlite_file
    count = restore(arguments.file, file, settings.voter_key, arguments.replace)
    print(f"{file} now has the {count} votes of {arguments.file}.")
    return 0
