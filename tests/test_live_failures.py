"""Every copy comes to show the same counts, also after refusals, lost answers, locks and kills."""

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from telegram import Bot

from bot.corpus.loader import load_corpus
from bot.delivery.message_editor import MessageEditor
from bot.delivery.metrics import Metrics
from bot.store.base import REPEAT_WINDOW, MessageRef, TrackedMessage, VoteCounts
from bot.store.sqlite import SqliteStore
from bot.store.voters import Voters
from bot.views.keyboards import reaction_rows
from bot.views.outgoing import markup
from tests.support.chat import Chat
from tests.support.control import TOKEN
from tests.support.corpora import ARTICLE, ROOT
from tests.support.databases import messages_in_postgres
from tests.support.stage import Stage
from tests.support.waiting import until

LIKE, LOVE = (f"r:{ARTICLE}:{name}" for name in ("like", "love"))


def id_of(chat: Chat, message: dict[str, Any]) -> tuple[int, int]:
    return chat.chat, message["message_id"]


@pytest.mark.slow
async def test_a_refusal_closes_one_chat_only(stage: Stage) -> None:
    """Ada's chat for three seconds; Ben's and Ada's own taps go on."""
    await stage.bot()
    ada, ben = await stage.reader(), await stage.reader()
    hers, his = await ada.send("/article"), await ben.send("/article")
    await stage.fault("429", method="editMessageReplyMarkup", chat=ada.chat, times=1, seconds=3)
    await ada.tap(hers, LIKE)
    await ben.shows(his, "👍 1")
    await ada.tap(hers, LOVE)
    await ben.tap(his, LOVE)
    await ben.shows(his, "❤️ 2")
    await ada.shows(hers, "❤️ 2")
    refused, edited = await stage.calls("editmessagereplymarkup", ada.chat)
    assert edited["at"] - refused["at"] > 3
    others = await stage.calls("editmessagereplymarkup", ben.chat)
    assert all(other["n"] < edited["n"] for other in others)


@pytest.mark.slow
async def test_a_refusal_of_the_whole_bot_is_found_out_by_a_few(stage: Stage) -> None:
    """Not by every chat: of sixty, a handful are tried until Telegram accepts edits again."""
    await stage.bot(OVERALL_PER_SECOND="30")
    readers = [await stage.reader() for _ in range(60)]
    messages = [await reader.send("/article") for reader in readers]
    fault = await stage.fault("429", method="editMessageReplyMarkup", seconds=3)
    await readers[0].tap(messages[0], LIKE)
    await stage.struck(fault, times=5)
    await stage.mend()
    for reader, message in zip(readers, messages, strict=True):
        await reader.shows(message, "👍 1")
    totals = await stage.ask("totals")
    assert 5 <= totals["calls"]["editmessagereplymarkup"]["429"] <= 15


@pytest.mark.slow
@pytest.mark.parametrize("fault", ["500", "dropped"])
async def test_an_edit_that_fails_is_made_later(stage: Stage, fault: str) -> None:
    """Also when Telegram carried it out unheard, and the counts are again what they were."""
    bot = await stage.bot()
    ada, ben = await stage.reader(), await stage.reader()
    hers, his = await ada.send("/article"), await ben.send("/article")
    await stage.fault(fault, method="editMessageReplyMarkup", chat=ben.chat, times=1)
    await ada.tap(hers, LIKE)
    if fault == "dropped":
        await ben.shows(his, "👍 1")
        stage.clock.advance(REPEAT_WINDOW)
        await ada.tap(hers, LIKE)
    await ben.shows(his, "👍" if fault == "dropped" else "👍 1")
    assert "Traceback" not in bot.output


@pytest.mark.slow
async def test_what_was_stale_is_refreshed_after_a_restart(stage: Stage) -> None:
    """The bot is killed while Telegram refuses every edit."""
    bot = await stage.process()
    ada, ben = await stage.reader(), await stage.reader()
    hers, his = await ada.send("/article"), await ben.send("/article")
    fault = await stage.fault("429", method="editMessageReplyMarkup", seconds=100)
    await ada.tap(hers, LIKE)
    await stage.struck(fault)
    await stage.kill(bot)
    await stage.mend()
    await stage.process()
    await ben.shows(his, "👍 1")
    await ada.shows(hers, "👍 1")


