"""New articles of feeds are posted in a channel: none is lost, and at most one appears twice."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from bot.config import read_settings
from bot.delivery.client import create_bot
from bot.store.feed_records import PostState
from bot.store.sqlite import SqliteStore
from bot.store.voters import Voters
from bot.web.post_queue import (
    LOADING,
    MAX_LOADING,
    NOT_ACCEPTED_PAUSE,
    UNHEARD,
    Posting,
    PostQueue,
)
from tests.support.chat import Chat
from tests.support.corpora import ARTICLE
from tests.support.poster import Poster
from tests.support.stage import Stage
from tests.support.waiting import until


@pytest.fixture
async def poster(stage: Stage) -> AsyncIterator[Poster]:
    store = SqliteStore(stage.database, Voters(b"k" * 32).fingerprint, stage.clock)
    await store.open()
    async with create_bot(read_settings(stage.settings(), Path("no.env"))) as bot:
        yield Poster(stage, store, bot)
    await store.close()


@pytest.fixture
async def channel(stage: Stage) -> Chat:
    return (await stage.channel(await stage.reader()))[0]


async def posts(stage: Stage, channel: Chat) -> list[str]:
    """The first words of the posts, oldest first."""
    messages = (await stage.ask(f"chats/{channel.chat}/messages?after=0"))["messages"]
    return [message["text"].split()[0] for message in messages if "text" in message]


def shows(stage: Stage, channel: Chat, *first_words: str) -> Callable[[], Any]:
    async def fact() -> bool:
        return await posts(stage, channel) == list(first_words)

    return fact


async def test_articles_are_posted_oldest_first_and_once(
    poster: Poster, stage: Stage, channel: Chat
) -> None:
    """With reactions, whose counts are kept up to date."""
    await poster.list("bridge", ARTICLE)
    async with poster.running(channel):
        await poster.become(PostState.POSTED)
    async with poster.running(channel):
        await poster.list("bridge")
        await poster.become(PostState.POSTED, "bridge")
    assert await posts(stage, channel) == ["Harbour", "US"]
    tracked = await poster.store.tracked_in_chat(channel.chat, 10)
    assert {message.article_id for message in tracked} == {"bridge", ARTICLE}


async def test_an_article_that_is_in_the_channel_already_is_not_posted(
    poster: Poster, stage: Stage, channel: Chat
) -> None:
    """Whoever posted it: the command, another feed, or the bot before it was killed."""
    corpus = {"CORPUS_DIR": str(stage.folder / "corpus")}
    made = await stage.command("publish", "bridge", "--to", str(channel.chat), **corpus)
    assert made.returncode == 0, made.stderr
    await poster.list("bridge", ARTICLE)
    async with poster.running(channel):
        await poster.become(PostState.POSTED)
    assert await poster.states() == {"bridge": "posted", ARTICLE: "posted"}
    assert await posts(stage, channel) == ["Harbour", "US"]


async def test_a_lost_answer_leads_to_one_repetition_and_no_more(
    poster: Poster, stage: Stage, channel: Chat, caplog: pytest.LogCaptureFixture
) -> None:
    """The log says that nobody knows; the next article is posted meanwhile."""
    fault = await stage.fault("dropped", method="sendMessage", times=1)
    await poster.list("bridge", ARTICLE)
    async with poster.running(channel):
        await stage.struck(fault)
        await poster.become(PostState.POSTED)
        assert await posts(stage, channel) == ["Harbour", "US"]
        again = await stage.fault("dropped", method="sendMessage", times=1)
        stage.clock.advance(UNHEARD)
        await stage.struck(again)
        await until(shows(stage, channel, "Harbour", "US", "Harbour"))
        stage.clock.advance(UNHEARD)
        await poster.become(PostState.UNKNOWN, "bridge")
    async with poster.running(channel):
        await poster.list("new")
        stage.clock.advance(10 * UNHEARD)
    assert await posts(stage, channel) == ["Harbour", "US", "Harbour"]
    assert caplog.text.count("Telegram gave no answer to the post of bridge.") == 2
    assert "The post of bridge was sent twice without an answer" in caplog.text


async def test_a_repetition_that_is_answered_is_the_last(
    poster: Poster, stage: Stage, channel: Chat
) -> None:
    """And readers' taps on it count."""
    fault = await stage.fault("dropped", method="sendMessage", times=1)
    await poster.list("bridge")
    async with poster.running(channel):
        await stage.struck(fault)
        await poster.become(PostState.SENDING, "bridge")
        stage.clock.advance(UNHEARD)
        await poster.become(PostState.POSTED, "bridge")
        stage.clock.advance(10 * UNHEARD)
    assert await posts(stage, channel) == ["Harbour", "Harbour"]


