"""Connections: large and malformed requests, clients that leave, and the server's stop."""

import asyncio
import logging
import time
from contextlib import suppress

import httpx

from .conftest import ADA, TOKEN, until_held


async def pieces(size):
    """A body whose length is not said before it comes."""
    for _ in range(size // 10_000):
        yield b"x" * 10_000


async def test_large_body(http):
    """Above 1 MB: 413, of the control interface's above 8 MB; an address may be a long one."""
    path, form = f"/bot{TOKEN}/sendMessage", {"Content-Type": "application/x-www-form-urlencoded"}
    for body in (b"x" * 1_000_001, pieces(20_000_000)):
        response = await http.post(path, content=body, headers=form)
        assert response.status_code == 413
        assert response.json()["description"] == "Request Entity Too Large"
    for body, status in ((pieces(7_990_000), 400), (pieces(8_010_000), 413)):
        headers = {"Content-Type": "application/json"}
        response = await http.post("/sandbox/messages", content=body, headers=headers)
        assert response.status_code == status
    response = await http.get(path, params={"chat_id": ADA, "text": "ü" * 4096})
    assert response.json()["result"]["text"] == "ü" * 4096


async def said_by(server, request: bytes) -> bytes:
    """What the server answers to these bytes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", int(server.url.rpartition(":")[2]))
    writer.write(request)
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return answer


async def test_what_is_no_http_is_not_logged(server, capsys, caplog):
    """The client is told what is wrong; the request may hold a token, so no log says it."""
    head, host = f"GET /bot{TOKEN}/getMe".encode(), b"\r\nHost: localhost\r\n"
    with caplog.at_level(logging.DEBUG):
        for request in (
            head + b" HTTP/9.9" + host + b"\r\n",
            head + b"?" + b"x" * 70_000 + b" HTTP/1.1" + host + b"\r\n",
            head + b" HTTP/1.1" + host + b"no header\r\n\r\n",
            head + b" HTTP/1.1" + host + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        ):
            assert b" 400 " in await said_by(server, request)
    assert [r for r in caplog.records if r.name != "asyncio"] == []
    assert capsys.readouterr() == ("", "")


async def test_stop_ends_what_is_held_and_start_goes_on(server, people):
    """Long polls, waiting taps, reads and event streams end at once; state and port stay."""
    update_id = (await people.post("messages", reader=ADA, text="before"))["update_id"]

    async def held(path: str) -> None:
        async with httpx.AsyncClient(base_url=server.url, trust_env=False, timeout=10) as client:
            try:
                async with client.stream("GET", path) as response:
                    async for _ in response.aiter_bytes():
                        pass
            except httpx.TransportError:
                pass

    paths = (f"/bot{TOKEN}/getUpdates?timeout=50&offset={update_id + 1}", "/sandbox/events")
    tasks = [
        asyncio.create_task(held(path))
        for path in (*paths, f"/sandbox/chats/{ADA}/messages?after=0&wait=60")
    ]
    await until_held(server, 3)
    assert not any(task.done() for task in tasks)
    started, url = time.monotonic(), server.url
    await server.stop()
    await asyncio.gather(*tasks)
    assert time.monotonic() - started < 8
    await server.stop()
    await server.start()
    assert server.url == url
    messages = (await people.get(f"chats/{ADA}/messages"))["messages"]
    assert [message["text"] for message in messages] == ["before"]


async def test_stop_does_not_wait_for_half_a_request(server):
    """Whose client sends no more."""
    reader, writer = await asyncio.open_connection("127.0.0.1", int(server.url.rpartition(":")[2]))
    head = f"POST /bot{TOKEN}/getMe HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n"
    writer.write(head.encode() + b"Expect: 100-continue\r\n\r\n")
    # So the server waits for the body.
    assert b" 100 " in await reader.readline()
    await asyncio.wait_for(server.stop(), 30)
    await reader.read()
    writer.close()
    with suppress(ConnectionError):
        await writer.wait_closed()


async def test_a_poll_ends_when_its_client_leaves(api, people, server):
    """At once; what comes then is for the next poll. The same for a reader's request."""
    calls = (
        api("getUpdates", timeout=50),
        people.get(f"chats/{ADA}/messages", wait=60),
    )
    for call in calls:
        task = asyncio.create_task(call)
        await until_held(server)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await until_held(server, 0)
    await people.write("x")
    assert len(await api("getUpdates")) == 1
