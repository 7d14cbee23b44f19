"""Admins see, publish and remove articles from Telegram, and have the files looked at."""

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.admins import Newsroom, desk, seen
from tests.support.chat import buttons
from tests.support.control import TOKEN
from tests.support.corpora import ARTICLE, BRIDGE
from tests.support.sentences import UNKNOWN_COMMAND, said
from tests.support.stage import Stage
from tests.support.waiting import until

BRIDGE_TITLE = "Harbour Bridge Opens After Six Years"
OPEN, PUBLISH, REMOVE = said("admin_open"), said("admin_publish"), said("admin_remove")
BACK = said("admin_back")
COST = "How much did the bridge cost?"


@pytest.fixture
async def room(stage: Stage) -> Newsroom:
    return await desk(stage)


async def bridge_page(room: Newsroom) -> dict[str, Any]:
    listed = await room.admin.send("/articles")
    await room.press(listed, BRIDGE_TITLE)
    return await seen(room.admin, listed, said("admin_id", id="bridge"))


async def test_articles_page_by_page(room: Newsroom) -> None:
    """Eight to a page, sorted by headline; arrows lead on and back."""
    for number in range(1, 16):
        text = f"# Village {number:02} has a well\n\nThe well is {number} metres deep.\n"
        (room.corpus / f"village-{number}.md").write_text(text, encoding="utf-8")
    await room.admin.send("/reload")
    page = await room.admin.send("/articles")
    assert page["text"] == "17 articles\nPage 1 of 3"
    assert buttons(page)[0] == BRIDGE_TITLE
    assert buttons(page)[-1] == "▶"
    await room.press(page, "▶")
    page = await seen(room.admin, page, "Page 2 of 3")
    assert buttons(page)[0] == "Village 07 has a well"
    await room.press(page, "▶")
    page = await seen(room.admin, page, "Page 3 of 3")
    assert buttons(page)[-1] == "◀"
    await room.press(page, "◀")
    page = await seen(room.admin, page, "Page 2 of 3")
    await room.press(page, "Village 09 has a well")
    page = await seen(room.admin, page, "village-9.md")
    # Back leads to the page on which the article is.
    await room.press(page, BACK)
    assert "Page 2 of 3" in (await seen(room.admin, page, "Page"))["text"]


async def test_the_page_of_an_article(room: Newsroom) -> None:
    """File, language, passages, votes and posts; it opens as readers see it."""
    await room.reader.tap(await room.reader.send("/start bridge"), "r:bridge:love")
    page = await bridge_page(room)
    for text in (BRIDGE_TITLE, "English", "4 passages", "bridge.md", "1 vote"):
        assert text in page["text"]
    assert said("admin_no_posts") in page["text"]
    assert buttons(page) == [OPEN, PUBLISH, REMOVE, BACK]
    opened = await room.answer_to_press(page, OPEN)
    assert "two years late" in opened["text"]
    assert "❤️ 1" in [text.removeprefix("✓ ") for text in buttons(opened)]


async def test_remove_and_restore(room: Newsroom) -> None:
    """After a question; the file is kept in the folder, and comes back by hand, with its votes."""
    await room.reader.tap(await room.reader.send("/start bridge"), "r:bridge:love")
    page = await bridge_page(room)
    await room.press(page, REMOVE)
    question = await seen(
        room.admin,
        page,
        said("admin_remove_question", title=BRIDGE_TITLE, file="bridge.md", folder=".removed/"),
    )
    assert (room.corpus / "bridge.md").exists()
    await room.press(question, BACK)
    page = await seen(room.admin, page, said("admin_id", id="bridge"))
    await room.press(page, REMOVE)
    question = await seen(room.admin, page, ".removed/")
    await room.press(question, REMOVE)
    gone = await seen(room.admin, page, said("admin_removed", title=BRIDGE_TITLE))
    assert ".removed/bridge.md" in gone["text"]
    assert f"Admin {room.admin.reader} removed bridge" in room.bot.output
    assert BRIDGE_TITLE not in (await room.reader.send(COST))["text"]
    kept = room.corpus / ".removed" / "bridge.md"
    assert kept.read_text(encoding="utf-8") == BRIDGE
    assert await room.admin.tap(gone, "mo:bridge") == said("admin_gone")
    kept.rename(room.corpus / "bridge.md")
    await room.admin.send("/reload")
    page = await bridge_page(room)
    assert "1 vote" in page["text"]
    # Once more: what was removed before is not overwritten.
    kept.write_text("An earlier one.", encoding="utf-8")
    await room.admin.tap(page, "mx:bridge")
    await seen(room.admin, page, said("admin_removed", title=BRIDGE_TITLE))
    assert kept.read_text(encoding="utf-8") == "An earlier one."
    assert len(list(kept.parent.glob("bridge*.md"))) == 2


