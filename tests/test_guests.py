"""Guest mode: the bot is called into a chat that it is no member of."""

from tests.support.chat import Chat, buttons, marked
from tests.support.corpora import ARTICLE
from tests.support.sentences import NEXT, NOT_IN_ARTICLE, PREVIOUS, SEARCH_ALL, WELCOME, voted
from tests.support.stage import Sandbox, Stage

BOT = "@article_sandbox_bot"
SENATE = "Who has to approve the package?"


async def test_a_guest_answers_once_with_reactions(sandbox: Sandbox, ada: Chat, ben: Chat) -> None:
    """As a reply; the reactions count as everywhere."""
    group = await sandbox.group(ada, ben, bot=False)
    answer = await group[0].send(f"hey {BOT} {SENATE}")
    assert "approval by the U.S. Senate" in marked(answer, "bold")[-1]
    assert answer["reply_to_message"]["text"] == f"hey {BOT} {SENATE}"
    assert buttons(answer)[:7] == ["👍", "👎", "❤️", "😂", "😡", "😢", "😮"]
    assert await group[1].react(answer, "love") == voted("Love")
    await group[0].shows(answer, "❤️ 1")
    everything = await sandbox.ask(f"chats/{group[0].chat}/messages?after=0")
    said = [m for m in everything["messages"] if m["from"]["is_bot"]]
    assert len(said) == 1
    await ben.send("/forget")


async def test_its_message_turns(sandbox: Sandbox, ada: Chat) -> None:
    """Further passages, and answers to sample questions, where it may send nothing more."""
    group = (await sandbox.group(ada, bot=False))[0]
    answer = await group.send(f"{BOT} security guarantees for Ukraine")
    turn = answer["reply_markup"]["inline_keyboard"][2][-1]
    assert turn["text"] == NEXT
    await group.tap(answer, turn["callback_data"])
    await group.shows(answer, PREVIOUS)
    nothing = await group.send(f"{BOT} who won the world cup?")
    assert nothing["text"].startswith(NOT_IN_ARTICLE)
    sample = nothing["reply_markup"]["inline_keyboard"][1][0]
    await group.tap(nothing, sample["callback_data"])
    await group.shows(nothing, "👍")
    assert (await group.current(nothing))["text"].startswith(f"{sample['text']}\n\nUS Offers")


async def test_a_guest_in_reply_to_a_link_answers_about_it(library: Sandbox) -> None:
    """As in groups; no button offers what would not work there."""
    ada = (await library.group(await library.reader(), bot=False))[0]
    await ada.write("see https://example.org/bridge")
    await ada.write(f"{BOT} what did it cost?", reply_to=ada.last)
    answer = await ada.read()
    assert "340 million" in answer["text"]
    assert SEARCH_ALL not in buttons(answer)


async def test_the_answer_is_known_without_a_press(stage: Stage) -> None:
    """Telegram tells its id, so it is refreshed when others vote."""
    await stage.bot()
    ada = await stage.reader()
    group = (await stage.group(ada, bot=False))[0]
    answer = await group.send(f"{BOT} {SENATE}")
    private = await ada.send(SENATE)
    await ada.tap(private, f"r:{ARTICLE}:wow")
    await group.shows(answer, "😮 1")


async def test_commands_and_greetings_of_a_guest(sandbox: Sandbox, ada: Chat) -> None:
    """Ordinary handlers do not see them: one answer, and nothing sent to the chat."""
    group = (await sandbox.group(ada, bot=False))[0]
    answer = await group.send(f"/help {BOT}")
    assert answer["text"]
    assert WELCOME in (await group.send(f"thanks {BOT}"))["text"]
    assert [c for c in await sandbox.calls("sendmessage") if c["chat"] == group.chat] == []
