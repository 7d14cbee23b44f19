"""Several processes of the bot, of which the one that serves is killed."""

import asyncio
import re
import time
from pathlib import Path

from tests.benchmarks.kills.actors import LIFE, Bot, Telegram
from tests.support.processes import Process

SERVES = re.compile("answers questions")
STARTED = re.compile("this one stands by|answers questions")


class Fleet(Bot):
    """As one bot: whoever serves is killed, and a new process stands by in its place."""

    def __init__(
        self, telegram: Telegram, database_url: str, folder: Path, standbys: int = 2
    ) -> None:
        super().__init__(telegram, database_url, folder)
        self.standbys = standbys
        self.processes: list[Process] = []
        self.kill_times: list[float] = []

    def start(self) -> Process:
        while len(self.processes) <= self.standbys:
            self.processes.append(Process(["run"], self.folder, self.environ))
        self.process = self._serving() or self.processes[0]
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
        victim = self._serving() or self.processes[0]
        victim.popen.kill()
        victim.popen.wait()
        self.kill_times.append(time.monotonic())
        self.killed += 1
        self.telegram.life += 1
        self.processes.remove(victim)
        self.start()

    async def stop(self) -> None:
        """End them as Ctrl-C does, those first that stand by."""
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
            self.processes.remove(process)
