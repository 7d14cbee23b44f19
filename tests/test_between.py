"""What stands between the bot and Telegram fails: proxies, slow answers, lost ones."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from telegram.error import RetryAfter

from bot.delivery.rate_limiter import Limits, Priority, RateLimiter
from bot.delivery.sender import ANSWER_DEADLINE, RETRY_DEADLINE, Sender
from bot.store.base import REPEAT_WINDOW
from tests.support.chat import Chat
from tests.support.corpora import ARTICLE, write_two_articles
from tests.support.in_between import InBetween
from tests.support.stage import Stage
from tests.support.virtual_time import run_in_virtual_time as run
from tests.support.waiting import until

LIKE, LOVE = f"r:{ARTICLE}:like", f"r:{ARTICLE}:love"
QUESTION = "what did the US agree to?"


@pytest.fixture
async def between(stage: Stage) -> AsyncIterator[InBetween]:
    """Between the stage's server and its bots."""
    async with InBetween(stage.server.url) as proxy:
        yield proxy


async def answers(stage: Stage, chat: Chat) -> int:
    """How many messages of the bot are in a chat."""
    found = await stage.client.get(f"/sandbox/chats/{chat.chat}/messages", params={"after": 0})
    return sum(message["from"]["is_bot"] for message in found.json()["messages"])


@pytest.mark.slow
@pytest.mark.parametrize("status", [200, 302, 401, 403, 404, 429, 500, 502])
async def test_a_page_is_no_answer_of_telegram(
    stage: Stage, between: InBetween, status: int
) -> None:
    """An edit, an answer, a toast and a poll: each is tried again, and the log has no page."""
    bot = await stage.bot(BOT_API_URL=between.url)
    ada, ben = await stage.reader(), await stage.reader()
    hers, his = await ada.send("/article"), await ben.send("/article")
    between.make("editMessageReplyMarkup", status=status, times=2)
    between.make("answerCallbackQuery", status=status, times=2)
    between.make("getUpdates", status=status, times=2)
    assert await ada.tap(hers, LIKE)
    await ada.shows(hers, "👍 1")
    await ben.shows(his, "👍 1")
    between.make("sendMessage", status=status, times=4)
    assert "The United States has agreed" in (await ada.send(QUESTION))["text"]
    # Nothing was forgotten: all copies follow.
    stage.clock.advance(REPEAT_WINDOW)
    await ben.tap(his, LOVE)
    await ada.shows(hers, "👍 1", "❤️ 1")
    assert "Traceback" not in bot.output
    assert "html" not in bot.output.replace("text/html", "")
    assert bot.output.count("Calls of Telegram fail") == 1
    assert bot.output.count("Updates cannot be received") == 1


@pytest.mark.slow
async def test_a_slow_answer_is_waited_for(stage: Stage, between: InBetween) -> None:
    """Telegram takes longer than five seconds: one message, and it is tracked."""
    await stage.bot(BOT_API_URL=between.url)
    ada, ben = await stage.reader(), await stage.reader()
    his = await ben.send("/article")
    between.make("sendMessage", late=7.0, times=3)
    hers = await ada.send("/article")
    # The answer of the call is still on its way; the copy is known when it has come.
    await stage.all_handled()
    assert between.seen["sendmessage"] == 2
    await ben.tap(his, LIKE)
    await ada.shows(hers, "👍 1")
    assert await answers(stage, ada) == 1


@pytest.mark.slow
@pytest.mark.parametrize("data", ["s", "r:bridge:love"])
async def test_lost_answers_make_one_duplicate_at_most(
    stage: Stage, between: InBetween, data: str
) -> None:
    """And a copy that nobody knows of follows from the first tap on any of its buttons."""
    corpus = write_two_articles(stage.folder)
    bot = await stage.bot(BOT_API_URL=between.url, CORPUS_DIR=str(corpus))
    ada, ben = await stage.reader(), await stage.reader()
    await ada.send("/start bridge")
    his = await ben.send("/start bridge")
    between.make("sendMessage", cut=True, times=5)
    hers = await ada.send("how much did it cost?")
    await until(lambda: "A message could not be sent" in bot.output)
    assert await answers(stage, ada) == 3
    await ada.tap(hers, data)
    await ben.tap(his, "r:bridge:like")
    await ada.shows(hers, "👍 1")


@pytest.mark.slow
async def test_an_answer_waits_for_its_chat_also_after_a_restart(stage: Stage) -> None:
    """Telegram closes the chat for longer than any call is repeated."""
    bot = await stage.bot()
    ada = await stage.reader()
    seconds = int(RETRY_DEADLINE) + 10
    fault = await stage.fault("429", chat=ada.chat, seconds=seconds, times=1, method="sendMessage")
    await ada.write(QUESTION)
    await stage.struck(fault)
    await stage.settled(bot)
    assert await stage.stop(bot) == 0
    await stage.bot()
    assert "The United States has agreed" in (await ada.read())["text"]


@pytest.mark.parametrize(("closed", "comes"), [(600, True), (3500, True), (3700, False)])
def test_a_closed_chat_gets_its_answer_when_it_opens(closed: int, comes: bool) -> None:
    """If that is within an hour."""

    async def main() -> float | None:
        sender = Sender(RateLimiter(Limits()))
        now = asyncio.get_running_loop().time
        opens = now() + closed

        async def send() -> float:
            if now() < opens:
                raise RetryAfter(round(opens - now()))
            return now()

        try:
            return await sender.call(1, Priority.ANSWER, send, deadline=ANSWER_DEADLINE)
        except RetryAfter:
            return None

    sent_at = run(main())
    assert (sent_at is not None) == comes
    assert sent_at is None or closed <= sent_at < closed + 2


@pytest.mark.slow
async def test_an_outage_that_comes_and_goes(stage: Stage, between: InBetween) -> None:
    """It is told once more when it comes back, and no more, though pages name other requests."""
    bot = await stage.bot(BOT_API_URL=between.url)
    ada = await stage.reader()
    for number in range(3):
        page = b"<html>Request 18.%d2f3a17 to %%s is refused</html>" % number
        between.make("getUpdates", status=403, body=page, times=1)
        await until(lambda: between.is_calm)
        await ada.send("/help")
    assert bot.output.count("Updates cannot be received") == 2
    assert bot.output.count("Updates are received again") == 1
