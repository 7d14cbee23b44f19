"""The event stream, pages that do not read it, and many readers at once."""

import asyncio
import json
import ssl
import time
from contextlib import suppress

import httpx
import pytest

from bot.sandbox.state.events import MAX_QUEUED

from .conftest import ADA, TOKEN, People, Stream


async def test_events(api, people, http):
    """The state first, then each thing as it happens."""
    async with http.stream("GET", "/sandbox/events") as response:
        assert response.headers["Content-Type"] == "text/event-stream"
        stream = Stream(response)
        assert await stream.next() == ("state", await people.get("state"))
        written = await people.write("?")
        assert await stream.next() == ("message", {"chat": ADA, "message": written})
        await api("sendChatAction", chat_id=ADA, action="typing")
        assert await stream.next() == ("typing", {"chat": ADA})
        sent = await api("sendMessage", chat_id=ADA, text="!")
        assert await stream.next() == ("message", {"chat": ADA, "message": sent})
        place = {"chat_id": ADA, "message_id": sent["message_id"]}
        edited = await api("editMessageText", **place, text="!!")
        assert await stream.next() == ("message", {"chat": ADA, "message": edited})
        tap = {"reader": ADA, "chat": ADA, "message_id": sent["message_id"], "data": "a"}
        query_id = (await people.post("taps", **tap))["callback_query_id"]
        await api("answerCallbackQuery", callback_query_id=query_id)
        toast = {"reader": ADA, "callback_query_id": query_id, "text": None, "show_alert": False}
        assert await stream.next() == ("toast", toast)
        await api("deleteMessage", **place)
        assert await stream.next() == (
            "deleted",
            {"chat": ADA, "message_id": sent["message_id"]},
        )
        await api("setMyDescription", description="New")
        assert await stream.next() == ("bot", (await people.get("state"))["bot"])
        added = await people.post("readers", first_name="Cleo")
        name, data = await stream.next()
        assert (name, data["reader"]) == ("reader", added["reader"])
        assert data["chat"] == (await people.get("state"))["chats"][-1]


async def test_a_page_that_does_not_read_is_dropped(api, server, people):
    """Its queue is bounded; the server goes on for all others."""
    port = int(server.url.rpartition(":")[2])
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1024)
    writer.write(b"GET /sandbox/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
    await reader.readline()
    sent = await api("sendMessage", chat_id=ADA, text="x")
    events = server.world.events
    message = {**sent, "text": "x" * 4096}
    deadline = time.monotonic() + 20
    while events.listeners and time.monotonic() < deadline:
        for _ in range(MAX_QUEUED - 1):
            events.send("message", {"chat": ADA, "message": message})
        await asyncio.sleep(0.01)
    assert not events.listeners
    await people.write("still served")
    writer.close()
    with suppress(ConnectionError):
        await writer.wait_closed()


@pytest.mark.slow
async def test_load(server, api, people):
    """200 readers write and tap at once; each gets its own answer, with little work."""
    chats = [(await people.post("readers"))["chat"] for _ in range(200)]

    async def bot():
        offset, left = 0, 400
        while left:
            updates = await api("getUpdates", offset=offset, timeout=10)
            offset, left = updates[-1]["update_id"] + 1, left - len(updates)
            await asyncio.gather(*map(handle, updates))

    async def handle(update):
        if "message" in update:
            text = update["message"]["text"]
            await api("sendMessage", chat_id=update["message"]["chat"]["id"], text=f"re {text}")
        else:
            query = update["callback_query"]
            await api("answerCallbackQuery", callback_query_id=query["id"], text=query["data"])

    # One client for all would spend seconds on its own pool of connections.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    options = {"base_url": server.url, "trust_env": False, "verify": context, "timeout": 30}

    async def person(chat):
        async with httpx.AsyncClient(**options) as http:
            own = People(http)
            asked = await own.write(f"q{chat}", chat)
            path = f"chats/{chat}/messages"
            got = await own.get(path, after=asked["message_id"], wait=30)
            (answer,) = got["messages"]
            assert answer["text"] == f"re q{chat}"
            place = {"reader": chat, "chat": chat, "message_id": answer["message_id"]}
            tapped = await own.post("taps", **place, data=f"d{chat}", wait=30)
            assert tapped["answer"]["text"] == f"d{chat}"

    # Not by the clock: other processes may keep the machine busy.
    worked = time.process_time()
    await asyncio.gather(bot(), *map(person, chats))
    assert time.process_time() - worked < 8
    assert TOKEN not in json.dumps(await people.get("calls"))
