"""Links that open the bot on an article, and a private chat that is about one."""

import pytest

from tests.support.chat import Chat, buttons, marked
from tests.support.corpora import ARTICLE
from tests.support.processes import article_bot
from tests.support.sentences import ASK_HERE, NOT_IN_ARTICLE, PREVIOUS, SEARCH_ALL
from tests.support.stage import Sandbox, Stage

BRIDGE = "Harbour Bridge Opens After Six Years"
SENATE = "Who has to approve the package?"


async def test_a_link_opens_its_article_and_the_chat_stays_about_it(library: Sandbox) -> None:
    """Until all are searched again, which is one tap; answers name their article."""
    reader = await library.reader()
    opened = await reader.send("/start bridge")
    assert opened["text"].startswith(BRIDGE)
    assert "Your questions are now about this article." in opened["text"]
    assert buttons(opened)[-3:] == [
        "When did the bridge open?",
        "How long is the bridge?",
        SEARCH_ALL,
    ]
    answer = await reader.send("what did it cost?")
    assert marked(answer, "bold")[0] == BRIDGE
    assert "340 million dollars" in answer["text"]
    nothing = await reader.send(SENATE)
    assert nothing["text"].startswith(NOT_IN_ARTICLE)
    row = nothing["reply_markup"]["inline_keyboard"][-1]
    assert row[0]["text"] == SEARCH_ALL
    await reader.tap(nothing, row[0]["callback_data"])
    found = await reader.read()
    assert found["text"].startswith(f"{SENATE}\n\nUS Offers")
    assert SEARCH_ALL not in buttons(found)
    assert SEARCH_ALL not in buttons(await reader.send(SENATE))


async def test_the_button_stays_when_a_passage_is_turned(library: Sandbox) -> None:
    """Turning makes the keyboard anew."""
    reader = await library.reader()
    await reader.send(f"/start {ARTICLE}")
    message = await reader.send("security guarantees for Ukraine")
    await reader.tap(message, message["reply_markup"]["inline_keyboard"][2][-1]["callback_data"])
    await reader.shows(message, PREVIOUS, SEARCH_ALL)


@pytest.mark.parametrize(
    "named",
    ["bridge", BRIDGE, "https://www.example.org/bridge?utm_medium=x", "/article bridge"],
)
async def test_another_article_is_opened_by_its_name(library: Sandbox, named: str) -> None:
    """Its id, headline or address; from then on the chat is about that one."""
    reader = await library.reader()
    await reader.send(f"/start {ARTICLE}")
    assert (await reader.send(named))["text"].startswith(BRIDGE)
    assert "340 million" in (await reader.send("what did it cost?"))["text"]


async def test_a_question_that_names_another_article_is_asked_of_that(library: Sandbox) -> None:
    """And the chat is about it from then on."""
    reader = await library.reader()
    await reader.send(f"/start {ARTICLE}")
    asked = await reader.send(f"In “{BRIDGE}”, what do engineers blame?")
    assert BRIDGE.startswith(marked(asked, "bold")[0].rstrip("…"))
    assert "1,200 metres" in (await reader.send("what did it cost?"))["text"]


async def test_a_tap_in_the_list_opens(library: Sandbox) -> None:
    """As a link does."""
    reader = await library.reader()
    await reader.tap(await reader.send("/article"), "a:bridge")
    assert (await reader.read())["text"].startswith(BRIDGE)
    assert SEARCH_ALL in buttons(await reader.send("what did it cost?"))


async def test_forget_also_forgets_what_the_chat_is_about(library: Sandbox) -> None:
    """Nothing of the chat is kept."""
    reader = await library.reader()
    await reader.send("/start bridge")
    await reader.send("/forget")
    assert SEARCH_ALL not in buttons(await reader.send("how long is the harbour bridge?"))


async def test_with_one_article_nothing_is_chosen(ada: Chat) -> None:
    """The link shows the article; no button speaks of others."""
    opened = await ada.send(f"/start {ARTICLE}")
    assert opened["text"].startswith("US Offers")
    assert len(buttons(opened)) == 10
    assert SEARCH_ALL not in buttons(opened)
    assert SEARCH_ALL not in buttons(await ada.send("security"))
    assert "now about" not in opened["text"]


async def test_an_old_link_says_so(ada: Chat) -> None:
    """And the conversation begins."""
    answer = await ada.send("/start no-longer-there")
    assert answer["text"].startswith("That link leads to an article that is no longer here.")
    assert len(buttons(answer)) == 3


async def test_a_groups_link_shows_the_article_there(library: Sandbox) -> None:
    """The bot comes into the group and shows what was linked."""
    reader = await library.reader()
    group = (await library.group(reader, bot=False))[0]
    url = "https://t.me/article_sandbox_bot?startgroup=bridge"
    await library.post("links", reader=reader.reader, chat=group.chat, url=url)
    said = [await group.read(), await group.read()]
    shown = next(message for message in said if message["text"].startswith(BRIDGE))
    assert ASK_HERE in shown["text"]
    assert (
        "340 million"
        in (await group.send("what did it cost?", reply_to=shown["message_id"]))["text"]
    )


async def test_a_sandbox_link_is_followed(library: Sandbox) -> None:
    """As a click on it in a browser does."""
    reader = await library.reader()
    url = "https://t.me/article_sandbox_bot?start=bridge"
    await library.post("links", reader=reader.reader, url=url)
    assert (await reader.read())["text"].startswith(BRIDGE)


async def test_the_command_prints_both_links(stage: Stage) -> None:
    """For a page, and for groups."""
    result = await stage.command("link", ARTICLE)
    assert result.returncode == 0, result.stderr
    assert f"https://t.me/article_sandbox_bot?start={ARTICLE}\n" in result.stdout
    assert f"https://t.me/article_sandbox_bot?startgroup={ARTICLE}\n" in result.stdout


def test_a_link_to_nothing_is_refused() -> None:
    """With what was probably meant."""
    result = article_bot("link", "us-ukraine-security-guarantee", BOT_TOKEN="1:abc")
    assert result.returncode == 2
    assert f"did you mean '{ARTICLE}'?" in result.stderr
