"""The commands that run until they are interrupted."""

import argparse
import asyncio
import contextlib
import os
import shlex
import signal
import sys
import tempfile
import webbrowser
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from bot.config import Settings
from bot.corpus.loader import Corpus, find_corpus, load_corpus
from bot.errors import SettingsError
from bot.logs import set_up_logging
from bot.views.terminal import count_of_articles

if TYPE_CHECKING:
    from bot.sandbox.scene import Scene
    from bot.sandbox.server import SandboxServer

SANDBOX_TOKEN = "1000000:test-token-of-the-sandbox"
SANDBOX_PORT = 8090
PORTS_TRIED = 20


def run(settings: Settings, _: argparse.Namespace) -> int:
    """Run the bot on Telegram until it is interrupted."""
    if settings.bot_token is None:
        raise SettingsError(
            "BOT_TOKEN is not set: get a token from @BotFather and put it into .env, "
            "or try the bot without one: article-bot sandbox."
        )
    set_up_logging(settings.log_level, settings.secrets)
    corpus = load_corpus(find_corpus(settings.corpus_dir))
    asyncio.run(_until_interrupted(settings, corpus))
    return 0


# Telegram's client and the web server are imported where they are needed: a question in the
# terminal is answered in half the time without them.


async def _until_interrupted(settings: Settings, corpus: Corpus) -> None:
    from bot.app import run as run_bot  # noqa: PLC0415

    stop = _stop_on_signals()

    def ready(username: str) -> None:
        print(
            f"@{username} answers questions about {count_of_articles(corpus)}. Ctrl-C stops.",
            flush=True,
        )

    await run_bot(settings, corpus, stop, ready)


def _stop_on_signals() -> asyncio.Event:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(number, stop.set)
        except NotImplementedError:  # Windows
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop.set))
    return stop


def sandbox(settings: Settings, arguments: argparse.Namespace) -> int:
    """Run the bot and the server that it talks to on this machine."""
    set_up_logging(settings.log_level, replace(settings, bot_token=SANDBOX_TOKEN).secrets)
    if arguments.api_only:
        asyncio.run(_serve_api(arguments.port))
        return 0
    corpus = load_corpus(find_corpus(settings.corpus_dir))
    with tempfile.TemporaryDirectory(prefix="article-bot-") as folder:
        # Taps of the sandbox never reach the votes of readers, whatever the settings say.
        own = replace(
            settings,
            bot_token=SANDBOX_TOKEN,
            telegram_test_environment=False,
            database_url=f"sqlite:///{Path(folder) / 'votes.db'}",
            voter_key=None,
        )
        asyncio.run(_serve_sandbox(own, corpus, arguments))
    return 0


async def _serve_sandbox(settings: Settings, corpus: Corpus, arguments: argparse.Namespace) -> None:
    from bot.sandbox.running import run_sandbox  # noqa: PLC0415
    from bot.sandbox.scene import Scene  # noqa: PLC0415

    stop = _stop_on_signals()
    scene = Scene(corpus.articles[0].id, settings.database_url, _program())
    server = await _start_server(arguments.port, scene)
    url = server.url + ("/?demo" if arguments.demo else "")

    def ready() -> None:
        print(f"The sandbox is ready: {url}\nCtrl-C stops it.", flush=True)
        if not arguments.no_browser:
            _open_browser(url)

    try:
        await run_sandbox(settings, corpus, server, stop, ready)
    finally:
        await server.stop()


def _program() -> str:
    """Return what was typed to run this, for another command of the same kind."""
    started = Path(sys.argv[0])
    if started.name.startswith("article-bot"):
        return shlex.quote(os.path.relpath(started))
    return f"{shlex.quote(sys.executable)} -m bot"


async def _serve_api(port: int | None) -> None:
    stop = _stop_on_signals()
    server = await _start_server(port)
    print(
        f"The Bot API is at {server.url}/bot<token>/<method>, with the token {SANDBOX_TOKEN}\n"
        f"The page of its readers: {server.url}\nCtrl-C stops it.",
        flush=True,
    )
    await stop.wait()
    await server.stop()


async def _start_server(port: int | None, scene: "Scene | None" = None) -> "SandboxServer":
    from bot.sandbox.server import SandboxServer  # noqa: PLC0415

    tries = [port] if port is not None else range(SANDBOX_PORT, SANDBOX_PORT + PORTS_TRIED)
    for number in tries:
        server = SandboxServer(SANDBOX_TOKEN, number, scene)
        try:
            await server.start()
        except OSError:
            continue
        return server
    what = f"Port {port} is" if port is not None else f"Ports {tries[0]} to {tries[-1]} are"
    raise SettingsError(f"{what} taken or not allowed: choose another with --port, or --port 0.")


def _open_browser(url: str) -> None:
    # Only a desktop's browser: one that runs in the terminal would take the terminal over.
    with contextlib.suppress(webbrowser.Error):
        found = webbrowser.get()
        if not isinstance(found, webbrowser.GenericBrowser) or isinstance(
            found, webbrowser.BackgroundBrowser
        ):
            found.open(url)
