"""Who takes part: the Bot API server, the bot that is killed, and readers who tap."""

import asyncio
import contextlib
import json
import random
import re
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx

from bot.sandbox.server import SandboxServer
from bot.store.voters import Voters
from tests.support.chat import Chat
from tests.support.corpora import ARTICLE, ROOT
from tests.support.processes import NO_LIMITS, Process, clean_environment
from tests.support.waiting import free_port

TOKEN = "123456:for-the-kill-test"
VOTER_KEY = "a key of the kill test, 32 characters or more"
PAUSE = (0.3, 0.9)
"""Seconds between a reader's taps, from and to: 30 readers tap about 50 times a second."""
LIFE = 1.5
"""The most seconds that the bot lives before it is killed; more where three starts take longer."""
SLOW = 2.5
"""Seconds that an answer to a button takes while the server is slow."""
REFUSED = re.compile("Connection refused| 503 ")
"""Why an update was not given to any process: none listens, or none serves."""
REACTIONS = ("like", "dislike", "love", "funny", "angry", "sad", "wow")


class Telegram:
    """The server, what it gave to which life of the bot, and what readers saw.

    Attributes:
        given: To which lives each tap was given.
        toasts: What was shown after each tap.
        answers: When the bot's messages to each chat arrived.
        begun: When a process began to serve: then it asks first how updates are delivered.
    """

    def __init__(self) -> None:
        self.server = SandboxServer(TOKEN)
        self.life = 0
        self.given: defaultdict[int, set[int]] = defaultdict(set)
        self.toasts: dict[str, str] = {}
        self.answers: defaultdict[int, list[float]] = defaultdict(list)
        self.begun: list[float] = []
        # The server itself does not tell what it delivered before.
        updates = self.server._site.world.updates
        self._poll, updates.poll = updates.poll, self._noted
        calls = self.server._site.world.calls
        self._count, calls.count = calls.count, self._noted_call
        sender = self.server._site.world.webhook
        self._post, sender._post = sender._post, self._noted_post
        # Otherwise most of the time would be spent waiting.
        sender.max_pause = 1

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[httpx.AsyncClient]:
        await self.server.start()
        async with httpx.AsyncClient(
            base_url=self.server.url, trust_env=False, timeout=30
        ) as self.client:
            following = asyncio.create_task(self._follow())
            try:
                yield self.client
                assert not following.done(), "the server's events ended early"
            finally:
                following.cancel()
                await asyncio.gather(following, return_exceptions=True)
                await self.server.stop()

    async def _noted(self, *call: Any) -> list[dict[str, Any]]:
        life, found = self.life, await self._poll(*call)
        for update in found:
            if "callback_query" in update:
                self.given[update["update_id"]].add(life)
        return found

    async def _noted_post(self, update: dict[str, Any], webhook: Any) -> str | None:
        life, error = self.life, await self._post(update, webhook)
        if "callback_query" in update and not REFUSED.search(error or ""):
            self.given[update["update_id"]].add(life)
        return error

    def _noted_call(self, call: dict[str, Any]) -> None:
        self._count(call)
        if call["method"] == "sendMessage" and call["status"] == 200:
            self.answers[call["chat"]].append(time.monotonic())
        elif call["method"] == "getWebhookInfo":
            self.begun.append(time.monotonic())

    async def _follow(self) -> None:
        event = ""
        async with self.client.stream("GET", "/sandbox/events", timeout=None) as response:
            async for line in response.aiter_lines():
                name, _, value = line.partition(": ")
                event = value if name == "event" else event
                if name == "data" and event == "toast":
                    toast = json.loads(value)
                    self.toasts[toast["callback_query_id"]] = toast["text"]

    async def all_toasts(self, number: int) -> dict[str, str]:
        """Return them by the taps' ids; events may be a little behind."""
        deadline = time.monotonic() + 2
        while len(self.toasts) < number and time.monotonic() < deadline:
            await asyncio.sleep(0.05)
        return self.toasts

    async def slow(self, share: float) -> None:
        """Have this share of the answers to buttons take long from now on."""
        (await self.client.delete("/sandbox/faults")).raise_for_status()
        fault = {"kind": "slow", "method": "answerCallbackQuery", "share": share, "seconds": SLOW}
        (await self.client.post("/sandbox/faults", json=fault)).raise_for_status()

    async def pending(self) -> int:
        response = await self.client.get(f"/bot{TOKEN}/getWebhookInfo")
        return response.json()["result"]["pending_update_count"]


