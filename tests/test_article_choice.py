"""Which of several articles a message is about: names, links, replies, opened chats, forwards."""

import sqlite3

import pytest

from tests.support.chat import Chat, buttons, marked
from tests.support.corpora import BRIDGE, write_two_articles
from tests.support.sentences import (
    ASK_FEW,
    ASK_HERE,
    NOT_IN_ARTICLE,
    PREVIOUS,
    SEARCH_ALL,
    WELCOME,
)
from tests.support.stage import Sandbox, Stage

BOT = "@article_sandbox_bot"
SENATE = "Who has to approve the package?"
TREATY = "US Offers Security Guarantees"
HARBOUR = "Harbour Bridge Opens"


@pytest.mark.parametrize(
    ("text", "said"),
    [("cost?", "340 million"), ("storms", "second winter"), ("thanks", WELCOME)],
)
async def test_one_word_about_a_known_article_is_a_question(
    library: Sandbox, text: str, said: str
) -> None:
    """In a reply, and in a chat that was opened on it; not the article's headline again."""
    reader = await library.reader()
    group = (await library.group(reader))[0]
    shown = await group.send(f"{BOT} when did the harbour bridge open?")
    assert said in (await group.send(text, reply_to=shown["message_id"]))["text"]
    await reader.send("/start bridge")
    assert said in (await reader.send(text))["text"]


async def test_a_question_without_spaces_in_an_opened_chat(stage: Stage) -> None:
    """Chinese is written so; its readers come by links too."""
    corpus = stage.folder / "corpus"
    corpus.mkdir()
    (corpus / "bridge.md").write_text(BRIDGE, encoding="utf-8")
    (corpus / "zh.md").write_text(
        "---\ntitle: 大桥通车\nstandfirst: 新大桥周一通车。\nlanguage: zh\n"
        "questions: [造价是多少？]\n---\n大桥全长一千二百米，造价三亿四千万元。\n",
        encoding="utf-8",
    )
    await stage.bot(CORPUS_DIR=str(corpus))
    reader = await stage.reader()
    await reader.send("/start zh")
    assert "三亿四千万元" in (await reader.send("造价是多少？"))["text"]


@pytest.mark.parametrize("offer", ["/start", "/article", "what is this about?"])
async def test_a_reply_to_a_list_asks_all_articles(library: Sandbox, offer: str) -> None:
    """It is about none of those that are listed."""
    group = (await library.group(await library.reader()))[0]
    listed = await group.send(offer if offer[0] == "/" else f"{BOT} {offer}")
    answer = await group.send(SENATE, reply_to=listed["message_id"])
    assert marked(answer, "bold")[0].startswith(TREATY)
    nearest = await group.send(f"{BOT} who won the world cup?")
    again = await group.send(SENATE, reply_to=nearest["message_id"])
    assert marked(again, "bold")[0].startswith(TREATY)


async def test_the_longest_headline_that_fits_is_meant(stage: Stage) -> None:
    """A short one that stands in any question names nothing."""
    corpus = stage.folder / "corpus"
    corpus.mkdir()
    (corpus / "bridge.md").write_text(BRIDGE, encoding="utf-8")
    for name, title in (("a-short", "Harbour Bridge Opens"), ("b-any", "The Bridge")):
        text = BRIDGE.replace("Harbour Bridge Opens After Six Years", title)
        text = text.replace("https://example.org/bridge", f"https://example.org/{name}")
        (corpus / f"{name}.md").write_text(text, encoding="utf-8")
    await stage.bot(CORPUS_DIR=str(corpus))
    reader = await stage.reader()
    full = await reader.send("Harbour Bridge Opens After Six Years")
    assert full["text"].startswith("Harbour Bridge Opens After Six Years\n")
    kept = await reader.send("what did the bridge cost?")
    assert kept["text"].startswith("Harbour Bridge Opens After Six Years\n")
    assert (await reader.send("The Bridge"))["text"].startswith("The Bridge\n")


async def test_ask_in_an_opened_chat(library: Sandbox) -> None:
    """As a question without the command."""
    reader = await library.reader()
    await reader.send("/start bridge")
    assert "340 million" in (await reader.send("/ask what did it cost?"))["text"]
    nothing = await reader.send(f"/ask {SENATE}")
    assert nothing["text"].startswith(NOT_IN_ARTICLE)
    row = nothing["reply_markup"]["inline_keyboard"][-1]
    await reader.tap(nothing, row[0]["callback_data"])
    assert (await reader.read())["text"].startswith(f"{SENATE}\n\n{TREATY}")


@pytest.mark.parametrize("begin", ["/start", "/start no-longer-there"])
async def test_start_speaks_of_all_articles_and_asks_all(library: Sandbox, begin: str) -> None:
    """The chat is about one no more."""
    reader = await library.reader()
    await reader.send("/start bridge")
    assert ASK_FEW in (await reader.send(begin))["text"]
    assert marked(await reader.send(SENATE), "bold")[0].startswith(TREATY)


