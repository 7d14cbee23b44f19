"""The bot and the sandbox inside the test's process, each in a thread with its own event loop."""

import asyncio
import logging
import threading
import time
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from dataclasses import replace
from pathlib import Path

from bot.app import run
from bot.cli.corpus import read_corpus
from bot.cli.sandbox import SANDBOX_TOKEN
from bot.config import Settings, read_settings
from bot.errors import BotError
from bot.logs import RedactingFormatter
from bot.sandbox.running import run_sandbox
from bot.sandbox.server import SandboxServer
from tests.support.corpora import ROOT
from tests.support.processes import NO_LIMITS
from tests.support.waiting import TIMEOUT

_current: ContextVar[object] = ContextVar("the thread that logs", default=None)


class SettableClock:
    """A clock that tests can put forward; it goes on by itself too."""

    def __init__(self) -> None:
        self._ahead = 0.0
        self._frozen: float | None = None

    def __call__(self) -> float:
        return self._ahead + (time.time() if self._frozen is None else self._frozen)

    def freeze(self) -> None:
        """Let it stand still except when it is put forward."""
        self._frozen = time.time()

    def advance(self, seconds: float) -> None:
        """Put the clock forward."""
        self._ahead += seconds


class _Log(logging.Handler):
    """Keeps what one thread, its tasks and its helpers log; others in the process log too."""

    def __init__(self, owner: object) -> None:
        super().__init__(logging.INFO)
        self.owner = owner
        self.lines: list[str] = []

    def filter(self, record: logging.LogRecord) -> bool:
        return _current.get() is self.owner and super().filter(record) is not False

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


class ServiceThread:
    """Something that runs until it is told to stop, as a command does, and all that it logged.

    Args:
        main: What runs; given an event that ends it, and a function to call when it is ready.
        settings: Whose secrets must not be logged.
    """

    def __init__(
        self,
        main: Callable[[asyncio.Event, Callable[[], None]], Awaitable[None]],
        settings: Settings,
    ) -> None:
        self._main = main
        self._log = _Log(self)
        # As the command line sets it up: warnings and worse of libraries, what the bot says.
        self._log.setFormatter(
            RedactingFormatter("%(levelname)s %(name)s: %(message)s", settings.secrets)
        )
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.exit_code: int | None = None

    @property
    def output(self) -> str:
        """All that was logged, a line each."""
        return "\n".join(self._log.lines)

    def start(self) -> None:
        """Start it and return when it is ready.

        Raises:
            AssertionError: It ended before it was ready.
        """
        root = logging.getLogger()
        root.setLevel(logging.INFO)
        for name in ("httpx", "httpcore", "telegram"):
            logging.getLogger(name).setLevel(logging.WARNING)
        root.addHandler(self._log)
        self._thread.start()
        assert self._ready.wait(TIMEOUT), self.output
        assert self.exit_code is None, self.output

    def stop(self) -> int:
        """Stop it as Ctrl-C does; its exit code."""
        if self.exit_code is None:
            self._loop.call_soon_threadsafe(self._stop.set)
        return self.wait()

    def wait(self, seconds: float = TIMEOUT) -> int:
        """Wait until it has ended by itself; its exit code."""
        self._thread.join(seconds)
        assert self.exit_code is not None, f"it did not end:\n{self.output}"
        return self.exit_code

    def _run(self) -> None:
        _current.set(self)
        try:
            asyncio.run(self._until_stopped())
        except BotError as error:
            self._log.lines.append(str(error))
            self.exit_code = 2
        else:
            self.exit_code = 0
        finally:
            logging.getLogger().removeHandler(self._log)
            self._ready.set()

    async def _until_stopped(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        await self._main(self._stop, self._ready.set)


class BotThread(ServiceThread):
    """The bot as ``article-bot run`` runs it."""

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.time) -> None:
        corpus = read_corpus(settings)

        async def main(stop: asyncio.Event, ready: Callable[[], None]) -> None:
            await run(settings, corpus, stop, lambda _: ready(), clock)

        super().__init__(main, settings)


class SandboxThread(ServiceThread):
    """The bot with a local Bot API server, as ``article-bot sandbox`` runs them."""

    def __init__(self, folder: Path, **environ: str) -> None:
        folders = {"CORPUS_DIR": str(ROOT / "corpus"), "CACHE_DIR": str(folder / "cache")}
        read = read_settings({**folders, **NO_LIMITS, **environ}, folder / ".env")
        database = f"sqlite:///{folder}/votes.db"
        settings = replace(read, bot_token=SANDBOX_TOKEN, database_url=database)
        corpus = read_corpus(settings)
        server = SandboxServer(SANDBOX_TOKEN)

        async def main(stop: asyncio.Event, ready: Callable[[], None]) -> None:
            await server.start()
            self.url = server.url
            try:
                await run_sandbox(settings, corpus, server, stop, ready)
            finally:
                await server.stop()

        super().__init__(main, settings)
        self.start()
