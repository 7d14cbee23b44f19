"""A proxy before PostgreSQL, to cut a bot off from its database, or lose the answer to a commit."""

import asyncio
import getpass
import os
from contextlib import suppress
from typing import Self
from urllib.parse import parse_qs, urlsplit


class DatabaseProxy:
    """Passes everything on, until it is told not to.

    Attributes:
        url: The database's address through the proxy.
        flows: Cleared to hold everything back in silence, as a broken network does.
        losing: For how many commits from now on the answer is held back.
        losing_at: The SQL that counts as one, a commit unless it is set.
        losing_after: SQL that must have gone over the same connection before.
    """

    def __init__(self, url: str) -> None:
        self._target = urlsplit(url)
        self.flows = asyncio.Event()
        self.flows.set()
        self.losing, self.losing_at = 0, b"COMMIT"
        self.losing_after = b""
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        port = self._server.sockets[0].getsockname()[1]
        user = self._target.netloc.rpartition("@")[0] or getpass.getuser()
        self.url = f"postgresql://{user}@127.0.0.1:{port}{self._target.path}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        lost = asyncio.Event()
        server_reader, server_writer = await self._connect()
        for pipe in (
            self._pipe(reader, server_writer, lost, is_question=True),
            self._pipe(server_reader, writer, lost, is_question=False),
        ):
            task = asyncio.create_task(pipe)
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        port = self._target.port or int(os.environ.get("PGPORT", "5432"))
        query = parse_qs(self._target.query)
        host = self._target.hostname or query.get("host", [os.environ.get("PGHOST", "")])[0]
        if host and not host.startswith("/"):
            return await asyncio.open_connection(host, port)
        return await asyncio.open_unix_connection(f"{host or '/run/postgresql'}/.s.PGSQL.{port}")

    async def _pipe(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        lost: asyncio.Event,
        is_question: bool,
    ) -> None:
        is_meant = False
        try:
            with suppress(OSError):
                while data := await reader.read(65_536):
                    await self.flows.wait()
                    is_meant = is_meant or self.losing_after in data
                    if is_question and self.losing and is_meant and self.losing_at in data:
                        self.losing -= 1
                        lost.set()
                    if is_question or not lost.is_set():
                        writer.write(data)
                        await writer.drain()
        finally:
            writer.close()