async def test_what_a_group_and_a_guest_are_told_works_there(library: Sandbox) -> None:
    """A reply asks in a group; a guest follows no commands."""
    reader = await library.reader()
    group = (await library.group(reader))[0]
    assert ASK_HERE in (await group.send("/start"))["text"]
    closed = (await library.group(reader, bot=False))[0]
    assert "/article" not in (await closed.send(f"{BOT} hello"))["text"]
    assert BOT in (await closed.send(BOT))["text"]


async def test_a_link_with_words_that_ask_nothing_shows_the_article(library: Sandbox) -> None:
    """In a group and in private."""
    reader = await library.reader()
    group = (await library.group(reader))[0]
    text = "read this https://example.org/bridge"
    for answer in (await group.send(f"{BOT} {text}"), await reader.send(text)):
        assert answer["text"].startswith(HARBOUR)
        assert NOT_IN_ARTICLE not in answer["text"]


@pytest.mark.slow
async def test_an_opened_article_that_could_not_be_noted(stage: Stage) -> None:
    """Is not said to be."""
    corpus = write_two_articles(stage.folder, BRIDGE)
    await stage.bot(CORPUS_DIR=str(corpus))
    reader = await stage.reader()
    await reader.send("/start")
    database = sqlite3.connect(stage.database, isolation_level=None)
    try:
        database.execute("BEGIN IMMEDIATE")
        opened = await reader.send("/start bridge")
    finally:
        database.close()
    assert "Could not save that now" in opened["text"]
    assert SEARCH_ALL not in buttons(opened)


async def test_a_question_of_several_paragraphs_stays_when_a_passage_is_turned(
    ada: Chat,
) -> None:
    """It is known by its form and not by its first line."""
    from bot.views.links import question_payload

    payload = question_payload("Ukraine?\n\nsecurity guarantees?")
    answer = await ada.send(f"/start {payload}")
    assert answer["text"].startswith("Ukraine?\n\nsecurity guarantees?\n\nUS Offers")
    turn = answer["reply_markup"]["inline_keyboard"][2][-1]
    await ada.tap(answer, turn["callback_data"])
    await ada.shows(answer, PREVIOUS)
    assert (await ada.current(answer))["text"].startswith("Ukraine?\n\nsecurity guarantees?\n\n")


async def test_addresses_are_compared_as_browsers_show_and_send_them(stage: Stage) -> None:
    """Escaped or not, in letters of any script."""
    text = BRIDGE.replace("https://example.org/bridge", "https://münchen.example/brücke")
    corpus = write_two_articles(stage.folder, text)
    await stage.bot(CORPUS_DIR=str(corpus))
    reader = await stage.reader()
    sent = await reader.send("https://xn--mnchen-3ya.example/br%C3%BCcke")
    assert sent["text"].startswith(HARBOUR)


@pytest.mark.parametrize("several", [False, True])
async def test_a_forwarded_post_shows_its_article(
    sandbox: Sandbox, library: Sandbox, several: bool
) -> None:
    """Nothing is asked by it; with several articles the chat is about that one from then on."""
    places = library if several else sandbox
    reader = await places.reader()
    text = "US Offers Security Guarantees to Ukraine in Peace Talks, Officials Say.\n\nRead on."
    origin = {"type": "hidden_user", "date": 1, "sender_user_name": "A friend"}
    await reader.write("look")
    first = await reader.read()
    message = {
        "message_id": first["message_id"] + 1_000,
        "date": 1,
        "chat": {"id": reader.reader, "type": "private", "first_name": "Ada"},
        "from": {"id": reader.reader, "is_bot": False, "first_name": "Ada"},
        "text": text,
        "forward_origin": origin,
    }
    await places.post("updates", update={"message": message})
    shown = await reader.read()
    assert marked(shown, "blockquote")[0].startswith("The United States has agreed to provide")
    assert (SEARCH_ALL in buttons(shown)) is several


@pytest.mark.parametrize(
    "name", ["bridge", "https://example.org/bridge", "example.org/bridge/?utm_source=x"]
)
async def test_article_opens_by_id_or_address(library: Sandbox, name: str) -> None:
    """What follows is about that article."""
    reader = await library.reader()
    assert (await reader.send(f"/article {name}"))["text"].startswith(HARBOUR)
    assert "340 million" in (await reader.send("cost?"))["text"]


async def test_an_unknown_article_is_said_to_be_unknown(library: Sandbox, sandbox: Sandbox) -> None:
    """With those that there are."""
    listed = await (await library.reader()).send("/article the tunnel")
    assert listed["text"] == "I don't know an article called “the tunnel”.\n\nWhich article?"
    assert len(buttons(listed)) == 2
    only = await (await sandbox.reader()).send("/article https://example.org/tunnel")
    assert only["text"].startswith("I don't know an article called")
    assert len(buttons(only)) == 1
