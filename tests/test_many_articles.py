"""A corpus of several articles, in the chat."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from tests.conftest import ARTICLE, ROOT, Chat, Sandbox, buttons, marked, start_sandbox
from tests.test_corpus import GOOD


@pytest.fixture
async def reader(tmp_path: Path) -> AsyncIterator[Chat]:
    """A reader of two articles."""
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    shutil.copy(ROOT / "corpus" / f"{ARTICLE}.md", corpus)
    (corpus / "bridge.md").write_text(GOOD, encoding="utf-8")
    process, url = start_sandbox(tmp_path, CORPUS_DIR=str(corpus))
    async with httpx.AsyncClient(base_url=url, trust_env=False, timeout=30) as client:
        yield await Sandbox(process, url, client).reader()
    assert process.stop() == 0, process.output


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
    assert (await reader.send("who won the world cup?"))["text"].startswith("No article here says")
    overview = await reader.send("what is this about?")
    assert overview["text"].startswith("Ask me about these articles:")
    assert len(buttons(overview)) == 2
