"""A Bot API server on which a test starts bots, stops and kills them."""

import asyncio
import re
import subprocess
from pathlib import Path
from typing import Any

import httpx

from bot.config import read_settings
from bot.sandbox.server import SandboxServer
from tests.support.chat import Chat
from tests.support.control import TOKEN, ControlClient
from tests.support.corpora import ROOT
from tests.support.processes import NO_LIMITS, Process, article_bot, clean_environment
from tests.support.threads import BotThread, SettableClock
from tests.support.waiting import until


class Stage(ControlClient):
    """A Bot API server without a bot; bots are started on it, stopped and killed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.server = SandboxServer(TOKEN)
        self.clock = SettableClock()
        self.bots: list[BotThread] = []
        self.processes: list[Process] = []

    async def open(self) -> None:
        await self.server.start()
        self.client = httpx.AsyncClient(base_url=self.server.url, trust_env=False, timeout=30)

    async def close(self) -> None:
        for process in self.processes:
            await self.kill(process)
        for bot in self.bots:
            await self.stop(bot)
        await self.client.aclose()
        await self.server.stop()

    @property
    def database(self) -> Path:
        return self.folder / "votes.db"

    async def bot(self, **more: str) -> BotThread:
        """Start the bot in this process, and wait until it runs; its clock is the stage's."""
        settings = read_settings(self.settings(**more), self.folder / ".env")
        self.bots.append(BotThread(settings, self.clock))
        await asyncio.to_thread(self.bots[-1].start)
        return self.bots[-1]

    async def process(self, **more: str) -> Process:
        """Start the bot as users do, in a process that can be killed, and wait until it runs."""
        process = self.waiting_process(**more)
        await asyncio.to_thread(process.wait_for, re.compile("answers questions about"))
        return process

    def waiting_process(self, **more: str) -> Process:
        """Start the bot in such a process, and do not wait: another one may serve."""
        environ = clean_environment(**self.settings(**more))
        self.processes.append(Process(["run"], self.folder, environ))
        return self.processes[-1]

    async def standby(self, **more: str) -> Process:
        """Start another process while one serves, and wait until it stands by."""
        environ = clean_environment(**self.settings(**more))
        self.processes.append(Process(["run"], self.folder, environ))
        await asyncio.to_thread(self.processes[-1].wait_for, re.compile("this one stands by"))
        return self.processes[-1]

    def settings(self, **more: str) -> dict[str, str]:
        return {
            "BOT_TOKEN": TOKEN,
            "BOT_API_URL": self.server.url,
            "CORPUS_DIR": str(ROOT / "corpus"),
            "CACHE_DIR": str(self.folder / "cache"),
            "DATABASE_URL": f"sqlite:///{self.database}",
            "VOTER_KEY": "k" * 32,
            **NO_LIMITS,
            **more,
        }

    async def command(self, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Run a command of ours with the settings of the bot, while this server answers it."""
        return await asyncio.to_thread(article_bot, *arguments, **self.settings(**more))

    async def kill(self, bot: Process) -> None:
        """Kill a process as a power cut does."""
        bot.popen.kill()
        await asyncio.to_thread(bot.popen.wait)

    async def stop(self, bot: BotThread | Process) -> int:
        """Stop it as Ctrl-C does; its exit code."""
        return await asyncio.to_thread(bot.stop)

    async def reader(self, **more: Any) -> Chat:
        return Chat(self.client, (await self.post("readers", **more))["reader"]["id"])

    async def fault(self, kind: str, **more: Any) -> int:
        """Make calls of the bot fail in some way; the fault's id."""
        return int((await self.post("faults", kind=kind, **more))["id"])

    async def struck(self, fault_id: int, times: int = 1) -> None:
        """Wait until a fault has struck so often, or is used up."""

        async def fact() -> bool:
            faults = {fault["id"]: fault for fault in (await self.ask("faults"))["faults"]}
            return fault_id not in faults or faults[fault_id]["struck"] >= times

        await until(fact, lambda: f"fault {fault_id} did not strike {times} times")

    async def mend(self) -> None:
        """Switch all faults off."""
        assert (await self.client.delete("/sandbox/faults")).status_code == 200

    async def calls(self, method: str, chat: int | None = None) -> list[dict[str, Any]]:
        return [
            call
            for call in (await self.ask("calls?after=0"))["calls"]
            if call["method"].lower() == method and chat in (None, call["chat"])
        ]

    async def settled(self, bot: BotThread | Process) -> None:
        """Wait until every update is confirmed."""

        async def fact() -> bool:
            assert bot.exit_code is None, bot.output
            return await self.pending() == 0

        await until(fact, lambda: f"some updates are not confirmed:\n{bot.output}")


class Sandbox(ControlClient):
    """A running sandbox with the bot in it."""

    def __init__(self, url: str, client: httpx.AsyncClient) -> None:
        self.url, self.client = url, client
        self.readers: list[Chat] = []
        self.calls_before = 0

    async def reader(self) -> Chat:
        """A new reader with an empty chat."""
        response = await self.client.post("/sandbox/readers", json={})
        self.readers.append(Chat(self.client, response.json()["reader"]["id"]))
        return self.readers[-1]

    async def calls(self, method: str, reader: Chat | None = None) -> list[dict[str, Any]]:
        """Calls of a Bot API method since the test began, to all chats or a reader's."""
        response = await self.client.get("/sandbox/calls", params={"after": self.calls_before})
        return [
            call
            for call in response.json()["calls"]
            if call["method"].lower() == method
            and (reader is None or call["params"].get("chat_id") == reader.reader)
        ]
