"""The sandbox server in a process of its own, and a client that costs little."""

import asyncio
import contextlib
import json
import multiprocessing
import signal
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

from bot.sandbox.server import SandboxServer
from bot.views.callback_data import ReactionButton, parse

TOKEN = "4242:copies"
LINES = 8
"""Connections of the load generator: enough for 50 requests a second of some milliseconds each."""
LOOK_EVERY = 0.5
"""Seconds between looks at the server's call log, which holds the last 2,000 calls."""

ChatKey = tuple[int, int]
"""A copy: the ids of its chat and its message."""
Shown = tuple[tuple[str, str], ...]
"""What a copy's buttons say: each reaction's id with its count as written, in the ids' order."""


@contextlib.contextmanager
def serving() -> Iterator[tuple[str, int]]:
    """Run the server; its address and its process id."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs,), daemon=True)
    process.start()
    try:
        if not ours.poll(30):
            raise RuntimeError("the sandbox server did not start")
        yield ours.recv(), process.pid or 0
    finally:
        process.terminate()
        process.join(10)


def _serve(address: Connection) -> None:
    # Ctrl-C goes to every process of the terminal; this one is ended by the one that measures.
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    async def run() -> None:
        server = SandboxServer(TOKEN)
        await server.start()
        address.send(server.url)
        await asyncio.Event().wait()

    asyncio.run(run())


class Client:
    """Requests over a few connections that are kept."""

    def __init__(self, url: str) -> None:
        host, _, port = url.removeprefix("http://").partition(":")
        self._host, self._port = host, int(port)
        self._lines: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]]
        self._lines = asyncio.Queue()

    @contextlib.asynccontextmanager
    async def connected(self) -> AsyncIterator["Client"]:
        for _ in range(LINES):
            line = await asyncio.open_connection(self._host, self._port, limit=2**26)
            self._lines.put_nowait(line)
        try:
            yield self
        finally:
            while not self._lines.empty():
                self._lines.get_nowait()[1].close()

    async def get(self, path: str) -> Any:
        return await self._request("GET", path, b"")

    async def post(self, path: str, **fields: Any) -> Any:
        return await self._request("POST", path, json.dumps(fields).encode())

    async def _request(self, method: str, path: str, body: bytes) -> Any:
        head = (
            f"{method} /sandbox/{path} HTTP/1.1\r\nHost: {self._host}:{self._port}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        line = await self._lines.get()
        try:
            reader, writer = line
            writer.write(head.encode() + body)
            answer = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            sizes = [part for part in answer if part.lower().startswith("content-length:")]
            found = json.loads(await reader.readexactly(int(sizes[0].partition(":")[2])))
        finally:
            self._lines.put_nowait(line)
        if " 200 " not in answer[0]:
            raise RuntimeError(f"{path}: {answer[0]}: {found}")
        return found


@dataclass(frozen=True)
class Edit:
    """A call that edits a copy. at: when it came to the server, in seconds since 1970."""

    at: float
    copy: ChatKey
    status: int
    shown: Shown


@dataclass
class Seen:
    """What the server saw of the bot."""

    answered: dict[str, float] = field(default_factory=dict)
    """When each button was answered, by the callback query's id."""
    edits: list[Edit] = field(default_factory=list)
    calls: int = 0


class Watch:
    """Reads the server's own log of calls, so that nothing is timed by a process that is late.

    The log costs the server a millisecond each time it is asked; following the events would cost
    it more, and they bear no time.
    """

    def __init__(self, client: Client) -> None:
        self.seen = Seen()
        self._client = client
        self._last = 0

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[Seen]:
        """Look again and again; what came before is passed over."""
        await self.look()
        self.seen.answered.clear()
        self.seen.edits.clear()
        self.seen.calls = 0
        task = asyncio.create_task(self._go_on())
        try:
            yield self.seen
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def look(self) -> None:
        calls = (await self._client.get(f"calls?after={self._last}"))["calls"]
        if self._last and calls and calls[0]["n"] != self._last + 1:
            raise RuntimeError("calls were lost: the server's log is too short for this load")
        for call in calls:
            self._last = call["n"]
            self.seen.calls += 1
            self._take(call)

    async def _go_on(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY)
            await self.look()

    def _take(self, call: dict[str, Any]) -> None:
        method, params = call["method"].lower(), call["params"]
        if method == "answercallbackquery" and call["status"] == 200:
            self.seen.answered[params["callback_query_id"]] = call["at"]
        elif method.startswith("editmessage"):
            copy = params["chat_id"], params["message_id"]
            self.seen.edits.append(
                Edit(call["at"], copy, call["status"], counts(params["reply_markup"]))
            )


def counts(markup: dict[str, Any]) -> Shown:
    """What the reaction buttons of a keyboard say."""
    found = {}
    for row in markup["inline_keyboard"]:
        for button in row:
            if isinstance(parsed := parse(button.get("callback_data")), ReactionButton):
                found[parsed.reaction_id] = button["text"].partition(" ")[2]
    return tuple(sorted(found.items()))
