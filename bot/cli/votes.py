"""The commands about votes: count, copy, put back."""

import argparse
import asyncio
import json
from collections.abc import Mapping

from bot.config import Settings
from bot.corpus.loader import find_corpus, load_corpus
from bot.errors import SettingsError
from bot.logs import set_up_logging
from bot.store.sqlite_backup import back_up
from bot.store.sqlite_backup import restore as put_back
from bot.views.terminal import stats_json, stats_table


def stats(settings: Settings, arguments: argparse.Namespace) -> int:
    """Count the votes of each article."""
    set_up_logging(settings.log_level, settings.secrets)
    corpus = load_corpus(find_corpus(settings.corpus_dir))
    totals = asyncio.run(_totals(settings))
    if arguments.json:
        print(json.dumps(stats_json(totals, corpus), ensure_ascii=False, indent=2))
    else:
        print(stats_table(totals, corpus))
    return 0


async def _totals(settings: Settings) -> Mapping[str, Mapping[str, int]]:
    from bot.store.open import open_store  # noqa: PLC0415

    if settings.sqlite_file is not None and not settings.sqlite_file.is_file():
        # Nobody has voted, and a command that only looks makes no database.
        return {}
    async with open_store(settings) as (database, _):
        return await database.all_counts()


def backup(settings: Settings, arguments: argparse.Namespace) -> int:
    """Copy the SQLite database, also while the bot runs."""
    if settings.sqlite_file is None:
        raise SettingsError(
            "article-bot backup copies SQLite only: for PostgreSQL use pg_dump, "
            "and keep VOTER_KEY with the copy."
        )
    made = back_up(settings.sqlite_file, arguments.file, with_key=settings.voter_key is None)
    print(f"Copied to {' and '.join(map(str, made))}.")
    if settings.voter_key is not None:
        print("Keep VOTER_KEY with it: without, its votes are of no use.")
    return 0


def restore(settings: Settings, arguments: argparse.Namespace) -> int:
    """Put a backup in the place of the database."""
    if settings.sqlite_file is None:
        raise SettingsError(
            "article-bot restore is for SQLite only: for PostgreSQL use pg_restore or psql."
        )
    file = settings.sqlite_file
    count = put_back(arguments.file, file, settings.voter_key, arguments.replace)
    print(f"{file} holds the {count} votes of {arguments.file}.")
    return 0
