"""What counts as a question in a group: replies, quotations, captions, edits, other bots."""

import pytest

from tests.support.chat import Chat
from tests.support.corpora import ARTICLE
from tests.support.sentences import (
    WHAT_TO_ASK,
)
from tests.support.stage import Sandbox, Stage
from tests.test_groups import silence

BOT = "@article_sandbox_bot"
SENATE = "Who has to approve the package?"
TREATY = "US Offers Security Guarantees"
HARBOUR = "Harbour Bridge Opens"


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


@pytest.mark.slow
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


@pytest.mark.slow
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
