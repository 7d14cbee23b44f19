"""Readers: other names and languages, one who blocks the bot, one more."""

import pytest
from playwright.async_api import Browser, expect

from bot.sandbox.server import SandboxServer
from tests.page.conftest import App, Desk

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def settings(app: App) -> None:
    await app.el.get_by_role("button", name="change name").click()


async def test_another_language_is_spoken_at_once(desk: Desk) -> None:
    """By the bot and by what the app says of it; Arabic stands from the right."""
    ada = desk.ada
    await settings(ada)
    await desk.page.get_by_label("Language of the app").select_option("ar")
    await expect(ada.el.get_by_role("button", name="Arabic: change")).to_be_attached()
    await desk.page.get_by_role("button", name="Close").click()
    assert await ada.chat.locator(".description").evaluate("(el) => el.matches(':dir(rtl)')")
    await ada.button("START").click()
    first = ada.chat.locator(".theirs .p").first
    await expect(first).to_be_visible()
    assert await first.evaluate("(el) => el.matches(':dir(rtl)')")
    # The article's own words stay as they are.
    title = ada.chat.locator(".theirs .p", has_text="US Offers").first
    assert await title.evaluate("(el) => el.matches(':dir(ltr)')")


async def test_a_reader_is_renamed(desk: Desk) -> None:
    name = f"{desk.names[0]} Lovelace"
    await settings(desk.ada)
    await desk.page.get_by_label("Name", exact=True).fill(name)
    await desk.page.get_by_label("Name", exact=True).press("Enter")
    await expect(App(desk.page, name).el).to_be_visible()


async def test_a_reader_blocks_the_bot(desk: Desk) -> None:
    """Nothing can be written then, until it is let in again."""
    ada = desk.ada
    await ada.begin()
    await settings(ada)
    await desk.page.get_by_role("switch", name="Has blocked the bot").check()
    await desk.page.get_by_role("button", name="Close").click()
    await expect(ada.text).to_have_count(0)
    await ada.button("Unblock").click()
    await ada.ask("security guarantees", "security guarantees")


async def test_one_more_reader(desk: Desk) -> None:
    """Takes the place of the one whose pane it was; the select brings that one back."""
    await settings(desk.ben)
    await desk.page.get_by_role("button", name="Add another reader").click()
    await expect(desk.ben.el).to_have_count(0)
    added = desk.page.locator(".pane").nth(1)
    await expect(added.get_by_role("button", name="START")).to_be_visible()
    await added.locator("select").select_option(desk.names[1])
    await expect(desk.ben.el).to_be_visible()


@pytest.mark.parametrize("code", ["x!", "toolonglanguagecode", "en-x"])
async def test_a_language_that_is_none(browser: Browser, code: str) -> None:
    """Its code stands in the place of its name; the reader and the dialog are as always."""
    server = SandboxServer("123456:a-token-of-the-tests")
    odd = server.world.add_reader("Odd", code)
    await server.start()
    context = await browser.new_context()
    page = await context.new_page()
    await page.goto(f"{server.url}/?readers={odd.id}")
    app = App(page, "Odd")
    await expect(app.el.locator(".language")).to_have_text(code)
    await expect(app.button("START")).to_be_visible()
    await settings(app)
    language = page.get_by_label("Language of the app")
    await expect(language).to_have_value(code)
    await language.select_option("de")
    await expect(app.el.locator(".language")).to_have_text("German")
    await context.close()
    await server.stop()
