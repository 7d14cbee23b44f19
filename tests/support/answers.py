"""A server that says the same to everybody."""

import asyncio
import contextlib
from collections.abc import AsyncIterator


class Answers:
    """A server that answers every request with the same bytes, and keeps what it got."""

    def __init__(self, answer: bytes, drip: float = 0.0) -> None:
        self.answer = answer
        self.got: list[bytes] = []
        self.drip = drip
        self.tasks: set[asyncio.Task[None] | None] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.tasks.add(asyncio.current_task())
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
            size = [line for line in head.lower().split(b"\r\n") if b"content-length" in line]
            body = await reader.readexactly(int(size[0].split(b":")[1])) if size else b""
            self.got.append(head + body)
            writer.write(self.answer)
            await writer.drain()
            while self.drip:
                writer.write(b" ")
                await writer.drain()
                await asyncio.sleep(self.drip)
        writer.close()


@contextlib.asynccontextmanager
async def answering(
    body: bytes, status: int = 200, extra: int = 0, drip: float = 0.0
) -> AsyncIterator[tuple[str, Answers]]:
    """Yield the address of a server; ``extra``: bytes that it announces and does not send."""
    size = len(body) + extra
    head = b"HTTP/1.1 %d x\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % (status, size)
    answers = Answers(head + body, drip)
    async with await asyncio.start_server(answers.serve, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", answers
        await asyncio.gather(*(task for task in answers.tasks if task is not None))
