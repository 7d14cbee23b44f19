"""What a group sees of the bot: nothing until it is addressed, then one answer that replies."""

import contextlib
from collections.abc import AsyncIterator

import pytest

from tests.support.chat import Chat, buttons, marked
from tests.support.control import ControlClient
from tests.support.databases import tracked_messages
from tests.support.sentences import (
    NOT_IN_ARTICLE,
    NOTHING_FORGOTTEN,
    SEARCH_ALL,
    UNKNOWN_COMMAND,
    WHAT_TO_ASK,
    said,
    voted,
)
from tests.support.stage import Sandbox, Stage

BOT = "@article_sandbox_bot"
SENATE = "Who has to approve the package?"
TITLE = "US Offers Security Guarantees to Ukraine"


@pytest.fixture
async def group(sandbox: Sandbox, ada: Chat, ben: Chat) -> list[Chat]:
    """A group of two, seen by Ada, who made it, and by Ben."""
    return await sandbox.group(ada, ben)


@contextlib.asynccontextmanager
async def silence(chat: Chat) -> AsyncIterator[None]:
    """Whatever is written within is not answered, of which a command's answer is the proof."""
    start = chat.last
    yield
    await chat.write("/privacy")
    proof = await chat.read()
    await ControlClient(chat.client).all_handled()
    response = await chat.client.get(
        f"/sandbox/chats/{chat.chat}/messages", params={"after": start}
    )
    said = [m for m in response.json()["messages"] if m["from"]["is_bot"] and "via_bot" not in m]
    assert [m["text"] for m in said] == [proof["text"]]
    assert "/forget" in proof["text"]


async def test_what_is_not_meant_for_the_bot_is_not_answered(group: list[Chat]) -> None:
    """Talk, replies to people, other bots' commands and mentions, a name within a word."""
    ada, ben = group
    async with silence(ada):
        await ada.write("what did the US agree to?")
        await ben.write("no idea", reply_to=ada.last)
        await ada.write("/weather")
        await ada.write("/article@some_other_bot")
        await ada.write("@some_other_bot what did the US agree to?")
        await ada.write(f"mail me at x{BOT}.org")


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        (f"{BOT} {SENATE}", SENATE),
        (f"{SENATE} {BOT}", SENATE),
        (f"{BOT.upper()}, {SENATE}", SENATE),
        (f"well, {BOT} {SENATE}", f"well, {BOT} {SENATE}"),
        (f"🇺🇦 {BOT} {SENATE}", SENATE),
        (f"/ask {SENATE}", SENATE),
        (f"/ask{BOT} {SENATE}", SENATE),
    ],
)
async def test_a_mention_or_command_is_answered_with_a_quoting_reply(
    group: list[Chat], text: str, quote: str
) -> None:
    """To whom asked, with the question as the quotation."""
    ada, _ = group
    await ada.write(text)
    asked = ada.last
    answer = await ada.read()
    assert "approval by the U.S. Senate" in marked(answer, "bold")[-1]
    assert answer["reply_to_message"]["message_id"] == asked
    assert answer["quote"]["text"] == quote


async def test_a_reply_to_an_answer_asks(group: list[Chat]) -> None:
    """Anybody's; a sticker or an emoji in reply asks nothing."""
    ada, ben = group
    answer = await ada.send(f"{BOT} security guarantees")
    await ben.write(SENATE, reply_to=answer["message_id"])
    assert "Senate" in (await ben.read())["text"]
    async with silence(ben):
        await ben.write("👍", reply_to=answer["message_id"])
        await ben.write(sticker=True, reply_to=answer["message_id"])


async def test_a_mention_in_reply_to_a_question_answers_that(group: list[Chat]) -> None:
    """As a reply to the one who asked first."""
    ada, ben = group
    await ada.write(SENATE)
    asked = ada.last
    await ben.write(BOT, reply_to=asked)
    answer = await ben.read()
    assert "Senate" in answer["text"]
    assert answer["reply_to_message"]["message_id"] == asked


async def test_a_mention_and_no_more_is_asked_what(group: list[Chat]) -> None:
    """Never silence when it was called."""
    assert WHAT_TO_ASK in (await group[0].send(BOT))["text"]


