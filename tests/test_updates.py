"""Updates are confirmed after they were handled: nothing is lost when the bot dies."""

import asyncio
import itertools
import re
import sqlite3
from pathlib import Path

import pytest

from bot.config import read_settings
from tests.support.control import TOKEN
from tests.support.corpora import ARTICLE, ROOT
from tests.support.processes import Process
from tests.support.stage import Stage
from tests.support.threads import BotThread
from tests.support.waiting import until

LIKE, LOVE = f"r:{ARTICLE}:like", f"r:{ARTICLE}:love"


async def until_written(bot: BotThread | Process, text: str) -> None:
    await until(lambda: text in bot.output, lambda: f"{text!r} was not written:\n{bot.output}")


@pytest.mark.slow
async def test_a_killed_bot_answers_when_it_is_back(stage: Stage) -> None:
    """A question and a tap under way when the power goes are handled by the next process."""
    bot = await stage.process()
    ada, ben = await stage.reader(), await stage.reader()
    answer = await ben.send("/article")
    await stage.settled(bot)
    fault = await stage.fault("500", method="sendMessage")
    database = sqlite3.connect(stage.database, isolation_level=None)
    database.execute("BEGIN IMMEDIATE")
    await ada.write("what did the US agree to?")
    await ben.tap_only(answer, LIKE)
    await stage.struck(fault)
    await stage.kill(bot)
    database.execute("ROLLBACK")
    database.close()
    await stage.mend()
    assert await stage.pending() == 2
    bot = await stage.process()
    assert "The United States has agreed" in (await ada.read())["text"]
    await ben.shows(answer, "👍 1")
    await stage.settled(bot)


@pytest.mark.slow
async def test_a_slow_chat_holds_nobody_up_and_is_not_forgotten(stage: Stage) -> None:
    """Telegram closes Ada's chat for a while; 150 others ask, and the bot is killed meanwhile."""
    bot = await stage.process()
    ada = await stage.reader()
    others = [await stage.reader() for _ in range(10)]
    await stage.fault("429", chat=ada.chat, method="sendMessage", seconds=100)
    await ada.write("what did the US agree to?")
    for _ in range(15):
        await asyncio.gather(*(other.send("security guarantees") for other in others))
    # Her question is confirmed when it is kept in the database.
    await stage.settled(bot)
    await stage.kill(bot)
    await stage.mend()
    bot = await stage.process()
    assert "The United States has agreed" in (await ada.read())["text"]
    assert await stage.stop(bot) == 0
    bot = await stage.process()
    await ada.send("/help")
    assert len(await stage.calls("sendmessage", ada.chat)) == 3


@pytest.mark.slow
async def test_a_clean_stop_ends_what_was_begun(stage: Stage) -> None:
    """And confirms it, so that nothing is answered twice."""
    bot = await stage.bot()
    ada, ben = await stage.reader(), await stage.reader()
    await stage.fault("slow", chat=ada.chat, seconds=1)
    await ada.write("what did the US agree to?")
    await ben.write("what did the US agree to?")
    await ben.read()
    assert await stage.stop(bot) == 0
    assert (await ada.read())["text"].startswith("U")
    assert await stage.pending() == 0
    await stage.bot()
    await ada.send("/help")
    assert len(await stage.calls("sendmessage", ada.chat)) == 2


@pytest.mark.slow
async def test_what_does_not_end_in_time_comes_again(stage: Stage) -> None:
    """A chat that is closed for longer than a stop may take."""
    bot = await stage.bot()
    ada = await stage.reader()
    fault = await stage.fault("429", chat=ada.chat, seconds=100, times=1)
    await ada.write("what did the US agree to?")
    await stage.struck(fault)
    assert await stage.stop(bot) == 0
    assert await stage.pending() == 0
    await stage.bot()
    assert "The United States has agreed" in (await ada.read())["text"]


async def test_an_update_that_nobody_can_read_is_left_out(stage: Stage) -> None:
    """With a line in the log; those after it are handled."""
    bot = await stage.bot()
    ada = await stage.reader()
    await stage.post("updates", update={"callback_query": {"id": "1"}})
    await stage.post("updates", update={"poll": {"id": "1"}})
    await ada.send("security")
    await stage.settled(bot)
    assert bot.output.count("cannot be read or handled, and is skipped") == 2
    assert "Update 0 " not in bot.output


