"""What the bot tells monitors and load balancers: health, readiness, metrics."""

import asyncio
import contextlib
import re
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.config.listen_address import ListenAddress
from bot.delivery.health import Health, health_application
from bot.delivery.http_listener import listening
from bot.delivery.metrics import Metrics
from bot.store.file_leadership import FileLeadership
from bot.store.sqlite import SqliteStore
from bot.store.voters import Voters
from tests.support.corpora import ARTICLE, ROOT
from tests.support.stage import Stage
from tests.support.waiting import free_port, until

LIKE = f"r:{ARTICLE}:like"
READY = (200, {"ready": True, "missing": {}})


class Monitor:
    """What looks at a bot from outside."""

    def __init__(self) -> None:
        self.port = free_port()
        self.settings = {"HEALTH_LISTEN": str(self.port)}

    async def get(self, path: str) -> httpx.Response:
        async with httpx.AsyncClient(trust_env=False, timeout=30) as client:
            return await client.get(f"http://127.0.0.1:{self.port}{path}")

    async def ready(self) -> tuple[int, dict[str, Any]]:
        response = await self.get("/readyz")
        return response.status_code, response.json()

    async def missing(self) -> dict[str, str]:
        """What is missing for the bot to be ready."""
        status, body = await self.ready()
        assert (status, body["ready"]) == (503 if body["missing"] else 200, not body["missing"])
        return dict(body["missing"])

    async def metrics(self) -> dict[tuple[str, ...], float]:
        """Every number, by its name and the values of its labels."""
        response = await self.get("/metrics")
        assert response.status_code == 200
        return {
            (sample.name, *sample.labels.values()): sample.value
            for family in text_string_to_metric_families(response.text)
            for sample in family.samples
        }


@pytest.fixture
def monitor() -> Monitor:
    return Monitor()


async def test_a_bot_that_serves(stage: Stage, monitor: Monitor) -> None:
    """It is alive and ready, and nothing else is told there."""
    await stage.bot(**monitor.settings)
    response = await monitor.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"alive": True})

    async def ready() -> bool:
        return await monitor.ready() == READY

    # When it says that it runs, it is about to take updates.
    await until(ready)
    assert (await monitor.get("/")).status_code == 404
    # Another one cannot tell anything at the same place.
    more = {"DATABASE_URL": f"sqlite:///{stage.folder}/other.db", **monitor.settings}
    ended = await stage.command("run", **more)
    assert ended.returncode == 2
    assert ended.stderr.startswith(f"HEALTH_LISTEN is 127.0.0.1:{monitor.port}, but the bot")


async def test_a_bot_that_starts(stage: Stage, monitor: Monitor) -> None:
    """It is alive, and says what is missing; so it does until the very end."""
    fault = await stage.fault("slow", method="getMe", seconds=2)
    starting = asyncio.create_task(stage.bot(**monitor.settings))
    await stage.struck(fault)
    assert (await monitor.get("/healthz")).status_code == 200
    assert (await monitor.missing()).keys() == {"serving"}
    bot = await starting
    ada = await stage.reader()
    slow = await stage.fault("slow", method="sendMessage", seconds=2)
    await ada.write("what did the US agree to?")
    await stage.struck(slow)
    stopping = asyncio.create_task(stage.stop(bot))

    async def stops() -> bool:
        return await monitor.missing() == {"serving": "The bot is starting or stopping."}

    await until(stops)
    assert await stopping == 0


async def test_a_database_that_is_away(stage: Stage, monitor: Monitor) -> None:
    """It is named, with what the log says, for as long as it lasts."""
    await stage.bot(**monitor.settings)
    ada = await stage.reader()
    await ada.send("/article")
    moved = stage.database.with_suffix(".moved")
    stage.database.rename(moved)
    missing = await monitor.missing()
    assert missing.keys() == {"database"}
    assert str(stage.database) in missing["database"]
    assert (await monitor.get("/healthz")).status_code == 200
    moved.rename(stage.database)
    assert await monitor.ready() == READY


