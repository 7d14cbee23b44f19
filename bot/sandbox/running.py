"""Runs the bot and the server that it talks to in one process, as the sandbox command does.

It is the same bot as on Telegram; only the address of the Bot API differs.
"""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import replace

from bot.app import run
from bot.config import Settings
from bot.corpus.loader import Corpus
from bot.sandbox.server import SandboxServer


async def run_sandbox(
    settings: Settings,
    corpus: Corpus,
    server: SandboxServer,
    stop: asyncio.Event,
    ready: Callable[[], None],
) -> None:
    """Run the bot on a started server until `stop` is set; restart it when the page asks for it.

    Args:
        settings: the bot's; the address of the Bot API is replaced.
        corpus: what the bot answers from.
        server: where the bot runs.
        stop: ends the bot.
        ready: called once, when the bot answers for the first time.

    Raises:
        StoreError, ConnectError: see bot.app.run.
    """
    is_ready = False
    while not stop.is_set():
        ended = asyncio.Event()

        def started(_: str, ended: asyncio.Event = ended) -> None:
            nonlocal is_ready
            server.bot_started(ended.set)
            if not is_ready:
                is_ready = True
                ready()

        stopping = asyncio.create_task(_set_after(stop, ended))
        try:
            await run(replace(settings, bot_api_url=server.url), corpus, ended, started)
        finally:
            server.bot_stopped()
            stopping.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await stopping


async def _set_after(first: asyncio.Event, second: asyncio.Event) -> None:
    await first.wait()
    second.set()
