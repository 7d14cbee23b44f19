"""Updates that Telegram delivers: who may, what is confirmed, and when it comes again."""

import asyncio
import json
import re
import sqlite3
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.config import read_settings
from bot.config.listen_address import ListenAddress
from bot.delivery.client import create_bot
from bot.delivery.health import Health
from bot.delivery.http_listener import listening
from bot.delivery.metrics import Metrics
from bot.delivery.webhook import Delivery, Webhook
from tests.support.chat import Chat
from tests.support.control import TOKEN
from tests.support.corpora import ARTICLE
from tests.support.sentences import voted
from tests.support.stage import Stage
from tests.support.waiting import free_port, until

SECRET = "s" * 32
LIKE = f"r:{ARTICLE}:like"


@pytest.fixture
def webhook() -> dict[str, str]:
    """Settings of a bot to which updates are delivered, without a proxy in between."""
    listen = f"127.0.0.1:{free_port()}"
    return {"WEBHOOK_URL": f"http://{listen}/telegram", "WEBHOOK_LISTEN": listen}


async def deliver(webhook: dict[str, str], body: Any, secret: str | bytes | None = SECRET) -> int:
    """Deliver something as Telegram does; the status of the answer."""
    headers: dict[str, Any] = {"Content-Type": "application/json"}
    if secret is not None:
        headers["X-Telegram-Bot-Api-Secret-Token"] = secret
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    async with httpx.AsyncClient(trust_env=False, timeout=60) as client:
        url = webhook["WEBHOOK_URL"]
        return (await client.post(url, content=content, headers=headers)).status_code


def message(reader: Chat, text: str, update_id: int) -> dict[str, Any]:
    user = {"id": reader.reader, "is_bot": False, "first_name": "Ada", "language_code": "en"}
    chat = {"id": reader.reader, "type": "private", "first_name": "Ada"}
    said = {"message_id": 900 + update_id, "date": 1, "chat": chat, "from": user, "text": text}
    return {"update_id": update_id, "message": said}


async def info(stage: Stage) -> dict[str, Any]:
    return (await stage.client.get(f"/bot{TOKEN}/getWebhookInfo")).json()["result"]


async def test_readers_are_answered(stage: Stage, webhook: dict[str, str]) -> None:
    """Questions, taps and inline queries, the first one too, which waited for the bot.

    Telegram is told where and what, once, and nothing is refused.
    """
    ada, ben = await stage.reader(), await stage.reader()
    await ada.write("what did the US agree to?")
    bot = await stage.bot(**webhook)
    answer = await ada.read()
    assert "The United States has agreed" in answer["text"]
    assert await ada.react(answer, "like") == voted("Like")
    assert (await stage.inline(ben, "security guarantees"))["results"]
    await ada.shows(answer, "👍 1")
    await stage.settled(bot)
    set_up = await info(stage)
    assert set_up["url"].startswith(webhook["WEBHOOK_URL"])
    assert set_up["max_connections"] == 100
    assert {"message", "callback_query", "inline_query"} <= set(set_up["allowed_updates"])
    assert set_up.get("last_error_message") is None
    assert await stage.stop(bot) == 0
    again = await stage.bot(**webhook)
    await ben.send("/help")
    assert len(await stage.calls("setwebhook")) == 1
    assert await stage.calls("deletewebhook") == await stage.calls("getupdates") == []
    # Another secret is noticed, although Telegram does not tell which one it shows.
    assert await stage.stop(again) == 0
    await stage.bot(**webhook, WEBHOOK_SECRET=SECRET)
    await ben.send("/help")
    assert len(await stage.calls("setwebhook")) == 2


async def test_only_telegram_may_deliver(stage: Stage, webhook: dict[str, str]) -> None:
    """Each thing that is wrong has its status, and what is right is handled."""
    await stage.bot(**webhook, WEBHOOK_SECRET=SECRET)
    ada = await stage.reader()
    update = message(ada, "what did the US agree to?", 5)
    assert await deliver(webhook, update, None) == 401
    assert await deliver(webhook, update, SECRET[1:]) == 401
    assert await deliver(webhook, update, "ключ".encode()) == 401
    wrong = (b"", b"{", b"[" * 100_000, b"\xff", [], 5, {}, {"update_id": True})
    for body in (*wrong, {"update_id": "5"}, {"update_id": -1}, {"update_id": 2**63}):
        assert await deliver(webhook, body) == 400
    assert await deliver(webhook, b'{"update_id": 6, "x": "' + b"x" * 1_000_000 + b'"}') == 413
    async with httpx.AsyncClient(trust_env=False) as client:
        assert (await client.get(webhook["WEBHOOK_URL"])).status_code == 405
    assert await deliver(webhook, update) == 200
    assert "The United States has agreed" in (await ada.read())["text"]
    assert len(await stage.calls("sendmessage")) == 1


