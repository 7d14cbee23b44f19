"""What a reader sees in the chat."""

import pytest

from bot.corpus.loader import load_corpus
from bot.views.i18n import read_languages
from bot.views.keyboards import question_rows
from tests.support.chat import Chat, buttons, marked
from tests.support.corpora import BRIDGE, ROOT
from tests.support.sentences import NEXT, NOT_IN_ARTICLE, PREVIOUS, UNKNOWN_COMMAND, WELCOME, said
from tests.support.stage import Sandbox, Stage

TITLE = "US Offers Security Guarantees to Ukraine in Peace Talks, Officials Say."
SHORT_TITLE = "US Offers Security Guarantees to…"


async def test_a_question_brings_the_passage_with_its_sentence_and_place(ada: Chat) -> None:
    """Headline, the passage as a quotation, the answering sentence in bold, its place."""
    message = await ada.send("What did officials and diplomats say on Monday?")
    [quoted] = marked(message, "blockquote")
    headline, sentence = marked(message, "bold")
    assert headline == SHORT_TITLE
    assert quoted.startswith("The United States has agreed to offer security guarantees")
    assert quoted.endswith("settlement to the conflict.")
    assert sentence.startswith("The United States has agreed to offer")
    assert sentence.endswith("diplomats said on Monday.")
    assert "\nParagraph 1 of 5" in message["text"]
    assert buttons(message)[:7] == ["👍", "👎", "❤️", "😂", "😡", "😢", "😮"]


async def test_what_the_article_does_not_say_is_said(ada: Chat) -> None:
    """The headline, and two sample questions as buttons that ask them."""
    message = await ada.send("who won the world cup?")
    assert message["text"].startswith(NOT_IN_ARTICLE)
    assert TITLE in message["text"]
    assert len(buttons(message)) == 2
    rows = message["reply_markup"]["inline_keyboard"]
    assert await ada.tap(message, rows[1][0]["callback_data"]) is None
    answer = await ada.read()
    assert marked(answer, "italic")[0].strip() == buttons(message)[1]
    assert marked(answer, "blockquote")


async def test_other_questions_are_offered_after_another_question(ada: Chat) -> None:
    """Each unanswered one leads to its own two, the same at every time."""
    asked = ("who won the world cup?", "how tall is Mount Everest?", "what is a black hole?")
    offered = [buttons(await ada.send(question)) for question in asked]
    assert len({tuple(each) for each in offered}) > 1
    assert buttons(await ada.send(asked[0])) == offered[0]


def test_a_question_just_asked_is_not_offered() -> None:
    """However it was typed."""
    article = load_corpus(ROOT / "corpus").articles[0]
    rows = question_rows(article, 5, asked="who has to APPROVE the package")
    texts = [row[0].text for row in rows]
    assert len(texts) == 4
    assert "Who has to approve the package?" not in texts


async def test_an_uncertain_answer_shows_the_two_closest(ada: Chat) -> None:
    """Plainly not as the answer: no sentence is marked."""
    message = await ada.send("were the talks celebrated with fireworks and champagne")
    assert "I'm not sure the article answers that." in message["text"]
    assert "The closest passages:" in message["text"]
    assert marked(message, "bold") == [SHORT_TITLE]
    assert len(marked(message, "expandable_blockquote")) == 2


async def test_the_next_passage_in_place_and_back(ada: Chat) -> None:
    """Reactions stay, the place among the matches is told; a tap on them still counts."""
    message = await ada.send("security guarantees for Ukraine")
    assert " · match 1 of 3\n\nYour reaction to the article:" in message["text"]
    *reactions, turn = buttons(message)
    assert turn == NEXT
    await ada.tap(message, message["reply_markup"]["inline_keyboard"][-1][0]["callback_data"])
    await ada.shows(message, PREVIOUS)
    second = await ada.current(message)
    assert " · match 2 of 3" in second["text"]
    assert marked(second, "blockquote") != marked(message, "blockquote")
    assert buttons(second) == [*reactions, PREVIOUS, NEXT]
    await ada.react(second, "sad")
    await ada.shows(second, "😢 1", PREVIOUS, NEXT)
    await ada.tap(second, second["reply_markup"]["inline_keyboard"][-1][0]["callback_data"])
    await ada.shows_only(message, *buttons(second)[:5], "😢 1", "😮", NEXT)
    first = await ada.current(message)
    assert first["text"] == message["text"]
    assert "✓ 😢 1" in buttons(first)
    await ada.send("/forget")


async def test_a_turned_answer_keeps_the_question_that_was_tapped(ada: Chat) -> None:
    """The line above the headline says what was asked."""
    start = await ada.send("/start")
    await ada.tap(start, start["reply_markup"]["inline_keyboard"][0][0]["callback_data"])
    message = await ada.read()
    row = message["reply_markup"]["inline_keyboard"][-1]
    await ada.tap(message, row[-1]["callback_data"])
    await ada.shows(message, PREVIOUS)
    turned = await ada.current(message)
    assert turned["text"].startswith(f"What did the US agree to?\n\n{SHORT_TITLE}")
    assert "match 2 of" in turned["text"]


async def test_the_whole_article_in_short(ada: Chat) -> None:
    """Headline and standfirst."""
    message = await ada.send("what is this about?")
    assert marked(message, "blockquote")[0].startswith("The United States has agreed to provide")
    assert message["text"].startswith(TITLE)
    assert message["text"].endswith("\n\nWhat's your reaction to the article?")


async def test_start_offers_three_questions(ada: Chat) -> None:
    """What the bot is about, and three buttons that ask."""
    message = await ada.send("/start")
    assert TITLE in message["text"]
    assert len(buttons(message)) == 3
    first = message["reply_markup"]["inline_keyboard"][0][0]
    await ada.tap(message, first["callback_data"])
    assert "has agreed to provide" in (await ada.read())["text"]


