"""The bot as it runs for users: the installed command, a local Bot API, real HTTP."""

import asyncio
import contextlib
import itertools
import os
import re
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from bot.config import Settings
from bot.sandbox.server import SandboxServer

ROOT = Path(__file__).parent.parent
ARTICLE = "us-ukraine-security-guarantees"
NO_LIMITS = {
    "PRIVATE_CHAT_PER_SECOND": "1000",
    "GROUP_PER_MINUTE": "60000",
    "OVERALL_PER_SECOND": "1000",
}
"""Settings under which nobody waits for a turn: most tests would only be slower with them."""
PATIENCE = 20.0
"""Seconds until what is waited for must have come; on a busy machine nothing is quick."""
BRIDGE = """\
---
title: Harbour Bridge Opens After Six Years
standfirst: The new bridge over the harbour opened on Monday, two years late.
language: en
url: https://example.org/bridge
questions:
  - When did the bridge open?
  - How long is the bridge?
---
The mayor cut the ribbon at noon before ten thousand guests. The first bus crossed an hour later.

The bridge is 1,200 metres long and cost 340 million dollars, a third more than was planned.

Engineers blamed storms in the second winter for most of the delay.
"""
TOKEN = "123456:a-token-of-the-tests"
STARTED = re.compile(r"The sandbox is ready: (http://127\.0\.0\.1:\d+)")


def shelf(folder: Path, bridge: str = BRIDGE) -> Path:
    """A corpus of two articles in a folder: the one that comes with the bot, and a bridge's."""
    corpus = folder / "corpus"
    corpus.mkdir()
    shutil.copy(ROOT / "corpus" / f"{ARTICLE}.md", corpus)
    (corpus / "bridge.md").write_text(bridge, encoding="utf-8")
    return corpus


def clean_environment(**more: str) -> dict[str, str]:
    """This environment without any setting of the bot, and with those given."""
    own = tuple(field.name.upper() for field in fields(Settings))
    kept = {key: value for key, value in os.environ.items() if not key.startswith(own)}
    return {**kept, "PYTHONUNBUFFERED": "1", **more}


def article_bot(
    *arguments: str, folder: Path = ROOT, **settings: str
) -> subprocess.CompletedProcess[str]:
    """Run a command of ours to its end."""
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        cwd=folder,
        env=clean_environment(PYTHONPATH=str(ROOT), **settings),
        capture_output=True,
        text=True,
        timeout=60,
        stdin=subprocess.DEVNULL,
        check=False,
    )


class Process:
    """A command of ours that runs, and all that it wrote."""

    def __init__(self, arguments: list[str], folder: Path, environ: Mapping[str, str]) -> None:
        self.log = folder / f"{arguments[0]}-{time.monotonic_ns()}.log"
        with self.log.open("wb") as stream:
            self.popen = subprocess.Popen(
                [sys.executable, "-m", "bot", *arguments],
                cwd=folder,
                env=dict(environ),
                stdout=stream,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
            )

    @property
    def output(self) -> str:
        return self.log.read_text(encoding="utf-8")

    def wait_for(self, pattern: re.Pattern[str], seconds: float = 15) -> re.Match[str]:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if match := pattern.search(self.output):
                return match
            assert self.popen.poll() is None, self.output
            time.sleep(0.02)
        raise AssertionError(f"{pattern.pattern!r} was not written:\n{self.output}")

    def stop(self) -> int:
        """Stop it as Ctrl-C does, and return its exit code."""
        if self.popen.poll() is None:
            self.popen.send_signal(2)
        return self.popen.wait(timeout=15)


def start_sandbox(folder: Path, **settings: str) -> tuple[Process, str]:
    """Start the sandbox on any free port; return it and its address."""
    corpus = {"CORPUS_DIR": str(ROOT / "corpus"), "LOG_LEVEL": "INFO", **NO_LIMITS}
    process = Process(
        ["sandbox", "--port", "0", "--no-browser"],
        folder,
        clean_environment(**{**corpus, **settings}),
    )
    return process, process.wait_for(STARTED)[1]


