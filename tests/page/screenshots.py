"""The README's pictures of the page, made anew: ``python -m tests.page.screenshots``.

They are kept in docs/images, as JPEG.
"""

import asyncio
import tempfile
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page, async_playwright

from tests.page.conftest import BROWSER, FLAGS, QUESTION, App
from tests.support.processes import start_sandbox

FOLDER = Path(__file__).parents[2] / "docs" / "images"
BOT = "@article_sandbox_bot"


async def _page(browser: Browser, url: str, **more: Any) -> Page:
    context = await browser.new_context(viewport={"width": 1280, "height": 800}, **more)
    page = await context.new_page()
    await page.goto(url)
    await page.locator(".pane").nth(1).wait_for(state="attached")
    return page


async def _save(page: Page, name: str) -> None:
    await page.wait_for_timeout(500)
    await page.screenshot(path=FOLDER / f"{name}.jpg", type="jpeg", quality=70)


async def _group(page: Page) -> None:
    """A group that both are in: that of the sandbox, or one that is made."""
    if await page.get_by_role("button", name="Readers’ club").count() == 0:
        body = {"title": "Readers’ club", "readers": [1001, 1002]}
        await page.request.post("/sandbox/groups", data=body)


async def _chats(browser: Browser, url: str) -> None:
    page = await _page(browser, url)
    ada, ben = App(page, "Ada"), App(page, "Ben")
    for app in (ada, ben):
        await app.begin()
    await ben.ask("Who has to approve the package?", "U.S. Senate")
    await ada.ask(QUESTION, "has agreed to")
    await ada.love()
    await ben.button("Love, 1").click()
    await ada.button("Love, 2").wait_for()
    await _save(page, "chat")


async def _groups(browser: Browser, url: str) -> None:
    page = await _page(browser, url, color_scheme="dark", base_url=url)
    await _group(page)
    ada, ben = App(page, "Ada"), App(page, "Ben")
    for app in (ada, ben):
        await app.open("Readers’ club")
    await ada.ask(f"{BOT} When did the conflict begin?", "February 2022")
    await ben.text.fill(f"{BOT} ")
    await ben.options.first.wait_for()
    await ben.text.press("ArrowDown")
    await _save(page, "group")


async def _operator(browser: Browser, url: str) -> None:
    page = await _page(browser, url)
    await page.get_by_role("button", name="Operator").click()
    ada = App(page, "Ada")
    await ada.ask("Who is at the talks in Berlin?", "Berlin")
    await page.wait_for_timeout(700)
    await page.locator("details", has_text="sendMessage").first.locator("summary").click()
    await _save(page, "operator")


async def _phone(browser: Browser, url: str) -> None:
    page = await _page(browser, url)
    await page.set_viewport_size({"width": 360, "height": 720})
    await page.reload()
    await page.locator(".pane.shown .chat-row").first.click()
    await _save(page, "phone")


async def main() -> None:
    """Make all of them."""
    with tempfile.TemporaryDirectory() as folder:
        process, url = start_sandbox(Path(folder))
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=BROWSER, args=FLAGS)
            for make in (_chats, _groups, _operator, _phone):
                await make(browser, url)
            await browser.close()
        process.stop()


if __name__ == "__main__":
    asyncio.run(main())
