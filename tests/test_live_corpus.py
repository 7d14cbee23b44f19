"""Articles that are changed, added and removed while the bot runs."""

import os
import re
import shutil
import signal
from pathlib import Path
from typing import Any

import pytest

from bot.store.base import REPEAT_WINDOW
from tests.support.chat import Chat, buttons
from tests.support.corpora import BRIDGE, write_two_articles
from tests.support.sentences import ARTICLE_EDITED, NEXT, NOT_IN_ANY, OLD_BUTTON, taken_back
from tests.support.stage import Stage
from tests.support.threads import BotThread
from tests.support.waiting import until

COST = "How much did the bridge cost?"
OLD, NEW = "340 million dollars", "355 million dollars"


@pytest.fixture
async def live(stage: Stage) -> tuple[Stage, BotThread, Path]:
    """A bot with two articles, and the folder that they are in."""
    corpus = write_two_articles(stage.folder)
    return stage, await stage.bot(CORPUS_DIR=str(corpus)), corpus


async def answers(reader: Chat, question: str, text: str) -> dict[str, Any]:
    """Ask until the answer holds a text; the answer."""
    found: dict[str, Any] = {}

    async def fact() -> bool:
        found.clear()
        found.update(await reader.send(question))
        return text in found["text"]

    await until(fact, lambda: f"{text!r} is not in {found}")
    return found


async def logged(bot: BotThread, text: str, times: int = 1) -> None:
    await until(lambda: bot.output.count(text) >= times, lambda: bot.output)


async def test_a_correction_reaches_readers(live: tuple[Stage, BotThread, Path]) -> None:
    """Without a restart; the log says what changed."""
    stage, bot, corpus = live
    reader = await stage.reader()
    await answers(reader, COST, OLD)
    (corpus / "bridge.md").write_text(BRIDGE.replace(OLD, NEW), encoding="utf-8")
    answer = await answers(reader, COST, NEW)
    assert OLD not in answer["text"]
    await logged(bot, "Articles changed: bridge.")


async def test_articles_come_and_go(live: tuple[Stage, BotThread, Path]) -> None:
    """In folders of their own too; what is removed is no longer found, its buttons say so."""
    stage, bot, corpus = live
    reader = await stage.reader()
    tower = corpus / "2026" / "tower"
    tower.mkdir(parents=True)
    (tower / "index.md").write_text("# The Tower\n\nThe tower was struck by lightning in May.\n")
    await logged(bot, "Articles added: tower.")
    answer = await answers(reader, "What was struck by lightning?", "struck by lightning in May")
    shutil.rmtree(corpus / "2026")
    await logged(bot, "Articles removed: tower.")
    await answers(reader, "What was struck by lightning?", NOT_IN_ANY)
    assert await reader.tap(answer, "r:tower:love") == OLD_BUTTON


async def test_a_file_that_became_faulty(live: tuple[Stage, BotThread, Path]) -> None:
    """Its last good version stays, and the log names the fault once."""
    stage, bot, corpus = live
    reader = await stage.reader()
    (corpus / "bridge.md").write_text(BRIDGE.replace("language: en", "language: English"))
    fault = f"{corpus}/bridge.md:4: The language is not a language tag. Write for example: en "
    await logged(bot, fault + "The last good version of the file is used.")
    (corpus / "other.md").write_text(BRIDGE.replace("---\nThe", "id: bridge\n---\nThe"))
    await logged(bot, "The id 'bridge' is already used by")
    await answers(reader, COST, OLD)
    (corpus / "bridge.md").write_text(BRIDGE.replace(OLD, NEW), encoding="utf-8")
    await answers(reader, COST, NEW)
    assert bot.output.count(fault) == 1
    assert "Traceback" not in bot.output


async def test_an_empty_folder_changes_nothing(live: tuple[Stage, BotThread, Path]) -> None:
    """Nor one that is away for a moment; what takes its place is used."""
    stage, bot, corpus = live
    reader = await stage.reader()
    away = corpus.rename(stage.folder / "away")
    await logged(bot, "There is no such folder.")
    await answers(reader, COST, OLD)
    (away / "bridge.md").write_text(BRIDGE.replace(OLD, NEW), encoding="utf-8")
    away.rename(corpus)
    await answers(reader, COST, NEW)
    for file in corpus.iterdir():
        file.unlink()
    await logged(bot, "The folder contains no article.")
    await answers(reader, COST, NEW)