class Chat:
    """A reader in a chat with the bot, who writes, taps and reads: a private one, or a group."""

    def __init__(self, client: httpx.AsyncClient, reader: int, chat: int | None = None) -> None:
        self.client = client
        self.reader = reader
        self.chat = reader if chat is None else chat
        self.last = 0

    async def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        response = await self.client.post(f"/sandbox/{path}", json=body)
        assert response.status_code == 200, response.text
        return response.json()

    async def send(self, text: str | None = None, **more: Any) -> dict[str, Any]:
        """Write to the bot and return its answer."""
        await self.write(text, **more)
        return await self.read()

    async def write(self, text: str | None = None, **more: Any) -> None:
        """Write to the bot, and do not wait."""
        body = {"reader": self.reader, "chat": self.chat, **more}
        if text is not None:
            body["text"] = text
        self.last = (await self.post("messages", body))["message"]["message_id"]

    async def read(self, seconds: float = 10) -> dict[str, Any]:
        """Return the next message from the bot."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            response = await self.client.get(
                f"/sandbox/chats/{self.chat}/messages",
                params={"after": self.last, "wait": 5},
            )
            for message in response.json()["messages"]:
                self.last = message["message_id"]
                if message["from"]["is_bot"]:
                    return message
        raise AssertionError("the bot did not answer")

    async def tap(self, message: dict[str, Any], data: str, query: str | None = None) -> str | None:
        """Press a button and return the toast."""
        body = {
            "reader": self.reader,
            "chat": self.chat,
            "message_id": message["message_id"],
            "data": data,
            "wait": 10,
        }
        if query is not None:
            body["callback_query_id"] = query
        answer = (await self.post("taps", body))["answer"]
        assert answer is not None, "the button was not answered"
        return answer["text"]

    async def tap_only(self, message: dict[str, Any], data: str) -> None:
        """Press a button, and do not wait."""
        body = {"reader": self.reader, "chat": self.chat, "data": data}
        await self.post("taps", {**body, "message_id": message["message_id"]})

    async def react(self, message: dict[str, Any], reaction: str) -> str | None:
        return await self.tap(message, f"r:{ARTICLE}:{reaction}")

    async def current(self, message: dict[str, Any]) -> dict[str, Any]:
        """Return a message as it is now."""
        response = await self.client.get(
            f"/sandbox/chats/{self.chat}/messages",
            params={"after": message["message_id"] - 1},
        )
        return response.json()["messages"][0]

    async def shows(self, message: dict[str, Any], *texts: str) -> None:
        """Wait until a message shows these buttons among others."""
        await self._wait_for(message, lambda found: set(texts) <= set(found), texts)

    async def shows_only(self, message: dict[str, Any], *texts: str) -> None:
        """Wait until a message shows just these buttons."""
        await self._wait_for(message, lambda found: found == list(texts), texts)

    async def _wait_for(
        self, message: dict[str, Any], fits: Callable[[list[str]], bool], texts: tuple[str, ...]
    ) -> None:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            found = buttons(await self.current(message))
            if fits(found):
                return
            await asyncio.sleep(0.03)
        raise AssertionError(f"{found} does not show {texts}")


class Places:
    """Where readers meet the bot; client talks to the server's control interface."""

    client: httpx.AsyncClient

    async def post(self, path: str, **body: Any) -> Any:
        response = await self.client.post(f"/sandbox/{path}", json=body)
        assert response.status_code == 200, response.text
        return response.json()

    async def ask(self, path: str) -> Any:
        return (await self.client.get(f"/sandbox/{path}")).json()

    async def group(self, *readers: Chat, **more: Any) -> list[Chat]:
        """A new group, as each of the readers has it; the first one made it."""
        ids = [chat.reader for chat in readers]
        chat = (await self.post("groups", title="Readers", readers=ids, **more))["chat"]
        return [Chat(self.client, reader, chat) for reader in ids]

    async def channel(self, *readers: Chat, **more: Any) -> list[Chat]:
        """A new channel, as each of its readers has it; the first one owns it."""
        ids = [chat.reader for chat in readers]
        name = f"daily_{secrets.token_hex(4)}"
        made = await self.post("channels", title="Daily", username=name, readers=ids, **more)
        return [Chat(self.client, reader, made["chat"]) for reader in ids]

    async def language_reader(self, code: str) -> Chat:
        """A new reader whose app speaks a language."""
        made = await self.post("readers", language_code=code)
        return Chat(self.client, made["reader"]["id"])

    async def inline(self, reader: Chat, query: str, offset: str = "") -> dict[str, Any]:
        """What a reader sees who types a query after the bot's name."""
        answer = await self.post(
            "inline_queries", reader=reader.reader, query=query, offset=offset, wait=10
        )
        assert answer["results"] is not None, "the inline query was not answered"
        return dict(answer)

    async def choose(
        self, where: Chat, answer: dict[str, Any], number: int = 0, **more: Any
    ) -> dict[str, Any]:
        """Send an inline result into a chat; the message."""
        chosen = await self.post(
            "inline_queries/choose",
            reader=where.reader,
            chat=where.chat,
            inline_query_id=answer["inline_query_id"],
            result_id=answer["results"][number]["id"],
            **more,
        )
        return dict(chosen["message"])


