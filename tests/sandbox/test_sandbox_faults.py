"""Faults on order: what the bot is told, what it never hears, and what comes twice."""

import asyncio
import logging
import time

import httpx
import pytest

from .conftest import ADA, BEN, TOKEN, Stream, until_held

FIELDS = {"method": None, "chat": None, "times": None, "share": 1, "seconds": None}


async def order(people, kind, **fields):
    return (await people.post("faults", kind=kind, **fields))["id"]


async def texts(people, chat=ADA):
    messages = (await people.get(f"chats/{chat}/messages"))["messages"]
    return [message["text"] for message in messages]


async def status(api, method="sendMessage", chat=ADA):
    return (await api.raw(method, chat_id=chat, text="x")).status_code


async def leave(server, call):
    """Send a call, and close the connection while the server holds it."""
    task = asyncio.create_task(call)
    await until_held(server)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_on_and_off(people, http):
    """Each has an id; one or all of them go, and the pages hear of it."""
    async with http.stream("GET", "/sandbox/events") as response:
        stream = Stream(response)
        assert (await stream.next())[1]["faults"] == []
        one = await people.post("faults", kind="429")
        assert one == {"id": one["id"], "kind": "429", **FIELDS, "seconds": 3, "struck": 0}
        fields = {"method": "sendMessage", "chat": ADA, "times": 2, "share": 0.5, "seconds": 1.5}
        two = await people.post("faults", kind="slow", **fields)
        assert two == {"id": two["id"], "kind": "slow", **fields, "struck": 0}
        three = await people.post("faults", kind="repeated", **fields)
        assert three == {**two, **FIELDS, "id": three["id"], "kind": "repeated"} | {
            "times": 2,
            "share": 0.5,
        }
        state = await people.get("state")
        assert await people.get("faults") == {"faults": [one, two, three]}
        for _ in range(2):
            await stream.next()
        trouble = {"faults": [one, two, three], "limits": state["limits"]}
        assert await stream.next() == ("faults", trouble)
        assert {name: state[name] for name in trouble} == trouble
        gone = await http.delete(f"/sandbox/faults/{two['id']}")
        assert gone.json() == {"faults": [one, three]}
        assert (await stream.next())[1]["faults"] == [one, three]
        assert (await http.delete("/sandbox/faults")).json() == {"faults": []}
        assert (await stream.next())[1]["faults"] == []
        await people.post("limits", overall_per_second=30)
        assert (await stream.next())[1]["limits"]["overall_per_second"] == 30
    gone = await http.delete(f"/sandbox/faults/{two['id']}")
    assert (gone.status_code, gone.json()["error"][-1]) == (404, ".")


@pytest.mark.parametrize(
    ("fields", "answer"),
    [
        ({}, 400),
        ({"kind": "404"}, 400),
        ({"kind": 429}, 400),
        ({"kind": "500", "method": "sendNothing"}, 400),
        ({"kind": "500", "method": 1}, 400),
        ({"kind": "500", "chat": "x"}, 400),
        ({"kind": "500", "chat": 5}, 404),
        ({"kind": "500", "times": 0}, 400),
        ({"kind": "500", "times": 1.5}, 400),
        ({"kind": "500", "share": 1.1}, 400),
        ({"kind": "500", "share": True}, 400),
        ({"kind": "slow", "seconds": -1}, 400),
        ({"kind": "slow", "seconds": 1e9}, 400),
    ],
)
async def test_what_is_no_fault(people, fields, answer):
    """Each with a sentence that says why; none is switched on."""
    assert await people.refused("faults", **fields) == answer
    assert await people.get("faults") == {"faults": []}


async def test_too_many_requests(api, people):
    """The call does nothing; the seconds are whole, and at least one."""
    await order(people, "429", times=1)
    body = (await api.raw("sendMessage", chat_id=ADA, text="x")).json()
    assert body == {
        "ok": False,
        "error_code": 429,
        "description": "Too Many Requests: retry after 3",
        "parameters": {"retry_after": 3},
    }
    for given, told in ((0, 1), (1.2, 2)):
        await order(people, "429", times=1, seconds=given)
        body = (await api.raw("sendMessage", chat_id=ADA, text="x")).json()
        assert body["parameters"]["retry_after"] == told
    assert await texts(people) == []
    assert await status(api) == 200


async def test_forbidden_and_broken(api, people):
    """Telegram's words; nothing is done."""
    await order(people, "403", times=1)
    refused = await api.refused("sendMessage", chat_id=ADA, text="x")
    assert refused == (403, "Forbidden: bot was blocked by the user")
    await order(people, "500", times=1)
    refused = await api.refused("sendMessage", chat_id=ADA, text="x")
    assert refused == (500, "Internal Server Error")
    assert await texts(people) == []
    assert await status(api) == 200


