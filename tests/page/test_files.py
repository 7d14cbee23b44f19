"""Files and links that readers send, and what an admin of the bot sees."""

import pytest
from playwright.async_api import expect

from bot.cli.sandbox import SANDBOX_TOKEN
from tests.page.conftest import App, Desk

pytestmark = pytest.mark.asyncio(loop_scope="session")

NOTES = {
    "name": "notes on the harbour.md",
    "mimeType": "text/markdown",
    "buffer": b"# Notes\n" * 300,
}


async def attach(app: App, item: str) -> None:
    await app.chat.get_by_role("button", name="Attach").click()
    await app.page.get_by_role("menuitem", name=item).click()


async def pick(app: App, *files: object) -> None:
    async with app.page.expect_file_chooser() as chosen:
        await attach(app, "File")
    await (await chosen.value).set_files(list(files))


async def test_a_file_is_sent_and_shown_as_telegram_shows_it(desk: Desk) -> None:
    """Name and size in the chat, the name in the list of chats; the bot gets the file."""
    ada, ben = desk.ada, desk.ben
    await ada.open(desk.club)
    await ben.open(desk.club)
    await ada.write("who has the notes?")
    await ben.said("who has the notes?").click(button="right")
    await ben.page.get_by_role("menuitem", name="Reply").click()
    await pick(ben, NOTES)
    for app in (ada, ben):
        await expect(app.chat.locator(".file b")).to_have_text("notes on the harbour.md")
        await expect(app.chat.locator(".file")).to_contain_text("2.4 KB")
        await expect(app.row(desk.club)).to_contain_text("notes on the harbour.md")
    await expect(ben.said("notes on the harbour.md").locator(".reply")).to_contain_text("notes?")
    sent = (await desk.get(f"chats/{desk.group}/messages"))["messages"][-1]["document"]
    assert (sent["mime_type"], sent["file_size"]) == ("text/markdown", 2400)
    # The same file once more: a picker that kept it would tell of no change.
    await expect(ben.chat.locator("input[type=file]")).to_have_value("")
    await pick(ben, NOTES)
    await expect(ben.chat.locator(".file")).to_have_count(2)


async def test_what_cannot_be_sent_is_said(desk: Desk) -> None:
    """A file that is too large or empty; nothing is sent."""
    await desk.ada.open(desk.club)
    await pick(desk.ada, {**NOTES, "buffer": bytes(1_000_001)})
    await expect(desk.ada.toast).to_contain_text("larger than 1 MB")
    await pick(desk.ada, {**NOTES, "buffer": b""})
    await expect(desk.ada.toast).to_contain_text("is empty")
    await expect(desk.ada.chat.locator(".msg")).to_have_count(0)


async def test_the_link_leads_to_an_article(desk: Desk) -> None:
    """The sandbox serves the page that the link names."""
    await desk.ada.open(desk.club)
    await attach(desk.ada, "Link")
    link = desk.ada.chat.get_by_role("link", name="/pages/harbour-festival")
    async with desk.page.context.expect_page() as opened:
        await link.click()
    page = await opened.value
    await expect(page.get_by_role("heading", level=1)).to_have_text(
        "Harbour festival returns after six years"
    )
    await expect(page.get_by_role("contentinfo")).to_be_visible()
    await page.close()


async def test_one_of_the_two_readers_is_an_admin(desk: Desk) -> None:
    """Said beside the name, and in the empty chat what an admin can do."""
    await desk.page.goto(desk.url)
    ada, ben = App(desk.page, "Ada"), App(desk.page, "Ben")
    await expect(ada.el.locator(".owner")).to_contain_text("admin")
    await expect(ben.el.locator(".owner")).not_to_contain_text("admin")
    titles = await ada.el.locator(".row-title").all_inner_texts()
    assert len({title[:7] for title in titles}) == 4, "names that are cut look alike"
    await ada.open("The Daily Sandbox")
    await ben.open("The Daily Sandbox")
    await expect(ben.chat.get_by_text("Nothing is posted yet")).to_be_visible()
    await expect(ben.button("Publish an article")).to_have_count(0)
    await expect(ada.button("Publish an article")).to_be_visible()


async def test_the_menu_has_the_commands_of_this_chat(desk: Desk) -> None:
    """The narrowest scope that has any wins, and no other chat has them."""
    scope = {"type": "chat", "chat_id": desk.readers[0]}
    commands = [{"command": "mine", "description": "Of this chat"}]
    path = f"/bot{SANDBOX_TOKEN}/setMyCommands"
    body = {"commands": commands, "scope": scope}
    assert (await desk.client.post(path, json=body)).status_code == 200
    await desk.ada.begin()
    await desk.ben.begin()
    menu = desk.ada.chat.get_by_role("button", name="Menu")
    await menu.click()
    await expect(desk.ada.options).to_have_text(["/mineOf this chat"])
    await desk.ben.chat.get_by_role("button", name="Menu").click()
    await expect(desk.ben.options.first).to_be_visible()
    await expect(desk.ben.options.filter(has_text="/mine")).to_have_count(0)
