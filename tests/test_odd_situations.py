"""What real readers, admins and apps bring about, found by trying to break the bot."""

import sqlite3

import pytest

from tests.support.chat import Chat, buttons, marked
from tests.support.corpora import ARTICLE, BRIDGE, write_two_articles
from tests.support.databases import tracked_messages
from tests.support.sentences import (
    ASK_FEW,
    NOT_IN_ARTICLE,
    PREVIOUS,
    SEARCH_ALL,
    WELCOME,
    WHAT_TO_ASK,
)
from tests.support.stage import Sandbox, Stage
from tests.support.waiting import until
from tests.test_groups import silence

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


async def test_whatever_cannot_be_quoted_is_answered_without_a_quotation(stage: Stage) -> None:
    """As Telegram takes no quotation of what changed in between."""
    await stage.bot()
    ada = (await stage.group(await stage.reader()))[0]
    await ada.write("just talk")
    missing = {"message_id": ada.last + 500, "date": 1, "chat": {"id": ada.chat, "type": "group"}}
    sender = {"id": ada.reader, "is_bot": False, "first_name": "Ada"}
    text = f"{BOT} {SENATE} at noon"
    entities = [
        {"type": "mention", "offset": 0, "length": len(BOT)},
        {"type": "date_time", "offset": len(text) - 4, "length": 4, "unix_time": 1_800_000_000},
    ]
    message = {**missing, "from": sender, "text": text, "entities": entities}
    await stage.post("updates", update={"message": message})
    answer = await ada.read()
    assert answer["text"].startswith(f"{SENATE} at noon\n\n{TREATY}")
    quoting = [
        c["params"]["reply_parameters"]
        for c in await stage.calls("sendmessage", ada.chat)
        if "quote" in str(c["params"].get("reply_parameters"))
    ]
    assert "unix_time" in str(quoting[0])


async def test_forget_leaves_nothing_that_is_being_edited(stage: Stage) -> None:
    """An edit that ends later must not bring the chat back into the database."""
    bot = await stage.bot()
    ada, ben = await stage.reader(), await stage.reader()
    await ada.send(SENATE)
    answer = await ben.send(SENATE)
    fault = await stage.fault("slow", method="editMessageReplyMarkup", chat=ada.chat, seconds=1)
    await ben.react(answer, "love")
    await stage.struck(fault)
    await ada.send("/forget")

    async def is_edited() -> bool:
        return bool(await stage.calls("editmessagereplymarkup", ada.chat))

    await until(is_edited)
    await stage.stop(bot)
    assert ada.chat not in {chat for chat, _ in tracked_messages(stage.database)}


async def test_forget_comes_after_what_was_asked_before_it(stage: Stage) -> None:
    """Else an earlier answer would note the chat again."""
    corpus = write_two_articles(stage.folder, BRIDGE)
    bot = await stage.bot(CORPUS_DIR=str(corpus))
    ada = await stage.reader()
    await stage.fault("slow", method="sendMessage", seconds=0.5)
    for text in (SENATE, "/start bridge", "/forget"):
        await ada.write(text)
    await stage.settled(bot)
    await stage.stop(bot)
    database = sqlite3.connect(stage.database)
    try:
        kept = [
            database.execute(f"SELECT * FROM {t}").fetchall()
            for t in ("tracked_messages", "chat_settings")
        ]
    finally:
        database.close()
    assert kept == [[], []]


async def test_a_closed_chat_does_not_hold_up_its_readers_elsewhere(stage: Stage) -> None:
    """Each chat has an order of its own."""
    await stage.bot()
    ada = await stage.reader()
    group = (await stage.group(ada))[0]
    fault = await stage.fault("429", method="sendMessage", chat=group.chat, seconds=8)
    await group.write(f"{BOT} {SENATE}")
    await stage.struck(fault)
    assert (
        "Senate"
        in (
            await ada.send(
                SENATE,
            )
        )["text"]
    )
    assert await stage.calls("sendmessage", group.chat) != []


async def test_other_bots_are_not_answered(stage: Stage) -> None:
    """Two that reply to each other would do so for ever."""
    await stage.bot()
    ada = (await stage.group(await stage.reader()))[0]
    await ada.write("here")
    other = {"id": 77, "is_bot": True, "first_name": "Other", "username": "other_bot"}
    text = f"{BOT} {SENATE}"
    message = {
        "message_id": ada.last + 1,
        "date": 1,
        "chat": {"id": ada.chat, "type": "supergroup", "title": "Readers"},
        "from": other,
        "text": text,
        "entities": [{"type": "mention", "offset": 0, "length": len(BOT)}],
    }
    async with silence(ada):
        await stage.post("updates", update={"message": message})


