"""``article-bot sandbox``: the bot with a local Bot API server, or that server alone."""

import argparse
import asyncio
import contextlib
import secrets
import tempfile
import webbrowser
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli.corpus import read_corpus
from bot.cli.signals import stop_on_signals
from bot.config import Settings
from bot.corpus.loader import Corpus, find_corpus
from bot.errors import CorpusError, SettingsError
from bot.logs import set_up_logging

if TYPE_CHECKING:
    from bot.sandbox.corpus_copy import CorpusCopy
    from bot.sandbox.server import SandboxServer

SANDBOX_TOKEN = "1000000:test-token-of-the-sandbox"
SANDBOX_PORT = 8090
PORTS_TRIED = 20
MAX_COPY = 50_000_000
"""Bytes of articles, up to which the sandbox works on a copy of them."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments to its parser."""
    parser.add_argument(
        "--port",
        type=_port,
        help=f"port of the server and the page, 0 for any free one (default: {SANDBOX_PORT}, or "
        "the next one that is free)",
    )
    parser.add_argument("--no-browser", action="store_true", help="do not open a browser")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--demo", action="store_true", help="begin with a one-minute demonstration")
    what.add_argument(
        "--api-only",
        action="store_true",
        help="run only the Bot API server, to test a bot of your own",
    )


def _port(text: str) -> int:
    if not text.isdigit() or not 0 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port: give a number from 0 to 65535")
    return int(text)


def run(settings: Settings, arguments: argparse.Namespace) -> int:
    """Try the bot on this machine, without Telegram.

    Runs the bot with a Bot API server on this machine, and opens a page on which
    two readers talk to it. Needs no token. The first reader is an admin, who adds
    articles to a copy of yours; copy and votes are deleted when it stops.

    Examples:
        article-bot sandbox --demo
        article-bot sandbox --api-only --port 8090
    """
    hidden = replace(settings, bot_token=SANDBOX_TOKEN).secrets
    set_up_logging(settings.log_level, hidden, settings.log_format)
    if arguments.api_only:
        asyncio.run(_serve_api(arguments.port))
        return 0
    source = find_corpus(settings.corpus_dir)
    with tempfile.TemporaryDirectory(prefix="article-bot-") as folder:
        # Taps in the sandbox must not change the votes of readers, whatever the settings say.
        own = replace(
            settings,
            bot_token=SANDBOX_TOKEN,
            telegram_test_environment=False,
            corpus_dir=source,
            database_url=f"sqlite:///{Path(folder) / 'votes.db'}",
            voter_key=secrets.token_hex(32),
            # Nor may it follow feeds, which it would do anew each time, into the real articles.
            feeds=(),
            # Nothing delivers to it, and a bot on Telegram may listen there.
            webhook_url=None,
            health_listen=None,
            admins=frozenset(),
            publish_to=None,
            # The pages whose links the readers send are on this machine.
            allow_private_addresses=True,
        )
        asyncio.run(_serve_bot(own, _copied(source, Path(folder) / "corpus"), arguments))
    return 0


def _copied(source: Path, folder: Path) -> "CorpusCopy | None":
    """Return a copy of the articles, which admins may change; None if there are too many."""
    from bot.sandbox.corpus_copy import CorpusCopy, corpus_size  # noqa: PLC0415

    if corpus_size(source) > MAX_COPY:
        print(
            f"The articles in {source} are larger than {MAX_COPY // 1_000_000} MB: the sandbox "
            "uses them where they are. So that they stay as they are, no reader is an admin."
        )
        return None
    copy = CorpusCopy(source, folder)
    copy.update()
    return copy


def _load(settings: Settings, copy: "CorpusCopy | None") -> Corpus:
    """Read the articles, or their copy, whose faults are said to be where somebody mends them."""
    if copy is None:
        return read_corpus(settings)
    # What is kept of the copy goes away with it.
    cache = copy.folder.with_name("cache")
    try:
        return read_corpus(replace(settings, corpus_dir=copy.folder, cache_dir=cache))
    except CorpusError as error:
        faults = [
            replace(fault, file=copy.source / fault.file.relative_to(copy.folder))
            for fault in error.faults
        ]
        raise CorpusError(*faults) from None


async def _serve_bot(
    settings: Settings, copy: "CorpusCopy | None", arguments: argparse.Namespace
) -> None:
    from bot.sandbox.running import run_sandbox  # noqa: PLC0415
    from bot.sandbox.state.example_chats import CHANNEL  # noqa: PLC0415

    stop = stop_on_signals()
    corpus = _load(settings, copy)
    server = await _start_server(arguments.port, with_examples=True)
    url = server.url + ("/?demo" if arguments.demo else "")
    if settings.semantic:
        server.set_multilingual()
    following = asyncio.create_task(copy.follow() if copy else asyncio.sleep(0))
    if copy:
        admin = server.appoint_admin()
        publish_to = f"@{CHANNEL}"
        settings = replace(
            settings, corpus_dir=copy.folder, admins=frozenset({admin}), publish_to=publish_to
        )

    def ready() -> None:
        print(f"The sandbox is ready: {url}\nCtrl-C stops it.", flush=True)
        if not arguments.no_browser:
            _open_browser(url)

    try:
        await run_sandbox(settings, corpus, server, stop, ready)
    finally:
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)
        await server.stop()


async def _serve_api(port: int | None) -> None:
    stop = stop_on_signals()
    server = await _start_server(port)
    print(
        f"The Bot API is at {server.url}/bot<token>/<method>, with the token {SANDBOX_TOKEN}\n"
        f"The page of its readers: {server.url}\nCtrl-C stops it.",
        flush=True,
    )
    await stop.wait()
    await server.stop()


async def _start_server(port: int | None, *, with_examples: bool = False) -> "SandboxServer":
    """Start the server on a port; None for the first free one of the default range."""
    from bot.sandbox.server import SandboxServer  # noqa: PLC0415

    tries = [port] if port is not None else range(SANDBOX_PORT, SANDBOX_PORT + PORTS_TRIED)
    for number in tries:
        server = SandboxServer(SANDBOX_TOKEN, number, with_examples=with_examples)
        with contextlib.suppress(OSError):
            await server.start()
            return server
    what = f"Port {port} is" if port is not None else f"Ports {tries[0]} to {tries[-1]} are"
    raise SettingsError(f"{what} taken or not allowed: choose another with --port, or --port 0.")


def _open_browser(url: str) -> None:
    with contextlib.suppress(webbrowser.Error):
        browser = webbrowser.get()
        # A browser of this class runs in the terminal and would take it over.
        if type(browser) is not webbrowser.GenericBrowser:
            browser.open(url)
