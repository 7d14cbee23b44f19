"""The whole bot follows a feed and is killed in between: what then stands in the channel."""

import asyncio
import contextlib
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.support.chat import Chat
from tests.support.corpora import write_two_articles
from tests.support.feed_site import FeedSite
from tests.support.processes import Process, clean_environment
from tests.support.stage import Stage
from tests.support.waiting import TIMEOUT, until
from tests.support.web_site import web_site


@pytest.fixture
async def feed() -> AsyncIterator[FeedSite]:
    async with web_site() as site:
        yield FeedSite(site)


@pytest.fixture
async def channel(stage: Stage) -> Chat:
    return (await stage.channel(await stage.reader()))[0]


@pytest.fixture
def settings(stage: Stage, feed: FeedSite, channel: Chat) -> dict[str, str]:
    return {
        "CORPUS_DIR": str(write_two_articles(stage.folder)),
        "FEEDS": f"{feed.url}?key=secret-of-the-feed",
        "PUBLISH_TO": str(channel.chat),
        "ALLOW_PRIVATE_ADDRESSES": "yes",
    }


def rows(stage: Stage, statement: str) -> list[Any]:
    """Run SQL beside the bot."""
    with contextlib.closing(sqlite3.connect(stage.database, timeout=10)) as db, db:
        return db.execute(statement).fetchall()


async def posted(stage: Stage, channel: Chat) -> int:
    messages = (await stage.ask(f"chats/{channel.chat}/messages?after=0"))["messages"]
    return sum("text" in message for message in messages)


async def listed(stage: Stage, bot: Process, number: int) -> None:
    """Wait until so many entries have articles; then stop the bot."""
    query = "SELECT article FROM feed_entries WHERE article IS NOT NULL"
    await until(lambda: len(rows(stage, query)) >= number, lambda: bot.output)
    assert await stage.stop(bot) == 0


@pytest.mark.slow
async def test_a_bot_that_is_killed_while_it_posts(
    stage: Stage, feed: FeedSite, channel: Chat, settings: dict[str, str]
) -> None:
    """The first time the post is repeated, the second time it is not; the next article follows."""
    feed.add("bonn")
    await listed(stage, await stage.process(**settings), 1)
    feed.add("kiel")
    rows(stage, "UPDATE feeds SET next_look = 0")
    # Nothing is posted yet, however fast the bot loads the article.
    await stage.fault("429", method="sendMessage", seconds=100)
    await listed(stage, await stage.process(**settings), 2)
    await stage.mend()
    for kills in (1, 2):
        fault = await stage.fault("slow", method="sendMessage", times=1, seconds=1)
        bot = await stage.process(**settings)
        rows(stage, "UPDATE feed_entries SET next_send = 0")
        await stage.struck(fault)
        await stage.kill(bot)

        async def arrived(kills: int = kills) -> bool:
            return await posted(stage, channel) == kills

        await until(arrived)
        assert rows(stage, "SELECT post, sends FROM feed_entries WHERE post <> 'none'") == [
            ("sending", kills)
        ]
    feed.add("ulm")
    rows(stage, "UPDATE feeds SET next_look = 0")
    await listed(stage, await stage.process(**settings), 3)
    rows(stage, "UPDATE feed_entries SET next_send = 0")
    bot = await stage.process(**settings)
    query = "SELECT post FROM feed_entries ORDER BY number"
    ended = [("none",), ("unknown",), ("posted",)]
    await until(lambda: rows(stage, query) == ended, lambda: (bot.output, rows(stage, query)))
    assert await posted(stage, channel) == 3
    assert "was sent twice without an answer" in bot.output
    assert all("secret-of-the-feed" not in process.output for process in stage.processes)


@pytest.mark.slow
async def test_a_new_article_is_posted_by_the_running_bot(
    stage: Stage, feed: FeedSite, channel: Chat, settings: dict[str, str]
) -> None:
    """It is in the channel as soon as the bot has read it, and readers can ask about it."""
    feed.add("bonn")
    await listed(stage, await stage.process(**settings), 1)
    feed.add("kiel")
    rows(stage, "UPDATE feeds SET next_look = 0")
    bot = await stage.process(**settings)

    async def arrived() -> bool:
        return await posted(stage, channel) == 1

    await until(arrived, lambda: bot.output)
    reader = await stage.reader()
    assert "council of kiel" in (await reader.send("What did the council of Kiel decide?"))["text"]
    assert "WARNING" not in bot.output


@pytest.mark.slow
async def test_readers_ask_about_an_article_of_a_feed(
    stage: Stage, feed: FeedSite, channel: Chat, settings: dict[str, str]
) -> None:
    """Whatever is posted later, the first look posts nothing."""
    feed.add("bonn")
    await listed(stage, await stage.process(**settings), 1)
    await stage.process(**settings)
    reader = await stage.reader()
    assert "forty lime trees" in (await reader.send("How many lime trees will be planted?"))["text"]
    assert await posted(stage, channel) == 0


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"FEEDS": "ftp://news.example"}, "Address 1 of FEEDS is not the address of a feed"),
        ({"PUBLISH_TO": "channel"}, "PUBLISH_TO is 'channel': give a channel's @name"),
        ({"FEEDS": ""}, "set FEEDS or ADMINS too"),
        ({"ALLOW_PRIVATE_ADDRESSES": "maybe"}, "set it to yes or no"),
    ],
)
async def test_a_wrong_setting_is_named(
    stage: Stage, settings: dict[str, str], more: dict[str, str], said: str
) -> None:
    """At the start, and what to do about it."""
    result = await stage.command("run", **{**settings, **more})
    assert result.returncode == 2
    assert said in result.stderr


@pytest.mark.parametrize("package", ["feedparser", "trafilatura"])
async def test_a_missing_package_is_named(
    stage: Stage, settings: dict[str, str], package: str
) -> None:
    """At the start, with the command that installs it."""
    program = f"import sys; sys.modules[{package!r}] = None; from bot.cli import main; main()"
    result = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", program, "run"],
        cwd=stage.folder,
        env=clean_environment(**stage.settings(**settings)),
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=False,
    )
    assert "pip install 'article-bot[web]'" in result.stderr
    assert "Traceback" not in result.stderr
    assert not stage.database.exists()