async def test_next_passage_after_an_edit(live: tuple[Stage, BotThread, Path]) -> None:
    """The button says that the article was edited, and shows nothing else as a match."""
    stage, bot, corpus = live
    reader = await stage.reader()
    await reader.send("/start bridge")
    answer = await answers(reader, "When did the new bridge open to guests?", "match 1 of")
    [turn] = [b for b in buttons_with_data(answer) if b["text"] == NEXT]
    (corpus / "bridge.md").write_text(BRIDGE.replace("---\nThe", "---\nA new first one.\n\nThe"))
    await logged(bot, "Articles changed: bridge.")
    assert await reader.tap(answer, turn["callback_data"]) == ARTICLE_EDITED
    assert (await reader.current(answer))["text"] == answer["text"]
    # Where only the headline was changed, the passages are where they were.
    answer = await answers(reader, "When did the new bridge open to guests?", "match 1 of")
    [turn] = [b for b in buttons_with_data(answer) if b["text"] == NEXT]
    text = (corpus / "bridge.md").read_text(encoding="utf-8")
    (corpus / "bridge.md").write_text(text.replace("Six Years", "Seven Years"))
    await logged(bot, "Articles changed: bridge.", times=2)
    assert await reader.tap(answer, turn["callback_data"]) is None
    await until_text(reader, answer, "match 2 of")


async def until_text(reader: Chat, message: dict[str, Any], text: str) -> None:
    async def fact() -> bool:
        return text in (await reader.current(message))["text"]

    await until(fact)


def buttons_with_data(message: dict[str, Any]) -> list[dict[str, str]]:
    return [b for row in message["reply_markup"]["inline_keyboard"] for b in row]


async def test_aliases_and_reactions_are_read_again(live: tuple[Stage, BotThread, Path]) -> None:
    """They are part of the corpus."""
    stage, _, corpus = live
    reader = await stage.reader()
    await answers(reader, "How long is the viaduct?", NOT_IN_ANY)
    (corpus / "aliases.yaml").write_text("bridge: [viaduct]\n")
    await answers(reader, "How long is the viaduct?", "1,200 metres")
    (corpus / "reactions.yaml").write_text('yes_: {label: Aye, emoji: "👌", order: 1}\n')

    async def fact() -> bool:
        return "👌" in buttons(await reader.send(COST))

    await until(fact)


async def test_published_posts_are_edited(live: tuple[Stage, BotThread, Path]) -> None:
    """Also when Telegram does not answer at first."""
    stage, bot, corpus = live
    channel = (await stage.channel(await stage.reader()))[0]
    state = (await stage.client.get("/sandbox/state")).json()
    name = next(f"@{each['username']}" for each in state["chats"] if each["id"] == channel.chat)
    result = await stage.command("publish", "bridge", "--to", name, CORPUS_DIR=str(corpus))
    assert result.returncode == 0, result.stderr
    response = await channel.client.get(
        f"/sandbox/chats/{channel.chat}/messages", params={"after": 0}
    )
    post = response.json()["messages"][-1]
    (corpus / "bridge.md").write_text(BRIDGE.replace("two years late", "three years late"))
    await until_text(channel, post, "three years late")
    assert "could not be edited" not in bot.output


async def test_posts_of_removed_articles(live: tuple[Stage, BotThread, Path]) -> None:
    """Have no buttons any more, which would lead nowhere; they are back with the article."""
    stage, bot, corpus = live
    channel = (await stage.channel(await stage.reader()))[0]
    state = (await stage.client.get("/sandbox/state")).json()
    name = next(f"@{each['username']}" for each in state["chats"] if each["id"] == channel.chat)
    await stage.command("publish", "bridge", "--to", name, CORPUS_DIR=str(corpus))
    response = await channel.client.get(
        f"/sandbox/chats/{channel.chat}/messages", params={"after": 0}
    )
    post = response.json()["messages"][-1]
    text = (corpus / "bridge.md").read_text(encoding="utf-8")
    (corpus / "bridge.md").unlink()
    await channel.shows_only(post)
    (corpus / "bridge.md").write_text(text, encoding="utf-8")
    await channel.shows(post, "❤️", "👍")
    assert "Traceback" not in bot.output


