"""``article-bot stats``: the votes of each article, and how much the database holds."""

import argparse
import asyncio
import time

from bot.cli.corpus import read_corpus
from bot.cli.output import print_json
from bot.config import Settings
from bot.logs import set_up_logging
from bot.views.terminal import kept_json, kept_table, stats_json, stats_table


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments to its parser."""
    parser.add_argument("--json", action="store_true", help="print the counts as JSON")
    parser.add_argument(
        "--kept", action="store_true", help="print only how much is kept, and for how long"
    )


def run(settings: Settings, arguments: argparse.Namespace) -> int:
    """Print the votes of each article, and how much is kept.

    Prints how many votes each reaction has, also while the bot runs; the database
    is only read. Articles that are no longer in the corpus come last. Below, for
    each table of the database, how many rows it has, how old the oldest is, and
    after what time they are deleted.

    Examples:
        article-bot stats
        article-bot stats --json
        article-bot stats --kept --json
    """
    from bot.store.open import read_counts  # noqa: PLC0415

    set_up_logging(settings.log_level, settings.secrets, settings.log_format)
    corpus = read_corpus(settings)
    totals, corpus, kept = asyncio.run(read_counts(settings, corpus))
    if arguments.json:
        print_json(kept_json(kept) if arguments.kept else stats_json(totals, corpus))
        return 0
    if not arguments.kept:
        print(stats_table(totals, corpus), end="\n\n")
    print(kept_table(kept, time.time()))
    return 0
