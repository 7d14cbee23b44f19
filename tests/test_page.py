"""The sandbox's page in a real browser: two readers ask and tap.

Needs Chromium on the machine; ``.ci/run`` installs it, and sets REQUIRE_BROWSER so that a missing
one is a failure there. PICTURE=file.jpg keeps a picture of the chat for the README.
"""

import os
import shutil
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Locator, Page, async_playwright, expect

from tests.conftest import Sandbox

BROWSER = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
REQUIRED = os.environ.get("REQUIRE_BROWSER") == "1"
# A browser that starts quietly: without a sandbox it also runs as root, as in containers.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

pytestmark = pytest.mark.skipif(
    BROWSER is None and not REQUIRED, reason="no Chromium on this machine"
)


@pytest.fixture
async def page(fresh: Sandbox) -> AsyncIterator[Page]:
    """The page, just opened; an error that it logs fails the test."""
    assert BROWSER is not None, "REQUIRE_BROWSER is set and there is no Chromium"
    errors: list[str] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=BROWSER, args=FLAGS)
        page = await browser.new_page(viewport={"width": 1280, "height": 800})
        page.on("console", lambda m: errors.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: errors.append(str(error)))
        await page.goto(fresh.url)
        yield page
        await browser.close()
    assert errors == []


def pane(page: Page, reader: str) -> Locator:
    return page.get_by_label(f"{reader}’s chat with Article bot")


async def begin(page: Page, reader: str) -> Locator:
    """Press START, as everybody does first, and wait for what the bot says."""
    chat = pane(page, reader)
    await chat.get_by_role("button", name="START").click()
    await expect(chat.get_by_text("Write a question, or tap one:")).to_be_visible()
    return chat


async def ask(chat: Locator, question: str, answer: str) -> None:
    await chat.get_by_role("textbox").fill(question)
    await chat.get_by_role("textbox").press("Enter")
    await expect(chat.locator("blockquote").last).to_contain_text(answer)


async def test_two_readers_see_the_same_counts(page: Page) -> None:
    """One asks and taps, the other's next answer shows it; the answer's sentence is bold."""
    ada, ben = await begin(page, "Ada"), await begin(page, "Ben")
    await ask(ada, "what did the US agree to?", "has agreed to")
    await expect(ada.locator("blockquote b, blockquote strong").last).to_contain_text("has agreed")
    await ada.get_by_role("button", name="Love").last.click()
    await expect(ada.get_by_text("Love it is. Tap again to take it back.")).to_be_visible()
    await expect(ada.get_by_role("button", name="Love, 1")).to_be_visible()
    await ask(ben, "Who has to approve the package?", "U.S. Senate")
    await expect(ben.get_by_role("button", name="Love, 1")).to_be_visible()
    if picture := os.environ.get("PICTURE"):
        await page.wait_for_timeout(400)
        await page.screenshot(path=picture, type="jpeg", quality=85)
    await ben.get_by_role("button", name="Love").last.click()
    await expect(ben.get_by_role("button", name="Love, 2")).to_be_visible()


async def test_a_sample_question_is_asked_by_a_tap(page: Page) -> None:
    """Without typing a word."""
    ada = await begin(page, "Ada")
    await ada.get_by_role("button", name="Who has to approve the package?").click()
    await expect(ada.locator("blockquote").last).to_contain_text("U.S. Senate")


async def test_what_a_reader_writes_is_never_markup(page: Page) -> None:
    """It is shown as it was written."""
    ada = await begin(page, "Ada")
    text = "security guarantees <img src=x onerror=alert(1)> <b>&amp;</b>"
    await ada.get_by_role("textbox").fill(text)
    await ada.get_by_role("textbox").press("Enter")
    await expect(ada.get_by_text(text)).to_be_visible()
    assert await page.locator("img[src=x]").count() == 0


async def test_a_phone_shows_one_chat_at_a_time(page: Page) -> None:
    """With tabs between them, and nothing wider than the screen."""
    await page.set_viewport_size({"width": 360, "height": 720})
    await begin(page, "Ada")
    await page.get_by_role("tab", name="Ben").click()
    await begin(page, "Ben")
    await expect(pane(page, "Ada")).to_be_hidden()
    assert await page.evaluate("document.documentElement.scrollWidth") <= 360


async def test_the_keyboard_is_enough(page: Page) -> None:
    """Start, ask and react without a mouse."""
    await page.get_by_role("button", name="START").first.focus()
    await page.keyboard.press("Enter")
    ada = pane(page, "Ada")
    await expect(ada.get_by_text("Write a question, or tap one:")).to_be_visible()
    await ada.get_by_role("textbox").focus()
    await page.keyboard.type("security guarantees")
    await page.keyboard.press("Enter")
    love = ada.get_by_role("button", name="Love")
    await expect(love).to_be_visible()
    await love.focus()
    await page.keyboard.press("Enter")
    await expect(ada.get_by_role("button", name="Love, 1")).to_be_focused()