async def test_what_is_no_change_is_none(live: tuple[Stage, BotThread, Path]) -> None:
    """A file that is touched, or one that is no article."""
    _, bot, corpus = live
    os.utime(corpus / "bridge.md")
    (corpus / "picture.png").write_bytes(b"x")
    (corpus / ".bridge.md.swp").write_bytes(b"x")
    (corpus / "tower.md").write_text("# The Tower\n\nIt stands.\n")
    await logged(bot, "Articles added: tower.")
    assert "changed" not in bot.output


@pytest.mark.slow
async def test_sighup_reads_the_articles_again(stage: Stage) -> None:
    """And does not end the bot."""
    corpus = write_two_articles(stage.folder)
    process = await stage.process(CORPUS_DIR=str(corpus))
    reader = await stage.reader()
    await answers(reader, COST, OLD)
    (corpus / "bridge.md").write_text(BRIDGE.replace(OLD, NEW), encoding="utf-8")
    process.popen.send_signal(signal.SIGHUP)
    await answers(reader, COST, NEW)
    assert process.exit_code is None
    assert re.search(r"Articles changed: bridge\.", process.output)


async def test_a_link_that_leads_elsewhere(stage: Stage) -> None:
    """As a corpus that is deployed by exchanging a link."""
    old, new = stage.folder / "old", stage.folder / "new"
    for folder, text in ((old, BRIDGE), (new, BRIDGE.replace(OLD, NEW))):
        folder.mkdir()
        (folder / "bridge.md").write_text(text, encoding="utf-8")
    (stage.folder / "corpus").symlink_to(old)
    await stage.bot(CORPUS_DIR=str(stage.folder / "corpus"))
    reader = await stage.reader()
    await answers(reader, COST, OLD)
    (stage.folder / "link").symlink_to(new)
    (stage.folder / "link").replace(stage.folder / "corpus")
    await answers(reader, COST, NEW)


async def test_an_article_keeps_its_id_while_it_has_votes(stage: Stage) -> None:
    """A slug that is added changes nothing, not even after a restart; without votes it does."""
    corpus = write_two_articles(stage.folder)
    bot = await stage.bot(CORPUS_DIR=str(corpus))
    reader = await stage.reader()
    answer = await answers(reader, COST, OLD)
    assert await reader.tap(answer, "r:bridge:love") is not None
    slug = "slug: the-new-bridge\nurl:"
    (corpus / "bridge.md").write_text(BRIDGE.replace("url:", slug).replace(OLD, NEW))
    answer = await answers(reader, COST, NEW)
    assert "✓ ❤️ 1" in buttons(answer)
    stays = "would be the-new-bridge now, but it stays bridge, which has votes: write id: bridge"
    assert bot.output.count(stays) == 1
    await stage.stop(bot)
    bot = await stage.bot(CORPUS_DIR=str(corpus))
    assert "✓ ❤️ 1" in buttons(await answers(reader, COST, NEW))
    stage.clock.advance(REPEAT_WINDOW)
    assert await reader.tap(answer, "r:bridge:love") == taken_back("Love")
    (corpus / "bridge.md").write_text(BRIDGE.replace("url:", "slug: other\nurl:"))
    await logged(bot, "Articles added: other.")


async def test_one_file_does_not_keep_others_from_changing(
    live: tuple[Stage, BotThread, Path],
) -> None:
    """Whatever it is called, and whatever is wrong in it; reactions stay as they were."""
    stage, bot, corpus = live
    reader = await stage.reader()
    with open(os.fsencode(corpus) + b"/br\xfcck.png", "wb"):  # noqa: PTH123
        pass
    (corpus / "reactions.yaml").write_text("bad: {}\n")
    await logged(bot, "needs exactly the keys label, emoji and order")
    (corpus / "bridge.md").write_text(BRIDGE.replace(OLD, NEW), encoding="utf-8")
    answer = await answers(reader, COST, NEW)
    assert "❤️" in buttons(answer)
