"""Admins add articles from Telegram: links and files, previews, and who may do it."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.admins import Newsroom, data_of, desk, seen
from tests.support.chat import Chat, buttons
from tests.support.control import TOKEN
from tests.support.corpora import BRIDGE
from tests.support.sentences import OLD_BUTTON, UNKNOWN_COMMAND, said
from tests.support.stage import Stage
from tests.support.web_site import WebSite, web_site

ADD, CANCEL, REPLACE = said("admin_add"), said("admin_cancel"), said("admin_replace")
TOO_LATE, WHAT_TO_SEND = said("admin_too_late"), said("admin_what_to_send")
PARAGRAPHS = (
    "The river museum opened its new hall on Saturday after three years of repairs, and four "
    "thousand people came to see it on the first day alone, more than in all of last May.",
    "The hall shows ninety boats, among them a ferry from 1887 that two brothers found in a barn "
    "near the harbour, and that volunteers restored plank by plank over eleven winters.",
    "Entry is free until the end of the year, the director said, because the city council paid "
    "for the repairs out of the money that it had put aside for a stadium nobody wanted.",
)
PAGE = (
    '<!doctype html><html lang="en"><head><title>River Museum Opens Its New Hall</title>'
    '<meta name="author" content="Ida Brook">'
    '<meta property="article:published_time" content="2026-03-14"></head><body><article>'
    f"<h1>River Museum Opens Its New Hall</h1>{''.join(f'<p>{p}</p>' for p in PARAGRAPHS)}"
    "</article></body></html>"
)
TOWER = b"---\r\ntitle: The Tower\r\n---\r\nThe tower was struck by lightning in May.  \r\n\r\n"


@pytest.fixture
async def site() -> AsyncIterator[WebSite]:
    async with web_site() as site:
        yield site


@pytest.fixture
async def room(stage: Stage) -> Newsroom:
    return await desk(stage)


async def send_file(chat: Chat, name: str, content: str | bytes, **more: Any) -> dict[str, Any]:
    text = content if isinstance(content, str) else content.decode()
    return await chat.send(document={"file_name": name, "content": text}, **more)


async def test_a_link_is_previewed_and_added(room: Newsroom, site: WebSite) -> None:
    """With what the page says about itself; readers get answers as soon as it is said."""
    url = site.page("/museum", PAGE)
    preview = await room.admin.send(url)
    for part in ("River Museum Opens Its New Hall", "Ida Brook", "March 14, 2026", "English"):
        assert part in preview["text"]
    assert "3 paragraphs" in preview["text"]
    assert "four thousand people" in preview["text"]
    assert url in preview["text"]
    assert buttons(preview) == [ADD, CANCEL]
    assert not list(room.corpus.glob("river*"))
    await room.press(preview, ADD)
    after = await seen(room.admin, preview, "Added: River Museum Opens Its New Hall")
    answer = await room.reader.send("How many boats does the hall show?")
    assert "ninety boats" in answer["text"]
    assert buttons(after) == [said("admin_open")]
    opened = await room.answer_to_press(after, said("admin_open"))
    assert "River Museum" in opened["text"]
    assert f"Admin {room.admin.reader} added river-museum-opens-its-new-hall.md" in room.bot.output


async def test_the_address_of_an_article_opens_it(room: Newsroom) -> None:
    """As for everybody else; so does the bot's own link, even to what is gone."""
    opened = await room.admin.send("https://example.org/bridge")
    assert "Harbour Bridge Opens" in opened["text"]
    assert ADD not in buttons(opened)


@pytest.mark.parametrize(
    ("path", "reason"),
    [("/missing", "404"), ("/empty", "There is no article"), ("/picture", "image/png")],
)
async def test_a_page_without_an_article(
    room: Newsroom, site: WebSite, path: str, reason: str
) -> None:
    """It is said why."""
    site.page("/empty", "<html><body></body></html>")
    site.page("/picture", b"\x89PNG", content_type="image/png")
    answer = await room.admin.send(site.url + path)
    assert answer["text"].startswith(said("admin_cannot"))
    assert reason in answer["text"]
    assert buttons(answer) == []


async def test_links_may_not_lead_into_the_network_of_the_bot(stage: Stage, site: WebSite) -> None:
    """Unless the setting allows it."""
    room = await desk(stage, ALLOW_PRIVATE_ADDRESSES="no")
    answer = await room.admin.send(site.page("/museum", PAGE))
    assert "is not on the public internet" in answer["text"]
    assert site.requests == []