async def test_an_update_that_comes_twice_is_handled_once(
    stage: Stage, webhook: dict[str, str]
) -> None:
    """Also while it is being handled; both deliveries are confirmed."""
    await stage.bot(**webhook, WEBHOOK_SECRET=SECRET)
    ada = await stage.reader()
    await stage.fault("slow", chat=ada.chat, method="sendMessage", seconds=1)
    update = message(ada, "what did the US agree to?", 5)
    statuses = await asyncio.gather(*(deliver(webhook, update) for _ in range(3)))
    assert [*statuses, await deliver(webhook, update)] == [200] * 4
    assert len(await stage.calls("sendmessage")) == 1


async def test_a_slow_update_is_confirmed_when_it_is_saved(
    stage: Stage, webhook: dict[str, str]
) -> None:
    """And not before, so that a bot which is killed right after it answers all the same."""
    bot = await stage.process(**webhook)
    ada, ben = await stage.reader(), await stage.reader()
    await stage.fault("429", chat=ada.chat, method="sendMessage", seconds=100)
    await ada.write("what did the US agree to?")
    assert "/forget" in (await ben.send("/help"))["text"]
    await stage.settled(bot)
    with sqlite3.connect(stage.database) as database:
        assert database.execute("SELECT COUNT(*) FROM deferred_updates").fetchone() == (1,)
    await stage.kill(bot)
    await stage.mend()
    await stage.process(**webhook)
    assert "The United States has agreed" in (await ada.read())["text"]


async def test_an_update_that_was_not_confirmed_comes_again(
    stage: Stage, webhook: dict[str, str]
) -> None:
    """The bot is killed while neither the answer is sent nor the update saved."""
    bot = await stage.process(**webhook)
    ada, ben = await stage.reader(), await stage.reader()
    answer = await ben.send("/article")
    await stage.settled(bot)
    fault = await stage.fault("500", method="sendMessage")
    database = sqlite3.connect(stage.database, isolation_level=None)
    database.execute("BEGIN IMMEDIATE")
    await ada.write("what did the US agree to?")
    await ben.tap_only(answer, LIKE)
    await stage.struck(fault)
    assert await stage.pending() == 2
    await stage.kill(bot)
    database.execute("ROLLBACK")
    database.close()
    await stage.mend()
    bot = await stage.process(**webhook)
    assert "The United States has agreed" in (await ada.read())["text"]
    await ben.shows(answer, "👍 1")
    await stage.settled(bot)


async def test_a_stop_confirms_what_was_begun(stage: Stage, webhook: dict[str, str]) -> None:
    """The next process does not answer it again."""
    bot = await stage.bot(**webhook)
    ada = await stage.reader()
    slow = await stage.fault("slow", chat=ada.chat, method="sendMessage", seconds=1)
    await ada.write("what did the US agree to?")
    await stage.struck(slow)
    assert await stage.stop(bot) == 0
    assert await stage.pending() == 0
    await stage.mend()
    bot = await stage.bot(**webhook)
    assert "The United States has agreed" in (await ada.read())["text"]
    await ada.send("/help")
    assert len(await stage.calls("sendmessage", ada.chat)) == 2


@pytest.mark.slow
async def test_polling_and_back(stage: Stage, webhook: dict[str, str]) -> None:
    """What comes between is not lost, and only what differs is told to Telegram."""
    ada = await stage.reader()
    for settings in ({}, webhook, {}, {}):
        await ada.write("/help")
        bot = await stage.bot(**settings)
        assert "/forget" in (await ada.read())["text"]
        await stage.settled(bot)
        assert await stage.stop(bot) == 0
    assert len(await stage.calls("setwebhook")) == 1
    assert len(await stage.calls("deletewebhook")) == 1
    assert (await info(stage))["url"] == ""


async def test_a_bot_that_starts_refuses_for_now(stage: Stage, webhook: dict[str, str]) -> None:
    """What comes before it is ready comes again, and is answered then."""
    fault = await stage.fault("slow", method="getMe", seconds=2)
    starting = asyncio.create_task(stage.bot(**webhook, WEBHOOK_SECRET=SECRET))
    await stage.struck(fault)
    ada = await stage.reader()
    assert await deliver(webhook, message(ada, "/help", 5)) == 503
    assert await deliver(webhook, message(ada, "/help", 5), "no") == 401
    await starting
    assert await deliver(webhook, message(ada, "/help", 5)) == 200


