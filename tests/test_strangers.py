"""What strangers may send to the ports on which the bot listens."""

import asyncio

import pytest

from bot.delivery.webhook import SECRET_HEADER
from tests.support.stage import Stage
from tests.support.waiting import free_port

SECRET = "s" * 32
HEAD = f"POST / HTTP/1.1\r\nHost: x\r\n{SECRET_HEADER}: {SECRET}\r\n".encode()
SENT = {
    "no HTTP": b"\x00\xff\n\n\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00" + b"a" * 100,
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "half a head": HEAD,
    "half a body": HEAD + b"Content-Length: 100\r\n\r\n{",
    "two lengths": HEAD + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n{",
    "a broken chunk": HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
    "a body that is not compressed": HEAD
    + b"Content-Encoding: gzip\r\nContent-Length: 5\r\n\r\nxxxxx",
    "a long header": b"GET / HTTP/1.1\r\nX: " + b"a" * 20_000 + b"\r\n\r\n",
    "a broken header": b"GET / HTTP/1.1\r\nHost: x\r\nX\x00: y\r\n\r\n",
    "a path of theirs": b"GET /%00/../../etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n",
}


@pytest.mark.slow
async def test_nothing_is_logged_and_nothing_is_held_up(stage: Stage) -> None:
    """Broken requests are refused, or wait for their end; the bot goes on."""
    ports = webhook, health = free_port(), free_port()
    bot = await stage.bot(
        WEBHOOK_URL=f"http://127.0.0.1:{webhook}/",
        WEBHOOK_LISTEN=str(webhook),
        WEBHOOK_SECRET=SECRET,
        HEALTH_LISTEN=str(health),
    )
    ada = await stage.reader()
    answer = await ada.send("/article")
    writers = []
    for name, sent in SENT.items():
        for port in ports:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writers.append(writer)
            writer.write(sent)
            if "half" in name:
                continue
            status = (await reader.readline()).split()[1]
            assert status in (b"400", b"401", b"404", b"405"), (name, status)
    assert await ada.react(answer, "like") is not None
    # Those who wait hang up.
    for writer in writers:
        writer.transport.abort()
    await ada.shows(answer, "👍 1")
    assert await stage.stop(bot) == 0
    assert bot.output == ""