async def test_repeated_and_reordered_updates(stage: Stage) -> None:
    """Each question is answered once; taps count in the order in which they were made."""
    bot = await stage.bot()
    readers = [await stage.reader() for _ in range(5)]
    answers = [await reader.send("/article") for reader in readers]
    await stage.fault("repeated", share=0.7)
    await stage.fault("reordered")
    names = ("like", "dislike", "love", "funny", "angry", "sad", "wow")
    for turn in range(14):
        for n, (reader, answer) in enumerate(zip(readers, answers, strict=True)):
            await reader.tap_only(answer, f"r:{ARTICLE}:{names[(turn + n) % 7]}")
    for reader in readers:
        await reader.send("security")
    await stage.settled(bot)
    await stage.mend()
    await readers[0].shows(answers[0], "👍 1", "👎 1", "❤️ 1", "😂 1", "😡", "😢", "😮 1")
    for reader in readers:
        assert len(await stage.calls("sendmessage", reader.chat)) == 2


async def test_trouble_with_fetching_is_logged_once_and_passes(stage: Stage) -> None:
    """A server that fails, then answers again."""
    bot = await stage.bot()
    ada = await stage.reader()
    await stage.fault("500", method="getUpdates", times=2)
    await ada.send("/help")
    await until_written(bot, "Updates cannot be received, trying again")
    await ada.send("security")
    await until_written(bot, "Updates are received again.")
    assert bot.output.count("Updates cannot be received, trying again") == 1
    assert "Traceback" not in bot.output


@pytest.mark.slow
async def test_another_process_with_the_same_token_is_named(stage: Stage) -> None:
    """One that has another database; both go on, so that one is left when the other ends."""
    elsewhere = f"sqlite:///{stage.folder}/elsewhere.db"
    first, second = await stage.process(), await stage.process(DATABASE_URL=elsewhere)
    ada = await stage.reader()
    await ada.send("security")
    await until_written(first, "another process polls with the same token; stop one of them")
    await stage.kill(first)
    assert (await ada.send("security"))["text"]
    assert second.popen.poll() is None


@pytest.mark.slow
async def test_two_processes_that_poll_by_turns_log_it_once(stage: Stage) -> None:
    """Though calls of each succeed in between, it is not over."""
    databases = [f"sqlite:///{stage.folder}/{name}.db" for name in ("one", "two")]
    bots = [await stage.bot(DATABASE_URL=database) for database in databases]
    ada, conflicts = await stage.reader(), 0
    while conflicts < 6:
        await ada.send("security")
        await asyncio.sleep(0.2)
        conflicts = (await stage.ask("totals"))["calls"]["getupdates"].get("409", 0)
    for bot in bots:
        assert bot.output.count("another process polls with the same token") == 1, bot.output
        assert "Updates are received again." not in bot.output


@pytest.mark.slow
async def test_a_token_that_is_revoked_ends_the_bot(stage: Stage) -> None:
    """With a sentence, and without the token."""
    bot = await stage.process()
    port = int(stage.server.url.rpartition(":")[2])
    await stage.server.stop()
    from bot.sandbox.server import SandboxServer

    other = SandboxServer("123456:another-token", port)
    await other.start()
    try:
        assert await asyncio.to_thread(bot.popen.wait, 30) == 2
    finally:
        await other.stop()
    assert "refuses the token: copy BOT_TOKEN again" in bot.output
    assert TOKEN.partition(":")[2] not in bot.output


@pytest.mark.parametrize("faults", [[("dropped", 2)], [("500", 2)], [("429", 1), ("500", 1)]])
async def test_an_answer_that_fails_is_sent_again(
    stage: Stage, faults: list[tuple[str, int]]
) -> None:
    """Also after an answer of the server that was lost, when it may come twice."""
    await stage.bot()
    ada = await stage.reader()
    for kind, times in faults:
        await stage.fault(kind, method="sendMessage", times=times, **seconds_of(kind))
    assert "The United States has agreed" in (await ada.send("what did the US agree to?"))["text"]