@pytest.mark.slow
async def test_a_standby_refuses_and_takes_over(stage: Stage, postgres_url: str) -> None:
    """Of two processes on PostgreSQL, a load balancer finds the one that serves."""
    ports = [str(free_port()) for _ in range(2)]
    url = f"http://127.0.0.1:{ports[0]}/"
    common = {"DATABASE_URL": postgres_url, "WEBHOOK_SECRET": SECRET}
    first = await stage.process(**common, WEBHOOK_URL=url, WEBHOOK_LISTEN=ports[0])
    second_url = f"http://127.0.0.1:{ports[1]}/"
    second = stage.waiting_process(**common, WEBHOOK_URL=second_url, WEBHOOK_LISTEN=ports[1])
    ada = await stage.reader()

    async def refuses() -> bool:
        assert second.exit_code is None, second.output
        try:
            status = await deliver({"WEBHOOK_URL": second_url}, message(ada, "/help", 5))
        except httpx.ConnectError:
            return False
        assert status == 503
        return True

    await until(refuses, lambda: second.output)
    assert "/forget" in (await ada.send("/help"))["text"]
    await stage.kill(first)
    await asyncio.to_thread(second.wait_for, re.compile("answers questions about"))
    assert "/forget" in (await ada.send("/help"))["text"]
    assert (await info(stage))["url"].startswith(second_url)


async def test_a_refused_address_and_a_port_that_is_taken(
    stage: Stage, webhook: dict[str, str]
) -> None:
    """Each gets a sentence that names the setting."""
    wrong = {**webhook, "WEBHOOK_URL": "https://example.com/telegram"}
    ended = await stage.command("run", **wrong)
    assert ended.returncode == 2
    assert ended.stderr.splitlines()[-1].startswith("Telegram does not accept WEBHOOK_URL (")
    port = webhook["WEBHOOK_LISTEN"]
    server = await asyncio.start_server(lambda *_: None, *port.split(":"))
    async with server:
        ended = await stage.command("run", **webhook)
    assert ended.returncode == 2
    assert ended.stderr.startswith(f"WEBHOOK_LISTEN is {port}, but the bot cannot listen there (")


def test_the_derived_secret_is_a_secret(tmp_path: Path) -> None:
    """It depends on the token, tells nothing of it, and no log shows it."""
    secrets = set()
    for token in ("4242:" + "a" * 35, "4242:" + "b" * 35):
        settings = read_settings({"BOT_TOKEN": token}, tmp_path / ".env")
        assert re.fullmatch(r"[0-9a-f]{64}", settings.webhook_token)
        assert settings.webhook_token in settings.secrets
        secrets.add(settings.webhook_token)
    assert len(secrets) == 2
    own = read_settings({"BOT_TOKEN": token, "WEBHOOK_SECRET": SECRET}, tmp_path / ".env")
    assert own.webhook_token == SECRET
    assert SECRET in own.secrets


async def test_what_goes_wrong_at_telegram_is_seen(
    stage: Stage, webhook: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    """A webhook that another program changed is set again; failed deliveries are told once."""
    settings = read_settings(stage.settings(**webhook), stage.folder / ".env")
    metrics = Metrics()
    here = Webhook(settings, Health(metrics), metrics)
    async with create_bot(settings) as bot:
        delivery = Delivery(settings, bot, ["message"], check_interval=0.01)
        await delivery.start()
        watching = asyncio.create_task(delivery.watch(here))
        await stage.client.get(f"/bot{TOKEN}/deleteWebhook")
        await until(lambda: "is set again" in caplog.text)
        assert (await info(stage))["url"].startswith(webhook["WEBHOOK_URL"])
        # Nobody listens there.
        ada = await stage.reader()
        await ada.write("/help")
        failed = "Telegram cannot deliver updates: Connection refused"
        await until(lambda: failed in caplog.text)
        await until(lambda: here.pending == 1)
        host, port = webhook["WEBHOOK_LISTEN"].split(":")
        async with listening(here.application(), "WEBHOOK_LISTEN", ListenAddress(host, int(port))):
            refused = "Telegram cannot deliver updates: Wrong response from the webhook: 503"
            await until(lambda: refused in caplog.text)
        await stage.client.get(f"/bot{TOKEN}/deleteWebhook?drop_pending_updates=true")
        await until(lambda: "Telegram delivers updates again." in caplog.text)
        assert caplog.text.count("Connection refused") == 1
        assert not watching.done()
        watching.cancel()
