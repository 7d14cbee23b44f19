"""A running sandbox, and the two who talk to it: a bot and its readers."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from bot.sandbox.server import SandboxServer

TOKEN = "123456:sandbox-secret"
ADA = 1001
BEN = 1002


class Api:
    """The bot's side: form-encoded calls as python-telegram-bot makes them."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http

    async def raw(self, method: str, **params: Any) -> httpx.Response:
        form = {k: v if isinstance(v, str) else json.dumps(v) for k, v in params.items()}
        return await self.http.post(f"/bot{TOKEN}/{method}", data=form)

    async def __call__(self, method: str, **params: Any) -> Any:
        body = (await self.raw(method, **params)).json()
        assert body["ok"], body
        return body["result"]

    async def refused(self, method: str, **params: Any) -> tuple[int, str]:
        """Status and description of a call that must fail."""
        response = await self.raw(method, **params)
        body = response.json()
        assert body["ok"] is False
        assert body["error_code"] == response.status_code
        return response.status_code, body["description"].removeprefix("Bad Request: ")


class People:
    """The readers' side: the control interface."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http

    async def post(self, path: str, **fields: Any) -> Any:
        response = await self.http.post(f"/sandbox/{path}", json=fields)
        assert response.status_code == 200, response.text
        return response.json()

    async def refused(self, path: str, **fields: Any) -> int:
        response = await self.http.post(f"/sandbox/{path}", json=fields)
        assert response.json()["error"].endswith(".")
        return response.status_code

    async def get(self, path: str, **query: Any) -> Any:
        response = await self.http.get(f"/sandbox/{path}", params=query)
        assert response.status_code == 200, response.text
        return response.json()

    async def write(self, text: str, reader: int = ADA) -> Any:
        return (await self.post("messages", reader=reader, text=text))["message"]


class Stream:
    """A page's event stream."""

    def __init__(self, response: httpx.Response) -> None:
        self._lines = response.aiter_lines()

    async def next(self) -> tuple[str, Any]:
        name = data = None
        async for line in self._lines:
            if line.startswith("event: "):
                name = line[7:]
            elif line.startswith("data: "):
                data = json.loads(line[6:])
            elif not line and name:
                return name, data
        raise EOFError


async def until_held(server: SandboxServer, count: int = 1) -> None:
    """Wait until so many requests are held open by the server."""
    for _ in range(2000):
        if len(server.held) == count:
            return
        await asyncio.sleep(0.005)
    raise AssertionError(f"{len(server.held)} requests are held, not {count}")


@pytest.fixture
async def server() -> AsyncIterator[SandboxServer]:
    sandbox = SandboxServer(TOKEN)
    await sandbox.start()
    yield sandbox
    await sandbox.stop()


@pytest.fixture
async def http(server: SandboxServer) -> AsyncIterator[httpx.AsyncClient]:
    # Few connections: httpx looks through all of them for every request.
    limits = httpx.Limits(max_connections=16)
    async with httpx.AsyncClient(
        base_url=server.url, trust_env=False, timeout=20, limits=limits
    ) as client:
        yield client


@pytest.fixture
def api(http: httpx.AsyncClient) -> Api:
    return Api(http)


@pytest.fixture
def people(http: httpx.AsyncClient) -> People:
    return People(http)