async def test_answers_to_taps_stay_among_the_comments(stage: Stage) -> None:
    """Who reads below a channel's post sees replies only."""
    await stage.bot()
    ada = await stage.reader()
    talk = (await stage.group(ada))[0]
    channel = (await stage.channel(ada, discussion=talk.chat))[0]
    await stage.command("publish", ARTICLE, "--to", str(channel.chat))
    forward = (await stage.ask(f"chats/{talk.chat}/messages?after=0"))["messages"][-1]
    talk.last = forward["message_id"]
    await talk.write(f"{BOT} who won the world cup?", reply_to=forward["message_id"])
    answer = await talk.read()
    sample = answer["reply_markup"]["inline_keyboard"][0][0]
    await talk.tap(answer, sample["callback_data"])
    assert (await talk.read())["message_thread_id"] == answer["message_thread_id"]


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        (f"/ask\n{SENATE}", SENATE),
        (f"({BOT}) {SENATE}", SENATE),
        (f"{BOT}! {SENATE}", SENATE),
        (f"{BOT}، {SENATE}", SENATE),
    ],
)
async def test_what_stands_around_a_question(
    sandbox: Sandbox, ada: Chat, text: str, quote: str
) -> None:
    """Line breaks and punctuation are no part of it."""
    ada = (await sandbox.group(ada))[0]
    answer = await ada.send(text)
    assert "Senate" in answer["text"]
    assert answer["quote"]["text"] == quote


async def test_ask_below_a_picture(stage: Stage) -> None:
    """The library finds commands in texts only; here the bot hears everything."""
    await stage.bot()
    await stage.post("bot", privacy=False)
    ada = (await stage.group(await stage.reader()))[0]
    assert "Senate" in (await ada.send(photo=True, caption=f"/ask {SENATE}"))["text"]
    async with silence(ada):
        await ada.write(photo=True, caption=f"/ask@other_bot {SENATE}")


@pytest.mark.parametrize("call", [f"{BOT}?", f"{BOT} 👆", f"({BOT})", "/ask", "/ask ^"])
async def test_pointing_at_a_question(sandbox: Sandbox, ada: Chat, ben: Chat, call: str) -> None:
    """Whatever signs stand beside the mention; alone it is asked what for."""
    one, two = await sandbox.group(ada, ben)
    await one.write(SENATE)
    await two.write(call, reply_to=one.last)
    assert "Senate" in (await two.read())["text"]
    assert WHAT_TO_ASK in (await two.send(call))["text"]


async def test_a_quotation_of_a_question_in_another_topic(sandbox: Sandbox, ada: Chat) -> None:
    """What was quoted is what is asked."""
    forum = (await sandbox.group(ada, forum=True))[0]
    other = (await sandbox.group(ada))[0]
    await other.write(f"Tell me. {SENATE}")
    await forum.write(BOT, reply_to=other.last, reply_to_chat=other.chat, quote=SENATE)
    assert "Senate" in (await forum.read())["text"]


async def test_ask_in_reply_to_the_bots_own_words(sandbox: Sandbox, ada: Chat) -> None:
    """They ask nothing."""
    ada = (await sandbox.group(ada))[0]
    words = await ada.send("/help")
    assert WHAT_TO_ASK in (await ada.send("/ask", reply_to=words["message_id"]))["text"]


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
    assert "Reply to this message" in (await group.send("/start"))["text"]
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


async def test_publishing_goes_on_after_a_refusal_for_now(stage: Stage) -> None:
    """And does not post twice when the answer was lost."""
    channel = (await stage.channel(await stage.reader()))[0]
    to = ("publish", ARTICLE, "--to", str(channel.chat))
    await stage.fault("500", method="sendMessage", times=1)
    await stage.fault("429", method="sendMessage", times=1, seconds=1)
    assert (await stage.command(*to)).returncode == 0
    await stage.fault("dropped", method="sendMessage", times=1)
    lost = await stage.command(*to, "--again")
    assert lost.returncode == 2
    assert "whether the post is there" in lost.stderr
    posts = (await stage.ask(f"chats/{channel.chat}/messages?after=0"))["messages"]
    assert len(posts) == 2


async def test_publishing_to_a_group_that_moved_names_where_it_is(stage: Stage) -> None:
    """Its posts stay behind."""
    group = (await stage.group(await stage.reader(), kind="group"))[0]
    to = ("publish", ARTICLE, "--to", str(group.chat))
    assert (await stage.command(*to)).returncode == 0
    new = (await stage.post(f"groups/{group.chat}/migrate"))["chat"]
    moved = await stage.command(*to)
    assert moved.returncode == 2
    assert f"publish to {new} instead" in moved.stderr


async def test_an_edited_command_is_not_carried_out_again_in_a_group(
    sandbox: Sandbox, ada: Chat
) -> None:
    """As no edited message is."""
    ada = (await sandbox.group(ada))[0]
    await ada.write("/privacy")
    asked = ada.last
    await ada.read()
    async with silence(ada):
        edited = {"reader": ada.reader, "chat": ada.chat, "message_id": asked}
        await ada.post("messages/edit", {**edited, "text": "/privacy please"})


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


async def test_a_greeting_typed_inline_offers_the_article(sandbox: Sandbox, ada: Chat) -> None:
    """No passage answers it."""
    assert len((await sandbox.inline(ada, "hello"))["results"]) == 6


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