async def test_a_refused_channel_loses_nothing(
    poster: Poster, stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    """The log says once what to do, and that it was done; the order stays."""
    ada = await stage.reader()
    group = (await stage.group(ada))[0]
    await stage.post(f"groups/{group.chat}/remove", reader=ada.reader)
    await poster.list("bridge", ARTICLE)
    async with poster.running(group):
        for attempts in range(1, 4):
            await until(lambda attempts=attempts: _refusals(stage, attempts))
            stage.clock.advance(3_600.0)
        await stage.post(f"groups/{group.chat}/add", reader=ada.reader)
        stage.clock.advance(3_600.0)
        await poster.become(PostState.POSTED)
    assert (await posts(stage, group))[-2:] == ["Harbour", "US"]
    assert caplog.text.count("Articles cannot be posted in") == 1
    assert "are posted in" in caplog.text


async def _refusals(stage: Stage, number: int) -> bool:
    refused = [call for call in await stage.calls("getchat") if call["status"] != 200]
    return len(refused) >= number


@pytest.mark.parametrize("kind", ["500", "429"])
async def test_a_refusal_for_now_is_repeated_without_a_second_post(
    poster: Poster, stage: Stage, channel: Chat, kind: str
) -> None:
    """However often; it was certainly not posted."""
    await stage.fault(kind, method="sendMessage", times=2)
    await poster.list("bridge")
    async with poster.running(channel):
        await poster.become(PostState.POSTED, "bridge")
    assert await posts(stage, channel) == ["Harbour"]


async def test_a_channel_that_forbids_the_post_gets_it_later(
    poster: Poster, stage: Stage, channel: Chat
) -> None:
    """Those after it wait too."""
    fault = await stage.fault("403", method="sendMessage", times=1)
    await poster.list("bridge", ARTICLE)
    async with poster.running(channel):
        await stage.struck(fault)
        await poster.become(PostState.WAITING, "bridge")
        assert await posts(stage, channel) == []
        await until(lambda: _advanced(stage, poster))
    assert await posts(stage, channel) == ["Harbour", "US"]


async def _advanced(stage: Stage, poster: Poster) -> bool:
    """Put the clock forward; return whether everything is posted."""
    stage.clock.advance(60.0)
    return set((await poster.states()).values()) == {"posted"}


async def test_an_article_that_telegram_does_not_accept_stops_no_other(poster: Poster) -> None:
    """It is tried again later."""
    accepted = {ARTICLE}
    posted: list[str] = []

    async def post(article_id: str, begin: Callable[[], Awaitable[None]]) -> Posting:
        await begin()
        if article_id not in accepted:
            return Posting.NOT_ACCEPTED
        posted.append(article_id)
        return Posting.POSTED

    queue = PostQueue(poster.store, lambda _: True, post, poster.stage.clock)
    await poster.list("bridge", ARTICLE)
    for _ in range(3):
        await queue.post_waiting()
        assert posted == [ARTICLE]
        poster.stage.clock.advance(NOT_ACCEPTED_PAUSE)
    accepted.add("bridge")
    await queue.post_waiting()
    await queue.post_waiting()
    assert posted == [ARTICLE, "bridge"]


async def test_an_article_is_posted_once_the_bot_has_it(
    poster: Poster, stage: Stage, channel: Chat, caplog: pytest.LogCaptureFixture
) -> None:
    """Those after it wait a moment, so that the order stays; but not for ever."""
    poster.loaded = {ARTICLE}
    await poster.list("bridge", ARTICLE)
    async with poster.running(channel):
        await until(lambda: poster.asked.count("bridge") > 3)
        assert await posts(stage, channel) == []
        poster.loaded.add("bridge")
        await poster.become(PostState.POSTED)
        assert await posts(stage, channel) == ["Harbour", "US"]
        await poster.list("gone")
        stage.clock.advance(LOADING + 1)
        await until(lambda: poster.asked.count("gone") > 3)
        assert (await poster.states())["gone"] == PostState.WAITING
        stage.clock.advance(MAX_LOADING)
        await poster.become(PostState.NONE, "gone")
    assert "gone is not posted, because the bot does not have it." in caplog.text


async def test_a_stop_waits_for_the_post_that_is_being_sent(
    poster: Poster, stage: Stage, channel: Chat
) -> None:
    """So that it is not repeated after the next start."""
    fault = await stage.fault("slow", method="sendMessage", seconds=0.5)
    await poster.list("bridge")
    async with poster.running(channel):
        await stage.struck(fault)
    assert await poster.states() == {"bridge": "posted"}
    assert await posts(stage, channel) == ["Harbour"]


async def test_a_database_that_fails_after_the_call_causes_no_repetition(
    poster: Poster, stage: Stage, channel: Chat, caplog: pytest.LogCaptureFixture
) -> None:
    """What has happened is saved as soon as that is possible."""
    fault = await stage.fault("slow", method="sendMessage", seconds=0.5)
    away = stage.database.with_name("away.db")
    await poster.list("bridge")
    async with poster.running(channel):
        await stage.struck(fault)
        stage.database.rename(away)
        await until(lambda: "votes.db is gone" in caplog.text)
        stage.clock.advance(UNHEARD)
        away.rename(stage.database)
        await poster.become(PostState.POSTED, "bridge")
    assert await posts(stage, channel) == ["Harbour"]
