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
MANY = 2000
# From the newest message to the first one, a page of the window at each frame; the answer is the
# milliseconds of each frame.
SCROLL = """async (log) => {
  const frames = [];
  let before = performance.now();
  while (true) {
    await new Promise(requestAnimationFrame);
    const now = performance.now();
    frames.push(now - before);
    before = now;
    if (log.scrollTop <= 0) return frames;
    log.scrollTop -= 400;
  }
}"""


async def test_the_page_is_small() -> None:
    """All that is loaded, without pictures."""
    files = [file for file in PAGE.rglob("*") if file.suffix in (".html", ".js", ".css", ".svg")]
    assert sum(file.stat().st_size for file in files) < 150 * 1024


async def test_the_first_paint_comes_at_once(desk: Desk) -> None:
    """With a warm browser, on this machine."""
    paint = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
    await desk.page.wait_for_function(paint)
    shown = [await desk.page.evaluate(paint)]
    for _ in range(2):
        await desk.page.reload()
        await desk.page.wait_for_function(paint)
        shown.append(await desk.page.evaluate(paint))
    print("first paint:", [round(ms) for ms in shown])
    assert min(shown) < 300


async def test_a_long_chat_scrolls_smoothly(desk: Desk) -> None:
    """Two thousand messages, from the newest to the first."""

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
    assert await ada.chat.locator(".msg").count() <= 100
    frames: list[float] = sorted(await log.evaluate(SCROLL))
    await expect(ada.chat.get_by_text("message 0,")).to_be_visible()
    median, slow = frames[len(frames) // 2], frames[int(len(frames) * 0.99)]
    print(f"scrolled: {len(frames)} frames, median {median:.1f} ms, 99 % {slow:.1f} ms")
    assert median < 34
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
