"""A reader who sends more than can be answered holds nobody else up, and is told."""

import contextlib
import sqlite3
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.delivery.reader_queues import MAX_WAITING
from bot.sandbox.control import reader_messages
from bot.views.i18n import read_languages
from tests.support.chat import Chat
from tests.support.corpora import ARTICLE
from tests.support.stage import Stage
from tests.support.waiting import until

QUESTION = "what did the US agree to?"
TELEGRAMS_LIMITS = {"PRIVATE_CHAT_PER_SECOND": "1", "GROUP_PER_MINUTE": "20"}
NOTICE = read_languages().english.text("one_at_a_time")
ACCEPTED = MAX_WAITING + 1
"""Those that may wait, and the one that is answered."""


def write(stage: Stage, chat: Chat, text: str = QUESTION) -> None:
    """Write to the bot without a request: many messages in the same moment."""
    message = {"reader": chat.reader, "chat": chat.chat, "text": text}
    reader_messages.send(stage.server.world, message)


def received(stage: Stage, chat: Chat) -> list[dict[str, Any]]:
    """What the bot has sent to a chat, in that order."""
    messages = stage.server.world.chats[chat.chat].messages.values()
    return [message for message in messages if message["from"]["is_bot"]]


def sent(stage: Stage, chat: Chat) -> list[dict[str, Any]]:
    """The same without notices."""
    return [message for message in received(stage, chat) if message["text"] != NOTICE]


async def until_answered(stage: Stage, chat: Chat, count: int) -> None:
    """Wait until the bot has sent so many messages to a chat."""
    await until(lambda: len(sent(stage, chat)) == count, lambda: len(sent(stage, chat)))


def notices(stage: Stage, chat: Chat) -> int:
    """How often the bot said that one question at a time is enough."""
    return len(received(stage, chat)) - len(sent(stage, chat))


async def calls(stage: Stage, method: str) -> int:
    """How often the bot has called a method."""
    return int(sum((await stage.ask("totals"))["calls"].get(method, {}).values()))


@contextlib.asynccontextmanager
async def database(stage: Stage, state: str) -> AsyncIterator[None]:
    """The database works, its file is moved away, or somebody else holds its lock."""
    if state == "gone":
        aside = stage.database.with_suffix(".aside")
        stage.database.rename(aside)
        yield
        aside.rename(stage.database)
    elif state == "locked":
        connection = sqlite3.connect(stage.database, isolation_level=None)
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.close()
    else:
        yield


async def test_what_a_reader_sends_too_much_of_is_left_out(stage: Stage) -> None:
    """As many as may wait are answered; the reader is told once."""
    await stage.bot()
    ada, ben = await stage.reader(), await stage.reader()
    for _ in range(90):
        write(stage, ada)
    await until_answered(stage, ada, ACCEPTED)
    for _ in range(90):
        write(stage, ada)
    await ben.send(QUESTION)
    # Perhaps one of the first was not quite done yet when the others came.
    await until(lambda: len(sent(stage, ada)) in (2 * ACCEPTED - 1, 2 * ACCEPTED))
    assert notices(stage, ada) == 1
    assert notices(stage, ben) == 0


@pytest.mark.parametrize("state", ["well", "gone", "locked"])
async def test_thousands_of_one_reader_are_read_past_quickly(stage: Stage, state: str) -> None:
    """A few calls more than it takes to fetch them, whatever the database does."""
    bot = await stage.bot(**TELEGRAMS_LIMITS)
    ada, ben = await stage.reader(), await stage.reader()
    await ada.send("/help")
    async with database(stage, state):
        # Her chat is closed, so that not one of hers is answered.
        await stage.fault("429", chat=ada.chat, seconds=100)
        before = await calls(stage, "getupdates")
        for _ in range(5000):
            write(stage, ada)
        write(stage, ben)
        assert "The United States has agreed" in (await ben.read())["text"]
        assert await calls(stage, "getupdates") - before < 80
    assert len(sent(stage, ada)) == 1
    assert "Traceback" not in bot.output


@pytest.mark.parametrize("state", ["well", "gone", "locked"])
async def test_one_who_does_not_stop_holds_nobody_up(stage: Stage, state: str) -> None:
    """While Ada goes on, Telegram's first hundred updates are never all hers for long."""
    await stage.bot(**TELEGRAMS_LIMITS)
    ada, others = await stage.reader(), [await stage.reader() for _ in range(10)]
    await ada.send("/help")
    async with database(stage, state):
        for other in others:
            for _ in range(100):
                write(stage, ada)
            write(stage, other)
            before = await calls(stage, "getupdates")
            await other.read()
            # What is behind a full hundred is fetched as soon as those are out of the way.
            assert await calls(stage, "getupdates") - before < 15


