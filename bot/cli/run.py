"""``article-bot run``: the bot on Telegram."""

import argparse
import asyncio
import gc

from bot.cli.corpus import read_corpus
from bot.cli.progress import shown_progress
from bot.cli.signals import reload_on_signal, stop_on_signals
from bot.config import Settings
from bot.corpus.loader import Corpus
from bot.errors import SettingsError
from bot.logs import set_up_logging
from bot.views.terminal import count_of_articles


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments to its parser."""
    parser.add_argument(
        "--prepare",
        action="store_true",
        help="only make the database, or bring it up to date, and end",
    )


def run(settings: Settings, arguments: argparse.Namespace) -> int:
    """Run the bot on Telegram (needs BOT_TOKEN).

    The bot runs until Ctrl-C or SIGTERM. The token is read from the environment or
    from .env.

    Examples:
        article-bot run
        article-bot run --prepare
    """
    if arguments.prepare:
        set_up_logging(settings.log_level, settings.secrets, settings.log_format)
        asyncio.run(_prepare(settings))
        print("The database is ready.")
        return 0
    if settings.bot_token is None:
        raise SettingsError(
            "BOT_TOKEN is not set: get a token from @BotFather and put it into .env, "
            "or try the bot without one: article-bot sandbox."
        )
    set_up_logging(settings.log_level, settings.secrets, settings.log_format)
    asyncio.run(_run_until_stopped(settings, read_corpus(settings)))
    return 0


async def _prepare(settings: Settings) -> None:
    from bot.store.open import open_store  # noqa: PLC0415

    async with open_store(settings):
        pass


async def _run_until_stopped(settings: Settings, corpus: Corpus) -> None:
    from bot.app import run as run_bot  # noqa: PLC0415

    def ready(username: str) -> None:
        # What is there now stays: to look through it for garbage would delay answers.
        gc.freeze()
        articles = count_of_articles(corpus)
        print(f"@{username} answers questions about {articles}. Ctrl-C stops.", flush=True)

    stop, reload = stop_on_signals(), reload_on_signal()
    with shown_progress() as progress:
        await run_bot(settings, corpus, stop, ready, reload=reload, progress=progress)