@pytest.mark.slow
@pytest.mark.parametrize("victim", [0, 1])
async def test_another_worker_takes_over(stage: Stage, postgres_url: str, victim: int) -> None:
    """Two on PostgreSQL: whichever is killed, the other answers, counts and refreshes."""
    workers = [
        await stage.process(DATABASE_URL=postgres_url),
        await stage.standby(DATABASE_URL=postgres_url),
    ]
    ada, ben = await stage.reader(), await stage.reader()
    hers, his = await ada.send("/article"), await ben.send("/article")

    async def both_are_tracked() -> bool:
        tracked = await messages_in_postgres(postgres_url)
        return {id_of(ada, hers), id_of(ben, his)} <= tracked

    # A bot that is killed after Telegram's answer and before its note knows of no message.
    await until(both_are_tracked)
    await stage.kill(workers[victim])
    await ada.tap(hers, f"r:{ARTICLE}:angry")
    await ben.shows(his, "😡 1")


@pytest.mark.slow
async def test_a_copy_that_was_sent_while_the_database_failed(stage: Stage) -> None:
    """Locked until after the answer was sent: the copy is noted later, and shows the counts."""
    bot = await stage.bot()
    ada, ben = await stage.reader(), await stage.reader()
    hers = await ada.send("/article")
    other = sqlite3.connect(stage.database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    his = await ben.send("/article")
    await until(lambda: "is locked" in bot.output)
    other.execute("ROLLBACK")
    other.close()
    await ada.tap(hers, LIKE)
    await ben.shows(his, "👍 1")


async def test_an_edit_that_ends_while_a_tap_is_answered(tmp_path: Path) -> None:
    """It began before the tap, so it shows counts from before; the tap must not hide that."""
    store = SqliteStore(tmp_path / "votes.db", b"key")
    await store.open()
    reactions, voters, ref = (
        load_corpus(ROOT / "corpus").reactions,
        Voters(b"k" * 32),
        MessageRef(1, 1),
    )
    voter = voters.code(1)
    editor = MessageEditor(Bot(TOKEN), store, voters, reactions, Metrics())

    def showing(counts: VoteCounts) -> TrackedMessage:
        keyboard = markup(reaction_rows(ARTICLE, reactions, counts.votes, counts.own))
        return TrackedMessage(ref, ARTICLE, keyboard.to_json(), counts.version)

    loved = (await store.vote(ARTICLE, voter, "love", "1")).counts
    await store.track(showing(loved))
    sad = (await store.vote(ARTICLE, voter, "sad", "2")).counts
    tap = await store.vote(ARTICLE, voter, "love", "3", ref)
    await store.update(showing(sad))
    assert await editor.needs_edit(tap)
    assert [message.ref for message in await store.outdated(float("inf"), 1)] == [ref]
    await store.close()


@pytest.mark.slow
async def test_dying_between_an_edit_and_its_note(stage: Stage) -> None:
    """Telegram carried the edit out, the bot is killed, the counts go back: it is edited again."""
    bot = await stage.process()
    ada, ben = await stage.reader(), await stage.reader()
    hers, his = await ada.send("/article"), await ben.send("/article")
    await stage.settled(bot)
    fault = await stage.fault("slow", method="editMessageReplyMarkup", seconds=1)
    await ada.tap(hers, LIKE)
    await stage.struck(fault, times=2)
    await stage.kill(bot)
    await stage.mend()
    await ben.shows(his, "👍 1")
    database = sqlite3.connect(stage.database)
    # As when Ada takes it back before the next start.
    database.execute("DELETE FROM votes")
    database.commit()
    database.close()
    await stage.process()
    await ben.shows(his, "👍")
    await ada.shows(hers, "👍")
