"""``article-bot run``: the bot on Telegram."""

import argparse
import asyncio
import contextlib
import gc
import os
from collections.abc import Callable

from bot.cli.corpus import read_corpus
from bot.cli.progress import shown_progress
from bot.cli.service_manager import ServiceManager
from bot.cli.signals import STOP_WITHIN, reload_on_signal, stop_on_signals
from bot.config import Settings
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
    import bot.app  # noqa: F401, PLC0415 - takes long, and Ctrl-C still ends the process at once.

    with asyncio.Runner(loop_factory=_event_loop_factory()) as runner:
        runner.run(_run_until_stopped(settings))
    return 0


def _event_loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """Return what makes a fast event loop; None on systems where there is none but Python's own."""
    try:
        import uvloop  # noqa: PLC0415 - there is none for Windows.
    except ImportError:
        return None
    return uvloop.new_event_loop


async def _prepare(settings: Settings) -> None:
    from bot.store.open import open_store  # noqa: PLC0415

    async with open_store(settings):
        pass


class _StoppedError(Exception):
    """Ends work in a thread whose result nobody needs any more."""


async def _run_until_stopped(settings: Settings) -> None:
    """Run the bot; a signal to stop ends it in every phase."""
    manager = ServiceManager(os.environ.get("NOTIFY_SOCKET"))
    stop, reload = stop_on_signals(within=STOP_WITHIN), reload_on_signal()
    serving = asyncio.Event()
    work = asyncio.create_task(_read_and_serve(settings, manager, stop, reload, serving))
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({work, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if stop.is_set():
        manager.stopping()
        if not serving.is_set():
            # Nothing has begun that a reader waits for.
            work.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await work


async def _read_and_serve(
    settings: Settings,
    manager: ServiceManager,
    stop: asyncio.Event,
    reload: asyncio.Event,
    serving: asyncio.Event,
) -> None:
    """Read the corpus and run the bot; set ``serving`` as soon as it takes questions."""
    from bot.app import run as run_bot  # noqa: PLC0415

    with shown_progress() as shown:

        def progress(what: str, done: int, total: int) -> None:
            if stop.is_set():
                raise _StoppedError
            shown(what, done, total)

        # In a thread, so that signals are noticed.
        corpus = await asyncio.to_thread(read_corpus, settings, progress)

        def ready(username: str) -> None:
            # What is there now stays: to look through it for garbage would delay answers.
            gc.freeze()
            serving.set()
            manager.ready()
            articles = count_of_articles(corpus)
            print(f"@{username} answers questions about {articles}. Ctrl-C stops.", flush=True)

        await run_bot(
            settings,
            corpus,
            stop,
            ready,
            reload=reload,
            reloading=manager.reloading,
            progress=progress,
        )