async def test_one_member_leaves_room_for_others_of_the_group(stage: Stage) -> None:
    """Three quarters of what Telegram lets the bot send are the most that one member gets."""
    bot = await stage.bot(**TELEGRAMS_LIMITS)
    ada, ben, cleo = await stage.group(*[await stage.reader() for _ in range(3)])
    for _ in range(60):
        write(stage, ada, f"/ask {QUESTION}")
    # The notice is one of them.
    await until(lambda: len(received(stage, ada)) >= 15)
    await stage.settled(bot)
    write(stage, ben, f"/ask {QUESTION}")
    write(stage, cleo, f"/ask {QUESTION}")

    def askers() -> list[int]:
        """To whom the bot has replied."""
        return [message["reply_to_message"]["from"]["id"] for message in received(stage, ada)]

    await until(lambda: {ben.reader, cleo.reader} <= set(askers()), askers)
    assert askers().count(ada.reader) == 15


async def test_taps_are_never_left_out(stage: Stage) -> None:
    """However many questions wait, and though the chat is closed."""
    bot = await stage.bot(**TELEGRAMS_LIMITS)
    ada = await stage.reader()
    answer = await ada.send("/article")
    await stage.fault("429", chat=ada.chat, method="sendMessage", seconds=100)
    for n in range(60):
        write(stage, ada)
        write(stage, ada)
        await ada.tap_only(answer, f"r:{ARTICLE}:{('like', 'love')[n % 2]}")
    await stage.settled(bot)

    async def all_answered() -> bool:
        return await calls(stage, "answercallbackquery") == 60

    await until(all_answered)


@pytest.mark.slow
async def test_a_kill_loses_nothing_of_what_waits(stage: Stage) -> None:
    """What waits is in the database, or comes again."""
    bot = await stage.process()
    ada, ben = await stage.reader(), await stage.reader()
    await stage.fault("429", chat=ada.chat, method="sendMessage", seconds=100)
    for _ in range(80):
        write(stage, ada)
    await ben.send(QUESTION)
    await stage.settled(bot)
    await stage.kill(bot)
    await stage.mend()
    bot = await stage.process()
    await until_answered(stage, ada, ACCEPTED)
    assert await stage.stop(bot) == 0
    await stage.process()
    await ada.send("/help")
    assert len(sent(stage, ada)) == ACCEPTED + 1


@pytest.mark.slow
async def test_what_cannot_be_saved_when_the_bot_stops_comes_again(stage: Stage) -> None:
    """The database is gone, and the chat closed."""
    bot = await stage.bot()
    ada = await stage.reader()
    fault = await stage.fault("429", chat=ada.chat, method="sendMessage", seconds=100)
    for _ in range(3):
        write(stage, ada)
    await stage.struck(fault)
    async with database(stage, "gone"):
        assert await stage.stop(bot) == 0
        assert await stage.pending() == 3
    await stage.mend()
    await stage.bot()
    await until_answered(stage, ada, 3)


async def test_a_slow_answer_takes_few_calls(stage: Stage) -> None:
    """Its question is soon in the database, and then a call waits for the next update."""
    bot = await stage.bot()
    ada = await stage.reader()
    fault = await stage.fault("429", chat=ada.chat, method="sendMessage", seconds=100)
    before = await calls(stage, "getupdates")
    await ada.write(QUESTION)
    await stage.struck(fault)
    await stage.settled(bot)
    assert await calls(stage, "getupdates") - before <= 12


async def test_of_what_is_typed_only_the_last_is_searched(stage: Stage) -> None:
    """An inline query with every letter; others need not wait for all of them."""
    bot = await stage.bot()
    ada = await stage.reader()
    typed = "what did the United States agree to about security guarantees?"
    fault = await stage.fault("slow", method="answerInlineQuery", seconds=2)
    for n in range(60):
        await stage.post("inline_queries", reader=ada.reader, query=typed[: n + 1], wait=0)
    await stage.struck(fault)
    await stage.settled(bot)
    await stage.mend()
    assert (await stage.inline(ada, typed))["results"]
    assert await calls(stage, "answerinlinequery") < 10


async def test_what_is_not_for_the_bot_does_not_count(stage: Stage) -> None:
    """Members of a group also talk to each other, and to other bots."""
    bot = await stage.bot()
    ada, ben = await stage.group(*[await stage.reader() for _ in range(2)])
    fault = await stage.fault("429", chat=ada.chat, method="sendMessage", seconds=100)
    write(stage, ada, f"/ask {QUESTION}")
    for _ in range(30):
        write(stage, ada, "good morning!")
        write(stage, ada, "/next@other_bot")
    write(stage, ada, "/ask who agreed?")
    await stage.struck(fault)
    await stage.settled(bot)
    await stage.mend()
    await stage.stop(bot)
    await stage.bot()
    await until_answered(stage, ada, 2)
    assert notices(stage, ben) == 0