async def test_a_caption_can_mention(group: list[Chat]) -> None:
    """A picture with words under it asks with them."""
    answer = await group[0].send(photo=True, caption=f"{BOT} {SENATE}")
    assert "Senate" in answer["text"]
    assert answer["quote"]["text"] == SENATE


async def test_the_question_is_shown_when_its_message_was_deleted(stage: Stage) -> None:
    """A reply to nothing would answer nobody knows what."""
    ada = (await stage.group(await stage.reader()))[0]
    await ada.write(f"{BOT} {SENATE}")
    await stage.post("messages/delete", reader=ada.reader, chat=ada.chat, message_id=ada.last)
    await stage.bot()
    answer = await ada.read()
    assert answer["text"].startswith(f"{SENATE}\n\n{TITLE[:29]}")
    assert "reply_to_message" not in answer


async def test_an_answer_in_a_topic_stays_there(sandbox: Sandbox, ada: Chat) -> None:
    """Its buttons' answers too; a topic's first message is no message of the bot."""
    ada = (await sandbox.group(ada, forum=True))[0]
    topic = (await ada.post(f"groups/{ada.chat}/topics", {"name": "Treaty"}))["topic"]
    await ada.write("just talk", topic=topic)
    answer = await ada.send(f"{BOT} who won the world cup?", topic=topic)
    assert answer["message_thread_id"] == topic
    assert answer["text"].startswith(NOT_IN_ARTICLE)
    await ada.tap(answer, answer["reply_markup"]["inline_keyboard"][0][0]["callback_data"])
    assert (await ada.read())["message_thread_id"] == topic


async def test_a_closed_topic_is_no_trouble(sandbox: Sandbox, ada: Chat) -> None:
    """Nothing can be said there; the next question elsewhere is answered."""
    ada = (await sandbox.group(ada, forum=True))[0]
    topic = (await ada.post(f"groups/{ada.chat}/topics", {"name": "Old"}))["topic"]
    await ada.post(f"groups/{ada.chat}/topics/close", {"topic": topic})
    await ada.write(f"{BOT} {SENATE}", topic=topic)
    answer = await ada.send(f"{BOT} {SENATE}")
    assert "message_thread_id" not in answer


async def test_one_greeting_when_it_is_added(sandbox: Sandbox, ada: Chat) -> None:
    """Short, with how to ask; what is kept of the group is forgotten when it is removed."""
    ada = (await sandbox.group(ada, bot=False))[0]
    await ada.post(f"groups/{ada.chat}/add", {"reader": ada.reader})
    hello = await ada.read()
    assert hello["text"].startswith(f"Hello! Mention {BOT}")
    assert TITLE in hello["text"]
    async with silence(ada):
        await ada.write("nice to have it here")
    assert "українською" in (await ada.send("/language uk"))["text"]
    await ada.post(f"groups/{ada.chat}/remove", {"reader": ada.reader})
    await ada.post(f"groups/{ada.chat}/add", {"reader": ada.reader})
    assert (await ada.read())["text"].startswith("Hello!")


async def test_a_removed_bot_edits_nothing_there(stage: Stage) -> None:
    """Its copies are forgotten at once."""
    await stage.bot()
    ada = await stage.reader()
    group = (await stage.group(ada))[0]
    answer = await group.send(f"{BOT} {SENATE}")
    other = await ada.send(SENATE)
    await group.post(f"groups/{group.chat}/remove", {"reader": ada.reader})
    await stage.all_handled()
    await ada.react(other, "love")
    await ada.shows(other, "❤️ 1")
    assert tracked_messages(stage.database) == [(ada.chat, "")]
    assert await stage.calls("editmessagereplymarkup", group.chat) == []
    assert "❤️ 1" not in buttons(await group.current(answer))


