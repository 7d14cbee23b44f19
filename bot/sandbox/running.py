"""The bot and the server that it talks to, in one process: what the sandbox command runs.

The bot is the one that runs for users; it only has another address to talk to.
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
    """Run the bot on a server that was started, until stop is set; again when the page says so.

    ready: called once, when the bot takes questions for the first time.

    Raises:
        StoreError, ConnectError: see bot.app.run.
    """
    told = False
    while not stop.is_set():
        ended = asyncio.Event()

        def started(_: str, ended: asyncio.Event = ended) -> None:
            nonlocal told
            server.bot_started(ended.set)
            if not told:
                told = True
                ready()

        following = asyncio.create_task(_follow(stop, ended))
        try:
            await run(replace(settings, bot_api_url=server.url), corpus, ended, started)
        finally:
            server.bot_stopped()
            following.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await following


async def _follow(stop: asyncio.Event, ended: asyncio.Event) -> None:
    await stop.wait()
    ended.set()
