"""``article-bot backup``: a copy of the SQLite database."""

import argparse
from pathlib import Path

from bot.config import Settings
from bot.errors import SettingsError
from bot.store.sqlite_backup import back_up


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments to its parser."""
    parser.add_argument(
        "file", type=Path, metavar="FILE", help="the new copy; it must not exist yet"
    )


def run(settings: Settings, arguments: argparse.Namespace) -> int:
    """Copy the SQLite database, also while the bot runs.

    The voter key, without which the votes cannot be used, is copied too unless
    VOTER_KEY is set. For PostgreSQL use pg_dump.

    Examples:
        article-bot backup votes-2026-01-31.db
    """
    if settings.sqlite_file is None:
        raise SettingsError(
            "article-bot backup copies SQLite only: for PostgreSQL use pg_dump, "
            "and keep VOTER_KEY with the copy."
        )
    made = back_up(settings.sqlite_file, arguments.file, with_key=settings.voter_key is None)
    print(f"Copied to {' and '.join(map(str, made))}.")
    if settings.voter_key is not None:
        print("Keep VOTER_KEY with it: without the key, its votes cannot be used.")
    return 0
