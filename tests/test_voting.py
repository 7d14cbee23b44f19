"""What happens when readers tap."""

import asyncio
from typing import Any

import pytest

from bot.corpus.loader import load_corpus
from bot.store.base import REPEAT_WINDOW
from bot.views.callback_data import TurnButton
from bot.views.keyboards import OWN_MARK
from tests.support.chat import Chat, buttons
from tests.support.corpora import ARTICLE, ROOT
from tests.support.sentences import EMOJI, FORGOTTEN, NOTHING_FORGOTTEN, changed, taken_back, voted
from tests.support.stage import Sandbox, Stage

VERSION = load_corpus(ROOT / "corpus").articles[0].version
LIKE, LOVE = f"r:{ARTICLE}:like", f"r:{ARTICLE}:love"


async def test_a_tap_is_a_vote_that_every_later_answer_shows(clean: Sandbox) -> None:
    """The toast says what happened; the keyboard and other chats show the count."""
    ada, ben = await clean.reader(), await clean.reader()
    answer = await ada.send("security guarantees")
    assert buttons(answer)[:7] == ["👍", "👎", "❤️", "😂", "😡", "😢", "😮"]
    assert await ada.tap(answer, LOVE) == voted("Love")
    await ada.shows(answer, "❤️ 1")
    assert "❤️ 1" in buttons(await ben.send("/article"))


async def test_another_tap_changes_the_vote_and_the_same_takes_it_back(stage: Stage) -> None:
    """One vote a reader, whatever they tap."""
    await stage.bot()
    ada = await stage.reader()
    answer = await ada.send("security guarantees")
    await ada.tap(answer, LIKE)
    assert await ada.tap(answer, LOVE) == changed("Love", "Like")
    await ada.shows(answer, "👍", "❤️ 1")
    stage.clock.advance(REPEAT_WINDOW)
    assert await ada.tap(answer, LOVE) == taken_back("Love")
    await ada.shows(answer, "👍", "❤️")


async def test_two_readers_add_up(clean: Sandbox) -> None:
    """Counts are the article's, not the message's."""
    ada, ben = await clean.reader(), await clean.reader()
    first, second = await ada.send("security"), await ben.send("peace talks in Berlin")
    await ada.tap(first, LIKE)
    await ben.tap(second, LIKE)
    await ben.shows(second, "👍 2")
    assert "✓ 👍 2" in buttons(await ada.send("/article"))


async def test_a_delivery_that_comes_again_counts_once(stage: Stage) -> None:
    """The same callback id, also long after the window of quick repeats."""
    await stage.bot()
    ada = await stage.reader()
    answer = await ada.send("security")
    body = {"reader": ada.reader, "chat": ada.reader, "message_id": answer["message_id"]}
    query = (await ada.post("taps", {**body, "data": LIKE, "wait": 10}))["callback_query_id"]
    await ada.shows(answer, "👍 1")
    stage.clock.advance(REPEAT_WINDOW)
    await ada.post("taps", {**body, "data": LIKE, "callback_query_id": query})
    assert "✓ 👍 1" in buttons(await ada.send("/article"))


async def test_a_client_that_presses_again_counts_once(stage: Stage) -> None:
    """The same reader's same tap under a new id, within a second."""
    await stage.bot()
    stage.clock.freeze()
    ada = await stage.reader()
    answer = await ada.send("security")
    assert await ada.tap(answer, LIKE) == await ada.tap(answer, LIKE)
    await ada.shows(answer, "👍 1")


async def test_counts_that_did_not_change_cause_no_edit(stage: Stage) -> None:
    """Three taps that count as one: one edit."""
    await stage.bot()
    stage.clock.freeze()
    ada = await stage.reader()
    answer = await ada.send("security")
    for _ in range(3):
        await ada.tap(answer, LIKE)
    await ada.shows(answer, "👍 1")
    await ada.send("/help")
    assert len(await stage.calls("editmessagereplymarkup", ada.chat)) == 1


