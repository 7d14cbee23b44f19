"""A corpus of several articles, in the chat."""

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.corpus.article import Article
from bot.handlers.article_refs import MIN_TITLE_WORDS, ArticleResolver
from bot.retrieval.analysis import words
from bot.views.keyboards import MAX_ARTICLES_LISTED
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


async def test_a_list_says_that_there_are_more(stage: Stage, tmp_path: Path) -> None:
    """And how to open one that is not in it."""
    text = "---\ntitle: The Bridge Number {0}\n---\n\nBridge {0} opened on Monday.\n"
    for number in range(MAX_ARTICLES_LISTED + 5):
        (tmp_path / f"bridge-{number:02}.md").write_text(text.format(number), encoding="utf-8")
    await stage.bot(CORPUS_DIR=str(tmp_path))
    reader = await stage.reader()
    listed = await reader.send("/article")
    assert len(buttons(listed)) == MAX_ARTICLES_LISTED
    assert "These are 20 of 25." in listed["text"]
    shown = await reader.send("/article The Bridge Number 24")
    assert marked(shown, "blockquote") == ["Bridge 24 opened on Monday."]


WORDS = st.lists(st.sampled_from(["the", "The", "U.S.", "bridge", "a", "1,000", "…"]), max_size=7)
TITLES = st.lists(WORDS.map(" ".join), max_size=12)


def named_by_a_scan(titles: list[str], text: str) -> int | None:
    """Which title a text names, found in the plainest way."""
    said = words(text)
    longest = ""
    found = None
    for number, title in enumerate(titles):
        parts = words(title)
        is_held = any(said[n : n + len(parts)] == parts for n in range(len(said)))
        if parts and is_held and len(" ".join(parts)) > len(longest):
            longest, found = " ".join(parts), number
    is_whole = longest == " ".join(said)
    return found if is_whole or len(longest.split()) >= MIN_TITLE_WORDS else None


@example(titles=["a bridge in the town"], earlier=[], text="a bridge in the towns", asked=None)
@given(titles=TITLES, earlier=TITLES, text=WORDS.map(" ".join), asked=st.none() | st.integers(0))
def test_the_longest_headline_in_a_text_names_its_article(
    titles: list[str], earlier: list[str], text: str, asked: int | None
) -> None:
    """The first article's, if several have the same length; whatever was there before."""
    if titles and asked is not None:
        text += f" {titles[asked % len(titles)]} the bridge"
    previous = ArticleResolver([entitled(n, title) for n, title in enumerate(earlier)])
    articles = [entitled(number, title) for number, title in enumerate(titles)]
    expected = named_by_a_scan(titles, text)
    for resolver in (ArticleResolver(articles), ArticleResolver(articles, previous)):
        found = resolver.named(text)
        assert (int(found.id[1:]) if found else None) == expected


def entitled(number: int, title: str) -> Article:
    """An article with nothing but a headline."""
    return Article(f"a{number}", title, "", "en", (), ("Text.",))