@pytest.mark.parametrize("kind", ["dropped", "500", "429"])
async def test_a_toast_that_fails_is_tried_again(stage: Stage, kind: str) -> None:
    """And the vote counts in any case, once."""
    await stage.bot()
    ada = await stage.reader()
    answer = await ada.send("/article")
    await stage.fault(kind, method="answerCallbackQuery", times=1, **seconds_of(kind))
    assert await ada.tap(answer, LOVE)
    await ada.shows(answer, "❤️ 1")


def seconds_of(kind: str) -> dict[str, int]:
    return {"seconds": 1} if kind == "429" else {}


async def test_ids_that_begin_anew_after_a_quiet_week(stage: Stage) -> None:
    """At a lower number: every question is answered, once, and the bot does not poll in a whirl."""
    bot = await stage.bot()
    ada = await stage.reader()
    await ada.send("security")
    await stage.settled(bot)
    await stage.post("updates/renumber", first=5)
    before = (await stage.ask("totals"))["calls"]["getupdates"]["200"]
    for _ in range(3):
        await ada.send("security")
    await stage.settled(bot)
    # A poll for each question, one that confirms it, and some while it is being answered.
    assert (await stage.ask("totals"))["calls"]["getupdates"]["200"] - before < 30
    assert len(await stage.calls("sendmessage", ada.chat)) == 4


@pytest.mark.slow
async def test_an_outage_of_some_seconds_costs_no_answer(stage: Stage) -> None:
    """Telegram refuses to send for longer than a few tries take."""
    await stage.bot()
    ada = await stage.reader()
    fault = await stage.fault("500", method="sendMessage")
    await ada.write("what did the US agree to?")
    await stage.struck(fault, times=3)
    await stage.mend()
    assert "The United States has agreed" in (await ada.read())["text"]
    await ada.send("/help")
    assert len([c for c in await stage.calls("sendmessage") if c["status"] == 200]) == 2


NONSENSE = [b'{"ok": true}', b"{}", b'{"ok": true, "result": [1, null, {"a": 1}]}', b"[]"]
NO_UPDATES = b'{"ok": true, "result": []}'
ME = b'{"ok": true, "result": {"id": 1, "is_bot": true, "first_name": "B", "username": "b"}}'
KNOWN = {
    b"getMe": ME,
    b"getWebhookInfo": b'{"ok": true, "result": {"url": "", "has_custom_certificate": false,'
    b' "pending_update_count": 0}}',
    b"getMyCommands": b'{"ok": true, "result": []}',
    b"getMyDescription": b'{"ok": true, "result": {"description": ""}}',
    b"getMyShortDescription": b'{"ok": true, "result": {"short_description": ""}}',
}
"""What a server answers besides."""


@pytest.mark.slow
async def test_a_server_that_answers_nonsense(tmp_path: Path) -> None:
    """Something between the bot and Telegram answers for it: a sentence, and no end."""
    # After each an answer as it should be, so that the bot asks again soon.
    bodies = itertools.cycle(body for wrong in NONSENSE for body in (wrong, NO_UPDATES))
    asked = 0

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal asked
        head = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"(?i)content-length: (\d+)", head)
        await reader.readexactly(int(length[1]) if length else 0)
        name = head.split(b" ")[1].split(b"?")[0].rpartition(b"/")[2]
        body = KNOWN.get(name, b'{"ok": true, "result": true}')
        if name == b"getUpdates":
            body, asked = next(bodies), asked + 1
        size = str(len(body)).encode()
        head = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: " + size
        writer.write(head + b"\r\n\r\n" + body)
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        environ = {"BOT_TOKEN": TOKEN, "BOT_API_URL": url, "CORPUS_DIR": str(ROOT / "corpus")}
        kept = {"DATABASE_URL": f"sqlite:///{tmp_path}/votes.db", "CACHE_DIR": str(tmp_path)}
        bot = BotThread(read_settings({**environ, **kept}, tmp_path / ".env"))
        await asyncio.to_thread(bot.start)
        await until(lambda: asked > 2 * len(NONSENSE), lambda: bot.output)
        assert await asyncio.to_thread(bot.stop) == 0
    assert "Traceback" not in bot.output
    assert "Updates cannot be received, trying again" in bot.output