@pytest.mark.parametrize(
    "data",
    [
        "r:no-such-article:like",
        f"r:{ARTICLE}",
        f"r:{ARTICLE}:like:1",
        f"R:{ARTICLE}:like",
        f"r:{ARTICLE}:like\n",
        "r:../../x:like",
        "q:no-such-article:0123456789",
        f"q:{ARTICLE}:0123456789",
        "a:gone",
        # As earlier versions sent it, which says nothing about the article's version.
        f"n:{ARTICLE}:0:1.0",
        TurnButton(ARTICLE, VERSION, 0, ((99, 0),)).data,
        TurnButton(ARTICLE, VERSION, 1, ((1, 0),)).data,
        TurnButton(ARTICLE, VERSION, 0, ((1, 99), (2, 0))).data,
        TurnButton(ARTICLE, VERSION, 0, ((1, 0),)).data + "a",
        "vote_like",
        "😀" * 16,
        "' OR 1=1 --",
    ],
)
async def test_forged_or_old_data_changes_nothing(sandbox: Sandbox, ada: Chat, data: str) -> None:
    """A polite toast, no vote, no edit."""
    answer = await ada.send("/article")
    edits = await sandbox.calls("editmessagereplymarkup", ada)
    assert await ada.tap(answer, data) == "This button is out of date. Ask again for a fresh one."
    assert buttons(await ada.send("/article")) == buttons(answer)
    assert await sandbox.calls("editmessagereplymarkup", ada) == edits


async def test_forget_removes_the_readers_votes(clean: Sandbox) -> None:
    """And only theirs."""
    ada, ben = await clean.reader(), await clean.reader()
    first, second = await ada.send("security"), await ben.send("security")
    await ada.tap(first, LIKE)
    await ben.tap(second, LIKE)
    assert (await ada.send("/forget"))["text"] == FORGOTTEN
    assert "👍 1" in buttons(await ada.send("/article"))
    assert (await ada.send("/forget"))["text"] == NOTHING_FORGOTTEN


async def test_a_blocked_bot_still_counts(clean: Sandbox) -> None:
    """A reader who blocks the bot between tap and edit has voted, and nothing breaks."""
    ada, ben = await clean.reader(), await clean.reader()
    answer = await ada.send("security")
    await ada.post(f"readers/{ada.reader}/block", {"blocked": True})
    await ada.tap(answer, LIKE)
    assert "👍 1" in buttons(await ben.send("/article"))


async def test_one_readers_taps_are_counted_in_order(clean: Sandbox) -> None:
    """Seven different taps at once end at the last one."""
    ada = await clean.reader()
    answer = await ada.send("security")
    body = {"reader": ada.reader, "chat": ada.reader, "message_id": answer["message_id"]}
    for reaction in ("like", "dislike", "love", "funny", "angry", "sad", "wow") * 3:
        await ada.post("taps", {**body, "data": f"r:{ARTICLE}:{reaction}"})
    await ada.shows(answer, "😮 1", "👍", "👎", "❤️", "😂", "😡", "😢")


async def test_ones_own_reaction_is_marked_in_ones_private_chat(clean: Sandbox) -> None:
    """On every message of that chat, wherever the tap was; on nobody else's, nor in a group."""
    ada, ben = await clean.reader(), await clean.reader()
    group, _ = await clean.group(ada, ben)
    in_private, in_group = await ada.send("/article"), await group.send("/article")
    bens = await ben.send("/article")
    await group.react(in_group, "love")

    async def marks(chat: Chat, message: dict[str, Any]) -> list[str]:
        return [text for text in buttons(await chat.current(message)) if "✓" in text]

    for chat, message in ((ada, in_private), (group, in_group), (ben, bens)):
        await chat.shows(message, "❤️ 1")
    assert await marks(ada, in_private) == ["✓ ❤️ 1"]
    assert await marks(group, in_group) == await marks(ben, bens) == []
    assert "✓ ❤️ 1" in buttons(await ada.send("what did the US agree to?"))
    await ada.react(in_private, "sad")
    await ada.shows(in_private, "❤️", "😢 1")
    assert await marks(ada, in_private) == ["✓ 😢 1"]


@pytest.mark.slow
async def test_two_hundred_readers_at_once(fresh: Sandbox) -> None:
    """Every question and tap is answered, and the counts equal the votes."""
    reactions = ("like", "dislike", "love", "funny", "angry", "sad", "wow")
    readers = [await fresh.reader() for _ in range(200)]

    async def visit(number: int, chat: Chat) -> None:
        answer = await chat.send("what did the US agree to?")
        assert "has agreed to provide" in answer["text"]
        labels = list(EMOJI)
        before, after = number % 7, (number + 1) % 7
        first = await chat.react(answer, reactions[before])
        second = await chat.react(answer, reactions[after])
        assert first == voted(labels[before])
        assert second == changed(labels[after], labels[before])

    async with asyncio.TaskGroup() as group:
        for number, chat in enumerate(readers):
            group.create_task(visit(number, chat))
    votes = [0] * 7
    for number in range(200):
        votes[(number + 1) % 7] += 1
    emoji = ("👍", "👎", "❤️", "😂", "😡", "😢", "😮")
    expected = [f"{face} {count}" for face, count in zip(emoji, votes, strict=True)]
    expected[1] = OWN_MARK + expected[1]
    assert buttons(await readers[0].send("/article")) == expected
