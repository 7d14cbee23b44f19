"""setWebhook: how updates are delivered, in which order, and when they come again."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from aiohttp import web

from tests.support.waiting import until

from .conftest import ADA, BEN, TOKEN, until_held


class Receiver:
    """A bot's webhook: what came to it, and what it answers.

    Attributes:
        answer: Returns the status for an update.
        updates: The updates that came, in order.
        headers: Those of the last request.
    """

    def __init__(self) -> None:
        self.answer: Callable[[dict], Awaitable[int]] = self._yes
        self.updates: list[dict] = []
        self.headers: dict[str, str] = {}
        self.at_once = self.most_at_once = 0

    async def _yes(self, _: dict) -> int:
        return 200

    async def take(self, request: web.Request) -> web.Response:
        self.headers = dict(request.headers)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            update = await request.json()
            self.updates.append(update)
            return web.Response(status=await self.answer(update))
        finally:
            self.at_once -= 1

    def texts(self) -> list[str]:
        return [update["message"]["text"] for update in self.updates]


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    receiver, app = Receiver(), web.Application()
    app.router.add_post("/hook", receiver.take)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    receiver.url = f"http://127.0.0.1:{site._server.sockets[0].getsockname()[1]}/hook"
    yield receiver
    await runner.cleanup()


async def pending(api) -> int:
    return (await api("getWebhookInfo"))["pending_update_count"]


async def none_pending(api) -> None:
    async def fact() -> bool:
        return await pending(api) == 0

    await until(fact)


async def test_updates_are_delivered_with_the_secret(api, people, receiver):
    """Also those that came before; getUpdates is refused meanwhile."""
    await people.write("before")
    kinds = ["message", "callback_query"]
    assert await api(
        "setWebhook",
        url=receiver.url,
        secret_token="s3-_",
        max_connections=7,
        allowed_updates=kinds,
    )
    await people.write("after")
    await none_pending(api)
    assert receiver.texts() == ["before", "after"]
    assert receiver.headers["X-Telegram-Bot-Api-Secret-Token"] == "s3-_"
    assert receiver.headers["Content-Type"] == "application/json"
    assert TOKEN not in str(receiver.headers)
    assert await api("getWebhookInfo") == {
        "url": receiver.url,
        "has_custom_certificate": False,
        "pending_update_count": 0,
        "max_connections": 7,
        "allowed_updates": sorted(kinds),
    }
    assert await api.refused("getUpdates") == (
        409,
        "Conflict: can't use getUpdates method while webhook is active; "
        "use deleteWebhook to delete the webhook first",
    )
    assert await api("deleteWebhook")
    assert await api("getUpdates") == []


async def test_what_is_not_taken_comes_again(api, people, receiver):
    """And getWebhookInfo says why it was not."""
    statuses = iter([503, 401, 200])

    async def answer(_: dict) -> int:
        return next(statuses)

    receiver.answer = answer
    await api("setWebhook", url=receiver.url)
    await people.write("x")
    await none_pending(api)
    assert receiver.texts() == ["x"] * 3
    assert "X-Telegram-Bot-Api-Secret-Token" not in receiver.headers
    info = await api("getWebhookInfo")
    assert info["last_error_message"] == "Wrong response from the webhook: 401 Unauthorized"
    assert info["last_error_date"] > 0
    await api("setWebhook", url=receiver.url)
    assert "last_error_date" not in await api("getWebhookInfo")


async def test_a_chat_waits_for_its_own_updates_only(api, people, receiver):
    """One message of a chat at a time, and as many at once as setWebhook says."""
    go_on = asyncio.Event()

    async def answer(update: dict) -> int:
        if update["message"]["chat"]["id"] == ADA:
            await go_on.wait()
        return 200

    receiver.answer = answer
    await api("setWebhook", url=receiver.url, max_connections=2)
    for text in "ab":
        await people.write(text)
    await people.write("c", BEN)
    await until(lambda: "c" in receiver.texts())
    assert receiver.texts() == ["a", "c"]
    go_on.set()
    await none_pending(api)
    assert receiver.texts() == ["a", "c", "b"]
    go_on.clear()
    for reader in (ADA, (await people.post("readers"))["reader"]["id"], BEN):
        await people.write("d", reader)
    await until(lambda: receiver.texts().count("d") == 3)
    go_on.set()
    await none_pending(api)
    assert receiver.most_at_once == 2


async def test_a_webhook_ends_a_poll(api, people, server, receiver):
    """Whoever polls gets a conflict; what is pending may be dropped."""
    poll = asyncio.create_task(api.refused("getUpdates", timeout=50))
    await until_held(server)
    await api("setWebhook", url=receiver.url)
    assert await poll == (409, "Conflict: terminated by setWebhook request")
    await api("deleteWebhook")
    await people.write("x")
    assert await pending(api) == 1
    await api("setWebhook", url=receiver.url, drop_pending_updates=True)
    assert await pending(api) == 0
    assert receiver.updates == []


async def test_a_bot_that_is_away(api, people):
    """Its updates wait; the sandbox delivers to no other machine."""
    await api("setWebhook", url="http://127.0.0.1:9/hook")
    await people.write("x")

    async def failed() -> bool:
        return "last_error_message" in await api("getWebhookInfo")

    await until(failed)
    assert (await api("getWebhookInfo"))["last_error_message"] == "Connection refused"
    assert await pending(api) == 1
    for url in ("https://example.com/", "127.0.0.1", "http://[x"):
        status, words = await api.refused("setWebhook", url=url)
        assert (status, "bad webhook" in words) == (400, True)
    status, words = await api.refused("setWebhook", url="http://localhost/", secret_token="a b")
    assert (status, words) == (400, "secret token contains unallowed characters")
