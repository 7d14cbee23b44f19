"""Every copy of an article's keyboard comes to show the same counts, within Telegram's limits."""

import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.support.chat import Chat, buttons
from tests.support.control import TOKEN
from tests.support.corpora import ARTICLE, ROOT
from tests.support.databases import tracked_messages
from tests.support.sentences import NEXT, voted
from tests.support.stage import Stage
from tests.support.waiting import until

LIKE, LOVE, SAD = (f"r:{ARTICLE}:{name}" for name in ("like", "love", "sad"))
LIMITS = {"PRIVATE_CHAT_PER_SECOND": "1", "GROUP_PER_MINUTE": "20", "OVERALL_PER_SECOND": "30"}
SAME_LIMITS = {"private_per_second": 1, "group_per_minute": 20, "overall_per_second": 30}


async def inline(stage: Stage, chat: Chat) -> tuple[dict[str, Any], str]:
    """A message that the bot never sent: its keyboard comes from elsewhere, as inline ones do."""
    keyboard = [[{"text": "👍", "callback_data": LIKE}, {"text": "❤️", "callback_data": LOVE}]]
    found = await stage.post(
        "inline_messages",
        reader=chat.reader,
        chat=chat.chat,
        text="US agrees",
        reply_markup={"inline_keyboard": keyboard},
    )
    return found["message"], found["inline_message_id"]


@pytest.mark.slow
async def test_every_copy_shows_what_was_tapped_in_one(stage: Stage) -> None:
    """Private chats and a group; each message, not only each chat's last; and no edit in vain."""
    await stage.bot()
    ada, ben = await stage.reader(), await stage.reader()
    group, bens_group = await stage.group(ada, ben)
    shown = [(chat, await chat.send("/article")) for chat in (ada, ben, group)]
    shown.append((ben, await ben.send("what did the US agree to?")))
    await ada.tap(shown[0][1], LIKE)
    for chat, message in shown:
        await chat.shows(message, "👍 1")
    await bens_group.tap(shown[2][1], LOVE)
    for chat, message in shown:
        await chat.shows(message, "👍 1", "❤️ 1")
    assert NEXT in buttons(await ben.current(shown[3][1]))
    totals = await stage.ask("totals")
    assert totals["not_modified"] == 0
    assert totals["calls"]["editmessagereplymarkup"] == {"200": 8}


@pytest.mark.slow
async def test_a_keyboard_that_was_not_known(stage: Stage) -> None:
    """An inline message's first press makes it known: it counts, and shows all later ones."""
    await stage.bot()
    ada, ben = await stage.reader(), await stage.reader()
    group, _ = await stage.group(ada, ben)
    message, inline_id = await inline(stage, group)
    assert await group.tap(message, LOVE) == voted("Love")
    await group.shows(message, "❤️ 1", "👎", "😮")
    answer = await ben.send("/article")
    await ben.tap(answer, LIKE)
    await group.shows(message, "👍 1", "❤️ 1")
    await until(lambda: (0, inline_id) in tracked_messages(stage.database))


@pytest.mark.slow
async def test_many_taps_are_one_edit(stage: Stage) -> None:
    """With Telegram's limits at the server, in a group and a private chat: no refusal."""
    await stage.post("limits", **SAME_LIMITS)
    await stage.bot(**LIMITS)
    readers = [await stage.reader() for _ in range(8)]
    group = await stage.group(*readers)
    message = await group[0].send("/article")
    private = await readers[0].send("/article")
    for n, chat in enumerate(group):
        await chat.tap_only(message, (LIKE, LOVE, SAD)[n % 3])
    for data in (LOVE, SAD, LIKE) * 3:
        await readers[0].tap(private, data)
    await group[0].shows(message, "👍 3", "❤️ 3", "😢 2")
    await readers[0].shows(private, "👍 3", "❤️ 3", "😢 2")
    totals = await stage.ask("totals")
    assert set(totals["calls"]["editmessagereplymarkup"]) == {"200"}
    assert totals["calls"]["editmessagereplymarkup"]["200"] < 17
    assert totals["not_modified"] == 0