class Bot:
    """The bot as it runs for users: one process after another."""

    def __init__(
        self, telegram: Telegram, database_url: str, folder: Path, *, webhook: bool = False
    ) -> None:
        self.telegram, self.folder = telegram, folder
        listen = f"127.0.0.1:{free_port()}"
        delivered = {"WEBHOOK_URL": f"http://{listen}/", "WEBHOOK_LISTEN": listen}
        self.environ = clean_environment(
            BOT_TOKEN=TOKEN,
            BOT_API_URL=telegram.server.url,
            CORPUS_DIR=str(ROOT / "corpus"),
            DATABASE_URL=database_url,
            VOTER_KEY=VOTER_KEY,
            **NO_LIMITS,
            **(delivered if webhook else {}),
        )
        self.process: Process | None = None
        self.killed, self.longest_life = 0, LIFE
        self.kill_times: list[float] = []
        """When processes were killed that served, or were about to."""
        self.problems: list[str] = []

    def start(self) -> Process:
        self.telegram.life += 1
        self.process = Process(["run"], self.folder, self.environ)
        return self.process

    async def live(self, share: float) -> None:
        """Be killed after this share of the longest life."""
        if self.process is None:
            self.start()
        await asyncio.sleep(share * self.longest_life)
        self.kill()

    async def start_and_wait(self) -> None:
        begun = time.monotonic()
        # On a thread: the server must answer meanwhile.
        await asyncio.to_thread(self.start().wait_for, re.compile("answers questions"))
        self.longest_life = max(LIFE, 3 * (time.monotonic() - begun))

    def kill(self) -> None:
        """End it without a word; that it ended already is a problem."""
        if self.process is not None:
            if (code := self.process.popen.poll()) is not None:
                self.problems.append(f"The bot ended with {code}: {self.process.output[-200:]}")
            self.kill_times.append(time.monotonic())
            self.process.popen.kill()
            self.process.popen.wait()
            self.killed += 1
            self.process = None

    async def stop(self) -> None:
        """End it as Ctrl-C does."""
        assert self.process is not None
        if code := await asyncio.to_thread(self.process.stop):
            self.problems.append(f"After Ctrl-C it ended with {code}: {self.process.output[-200:]}")
        self.process = None

    def end(self) -> None:
        """End it at once, if it still runs."""
        if self.process is not None:
            self.kill()

    def logged(self) -> Counter[str]:
        """What all lives logged as a warning or worse, without times and long numbers."""
        text = "\n".join(log.read_text("utf-8") for log in self.folder.glob("run-*.log"))
        lines = re.findall(r"(?:WARNING|ERROR|CRITICAL) .*|^\w+Error.*|^Traceback.*", text, re.M)
        return Counter(re.sub(r"\d{4,}", "N", line) for line in lines)


class Reader:
    """Somebody who asks once and then taps on and on.

    Never the same twice in a row: the bot takes what comes within a second for one press.
    """

    def __init__(self, chat: Chat, chance: random.Random) -> None:
        self.chat, self.chance = chat, chance
        self.voter = Voters(VOTER_KEY.encode()).code(chat.reader)
        self.answer: dict[str, Any] = {}
        self.taps: list[tuple[str, str]] = []

    async def ask(self) -> None:
        self.answer = await self.chat.send("what did the US agree to?")

    async def tap(self) -> None:
        last = self.taps[-1][1] if self.taps else None
        reaction = self.chance.choice([name for name in REACTIONS if name != last])
        body = {"reader": self.chat.reader, "chat": self.chat.reader}
        body |= {"message_id": self.answer["message_id"], "data": f"r:{ARTICLE}:{reaction}"}
        tapped = await self.chat.post("taps", body)
        self.taps.append((tapped["callback_query_id"], reaction))

    async def tap_until(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            await self.tap()
            await asyncio.sleep(self.chance.uniform(*PAUSE))