async def test_a_group_that_becomes_a_supergroup_keeps_language_and_votes(
    sandbox: Sandbox, ada: Chat
) -> None:
    """Its old messages still take votes, which count where people are now."""
    old = (await sandbox.group(ada, kind="group"))[0]
    answer = await old.send(f"/ask {SENATE}")
    assert (await old.send("/language de"))["text"].startswith("Ich spreche")
    new_id = (await old.post(f"groups/{old.chat}/migrate", {}))["chat"]
    new = Chat(sandbox.client, ada.reader, new_id)
    await sandbox.all_handled()
    await new.write(f"/ask {SENATE}")
    fresh = await new.read()
    assert "Absatz" in fresh["text"]
    assert await old.react(answer, "wow") == voted("Wow")
    await new.shows(fresh, "😮 1")
    await ada.send("/forget")


async def test_who_speaks_as_a_group_or_channel_is_that_chat(sandbox: Sandbox, ada: Chat) -> None:
    """It is answered, and may choose the language; its /forget is not the person's."""
    group = (await sandbox.group(ada))[0]
    channel = (await sandbox.channel(ada))[0]
    answer = await group.send(f"{BOT} {SENATE}", **{"as": "group"})
    await group.react(answer, "sad")
    assert NOTHING_FORGOTTEN in (await group.send("/forget", **{"as": "group"}))["text"]
    assert NOTHING_FORGOTTEN in (await group.send("/forget", **{"as": channel.chat}))["text"]
    assert "Senate" in (await group.send(f"{BOT} {SENATE}", **{"as": channel.chat}))["text"]
    assert "jetzt Deutsch" in (await group.send("/language de", **{"as": "group"}))["text"]
    await group.send("/forget", **{"as": "group"})
    assert "Absatz" in (await group.send(f"{BOT} {SENATE}"))["text"]
    assert said("forgotten", "de", count=1) in (await group.send("/forget"))["text"]


async def test_unknown_commands_are_answered_only_to_whom_names_the_bot(group: list[Chat]) -> None:
    """Others may be of other bots."""
    assert UNKNOWN_COMMAND in (await group[0].send(f"/weather{BOT}"))["text"]


async def test_a_passage_sent_inline_is_no_question(sandbox: Sandbox, group: list[Chat]) -> None:
    """It comes back to the bot as a message, also in the private chat."""
    ada, _ = group
    private = Chat(sandbox.client, ada.reader)
    found = await sandbox.inline(ada, SENATE)
    async with silence(ada), silence(private):
        await sandbox.choose(ada, found)
        await sandbox.choose(private, found)


async def test_two_articles_in_one_group(library: Sandbox) -> None:
    """A reply to a message about one asks that one; all others ask all."""
    ada, ben = await library.group(await library.reader(), await library.reader())
    bridge = await ada.send(f"{BOT} how long is the harbour bridge?")
    assert marked(bridge, "bold")[0].startswith("Harbour Bridge")
    treaty = await ben.send(f"{BOT} {SENATE}")
    assert marked(treaty, "bold")[0].startswith(TITLE)
    await ben.write(SENATE, reply_to=bridge["message_id"])
    asked_of_one = await ben.read()
    assert asked_of_one["text"].startswith(NOT_IN_ARTICLE)
    row = asked_of_one["reply_markup"]["inline_keyboard"][-1]
    assert row[0]["text"] == SEARCH_ALL
    await ben.tap(asked_of_one, row[0]["callback_data"])
    asked_of_all = await ben.read()
    assert asked_of_all["text"].startswith(f"{SENATE}\n\n{TITLE}")


@pytest.mark.parametrize(
    "shared",
    [
        "look: https://www.example.org/bridge/?utm_source=chat",
        "Harbour Bridge Opens After Six Years!!",
        "https://t.me/article_sandbox_bot?start=bridge",
    ],
)
async def test_a_mention_in_reply_to_a_link_asks_that_article(
    library: Sandbox, shared: str
) -> None:
    """Its address, its headline, or a link into the bot; with nothing asked, it is shown."""
    ada = (await library.group(await library.reader()))[0]
    await ada.write(shared)
    link = ada.last
    await ada.write(f"{BOT} who must approve it?", reply_to=link)
    answer = await ada.read()
    assert "Harbour Bridge" in answer["text"]
    await ada.write(BOT, reply_to=link)
    shown = await ada.read()
    assert marked(shown, "blockquote")[0].startswith("The new bridge over the harbour")
    assert len(buttons(shown)) == 7