class Stage(Places):
    """A Bot API server without a bot; bots are started on it, stopped and killed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.server = SandboxServer(TOKEN)
        self.bots: list[Process] = []

    async def open(self) -> None:
        await self.server.start()
        self.client = httpx.AsyncClient(base_url=self.server.url, trust_env=False, timeout=30)

    async def close(self) -> None:
        for bot in self.bots:
            bot.popen.kill()
            await asyncio.to_thread(bot.popen.wait)
        await self.client.aclose()
        await self.server.stop()

    @property
    def database(self) -> Path:
        return self.folder / "votes.db"

    async def bot(self, **more: str) -> Process:
        """Start the bot as users do, and wait until it runs."""
        environ = clean_environment(**self.settings(**more))
        self.bots.append(Process(["run"], self.folder, environ))
        await asyncio.to_thread(self.bots[-1].wait_for, re.compile("answers questions about"))
        return self.bots[-1]

    def settings(self, **more: str) -> dict[str, str]:
        return {
            "BOT_TOKEN": TOKEN,
            "BOT_API_URL": self.server.url,
            "CORPUS_DIR": str(ROOT / "corpus"),
            "DATABASE_URL": f"sqlite:///{self.database}",
            "VOTER_KEY": "k" * 32,
            **NO_LIMITS,
            **more,
        }

    async def command(self, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Run a command of ours with the settings of the bot, while this server answers it."""
        return await asyncio.to_thread(article_bot, *arguments, **self.settings(**more))

    async def kill(self, bot: Process) -> None:
        """Kill it as a power cut does."""
        bot.popen.kill()
        await asyncio.to_thread(bot.popen.wait)

    async def stop(self, bot: Process) -> int:
        """Stop it as Ctrl-C does; its exit code."""
        return await asyncio.to_thread(bot.stop)

    async def reader(self) -> Chat:
        return Chat(self.client, (await self.post("readers"))["reader"]["id"])

    async def fault(self, kind: str, **more: Any) -> None:
        await self.post("faults", kind=kind, **more)

    async def mend(self) -> None:
        """Switch all faults off."""
        assert (await self.client.delete("/sandbox/faults")).status_code == 200

    async def calls(self, method: str, chat: int | None = None) -> list[dict[str, Any]]:
        return [
            call
            for call in (await self.ask("calls?after=0"))["calls"]
            if call["method"].lower() == method and chat in (None, call["chat"])
        ]

    async def pending(self) -> int:
        """Updates that the bot has not confirmed."""
        response = await self.client.get(f"/bot{TOKEN}/getWebhookInfo")
        return int(response.json()["result"]["pending_update_count"])

    async def settled(self, bot: Process) -> None:
        """Wait until every update is confirmed."""
        for _ in range(500):
            if await self.pending() == 0:
                return
            assert bot.popen.poll() is None, bot.output
            await asyncio.sleep(0.02)
        raise AssertionError(f"{await self.pending()} updates are not confirmed:\n{bot.output}")


def buttons(message: dict[str, Any]) -> list[str]:
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return [button["text"] for button in itertools.chain.from_iterable(rows)]


def marked(message: dict[str, Any], kind: str) -> list[str]:
    """Return the parts of a message's text under an entity of a kind."""
    raw = message["text"].encode("utf-16-le")
    return [
        raw[2 * e["offset"] : 2 * (e["offset"] + e["length"])].decode("utf-16-le")
        for e in message.get("entities", [])
        if e["type"] == kind
    ]


class Sandbox(Places):
    """A running sandbox with the bot in it."""

    def __init__(self, process: Process, url: str, client: httpx.AsyncClient) -> None:
        self.process, self.url, self.client = process, url, client
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


