"""How soon the sandbox's page is painted, and how smoothly a long chat scrolls.

    python -m tests.benchmarks.page [--loads 10] [--messages 2000]

Needs Chromium. The first load of a browser is told by itself: it also starts the browser's own
parts. Scrolling goes from the newest message to the first one, 400 pixels a frame.
"""

import argparse
import asyncio
import statistics
import tempfile
from pathlib import Path

import httpx
from playwright.async_api import Browser, Page, async_playwright

from tests.page.conftest import BROWSER, FLAGS
from tests.support.processes import start_sandbox

PAINT = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
# The answer is the milliseconds of each frame.
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


async def paints(browser: Browser, url: str, loads: int) -> list[float]:
    """The milliseconds from the request to the first paint, of each load."""
    page, found = await browser.new_page(), []
    for _ in range(loads):
        await page.goto(url)
        await page.wait_for_function(PAINT)
        found.append(await page.evaluate(PAINT))
    await page.close()
    return found


async def long_chat(url: str, messages: int) -> None:
    """Fill the group that both readers are in."""
    async with httpx.AsyncClient(base_url=url, trust_env=False, timeout=30) as client:
        state = (await client.get("/sandbox/state")).json()
        group = next(c for c in state["chats"] if c["type"] == "supergroup")
        for number in range(messages):
            body = {
                "reader": group["readers"][number // 3 % 2],
                "chat": group["id"],
                "text": f"message {number}, {'with some more words ' * (number % 5)}",
            }
            (await client.post("/sandbox/messages", json=body)).raise_for_status()


async def frames(page: Page, url: str) -> list[float]:
    """The milliseconds of each frame while the whole chat is scrolled through."""
    await page.goto(url)
    app = page.locator(".pane").first
    await app.locator(".chat-row", has_text="Readers’ club").click()
    log = app.locator(".log")
    await log.get_by_text("message ").last.wait_for()
    return list(await log.evaluate(SCROLL))


async def main(loads: int, messages: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        process, url = start_sandbox(Path(folder))
        try:
            async with async_playwright() as playwright:
                browser = await playwright.chromium.launch(executable_path=BROWSER, args=FLAGS)
                first, *warm = await paints(browser, url, loads + 1)
                await asyncio.to_thread(asyncio.run, long_chat(url, messages))
                took = sorted(await frames(await browser.new_page(), url))
                await browser.close()
        finally:
            process.stop()
    print(
        f"first paint, {loads} loads: median {statistics.median(warm):.0f} ms, "
        f"most {max(warm):.0f} ms; the browser's very first {first:.0f} ms"
    )
    print(
        f"{messages} messages, {len(took)} frames: median {statistics.median(took):.1f} ms, "
        f"99 % {took[int(len(took) * 0.99)]:.1f} ms"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--loads", type=int, default=10)
    parser.add_argument("--messages", type=int, default=2000)
    arguments = parser.parse_args()
    asyncio.run(main(arguments.loads, arguments.messages))
