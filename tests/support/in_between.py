"""Something between the bot and Telegram: it passes requests on, until it is told otherwise."""

import asyncio
import contextlib
import re
from collections import Counter
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

_LENGTH = re.compile(rb"(?i)\r\ncontent-length: (\d+)")


@dataclass
class Trouble:
    """What happens to the calls of a method.

    Attributes:
        times: How many of them it happens to.
        status: The status that is answered instead of passing a call on; None to pass it on.
        body: What is answered with that status.
        late: Seconds for which Telegram's answer is held back.
        cut: Whether only the beginning of Telegram's answer comes through.
    """

    times: int = 1
    status: int | None = None
    body: bytes = b"<html>No %s for you</html>"
    late: float = 0.0
    cut: bool = False


class InBetween:
    """A proxy in front of a Bot API server.

    Attributes:
        url: Its address, for BOT_API_URL.
        seen: Calls that came, by method.
    """

    def __init__(self, upstream: str) -> None:
        parts = urlsplit(upstream)
        self._upstream = parts.hostname or "", parts.port or 0
        self._troubles: dict[str, Trouble] = {}
        self.seen: Counter[str] = Counter()
        self._tasks: set[asyncio.Task[Any]] = set()

    async def __aenter__(self) -> "InBetween":
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def is_calm(self) -> bool:
        """Whether all the trouble has been made."""
        return not self._troubles

    def make(self, method: str, **trouble: Any) -> None:
        """Make trouble for the next calls of a method."""
        self._troubles[method.lower()] = Trouble(**trouble)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        # asyncio would log that a connection's task was cancelled.
        with contextlib.suppress(asyncio.CancelledError):
            await self._answer_one(reader, writer)
        self._tasks.discard(task)
        writer.close()

    async def _answer_one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            head = await reader.readuntil(b"\r\n\r\n")
            length = _LENGTH.search(head)
            body = await reader.readexactly(int(length[1]) if length else 0)
            writer.write(await self._answer(head, body))
            await writer.drain()

    async def _answer(self, head: bytes, body: bytes) -> bytes:
        path = head.split(b" ", 2)[1].partition(b"?")[0]
        method = path.rpartition(b"/")[2].decode().lower()
        trouble = self._troubles.get(method, Trouble())
        if method in self._troubles:
            trouble.times -= 1
            if not trouble.times:
                del self._troubles[method]
        self.seen[method] += 1
        if trouble.status is not None:
            text = trouble.body.replace(b"%s", path)
            line = b"HTTP/1.1 %d Whatever\r\nContent-Type: text/html\r\n" % trouble.status
            return line + b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(text) + text
        answer = await self._passed_on(head, body)
        await asyncio.sleep(trouble.late)
        return answer[: len(answer) - 40] if trouble.cut else answer

    async def _passed_on(self, head: bytes, body: bytes) -> bytes:
        reader, writer = await asyncio.open_connection(*self._upstream)
        host = b"\r\nHost: %s:%d\r\n" % (self._upstream[0].encode(), self._upstream[1])
        head = re.sub(rb"(?i)\r\nhost: [^\r]+\r\n", host, head)
        writer.write(head[:-2] + b"Connection: close\r\n\r\n" + body)
        try:
            return await reader.read()
        finally:
            writer.close()
