"""``article-bot stats``: the votes of each article."""

import argparse
import asyncio
import json

from bot.cli.corpus import read_corpus
from bot.config import Settings
from bot.logs import set_up_logging
from bot.views.terminal import stats_json, stats_table


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments to its parser."""
    parser.add_argument("--json", action="store_true", help="print the counts as JSON")


def run(settings: Settings, arguments: argparse.Namespace) -> int:
    """Print the votes of each article.

    Prints how many votes each reaction has, also while the bot runs; the database
    is only read. Articles that are no longer in the corpus come last.

    Examples:
        article-bot stats
        article-bot stats --json
    """
    from bot.store.open import read_counts  # noqa: PLC0415

    set_up_logging(settings.log_level, settings.secrets, settings.log_format)
    corpus = read_corpus(settings)
    totals, corpus = asyncio.run(read_counts(settings, corpus))
    if arguments.json:
        print(json.dumps(stats_json(totals, corpus), ensure_ascii=False, indent=2))
    else:
        print(stats_table(totals, corpus))
    return 0
