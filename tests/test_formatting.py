"""Articles with formatting as readers see them in Telegram: marks, links, lists, tables, code."""

import pytest

from tests.support.chat import marked
from tests.support.sentences import NOT_IN_ARTICLE
from tests.support.stage import Stage

FAIR = """\
# The Fair

The fair **opens** on [Monday](https://e.org/x) &amp; ends on Friday. It is free.

An [old story](https://e.org/fire-in-the-sauna-2019) tells more {{< figure src="/sauna-fire.png" >}}
about the place, <!-- the sauna burned --> its <span title="sauna fire">past</span> and present.

* Dogs on a lead
* Music ends at 10 pm
* No glass

## Prices

| Who | Entry |
|-----|-------|
| Child | 6 € |
| Adult | 12 € |

### Camping

A place for a tent costs nothing from Sunday on.

## Setting up a stand

```sh
# install first
pip install stand-builder
```
"""


@pytest.fixture
async def fair(stage: Stage) -> Stage:
    corpus = stage.folder / "corpus"
    corpus.mkdir()
    (corpus / "fair.md").write_text(FAIR, encoding="utf-8")
    await stage.bot(CORPUS_DIR=str(corpus))
    return stage


async def test_a_paragraph_with_marks(fair: Stage) -> None:
    """Bold words and links are shown as such; the answering sentence can be told from them."""
    answer = await (await fair.reader()).send("On which day does the fair end?")
    assert "The fair opens on Monday & ends on Friday. It is free." in answer["text"]
    assert "**" not in answer["text"]
    assert "The fair opens on Monday & ends on Friday." in marked(answer, "bold")
    [link] = [e for e in answer["entities"] if e["type"] == "text_link"]
    assert link["url"] == "https://e.org/x"
    assert marked(answer, "text_link") == ["Monday"]


async def test_bold_words_beside_the_answer(fair: Stage) -> None:
    """Where other words are bold too, the answer is underlined as well."""
    answer = await (await fair.reader()).send("Is it free?")
    assert marked(answer, "underline") == ["It is free."]
    assert {"opens", "It is free."} <= set(marked(answer, "bold"))


async def test_what_is_not_shown_is_not_searched(fair: Stage) -> None:
    """Addresses, images, attributes, comments and shortcodes answer nothing."""
    reader = await fair.reader()
    answer = await reader.send("Was there a fire in the sauna in 2019?")
    assert answer["text"].startswith(NOT_IN_ARTICLE)
    answer = await reader.send("what does the old story tell about the place")
    assert "An old story tells more about the place, its past and present." in answer["text"]


async def test_a_list_is_shown_whole_and_one_item_marked(fair: Stage) -> None:
    """With its line breaks."""
    answer = await (await fair.reader()).send("When does the music end?")
    assert "• Dogs on a lead\n• Music ends at 10 pm\n• No glass" in answer["text"]
    assert "Music ends at 10 pm" in marked(answer, "bold")
    assert not any("glass" in each for each in marked(answer, "bold"))


async def test_a_table_is_shown_in_rows_and_one_row_marked(fair: Stage) -> None:
    """Below the heading of its section."""
    answer = await (await fair.reader()).send("What does a child pay?")
    assert "Prices\nWho · Entry\nChild · 6 €\nAdult · 12 €" in answer["text"]
    assert "Child · 6 €" in marked(answer, "bold")


async def test_a_heading_finds_its_section(fair: Stage) -> None:
    """Also a passage that does not repeat the heading's words."""
    answer = await (await fair.reader()).send("How much is camping?")
    assert "Prices › Camping\nA place for a tent costs nothing" in answer["text"]


async def test_code_is_shown_as_code(fair: Stage) -> None:
    """As it was written, and not in bold."""
    answer = await (await fair.reader()).send("how do I install stand-builder?")
    assert marked(answer, "pre") == ["# install first\npip install stand-builder"]
    assert not any("pip" in each for each in marked(answer, "bold"))


async def test_an_article_without_front_matter(fair: Stage) -> None:
    """The first heading is its headline, the first paragraph says what it is about."""
    reader = await fair.reader()
    assert "The Fair" in (await reader.send("/start"))["text"]
    answer = await reader.send("what is this about?")
    assert answer["text"].startswith("The Fair\nThe fair opens on Monday & ends on Friday.")
