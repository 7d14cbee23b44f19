"""A site on this machine, which answers as a test wants it to."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

TLS = b"\x16"
"""How a secure connection begins; there is none."""
Handler = Callable[[asyncio.StreamWriter], Awaitable[None]]


class WebSite:
    """A server that speaks HTTP/1.1 literally: a test gives status, headers and bytes of each path.

    Attributes:
        url: Its address, without a slash at the end.
        port: Its port, on every address of this machine.
        requests: Head of each request, in order.
    """

    def __init__(self, port: int) -> None:
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.requests: list[str] = []
        self._answers: dict[str, bytes | Handler] = {}

    def page(self, path: str, body: str | bytes, status: str = "200 OK", **headers: str) -> str:
        """Answer a path; headers are named as in content_type="text/html". Return its address."""
        content = body.encode() if isinstance(body, str) else body
        fields = {"content_type": "text/html", "content_length": str(len(content)), **headers}
        lines = [f"{name.replace('_', '-')}: {value}" for name, value in fields.items() if value]
        head = "\r\n".join([f"HTTP/1.1 {status}", "Connection: close", *lines, "", ""])
        self._answers[path] = head.encode("latin-1") + content
        return self.url + path

    def redirect(self, path: str, target: str) -> str:
        """Answer a path by a redirect. Return its address."""
        return self.page(path, "", "302 Found", location=target)

    def script(self, path: str, handler: Handler) -> str:
        """Let a coroutine write the whole answer of a path. Return its address."""
        self._answers[path] = handler
        return self.url + path

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            first = await reader.readexactly(1)
            if first == TLS:
                return
            head = (first + await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            self.requests.append(head)
            path = head.split(" ")[1].partition("?")[0]
            answer = self._answers.get(path, b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
            if isinstance(answer, bytes):
                writer.write(answer)
                await writer.drain()
            else:
                await answer(writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


@contextlib.asynccontextmanager
async def web_site() -> AsyncIterator[WebSite]:
    """A site that serves within the event loop of the test."""
    sites: list[WebSite] = []
    running: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        running.add(task)
        with contextlib.suppress(asyncio.CancelledError):
            await sites[0].serve(reader, writer)
        running.discard(task)

    server = await asyncio.start_server(serve, "0.0.0.0", 0)
    sites.append(WebSite(server.sockets[0].getsockname()[1]))
    yield sites[0]
    server.close()
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)
