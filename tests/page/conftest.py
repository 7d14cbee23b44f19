"""The sandbox's page in a real browser; one sandbox and one browser for all tests of a process.

Needs Chromium on the machine; ``.ci/run`` installs it, and sets REQUIRE_BROWSER so that a missing
one is a failure there.
"""

import asyncio
import itertools
import os
import re
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, async_playwright, expect

from tests.support.processes import start_sandbox
from tests.support.sentences import said

BROWSER = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
FOLDER = Path(__file__).parent
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
START = said("ask_or_tap")
"""The end of what the bot says at the start."""
QUESTION = "what did the US agree to?"
NO_LIMITS = {"private_per_second": None, "group_per_minute": None, "overall_per_second": None}

expect.set_options(timeout=15_000)
_numbers = itertools.count(1)


class App:
    """One reader's app on the page."""

    def __init__(self, page: Page, name: str) -> None:
        self.page = page
        self.name = name
        self.el = page.get_by_label(f"{name}’s app", exact=True)
        self.chat = self.el.locator(".conversation")
        self.text = self.el.get_by_role("textbox")
        self.quote = self.el.locator("blockquote").last
        self.options = self.chat.get_by_role("option")
        self.toast = self.el.locator(".toast")

    def button(self, name: str, exact: bool = False) -> Locator:
        """The last button of this name in the open chat: that of the newest message."""
        return self.chat.get_by_role("button", name=name, exact=exact).last

    def said(self, text: str) -> Locator:
        """The newest message of the open chat that says this."""
        return self.chat.locator(".bubble", has_text=text).last

    def row(self, title: str) -> Locator:
        name = re.compile(f"^{re.escape(title)}$")
        return self.el.locator(".chat-row", has=self.page.locator(".row-title", has_text=name))

    async def open(self, title: str) -> None:
        await self.row(title).click()
        await expect(self.chat.locator(".head h3")).to_have_text(title)

    async def begin(self) -> None:
        """Press START, as everybody does first, and wait for what the bot says."""
        await self.button("START").click()
        await expect(self.said(START)).to_be_visible()

    async def write(self, text: str) -> None:
        await self.text.fill(text)
        await self.text.press("Enter")

    async def ask(self, question: str, answer: str) -> None:
        """Ask, and wait for an answer below this question; older ones do not count."""
        asked = self.chat.locator(".msg.own", has_text=question)
        before = await asked.count()
        await self.write(question)
        await expect(asked).to_have_count(before + 1)
        answers = asked.last.locator("xpath=following-sibling::*//blockquote")
        await expect(answers.last).to_contain_text(answer)

    async def love(self) -> None:
        await self.button("Love").click()


class Desk:
    """The page with two readers of a test's own, the chats that they share, and the server."""

    def __init__(self, page: Page, client: httpx.AsyncClient, url: str) -> None:
        self.page, self.client, self.url = page, client, url

    async def people(self) -> None:
        number = next(_numbers)
        self.names = [f"Ada{number}", f"Ben{number}"]
        self.readers = [
            (await self.post("readers", first_name=name))["reader"]["id"] for name in self.names
        ]
        self.club, self.talk = f"Club {number}", f"Talk {number}"
        self.group = (await self.post("groups", title=self.club, readers=self.readers))["chat"]
        self.discussion = (await self.post("groups", title=self.talk, readers=self.readers))["chat"]
        self.paper = f"Paper {number}"
        made = await self.post(
            "channels",
            title=self.paper,
            username=f"paper_{number}",
            readers=self.readers,
            discussion=self.discussion,
        )
        self.channel = made["chat"]
        self.ada, self.ben = (App(self.page, name) for name in self.names)

    @property
    def address(self) -> str:
        """The page with the test's own readers."""
        return f"{self.url}/?readers={self.readers[0]},{self.readers[1]}"

    async def open(self, more: str = "") -> None:
        await self.page.goto(self.address + more)
        await expect(self.page.locator(".pane").first).to_be_attached()

    async def post(self, path: str, **body: Any) -> Any:
        response = await self.client.post(f"/sandbox/{path}", json=body)
        assert response.status_code == 200, response.text
        return response.json()

    async def get(self, path: str) -> Any:
        return (await self.client.get(f"/sandbox/{path}")).json()

    async def operator(self, part: str) -> Locator:
        """Open a part of the operator's drawer."""
        await self.page.get_by_role("button", name="Operator").click()
        drawer = self.page.get_by_role("dialog", name="Operator")
        await drawer.get_by_role("tab", name=part).click()
        return drawer

    async def tidy(self) -> None:
        """Leave the sandbox without faults and votes."""
        await self.client.delete("/sandbox/faults")
        await self.post("limits", **NO_LIMITS)
        for reader in self.readers:
            await self.post(f"readers/{reader}/block", blocked=False)
            sent = (await self.post("messages", reader=reader, text="/forget"))["message"]
            path = f"/sandbox/chats/{reader}/messages"
            params = {"after": sent["message_id"], "wait": 10}
            await self.client.get(path, params=params)


async def wait_until(get: Callable[[], Awaitable[object]], wanted: object) -> None:
    """Wait until `get` returns what is wanted."""
    for _ in range(250):
        if await get() == wanted:
            return
        await asyncio.sleep(0.02)
    assert await get() == wanted


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of this folder; skip those that need a browser where there is none."""
    for item in items:
        if FOLDER in item.path.parents:
            item.add_marker(pytest.mark.page)
        if BROWSER is None and not REQUIRED and "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.skip(reason="no Chromium on this machine"))


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    assert BROWSER is not None, "REQUIRE_BROWSER is set and there is no Chromium"
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=BROWSER, args=FLAGS)
        yield browser
        await browser.close()


@pytest.fixture(scope="session")
def sandbox_url(tmp_path_factory: pytest.TempPathFactory) -> Any:
    process, url = start_sandbox(tmp_path_factory.mktemp("page"))
    yield url
    assert process.stop() == 0, process.output
    assert "Traceback" not in process.output, process.output


@pytest_asyncio.fixture(loop_scope="session")
async def desk(browser: Browser, sandbox_url: str) -> AsyncIterator[Desk]:
    """The page, just opened, 1280 wide; an error that it logs fails the test."""
    errors: list[str] = []
    context = await browser.new_context(viewport={"width": 1280, "height": 800})
    # Of every page, also of a second one that a test opens.
    context.on("console", lambda m: errors.append(m.text) if m.type == "error" else None)
    context.on("weberror", lambda error: errors.append(str(error.error)))
    async with httpx.AsyncClient(base_url=sandbox_url, trust_env=False, timeout=30) as client:
        desk = Desk(await context.new_page(), client, sandbox_url)
        await desk.people()
        await desk.open()
        yield desk
        await desk.tidy()
    await context.close()
    assert errors == []