def postgres_server() -> str:
    """The address of a PostgreSQL server on which databases may be made and dropped."""
    return os.environ.get("TEST_DATABASE_URL", "postgresql:///postgres")


async def _on_server(statement: str) -> None:
    connection = await asyncpg.connect(postgres_server(), timeout=5)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


@contextlib.contextmanager
def new_database() -> Iterator[str]:
    """The address of an empty PostgreSQL database, dropped afterwards."""
    name = f"article_bot_test_{secrets.token_hex(6)}"
    try:
        asyncio.run(_on_server(f"CREATE DATABASE {name}"))
    except (OSError, asyncpg.PostgresError) as error:
        problem = f"no PostgreSQL at TEST_DATABASE_URL: {error}"
        if os.environ.get("REQUIRE_POSTGRES"):
            pytest.fail(problem)
        pytest.skip(problem)
    try:
        yield re.sub(r"(://[^/]*)/[^?]*", rf"\1/{name}", postgres_server())
    finally:
        asyncio.run(_on_server(f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture
def postgres_url() -> Iterator[str]:
    with new_database() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """DATABASE_URL of an empty database, of one engine and then of the other."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/votes.db"
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Process, str]]:
    process, url = start_sandbox(tmp_path_factory.mktemp("sandbox"))
    yield process, url
    assert process.stop() == 0, process.output


@pytest.fixture(scope="session")
def running_library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Process, str]]:
    corpus = shelf(tmp_path_factory.mktemp("library"))
    process, url = start_sandbox(tmp_path_factory.mktemp("sandbox"), CORPUS_DIR=str(corpus))
    yield process, url
    assert process.stop() == 0, process.output


@pytest.fixture
async def library(running_library: tuple[Process, str]) -> AsyncIterator[Sandbox]:
    """As sandbox, with a second article beside the first."""
    process, url = running_library
    written = len(process.output)
    async with httpx.AsyncClient(base_url=url, trust_env=False, timeout=30) as client:
        yield Sandbox(process, url, client)
    new = process.output[written:]
    assert "ERROR" not in new, new
    assert "Traceback" not in new, new


@pytest.fixture
async def sandbox(running: tuple[Process, str]) -> AsyncIterator[Sandbox]:
    """The sandbox of all tests, with the bot in it; what a test did stays for the next."""
    process, url = running
    written = len(process.output)
    limits = httpx.Limits(max_connections=400)
    async with httpx.AsyncClient(
        base_url=url, trust_env=False, timeout=30, limits=limits
    ) as client:
        yield Sandbox(process, url, client)
    new = process.output[written:]
    assert "ERROR" not in new, new
    assert "Traceback" not in new, new


@pytest.fixture
async def clean(sandbox: Sandbox) -> AsyncIterator[Sandbox]:
    """The sandbox of all tests without a vote; the test's own readers are forgotten afterwards."""
    response = await sandbox.client.get("/sandbox/calls", params={"after": 0})
    sandbox.calls_before = max((call["n"] for call in response.json()["calls"]), default=0)
    yield sandbox
    for chat in sandbox.readers:
        await chat.post(f"readers/{chat.reader}/block", {"blocked": False})
        await chat.send("/forget")


@pytest.fixture
async def fresh(tmp_path: Path) -> AsyncIterator[Sandbox]:
    """A sandbox of a test's own, without any vote yet."""
    # Else most of its time would go into refreshing what is tapped again at once.
    process, url = start_sandbox(tmp_path, OVERALL_PER_SECOND="60")
    async with httpx.AsyncClient(
        base_url=url, trust_env=False, timeout=60, limits=httpx.Limits(max_connections=500)
    ) as client:
        yield Sandbox(process, url, client)
    assert process.stop() == 0, process.output
    assert "ERROR" not in process.output, process.output
    assert "Traceback" not in process.output, process.output


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """A Bot API server of the test's own, on which bots can be started and killed."""
    stage = Stage(tmp_path)
    await stage.open()
    yield stage
    await stage.close()


@pytest.fixture
async def ada(sandbox: Sandbox) -> Chat:
    return await sandbox.reader()


@pytest.fixture
async def ben(sandbox: Sandbox) -> Chat:
    return await sandbox.reader()