async def test_copies_that_are_gone_are_forgotten(stage: Stage) -> None:
    """A deleted message, a reader who blocked the bot, a group that removed it; others go on."""
    bot = await stage.bot()
    ada, ben, eve = [await stage.reader() for _ in range(3)]
    (group,) = await stage.group(ada)
    first, second = await ada.send("/article"), await ada.send("/article")
    await ben.send("/article")
    await group.send("/article")
    hers = await eve.send("/article")
    body = {"chat_id": ada.chat, "message_id": first["message_id"]}
    await stage.client.post(f"/bot{TOKEN}/deleteMessage", json=body)
    await stage.fault("403", chat=ben.chat)
    await until(lambda: len(tracked_messages(stage.database)) == 5)
    await stage.post(f"groups/{group.chat}/remove")
    await eve.tap(hers, LIKE)
    await ada.shows(second, "👍 1")
    await until(lambda: len(tracked_messages(stage.database)) == 2)
    assert {chat for chat, _ in tracked_messages(stage.database)} == {ada.chat, eve.chat}
    assert "WARNING" not in bot.output


async def test_forget_removes_the_readers_own_copies(stage: Stage) -> None:
    """Which chats the answers are in is stored; /forget takes that away too."""
    await stage.bot()
    ada, ben = await stage.reader(), await stage.reader()
    await ada.send("/article")
    await ben.send("/article")
    await ada.send("/forget")
    await until(lambda: tracked_messages(stage.database) == [(ben.chat, "")])


async def test_a_keyboard_of_an_earlier_reaction_set(stage: Stage, tmp_path: Path) -> None:
    """Its buttons work while the reaction exists; pressed, the message gets the present ones."""
    corpus = tmp_path / "corpus"
    shutil.copytree(ROOT / "corpus", corpus)
    bot = await stage.bot(CORPUS_DIR=str(corpus))
    ada, ben = await stage.reader(), await stage.reader()
    hers, his = await ada.send("what did the US agree to?"), await ben.send("/article")
    await ada.tap(hers, LIKE)
    await ben.shows(his, "👍 1")
    await stage.stop(bot)
    (corpus / "reactions.yaml").write_text(
        "love: {label: Love, emoji: 💚, order: 1}\nlike: {label: Like, emoji: 👍, order: 2}\n"
        "hm: {label: Hm, emoji: 🤔, order: 3}\n",
        encoding="utf-8",
    )
    await stage.bot(CORPUS_DIR=str(corpus))
    assert await ada.tap(hers, SAD) == "This reaction is no longer offered. Tap one of the others."
    await ada.shows_only(hers, "💚", "👍 1", "🤔", NEXT)
    assert await ben.tap(his, LOVE) == voted("Love").replace("❤️", "💚")
    await ben.shows_only(his, "💚 1", "👍 1", "🤔")


async def test_the_database_of_readers_holds_no_names(stage: Stage) -> None:
    """Only codes, chats and keyboards."""
    await stage.bot()
    ada = await stage.reader()
    answer = await ada.send("what did the US agree to?")
    await ada.tap(answer, LIKE)
    await ada.shows(answer, "👍 1")
    content = b"".join(file.read_bytes() for file in stage.folder.glob("votes.db*"))
    assert not re.search(rb"what did the US|Reader \d", content)


async def test_a_chat_with_many_copies_keeps_nobody_waiting(stage: Stage) -> None:
    """Ada's forty were seen last; Ben's one is refreshed with the first of hers."""
    bot = await stage.bot()
    ada, ben, eve = [await stage.reader() for _ in range(3)]
    his = await ben.send("/article")
    for _ in range(40):
        await ada.write("/article")
    hers = await eve.send("/article")
    await stage.settled(bot)
    await stage.stop(bot)
    await stage.bot(**LIMITS)
    await eve.tap(hers, LIKE)
    await ben.shows(his, "👍 1")
    edited = [call["chat"] for call in await stage.calls("editmessagereplymarkup")]
    assert edited.index(ben.chat) <= 3


@pytest.mark.slow
async def test_a_copy_that_is_sent_while_others_are_refreshed(stage: Stage) -> None:
    """It was seen last, and goes before those that still wait."""
    bot = await stage.bot()
    readers = [await stage.reader() for _ in range(120)]
    answers = [await reader.send("/article") for reader in readers]
    await stage.stop(bot)
    await stage.bot(**LIMITS | {"OVERALL_PER_SECOND": "10"})
    await readers[0].tap(answers[0], LIKE)

    async def some_are_refreshed() -> bool:
        return len(await stage.calls("editmessagereplymarkup")) >= 5

    await until(some_are_refreshed)
    answer = await readers[1].send("/article")
    await readers[2].tap(answers[2], LIKE)
    await readers[1].shows(answer, "👍 2")
    shown = [buttons(await chat.current(m)) for chat, m in zip(readers, answers, strict=True)]
    assert sum(found[0] == "👍 2" for found in shown) < 100
