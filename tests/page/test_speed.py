"""The page is there at once, scrolls smoothly through long chats, and comes back by itself."""

import asyncio
from collections.abc import Awaitable
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.async_api import Browser, expect

from bot.sandbox.server import SandboxServer
from tests.page.conftest import App, Desk

pytestmark = pytest.mark.asyncio(loop_scope="session")
PAGE = Path(__file__).parents[2] / "bot" / "sandbox" / "page"
MANY = 600
SHOWN = 100
TO_THE_FIRST = """async (log) => {
  while (log.scrollTop > 0) {
    log.scrollTop -= 400;
    await new Promise(requestAnimationFrame);
  }
}"""


async def test_the_page_is_small() -> None:
    """All that is loaded, without pictures."""
    files = [file for file in PAGE.rglob("*") if file.suffix in (".html", ".js", ".css", ".svg")]
    assert sum(file.stat().st_size for file in files) < 150_000


async def test_the_page_is_painted_before_any_script_has_run(desk: Desk) -> None:
    """What it is and its tools stand in the HTML; only the chats wait for the server."""
    context = await desk.page.context.browser.new_context(java_script_enabled=False)  # type: ignore[union-attr]
    page = await context.new_page()
    await page.goto(desk.url)
    await expect(page.get_by_role("heading", name="Article bot sandbox")).to_be_visible()
    await expect(page.get_by_role("button", name="Operator")).to_be_visible()
    await context.close()


async def test_a_long_chat_shows_no_more_than_it_must(desk: Desk) -> None:
    """Of six hundred messages the newest; the others when they are scrolled to."""

    def write(number: int) -> Awaitable[Any]:
        reader = desk.readers[number // 3 % 2]
        text = f"message {number}, {'with some more words ' * (number % 5)}"
        return desk.post("messages", reader=reader, chat=desk.group, text=text)

    await write(0)
    await desk.page.goto("about:blank")
    for begin in range(1, MANY - 1, 50):
        await asyncio.gather(*map(write, range(begin, min(begin + 50, MANY - 1))))
    await write(MANY - 1)
    await desk.open()
    ada = desk.ada
    await ada.open(desk.club)
    await expect(ada.said(f"message {MANY - 1},")).to_be_visible()
    log = ada.chat.locator(".log")
    assert await ada.chat.locator(".msg").count() <= SHOWN
    await log.evaluate(TO_THE_FIRST)
    await expect(ada.chat.get_by_text("message 0,")).to_be_visible()
    await ada.write("the newest")
    await expect(ada.said("the newest")).to_be_in_viewport()


async def test_the_page_comes_back_after_the_server(browser: Browser) -> None:
    """It says quietly that it tries, and shows what happened meanwhile."""
    server = SandboxServer("123456:a-token-of-the-tests")
    await server.start()
    context = await browser.new_context()
    page = await context.new_page()
    async with httpx.AsyncClient(base_url=server.url, trust_env=False) as client:
        await page.goto(server.url)
        ada = App(page, "Ada")
        await ada.button("START").click()
        await expect(ada.said("/start")).to_be_visible()
        await server.stop()
        await expect(page.get_by_text("reconnecting")).to_be_visible()
        await server.start()
        await client.post("/sandbox/messages", json={"reader": 1001, "text": "meanwhile"})
        await expect(ada.said("meanwhile")).to_be_visible()
        await expect(page.get_by_text("reconnecting")).to_be_hidden()
    await context.close()
    await asyncio.wait_for(server.stop(), 5)


async def test_the_bots_restart_is_forgotten_with_its_server(browser: Browser) -> None:
    """The bot was stopping when its server ended; nobody else will say that it runs again."""
    server = SandboxServer("123456:a-token-of-the-tests")
    await server.start()
    context = await browser.new_context()
    page = await context.new_page()
    await page.goto(server.url)
    await expect(App(page, "Ada").el).to_be_visible()
    server.bot_stopped()
    restarting = page.get_by_text("is restarting…")
    await expect(restarting.first).to_be_visible()
    await server.stop()
    await expect(page.get_by_text("reconnecting")).to_be_visible()
    after = SandboxServer("123456:a-token-of-the-tests", int(server.url.rpartition(":")[2]))
    await after.start()
    await expect(page.get_by_text("reconnecting")).to_be_hidden()
    await expect(restarting).to_have_count(0)
    await context.close()
    await asyncio.wait_for(after.stop(), 5)
