"""``article-bot restore``: a backup put in the place of the SQLite database."""

import argparse
from pathlib import Path

from bot.cli.parsers import Commands, add_command
from bot.config import Settings
from bot.errors import SettingsError
from bot.store.sqlite_backup import restore as restore_backup


def add_parser(commands: Commands) -> None:
    """Add the command to the command line."""
    parser = add_command(
        commands,
        "restore",
        restore,
        summary="replace the SQLite database by a backup",
        description=(
            "Replace the SQLite database, and its voter key, by a backup. Stop the bot first."
        ),
        examples=[
            "article-bot restore votes-2026-01-31.db",
            "article-bot restore --replace votes-2026-01-31.db",
        ],
    )
    parser.add_argument(
        "file", type=Path, metavar="FILE", help="what article-bot backup has written"
    )
    parser.add_argument(
        "--replace", action="store_true", help="discard the votes that are in the database now"
    )


def restore(settings: Settings, arguments: argparse.Namespace) -> int:
    """Replace the SQLite database by a backup.

    Raises:
        SettingsError: The database is not SQLite.
    """
    if settings.sqlite_file is None:
        raise SettingsError(
            "article-bot restore is for SQLite only: for PostgreSQL use pg_restore or psql."
        )
    file = settings.sqlite_file
    count = restore_backup(arguments.file, file, settings.voter_key, arguments.replace)
    print(f"{file} now has the {count} votes of {arguments.file}.")
    return 0