@contextlib.asynccontextmanager
async def told(health: Health, metrics: Metrics, monitor: Monitor) -> AsyncIterator[None]:
    at = ListenAddress("127.0.0.1", monitor.port)
    async with listening(health_application(health, metrics), "HEALTH_LISTEN", at):
        yield


async def test_a_telegram_that_does_not_answer(tmp_path: Path, monitor: Monitor) -> None:
    """After a minute without any answer of its own; other answers do not count."""
    metrics = Metrics()
    health = Health(metrics)
    store = SqliteStore(tmp_path / "votes.db", Voters(b"k" * 32).fingerprint)
    async with told(health, metrics, monitor):
        assert (await monitor.missing()).keys() == {"serving", "database", "index"}
        await store.open()
        health.store, health.index_ready, health.serves_until = store, True, asyncio.Event()
        assert (await monitor.missing()).keys() == {"serving"}
        async with FileLeadership(tmp_path / "votes.db") as leadership:
            health.leadership = leadership
            metrics.called("getMe", 0, time.monotonic())
            assert (await monitor.missing()).keys() == {"telegram"}
            metrics.called("getMe", 401, time.monotonic())
            assert await monitor.missing() == {}
            metrics.telegram_answered -= 61
            assert (await monitor.missing()).keys() == {"telegram"}
        await store.close()


async def test_what_is_counted(stage: Stage, monitor: Monitor) -> None:
    """Updates, answers, votes, edits, calls and refusals, and how long they took."""
    await stage.bot(**monitor.settings)
    ada, ben = await stage.reader(), await stage.reader()
    answer = await ada.send("what did the US agree to?")
    await ada.send("who won the world cup?")
    await ben.send("/help")
    await ada.tap(answer, LIKE)
    await ada.shows(answer, "👍 1")
    await stage.fault("429", method="sendMessage", times=1, seconds=1)
    await ada.send("/help")
    await stage.all_handled()
    found = await monitor.metrics()
    expected = {
        ("updates_total", "message"): 4,
        ("updates_total", "callback_query"): 1,
        ("update_seconds_count", "message"): 4,
        ("answers_total", "answered"): 1,
        ("answers_total", "not_in_article"): 1,
        ("votes_total", "voted"): 1,
        ("edits_total", "edited"): 1,
        ("telegram_calls_total", "429"): 1,
        ("telegram_call_seconds_count", "sendMessage"): 5,
        ("updates_in_hand",): 0,
        ("telegram_calls_waiting",): 0,
        ("serving",): 1,
    }
    shown = {name: found.get(("article_bot_" + name[0], *name[1:])) for name in expected}
    assert shown == expected
    # A second of waiting belongs to the time until the answer.
    assert found["article_bot_update_seconds_sum", "message"] >= 1
    assert found["article_bot_update_seconds_bucket", "message", "+Inf"] == 4
    assert found["process_resident_memory_bytes",] > 0
    # Nothing of a reader.
    # In no label; and no figure is the id, though their digits may be in one.
    for line in (await monitor.get("/metrics")).text.splitlines():
        label, _, figure = line.rpartition(" ")
        assert str(ada.reader) not in label
        assert line.startswith("#") or float(figure) != ada.reader


async def test_every_metric_is_explained(stage: Stage, monitor: Monitor) -> None:
    """In docs/operations.md, in the same words, with the name of its label."""
    await stage.bot(**monitor.settings)

    async def text() -> str:
        return (await monitor.get("/metrics")).text

    async def all_there() -> bool:
        return "updates_in_hand" in await text()

    await until(all_there)
    helps = re.findall(r"^# HELP (article_bot_\w+) (.*)$", await text(), re.MULTILINE)
    documents = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(article_bot_\w+)` \| (?:`(\w+)`)? ?\| (.*) \|$", documents, re.M)
    assert sorted((name, text) for name, _, text in rows) == sorted(helps)
    labels = {name: label for name, label, _ in rows if label}
    counters = {f"article_bot_{each.name}_total": each.label for each in Metrics().counters}
    histograms = {f"article_bot_{each.name}": each.label for each in Metrics().histograms}
    assert labels == {**counters, **histograms}