async def test_a_file_is_kept_byte_by_byte(room: Newsroom) -> None:
    """Under its own name, whatever its line ends; its caption does not matter."""
    preview = await send_file(room.admin, "tower.md", TOWER, caption="How long is the bridge?")
    assert preview["text"].startswith("The Tower\n")
    assert "struck by lightning" in preview["text"]
    await room.press(preview, ADD)
    await seen(room.admin, preview, "Added: The Tower")
    assert (room.corpus / "tower.md").read_bytes() == TOWER
    answer = await room.reader.send("What was struck by lightning?")
    assert "struck by lightning in May" in answer["text"]


async def test_a_file_that_is_there_is_replaced_only_with_a_word(room: Newsroom) -> None:
    """The button says so, and a copy of the earlier one is kept."""
    same = await send_file(room.admin, "bridge.md", BRIDGE)
    assert same["text"] == said("admin_same", file="bridge.md")
    new = BRIDGE.replace("340 million", "355 million")
    preview = await send_file(room.admin, "bridge.md", new)
    assert buttons(preview) == [REPLACE, CANCEL]
    assert said("admin_replace_question", file="bridge.md", folder=".removed/") in preview["text"]
    await room.press(preview, REPLACE)
    await seen(room.admin, preview, "Replaced: Harbour Bridge")
    answer = await room.reader.send("How much did the bridge cost?")
    assert "355 million" in answer["text"]
    assert (room.corpus / ".removed" / "bridge.md").read_text(encoding="utf-8") == BRIDGE


async def test_a_file_that_changed_after_the_preview(room: Newsroom) -> None:
    """It is not overwritten."""
    preview = await send_file(room.admin, "bridge.md", BRIDGE.replace("340", "355"))
    edited = BRIDGE.replace("340", "360")
    (room.corpus / "bridge.md").write_text(edited, encoding="utf-8")
    await room.press(preview, REPLACE)
    await seen(room.admin, preview, TOO_LATE)
    assert (room.corpus / "bridge.md").read_text(encoding="utf-8") == edited


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("faulty.md", "---\ntitle: [open\n---\nText.\n", r"faulty\.md:\d+: "),
        ("empty.txt", "\n", "There is no text in the file"),
        ("draft.md", "---\ndraft: true\n---\nText.\n", r"\(draft\)"),
        ("other.md", "---\nid: bridge\n---\nText.\n", "already used by bridge.md"),
    ],
)
async def test_a_faulty_file(room: Newsroom, name: str, content: str, reason: str) -> None:
    """File, line and hint, and no folder of the server."""
    answer = await send_file(room.admin, name, content)
    assert re.search(reason, answer["text"]), answer["text"]
    assert "/tmp" not in answer["text"]
    assert str(room.corpus) not in answer["text"]
    assert buttons(answer) == []


@pytest.mark.parametrize(
    "file",
    [
        {"file_name": "song.mp3", "content": "x"},
        {"file_name": ".hidden.md", "content": "x"},
        {"file_name": "aliases.yaml", "content": "x"},
        {"file_name": "large.md", "file_size": 1_000_001},
    ],
)
async def test_other_files(room: Newsroom, file: dict[str, Any]) -> None:
    """What can be sent is said; the bot does not fetch them."""
    assert (await room.admin.send(document=file))["text"] == WHAT_TO_SEND
    assert await room.stage.calls("getfile") == []


async def test_cancel(room: Newsroom) -> None:
    """Nothing is written, and the buttons are gone."""
    preview = await send_file(room.admin, "tower.md", TOWER)
    add = data_of(preview, ADD)
    await room.press(preview, CANCEL)
    await seen(room.admin, preview, said("admin_cancelled"))
    assert await room.admin.tap(preview, add) == TOO_LATE
    assert not (room.corpus / "tower.md").exists()


async def test_a_preview_from_before_a_restart_or_too_old(room: Newsroom) -> None:
    """It has to be sent again."""
    old = await send_file(room.admin, "tower.md", TOWER)
    room.stage.clock.advance(3_601)
    assert await room.admin.tap(old, data_of(old, ADD)) == TOO_LATE
    before = await send_file(room.admin, "tower.md", TOWER)
    await room.stage.stop(room.bot)
    await room.restart()
    assert await room.admin.tap(before, data_of(before, ADD)) == TOO_LATE
    again = await send_file(room.admin, "tower.md", TOWER)
    await room.press(again, ADD)
    await seen(room.admin, again, "Added: The Tower")