async def test_which_calls_are_struck(api, people):
    """By method, whatever its case, and by chat; polls only when they are named."""
    fault = await order(people, "500", method="SENDmessage", chat=ADA)
    assert [await status(api, "sendMessage", chat) for chat in (ADA, BEN)] == [500, 200]
    assert await status(api, "getChat") == 200
    await order(people, "403")
    assert [await status(api, "sendMessage", chat) for chat in (ADA, BEN)] == [500, 403]
    assert await status(api, "getMe") == 403
    assert await status(api, "getUpdates") == 200
    await order(people, "429", method="getUpdates", times=1)
    assert [await status(api, "getUpdates") for _ in range(2)] == [429, 200]
    first, second = (await people.get("faults"))["faults"]
    assert (first["id"], first["struck"], second["struck"]) == (fault, 2, 2)


async def test_how_often(api, people, http):
    """So many times, and so often by chance; the pages hear when a fault is used up."""
    await order(people, "500", times=2)
    async with http.stream("GET", "/sandbox/events") as response:
        stream = Stream(response)
        await stream.next()
        assert [await status(api, "getMe") for _ in range(3)] == [500, 500, 200]
        assert (await stream.next())[1]["faults"] == []
    await order(people, "403", share=0)
    await order(people, "500", share=0.5)
    seen = [await status(api, "getMe") for _ in range(100)]
    assert set(seen) == {200, 500}
    assert 20 <= seen.count(500) <= 80
    assert (await people.get("faults"))["faults"][1]["struck"] == seen.count(500)


async def test_slow(api, people, server):
    """The call is carried out, later; other calls are not held up."""
    await order(people, "slow", method="sendMessage", times=1, seconds=1)
    started = time.monotonic()
    slow = asyncio.create_task(status(api))
    await until_held(server)
    assert await status(api, "sendMessage", BEN) == 200
    assert await texts(people) == []
    assert await slow == 200
    assert time.monotonic() - started >= 1
    assert len(await texts(people)) == 1


async def test_slow_and_the_client_leaves(api, people, server, caplog):
    """What it asked for is done all the same, and nothing is said about it."""
    await order(people, "slow", method="sendMessage", times=1, seconds=0.3)
    await leave(server, status(api))
    await until_held(server, 0)
    assert len(await texts(people)) == 1
    assert [r for r in caplog.records if r.levelno >= logging.WARNING] == []


async def test_a_slow_poll_whose_client_left(api, people, server):
    """It ends at once, and no other poll with it: it is not carried out."""
    await order(people, "slow", method="getUpdates", times=1, seconds=60)
    await leave(server, api("getUpdates", timeout=5))
    await until_held(server, 0)
    poll = asyncio.create_task(api("getUpdates", timeout=20))
    await until_held(server)
    await people.write("x")
    assert len(await poll) == 1
    assert (await people.get("totals"))["calls"] == {"getupdates": {"200": 1}}


async def test_stop_does_not_wait_for_slow_calls(api, people, server, caplog):
    """They are cut off and not carried out."""
    await order(people, "slow", seconds=60)
    slow = asyncio.create_task(status(api))
    await until_held(server)
    started = time.monotonic()
    await server.stop()
    with pytest.raises(httpx.TransportError):
        await slow
    assert time.monotonic() - started < 10
    await server.start()
    assert await texts(people) == []
    assert [r for r in caplog.records if r.levelno >= logging.WARNING] == []


async def test_dropped(api, people, caplog):
    """The client hears nothing, but the call is done; a refused one is dropped as well."""
    await order(people, "dropped", times=2)
    for chat in (ADA, 5):
        with pytest.raises(httpx.RemoteProtocolError, match="without sending"):
            await api.raw("sendMessage", chat_id=chat, text="x")
    assert await texts(people) == ["x"]
    assert [call["status"] for call in (await people.get("calls"))["calls"]] == [200, 400]
    assert await status(api) == 200
    assert [r for r in caplog.records if r.levelno >= logging.WARNING] == []


async def test_several_at_once(api, people):
    """A call may be slow and lose its answer, or be slow and be refused."""
    await order(people, "slow", seconds=0.2, times=2)
    await order(people, "dropped", times=1)
    started = time.monotonic()
    with pytest.raises(httpx.RemoteProtocolError):
        await status(api)
    await order(people, "500", times=1)
    assert await status(api) == 500
    assert time.monotonic() - started >= 0.4
    assert await people.get("faults") == {"faults": []}


async def test_a_refused_call_takes_no_room(api, people):
    """Faults come before limits."""
    await people.post("limits", private_per_second=0.1)
    await order(people, "500", times=1)
    assert [await status(api) for _ in range(3)] == [500, 200, 429]


async def test_a_bot_that_is_struck_goes_on(server, people, monkeypatch):
    """python-telegram-bot reads the refusals as its own errors, and the next call works."""
    from telegram import Bot
    from telegram.error import Forbidden, NetworkError, RetryAfter

    from .test_sandbox_python_telegram_bot import request

    # Without this the library warns of its own next version.
    monkeypatch.setenv("PTB_TIMEDELTA", "true")
    expected = {"429": RetryAfter, "403": Forbidden, "500": NetworkError, "dropped": NetworkError}
    async with Bot(TOKEN, base_url=f"{server.url}/bot", request=request()) as bot:
        for kind, error in expected.items():
            await order(people, kind, times=1)
            with pytest.raises(error):
                await bot.send_message(ADA, "x")
            await bot.send_message(ADA, "y")
    assert await texts(people) == ["y", "y", "y", "x", "y"]