async def test_a_start_payload_is_no_trouble(ada: Chat) -> None:
    """Anything may stand after /start."""
    message = await ada.send("/start ../../etc/passwd ' OR 1=1 --")
    assert TITLE in message["text"]


async def test_article_shows_headline_standfirst_and_reactions(ada: Chat) -> None:
    """/article: the standfirst as a quotation."""
    message = await ada.send("/article")
    [quoted] = marked(message, "blockquote")
    assert quoted.startswith("The United States has agreed to provide")
    assert len(buttons(message)) == 7


async def test_help_names_every_command_and_reaction(ada: Chat) -> None:
    """/help lists what there is."""
    message = await ada.send("/help")
    text = message["text"]
    assert {"/article", "/forget"} <= set(marked(message, "bot_command"))
    for part in ("/article", "/privacy", "/forget", "/start", "👍 Like", "😮 Wow"):
        assert part in text


async def test_ask_without_a_question_in_private(ada: Chat) -> None:
    """Nobody has to mention the bot here."""
    assert (await ada.send("/ask"))["text"] == said("ask_what_private")


async def test_privacy_says_what_is_stored(ada: Chat) -> None:
    """/privacy names /forget."""
    assert "/forget" in (await ada.send("/privacy"))["text"]


@pytest.mark.parametrize(
    ("text", "begins"),
    [
        ("hi", "Hello!"),
        ("Hello there!!", "Hello!"),
        ("thanks 🙏", WELCOME),
        ("👍", "🙂"),
        ("...", "I can only read text."),
        ("/nonsense", UNKNOWN_COMMAND),
        ("/start_over", UNKNOWN_COMMAND),
    ],
)
async def test_what_asks_nothing_gets_a_friendly_word(ada: Chat, text: str, begins: str) -> None:
    """Greetings, thanks, emoji and unknown commands are answered in kind."""
    assert (await ada.send(text))["text"].startswith(begins)


@pytest.mark.parametrize("kind", ["photo", "sticker"])
async def test_a_picture_is_answered(ada: Chat, kind: str) -> None:
    """Never silence in a private chat."""
    message = await ada.send(**{kind: True})
    assert message["text"].startswith("I can only read text.")
    assert len(buttons(message)) == 2


async def test_a_caption_is_a_question(ada: Chat) -> None:
    """A picture with words under it asks with them."""
    message = await ada.send(photo=True, caption="Who must approve the package?")
    assert "Senate" in message["text"]


async def test_an_edited_question_is_asked_again(ada: Chat) -> None:
    """Whoever mends a question wants the new answer."""
    await ada.send("who won the world cup?")
    asked = ada.last - 1
    await ada.post(
        "messages/edit",
        {"reader": ada.reader, "message_id": asked, "text": "Who must approve the package?"},
    )
    assert "Senate" in (await ada.read())["text"]


@pytest.mark.parametrize(
    "text",
    [
        "a",
        "?" * 4000,
        "peace " * 680,
        "\u200b\u202eعربي \u0301\u0301\u0301 security",
        "<b>security</b> & *guarantees* _of_ [x](y)",
        "🇺🇦" * 1000,
    ],
)
async def test_odd_texts_are_answered(ada: Chat, text: str) -> None:
    """An answer or a friendly no, whatever was written."""
    assert (await ada.send(text))["text"]


async def test_commands_are_registered(sandbox: Sandbox) -> None:
    """Clients show the commands with what they do."""
    bot = (await sandbox.client.get("/sandbox/state")).json()["bot"]
    names = [command["command"] for command in bot["commands"]]
    assert sorted(names) == ["article", "forget", "help", "privacy", "start"]
    assert all(command["description"] for command in bot["commands"])
    assert bot["description"]
    assert bot["short_description"]


async def test_no_typing_indicator_for_a_quick_answer(sandbox: Sandbox, ada: Chat) -> None:
    """It would only flicker."""
    await ada.send("security guarantees")
    assert await sandbox.calls("sendchataction") == []


async def test_a_question_without_an_answer_is_not_offered(stage: Stage) -> None:
    """Neither at the start nor later, and the log names it; then nothing is said to tap."""
    corpus = stage.folder / "corpus"
    corpus.mkdir()
    front = BRIDGE.replace("When did the bridge open?", "Who won the world cup?")
    file = corpus / "bridge.md"
    file.write_text(front, encoding="utf-8")
    bot = await stage.bot(CORPUS_DIR=str(corpus))
    reader = await stage.reader()
    assert buttons(await reader.send("/start")) == ["How long is the bridge?"]
    assert "questions of bridge are not offered" in bot.output
    assert bot.output.count("Who won the world cup?") == 1
    await stage.stop(bot)
    file.write_text(front.replace("How long is the bridge?", "Who lost it?"), encoding="utf-8")
    await stage.bot(CORPUS_DIR=str(corpus))
    start = await reader.send("/start")
    assert start["text"].endswith(said("ask_only"))
    nothing = await reader.send("who won the world cup?")
    assert "You could ask" not in nothing["text"]
    other = await reader.send("Wer muss eigentlich das ganze Paket genehmigen?")
    assert other["text"] == read_languages().english.text("could_ask_in", language="English")
    assert [buttons(each) for each in (start, nothing, other)] == [[], [], []]


async def test_that_a_reader_blocked_the_bot_is_logged(stage: Stage) -> None:
    """It is why an answer did not arrive."""
    bot = await stage.bot()
    reader = await stage.reader()
    await stage.fault("403", method="sendMessage", chat=reader.chat)
    await reader.write("Who has to approve the package?")
    await stage.settled(bot)
    assert "A message could not be sent: Forbidden" in bot.output
