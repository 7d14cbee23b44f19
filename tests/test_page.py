"""The sandbox's page in a real browser: two readers ask and tap.

Needs Chromium on the machine; ``.ci/run`` installs it, and sets REQUIRE_BROWSER so that a missing
one is a failure there. PICTURE=file.jpg keeps a picture of the chat for the README.
"""

import asyncio
import os
import shutil
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

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
        context = await browser.new_context(viewport={"width": 1280, "height": 800})
        # Of every page, also of a second one that a test opens.
        context.on("console", lambda m: errors.append(m.text) if m.type == "error" else None)
        context.on("weberror", lambda error: errors.append(str(error.error)))
        page = await context.new_page()
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


async def drawer(page: Page) -> Locator:
    """Open the drawer of limits and faults."""
    await page.get_by_role("button", name="Faults").click()
    found = page.get_by_role("dialog", name="Limits and faults")
    await expect(found).to_be_visible()
    return found


async def seconds_to_toast(chat: Locator, words: str) -> float:
    """Tap a reaction and wait for what the bot says to it."""
    started = time.monotonic()
    await chat.get_by_role("button", name="Love").click()
    await expect(chat.get_by_text(words)).to_be_visible()
    return time.monotonic() - started


async def wait_until(get: Callable[[], Awaitable[object]], wanted: object) -> None:
    """Wait until `get` returns what is wanted."""
    for _ in range(100):
        if await get() == wanted:
            return
        await asyncio.sleep(0.02)
    assert await get() == wanted


async def test_a_fault_strikes_until_it_is_switched_off(page: Page, fresh: Sandbox) -> None:
    """A slow toast comes late, and all off mends it; a second page shows the same."""
    other = await page.context.new_page()
    await other.goto(fresh.url)
    ada = await begin(page, "Ada")
    await ask(ada, "security guarantees", "security guarantees")
    faults = await drawer(page)
    slow = faults.get_by_role("switch", name="Slow answers")
    await faults.get_by_label("Calls", exact=True).select_option("answerCallbackQuery")
    await faults.get_by_label("Slow answers: seconds").fill("1.5")
    await slow.check()
    await expect(page.get_by_role("button", name="Faults 1 on")).to_be_visible()

    theirs = await drawer(other)
    await expect(theirs.get_by_role("switch", name="Slow answers")).to_be_checked()
    await expect(theirs.get_by_label("Slow answers: seconds")).to_have_value("1.5")
    await expect(theirs.get_by_text("has not struck yet")).to_be_visible()

    assert await seconds_to_toast(ada, "Love it is.") > 1.4
    await expect(faults.get_by_text("struck once")).to_be_visible()
    await expect(theirs.get_by_text("struck once")).to_be_visible()

    await theirs.get_by_role("button", name="All off").click()
    await expect(slow).not_to_be_checked()
    await expect(page.get_by_role("button", name="Faults", exact=True)).to_be_visible()
    assert await seconds_to_toast(ada, "Love taken back.") < 1.4


async def test_limits_arrive_at_the_server(page: Page, fresh: Sandbox) -> None:
    """On, changed and off again; by the keyboard, and Escape gives the focus back."""

    async def limits() -> list[float | None]:
        state = (await fresh.client.get("/sandbox/state")).json()
        return [*state["limits"].values()]

    button = page.get_by_role("button", name="Faults")
    await button.focus()
    await page.keyboard.press("Enter")
    faults = page.get_by_role("dialog", name="Limits and faults")
    await faults.get_by_role("switch", name="Telegram’s limits").focus()
    await page.keyboard.press("Space")
    await expect(button).to_contain_text("1")
    assert await limits() == [1, 20, 30]
    await page.keyboard.press("Tab")
    await page.keyboard.type("5")
    await page.keyboard.press("Enter")
    await wait_until(limits, [5, 20, 30])
    await page.keyboard.press("Shift+Tab")
    await page.keyboard.press("Space")
    await wait_until(limits, [None, None, None])
    await page.keyboard.press("Escape")
    await expect(faults).to_be_hidden()
    await expect(button).to_be_focused()


async def test_the_drawer_fits_a_phone(page: Page) -> None:
    """It lies over the chats there, keeps the focus, and nothing is wider than the screen."""
    await page.set_viewport_size({"width": 360, "height": 720})
    faults = await drawer(page)
    assert await page.evaluate("document.documentElement.scrollWidth") <= 360
    assert await faults.evaluate("(el) => el.matches(':modal')")
    await faults.get_by_role("button", name="Close").click()
    await expect(faults).to_be_hidden()


async def test_groups_pass_by(page: Page, fresh: Sandbox) -> None:
    """The page shows private chats only, whether a group was there before it or came later."""

    async def post(path: str, body: dict[str, Any]) -> dict[str, Any]:
        response = await fresh.client.post(f"/sandbox/{path}", json=body)
        assert response.status_code == 200, response.text
        return response.json()

    group = await post("groups", {"title": "Group", "readers": [1001, 1002]})
    text = {"reader": 1001, "chat": group["chat"], "text": "in the group"}
    await post("inline_messages", text)
    ada = await begin(page, "Ada")
    await page.reload()
    await post("inline_messages", text)
    await ask(ada, "security guarantees", "security guarantees")
    await expect(page.get_by_text("in the group")).to_have_count(0)
