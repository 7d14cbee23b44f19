"""A corpus of several articles, in the chat."""

from pathlib import Path

import pytest

from tests.support.chat import Chat, buttons, marked
from tests.support.corpora import write_two_articles
from tests.support.sentences import ASK_FEW
from tests.support.stage import Stage
from tests.test_corpus import GOOD


@pytest.fixture
async def reader(stage: Stage, tmp_path: Path) -> Chat:
    """A reader of two articles."""
    corpus = write_two_articles(tmp_path, GOOD)
    await stage.bot(CORPUS_DIR=str(corpus))
    return await stage.reader()


async def test_each_question_finds_its_article_and_votes_are_kept_apart(reader: Chat) -> None:
    """The answer names its article; a vote for one is none for the other."""
    bridge = await reader.send("When did the bridge open?")
    assert marked(bridge, "bold")[0] == "Bridge Opens"
    treaty = await reader.send("Who has to approve the package?")
    assert marked(treaty, "bold")[0].startswith("US Offers Security Guarantees")
    await reader.tap(bridge, "r:bridge:wow")
    await reader.shows(bridge, "😮 1")
    assert "😮 1" not in buttons(await reader.send("Who has to approve the package?"))


async def test_article_lists_them_and_shows_the_chosen_one(reader: Chat) -> None:
    """By a tap."""
    listed = await reader.send("/article")
    assert buttons(listed)[0] == "Bridge Opens"
    await reader.tap(listed, "a:bridge")
    shown = await reader.read()
    assert marked(shown, "blockquote") == ["The new bridge opened on Monday."]


async def test_what_none_says_and_what_all_is_about(reader: Chat) -> None:
    """The words fit more than one article."""
    assert (await reader.send("who won the world cup?"))["text"].startswith(
        "I couldn't find that in any article"
    )
    overview = await reader.send("what is this about?")
    assert overview["text"].startswith(ASK_FEW)
    assert len(buttons(overview)) == 2
