"""/forget takes everything of a chat away, also what is under way."""

import contextlib
import sqlite3

from tests.support.corpora import BRIDGE, write_two_articles
from tests.support.databases import tracked_messages
from tests.support.stage import Stage
from tests.support.waiting import until

BOT = "@article_sandbox_bot"
SENATE = "Who has to approve the package?"
TREATY = "US Offers Security Guarantees"
HARBOUR = "Harbour Bridge Opens"


async def test_forget_leaves_nothing_that_is_being_edited(stage: Stage) -> None:
    """An edit that ends later must not bring the chat back into the database."""
    bot = await stage.bot()
    ada, ben = await stage.reader(), await stage.reader()
    await ada.send(SENATE)
    answer = await ben.send(SENATE)
    fault = await stage.fault("slow", method="editMessageReplyMarkup", chat=ada.chat, seconds=1)
    await ben.react(answer, "love")
    await stage.struck(fault)
    await ada.send("/forget")

    async def is_edited() -> bool:
        return bool(await stage.calls("editmessagereplymarkup", ada.chat))

    await until(is_edited)
    await stage.stop(bot)
    assert ada.chat not in {chat for chat, _ in tracked_messages(stage.database)}


async def test_forget_comes_after_what_was_asked_before_it(stage: Stage) -> None:
    """Else an earlier answer would note the chat again."""
    corpus = write_two_articles(stage.folder, BRIDGE)
    bot = await stage.bot(CORPUS_DIR=str(corpus))
    ada = await stage.reader()
    await stage.fault("slow", method="sendMessage", seconds=0.5)
    for text in (SENATE, "/start bridge", "/forget"):
        await ada.write(text)
    await stage.settled(bot)

    def all_handled() -> bool:
        with contextlib.closing(sqlite3.connect(stage.database)) as database:
            return not database.execute("SELECT * FROM deferred_updates").fetchall()

    await until(all_handled)
    await stage.stop(bot)
    database = sqlite3.connect(stage.database)
    try:
        kept = [
            database.execute(f"SELECT * FROM {t}").fetchall()
            for t in ("tracked_messages", "chat_settings")
        ]
    finally:
        database.close()
    assert kept == [[], []]


async def test_forget_edits_the_chats_own_messages_a_last_time(stage: Stage) -> None:
    """They show neither the deleted vote nor its mark, and are not tracked."""
    bot = await stage.bot()
    ada = await stage.reader()
    answers = [await ada.send(SENATE) for _ in range(2)]
    await ada.react(answers[0], "love")
    for answer in answers:
        await ada.shows(answer, "❤️ 1")
    await ada.send("/forget")
    assert tracked_messages(stage.database) == []
    for answer in answers:
        await ada.shows(answer, "❤️")
    await stage.stop(bot)
    assert tracked_messages(stage.database) == []
