"""Several processes of the bot, of which the one that serves is killed."""

import asyncio
import contextlib
import re
import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

from tests.benchmarks.kills.actors import LIFE, Bot, Telegram
from tests.benchmarks.kills.balancer import Balancer
from tests.support.processes import Process

SERVES = re.compile("answers questions")
STARTED = re.compile("this one stands by|answers questions")


class Fleet(Bot):
    """As one bot: whoever serves is killed, and a new process stands by in its place."""

    def __init__(
        self,
        telegram: Telegram,
        database_url: str,
        folder: Path,
        places: Sequence[dict[str, str]],
    ) -> None:
        """Create it; nothing is started yet.

        Args:
            telegram: The server.
            database_url: A database of PostgreSQL.
            folder: For the processes' logs.
            places: One for each process: the settings that differ from those of the others.
        """
        super().__init__(telegram, database_url, folder)
        self.free = list(places)
        self.processes: dict[Process, dict[str, str]] = {}
        """Those that run, oldest first, and the place of each."""

    def start(self) -> Process:
        while self.free:
            place = self.free.pop(0)
            self.processes[Process(["run"], self.folder, {**self.environ, **place})] = place
        self.process = self._serving() or next(iter(self.processes))
        return self.process

    async def start_and_wait(self) -> None:
        """Wait until one serves, and the others stand by."""
        self.start()
        begun = time.monotonic()
        while self._serving() is None:
            self._check()
            await asyncio.sleep(0.02)
        self.longest_life = max(LIFE, 3 * (time.monotonic() - begun))
        for process in self.processes:
            await asyncio.to_thread(process.wait_for, STARTED)

    def kill(self) -> None:
        """Kill the one that serves, or the one that has waited longest, and start another."""
        if not self.processes:
            return
        self._check()
        if serving := self._serving():
            self.kill_times.append(time.monotonic())
        victim = serving or next(iter(self.processes))
        victim.popen.kill()
        victim.popen.wait()
        self.killed += 1
        self.telegram.life += 1
        self._remove(victim)
        self.start()

    async def stop(self) -> None:
        """End them as Ctrl-C does, those first that stand by, when all are under way."""
        for process in self.processes:
            await asyncio.to_thread(process.wait_for, STARTED)
        serving = self._serving()
        for process in sorted(self.processes, key=lambda process: process is serving):
            if code := await asyncio.to_thread(process.stop):
                self.problems.append(f"After Ctrl-C one ended with {code}: {process.output[-200:]}")
        self.processes.clear()

    def end(self) -> None:
        for process in self.processes:
            process.popen.kill()
            process.popen.wait()
        self.processes.clear()

    def _serving(self) -> Process | None:
        return next((each for each in self.processes if SERVES.search(each.output)), None)

    def _check(self) -> None:
        for process in [each for each in self.processes if each.popen.poll() is not None]:
            self.problems.append(f"One ended by itself: {process.output[-200:]}")
            self._remove(process)

    def _remove(self, process: Process) -> None:
        self.free.append(self.processes.pop(process))


@contextlib.asynccontextmanager
async def deployed(
    telegram: Telegram, url: str, folder: Path, standbys: int, webhook: bool
) -> AsyncIterator[Bot]:
    """What is killed: one bot, or several processes behind a load balancer; ended at the end.

    Args:
        telegram: The server.
        url: An empty database.
        folder: For the bot's logs.
        standbys: How many processes stand by, on PostgreSQL.
        webhook: Whether updates are delivered; otherwise the process that serves polls.
    """
    async with contextlib.AsyncExitStack() as ending:
        if standbys and webhook:
            balancer = Balancer(1 + standbys)
            await ending.enter_async_context(balancer.running())
            bot: Bot = Fleet(telegram, url, folder, balancer.settings)
        elif standbys:
            bot = Fleet(telegram, url, folder, [{} for _ in range(1 + standbys)])
        else:
            bot = Bot(telegram, url, folder, webhook=webhook)
        ending.callback(bot.end)
        yield bot
