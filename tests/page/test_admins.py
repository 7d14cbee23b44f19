"""What an admin does on the page, and what comes of it for the other reader."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.page.conftest import App
from tests.page.test_files import attach, pick
from tests.support.processes import start_sandbox
from tests.support.sentences import ASK_ABOUT

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.slow]

HEADLINE = "Harbour festival returns after six years"
CHANNEL = "The Daily Sandbox"
NOTES = {
    "name": "lighthouse.md",
    "mimeType": "text/markdown",
    "buffer": b"# The lighthouse is painted\n\nThe lighthouse was painted red in the year 1931.\n",
}


@pytest_asyncio.fixture(loop_scope="session")
async def page(browser: Browser, tmp_path: Path) -> AsyncIterator[Page]:
    """The page of a sandbox of the test's own, as its articles change."""
    process, url = start_sandbox(tmp_path)
    context = await browser.new_context(viewport={"width": 1280, "height": 800})
    page = await context.new_page()
    await page.goto(url)
    await expect(page.locator(".pane").first).to_be_attached()
    yield page
    await context.close()
    assert process.stop() == 0, process.output
    assert "Traceback" not in process.output, process.output


async def test_an_article_is_added_published_and_asked_about(page: Page) -> None:
    """From the link to the other reader's answer, with buttons only."""
    ada, ben = App(page, "Ada"), App(page, "Ben")
    await ada.begin()
    await ben.open(CHANNEL)
    await attach(ada, "Link")
    await expect(ada.said(HEADLINE)).to_contain_text("Mara Lindqvist")
    await expect(ada.said(HEADLINE)).not_to_contain_text("newsletter")
    await ada.button("Add", exact=True).click()
    await expect(ada.said("Added:")).to_contain_text(HEADLINE)

    await ada.open(CHANNEL)
    await ada.button("Publish an article").click()
    await ada.button(HEADLINE).click()
    await ada.button("Publish", exact=True).click()
    await expect(ada.said("Posted in")).to_be_visible()

    await ben.button("Love").click()
    await expect(ben.button("Love, 1")).to_be_visible()
    await ben.chat.get_by_role("link", name=ASK_ABOUT).click()
    await ben.button("START").click()
    await expect(ben.said(HEADLINE)).to_be_visible()
    await ben.ask("How much did the quay cost?", "8.6 million euros")
    # Where something is posted, the menu of the channel leads there.
    await ada.open(CHANNEL)
    await ada.button(f"About {CHANNEL}").click()
    await page.get_by_role("dialog").get_by_role("button", name="Publish an article").click()
    await expect(ada.button(HEADLINE)).to_be_visible()


async def test_a_file_becomes_an_article(page: Page) -> None:
    """Of an admin; the other reader is not asked whether to add it."""
    ada, ben = App(page, "Ada"), App(page, "Ben")
    await ben.begin()
    await pick(ben, NOTES)
    await expect(ben.chat.locator(".msg.theirs")).to_have_count(2)
    await expect(ben.button("Add", exact=True)).to_have_count(0)
    await ada.begin()
    await pick(ada, NOTES)
    await ada.button("Add", exact=True).click()
    await expect(ada.said("Added:")).to_contain_text("The lighthouse is painted")
    await ben.write("/article lighthouse")
    await expect(ben.said("The lighthouse is painted")).to_be_visible()
    await ben.ask("When was the lighthouse painted?", "1931")