async def test_the_last_article_stays(room: Newsroom) -> None:
    """Without any, the bot could not be started again."""
    page = await bridge_page(room)
    await room.admin.tap(page, f"mx:{ARTICLE}")
    await seen(room.admin, page, "Removed:")
    page = await bridge_page(room)
    assert await room.press(page, REMOVE) == said("admin_only_one")
    assert await room.admin.tap(page, "mx:bridge") == said("admin_only_one")
    assert (room.corpus / "bridge.md").exists()


async def test_nothing_is_moved_out_of_the_folder(room: Newsroom, tmp_path: Path) -> None:
    """Not even where the folder of removed files is a link; and a link is moved itself."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (room.corpus / ".removed").symlink_to(elsewhere)
    page = await bridge_page(room)
    await room.admin.tap(page, "mx:bridge")
    await seen(room.admin, page, "is a link")
    assert (room.corpus / "bridge.md").exists()
    assert not list(elsewhere.iterdir())
    (room.corpus / ".removed").unlink()
    (elsewhere / "well.md").write_text("# The Well\n\nThe well is deep.\n", encoding="utf-8")
    (room.corpus / "well.md").symlink_to(elsewhere / "well.md")
    await room.admin.send("/reload")
    await room.admin.tap(page, "mx:well")
    await seen(room.admin, page, "Removed: The Well")
    assert (room.corpus / ".removed" / "well.md").is_symlink()
    assert (elsewhere / "well.md").read_text(encoding="utf-8").startswith("# The Well")


async def test_publish(stage: Stage) -> None:
    """In the channel of the settings; a second time, its post is edited."""
    owner = await stage.reader()
    [channel] = await stage.channel(owner)
    room = await desk(stage, PUBLISH_TO=str(channel.chat))
    page = await bridge_page(room)
    await room.press(page, PUBLISH)
    page = await seen(room.admin, page, "Posted in")
    name = re.findall(r"@daily_\w+", room.bot.output)[-1]
    post = await channel.read()
    assert BRIDGE_TITLE in post["text"]
    assert "https://t.me/daily_" in str(page["entities"])
    assert said("admin_no_posts") not in page["text"]
    await room.press(page, PUBLISH)
    await seen(room.admin, page, said("admin_post_updated", channel=name))
    assert len(await stage.calls("sendmessage", channel.chat)) == 1
    assert f"Admin {room.admin.reader} published bridge in @daily_" in room.bot.output
    # A channel in which the bot may not post.
    await stage.fault("403", method="editmessagetext", chat=channel.chat, times=1)
    await room.press(page, PUBLISH)
    refused = await seen(room.admin, page, said("admin_not_published"))
    assert "make it an administrator" in refused["text"]


async def test_publish_without_a_channel(room: Newsroom) -> None:
    """How to set one is said."""
    page = await bridge_page(room)
    await room.press(page, PUBLISH)
    await seen(room.admin, page, said("admin_publish_unset"))


async def test_what_was_added_can_be_published_at_once(stage: Stage) -> None:
    """By a button below it."""
    [channel] = await stage.channel(await stage.reader())
    room = await desk(stage, PUBLISH_TO=str(channel.chat))
    file = {"file_name": "well.md", "content": "# The Well\n\nThe well is deep.\n"}
    preview = await room.admin.send(document=file)
    await room.press(preview, said("admin_add"))
    added = await seen(room.admin, preview, "Added: The Well")
    assert buttons(added) == [OPEN, PUBLISH]
    await room.press(added, PUBLISH)
    assert "The Well" in (await channel.read())["text"]


async def test_reload_says_what_changed_and_what_is_wrong(room: Newsroom) -> None:
    """With file and line, as seen from the folder."""
    assert said("admin_no_changes") in (await room.admin.send("/reload"))["text"]
    (room.corpus / "bridge.md").write_text("---\ntitle: [open\n---\nText.\n", encoding="utf-8")

    async def fact() -> bool:
        text = (await room.admin.send("/reload"))["text"]
        return said("admin_faults") in text and "\nbridge.md:" in text

    await until(fact)
    assert "340 million" in (await room.reader.send(COST))["text"]
    (room.corpus / "bridge.md").unlink()
    await room.admin.send("/reload")
    assert "2 articles" not in (await room.admin.send("/reload"))["text"]
    assert BRIDGE_TITLE not in (await room.reader.send(COST))["text"]
    assert f"Admin {room.admin.reader} has the files of the articles looked at." in room.bot.output


async def test_stats(room: Newsroom) -> None:
    """Votes of each article, the most first."""
    for reader in (room.reader, room.second):
        await reader.tap(await reader.send("/start bridge"), "r:bridge:love")
    await room.reader.tap(await room.reader.send(f"/start {ARTICLE}"), f"r:{ARTICLE}:sad")
    text = (await room.admin.send("/stats"))["text"]
    assert text.startswith("2 articles\n3 votes\n3 messages")
    assert text.index(f"2 · {BRIDGE_TITLE}") < text.index("1 · ")
    assert (await room.reader.send("/stats"))["text"] == UNKNOWN_COMMAND


@pytest.fixture
def read_only(tmp_path: Path) -> Iterator[Path]:
    """A folder with an article that nobody may write to, not even root."""
    source, folder = tmp_path / "source", tmp_path / "fixed"
    for each in (source, folder):
        each.mkdir()
    (source / "bridge.md").write_text(BRIDGE, encoding="utf-8")
    (source / "well.md").write_text("# The Well\n\nThe well is deep.\n", encoding="utf-8")
    mount = ["mount", "--bind", str(source), str(folder)]
    again = ["mount", "-o", "remount,ro,bind", str(folder)]
    if os.geteuid() != 0 or subprocess.call(mount) != 0:
        problem = "only root may mount a file system"
        if os.environ.get("REQUIRE_MOUNT"):
            pytest.fail(problem)
        pytest.skip(problem)
    subprocess.run(again, check=True)
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


async def test_a_folder_that_cannot_be_written_to(stage: Stage, read_only: Path) -> None:
    """It is said so, before and after a preview, and at a removal; nothing is lost."""
    room = await desk(stage, CORPUS_DIR=str(read_only))
    file = {"file_name": "tower.md", "content": "# The Tower\n\nIt stands.\n"}
    refusal = said("admin_read_only", folder=str(read_only))
    assert refusal in (await room.admin.send(document=file))["text"]
    page = await bridge_page(room)
    await room.admin.tap(page, "mx:bridge")
    await seen(room.admin, page, refusal)
    subprocess.run(["mount", "-o", "remount,rw,bind", str(read_only)], check=True)
    preview = await room.admin.send(document=file)
    subprocess.run(["mount", "-o", "remount,ro,bind", str(read_only)], check=True)
    answer = await room.answer_to_press(preview, said("admin_add"))
    assert refusal in answer["text"]
    subprocess.run(["mount", "-o", "remount,rw,bind", str(read_only)], check=True)
    await room.press(preview, said("admin_add"))
    await seen(room.admin, preview, "Added: The Tower")


async def test_a_place_for_removed_files_that_is_none(room: Newsroom) -> None:
    """It is said so, in the message and in the log."""
    (room.corpus / ".removed").write_text("x", encoding="utf-8")
    page = await bridge_page(room)
    await room.admin.tap(page, "mx:bridge")
    await seen(room.admin, page, said("admin_not_removed"))
    assert (room.corpus / "bridge.md").exists()
    assert "The folder of the articles cannot be written to" in room.bot.output


@pytest.mark.slow
async def test_not_even_the_longest_log_has_the_token(stage: Stage) -> None:
    """In a process of its own, as it is set up there."""
    admin = await stage.reader()
    process = await stage.process(ADMINS=str(admin.reader), LOG_LEVEL="DEBUG")
    file = {"file_name": "well.md", "content": "# The Well\n\nThe well is deep.\n"}
    assert "The Well" in (await admin.send(document=file))["text"]
    assert "getFile" in process.output
    assert TOKEN.partition(":")[2] not in process.output
