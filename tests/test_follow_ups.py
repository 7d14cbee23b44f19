"""Questions that go on from the one before: understood for ten minutes, and then no more."""

from bot.handlers.conversations import KEPT
from tests.support.chat import Chat
from tests.support.sentences import NOT_IN_ARTICLE
from tests.support.stage import Stage

FIRST, SECOND = "what would the European-led force do?", "and what would it help to rebuild?"
SHOWN = f"{FIRST} → {SECOND}"


async def test_a_question_is_completed_by_the_one_before(ada: Chat) -> None:
    """The answer says how it was understood."""
    await ada.send(FIRST)
    answer = await ada.send(SECOND)
    assert answer["text"].startswith(SHOWN)
    assert "help Ukraine rebuild" in answer["text"]


async def test_when_is_answered_by_a_time_or_not_at_all(ada: Chat) -> None:
    await ada.send("when did the conflict begin?")
    assert "February 2022" in (await ada.send("since when?"))["text"]
    await ada.send("who is mentioned beside Zelenskyy?")
    assert (await ada.send("why?"))["text"].startswith(NOT_IN_ARTICLE)


async def test_more_shows_what_was_not_shown(ada: Chat) -> None:
    """Passage after passage, until nothing is left."""
    await ada.send("summarise it")
    shown = [(await ada.send("tell me more"))["text"] for _ in range(6)]
    for number in range(1, 6):
        assert f"Paragraph {number} of 5" in shown[number - 1]
    assert shown[5] == "That's everything the article says."


async def test_it_is_forgotten_after_ten_minutes(stage: Stage) -> None:
    await stage.bot()
    ada = await stage.reader()
    await ada.send(FIRST)
    stage.clock.advance(KEPT + 1)
    assert not (await ada.send(SECOND))["text"].startswith(FIRST)


async def test_it_is_forgotten_with_everything_else(stage: Stage) -> None:
    """By /forget, and by a restart: it is in memory only."""
    bot = await stage.bot()
    ada = await stage.reader()
    await ada.send(FIRST)
    await ada.send("/forget")
    assert not (await ada.send(SECOND))["text"].startswith(FIRST)
    await ada.send(FIRST)
    await stage.stop(bot)
    await stage.bot()
    assert not (await ada.send(SECOND))["text"].startswith(FIRST)


async def test_a_member_of_a_group_goes_on_from_their_own_question(stage: Stage) -> None:
    """And not from another member's."""
    await stage.bot()
    ada, ben = await stage.group(await stage.reader(), await stage.reader())
    await ada.send(f"/ask {FIRST}")
    ben.last = ada.last
    assert not (await ben.send(f"/ask {SECOND}"))["text"].startswith(FIRST)
    ada.last = ben.last
    assert (await ada.send(f"/ask {SECOND}"))["text"].startswith(SHOWN)