async def test_everybody_else_gets_what_they_got(room: Newsroom, site: WebSite) -> None:
    """No command, no preview, no hint that there is more."""
    for command in ("/articles", "/reload", "/stats"):
        assert (await room.reader.send(command))["text"] == UNKNOWN_COMMAND
    link = await room.reader.send(site.page("/museum", PAGE))
    file = await send_file(room.reader, "tower.md", TOWER)
    for answer in (link, file):
        assert ADD not in buttons(answer)
    assert site.requests == []
    assert await room.stage.calls("getfile") == []
    assert "/articles" not in (await room.reader.send("/help"))["text"]
    assert "/articles" in (await room.admin.send("/help"))["text"]


async def test_an_admin_is_nobody_special_in_a_group(room: Newsroom) -> None:
    """Others would see what is answered there."""
    [admin] = await room.stage.group(room.admin)
    await admin.write("/articles")
    await admin.write("/reload")
    answer = await admin.send("/article")
    assert said("which_article") in answer["text"]


async def test_forged_buttons(room: Newsroom) -> None:
    """Only who sent it may press, and only admins have any of these buttons."""
    preview = await send_file(room.admin, "tower.md", TOWER)
    add = data_of(preview, ADD)
    mine = await room.reader.send("/article")
    for data in (add, "ml:0", "mo:bridge", "mp:bridge", "mr:bridge", "mx:bridge"):
        assert await room.reader.tap(mine, data) == OLD_BUTTON
    other = await room.second.send("/articles")
    assert await room.second.tap(other, add) == TOO_LATE
    assert await room.second.tap(other, add.replace("m+", "m-")) == TOO_LATE
    for data in ("m+:x", "mx:", "mx:../bridge", "ml:-1", "ml:999999", "m?:bridge"):
        assert await room.admin.tap(preview, data) == OLD_BUTTON
    assert (room.corpus / "bridge.md").exists()
    assert not (room.corpus / "tower.md").exists()
    await room.press(preview, ADD)
    await seen(room.admin, preview, "Added: The Tower")


async def test_who_is_no_longer_an_admin(room: Newsroom) -> None:
    """Their buttons do nothing more."""
    listed = await room.admin.send("/articles")
    await room.stage.stop(room.bot)
    await room.restart(ADMINS=str(room.second.reader))
    assert await room.admin.tap(listed, "mx:bridge") == OLD_BUTTON
    assert (await room.admin.send("/articles"))["text"] == UNKNOWN_COMMAND
    assert (room.corpus / "bridge.md").exists()


async def test_no_log_has_the_address_of_a_file(room: Newsroom) -> None:
    """It holds the token; neither a file that arrives nor one that does not leaves it there."""
    await send_file(room.admin, "tower.md", TOWER)
    await room.stage.fault("500", method="getfile", times=1)
    answer = await send_file(room.admin, "tower.md", TOWER)
    assert answer["text"] == said("admin_download_failed")
    assert "could not be fetched from Telegram" in room.bot.output
    secret = TOKEN.partition(":")[2]
    assert secret not in room.bot.output
    assert "/file/" not in room.bot.output
    assert "[secret]" not in room.bot.output
    assert "documents/" not in room.bot.output


async def test_commands_are_listed_for_admins(room: Newsroom) -> None:
    """In their private chats, in every language."""
    calls = await room.stage.calls("setmycommands")
    scoped = [c for c in calls if str(room.admin.reader) in str(c["params"].get("scope"))]
    languages = {call["params"].get("language_code") for call in scoped}
    assert languages >= {None, "en", "uk", "ru", "de", "es", "ar"}
    assert all("articles" in str(call["params"]["commands"]) for call in scoped)


async def test_a_folder_that_is_not_the_operators(stage: Stage, tmp_path: Path) -> None:
    """Where the articles came with the bot, an update would replace what is added."""
    starter = Path(__file__).parent.parent / "bot" / "starter_corpus"
    if starter.exists():
        pytest.skip("the bot is installed here")
    corpus = tmp_path / "mine"
    corpus.mkdir()
    (corpus / "bridge.md").write_text(BRIDGE, encoding="utf-8")
    starter.symlink_to(corpus)
    try:
        room = await desk(stage, CORPUS_DIR=str(starter))
        answer = await send_file(room.admin, "tower.md", TOWER)
    finally:
        starter.unlink()
    assert said("admin_installed") in answer["text"]
