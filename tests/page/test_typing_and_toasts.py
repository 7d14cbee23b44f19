"""What a bot shows: typing, toasts, alerts, buttons of all kinds. The test is the bot."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from bot.sandbox.server import SandboxServer
from tests.page.conftest import App

pytestmark = pytest.mark.asyncio(loop_scope="session")
TOKEN = "123456:a-token-of-the-tests"


class Silent:
    """A server on which the test is the bot, and the page that shows it."""

    def __init__(self, page: Page, client: httpx.AsyncClient) -> None:
        self.page, self.client = page, client
        self.ada = App(page, "Ada")
        self.offset = 0

    async def call(self, method: str, **params: Any) -> Any:
        answer = (await self.client.post(f"/bot{TOKEN}/{method}", json=params)).json()
        assert answer["ok"], answer
        return answer["result"]

    async def send(self, *buttons: dict[str, Any]) -> Any:
        markup = {"inline_keyboard": [[button] for button in buttons]}
        return await self.call("sendMessage", chat_id=1001, text="tap", reply_markup=markup)

    async def tap(self, name: str) -> str:
        """Tap a button; the id of the query that the bot gets."""
        await self.ada.button(name).click()
        # Confirms the updates of earlier taps: each is delivered once.
        [update] = await self.call(
            "getUpdates", offset=self.offset, timeout=20, allowed_updates=["callback_query"]
        )
        self.offset = update["update_id"] + 1
        return str(update["callback_query"]["id"])


@pytest_asyncio.fixture(loop_scope="session")
async def silent(browser: Browser) -> AsyncIterator[Silent]:
    server = SandboxServer(TOKEN)
    await server.start()
    context = await browser.new_context(viewport={"width": 1280, "height": 800})
    page = await context.new_page()
    errors: list[str] = []
    page.on("console", lambda m: errors.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    async with httpx.AsyncClient(base_url=server.url, trust_env=False, timeout=30) as client:
        await page.goto(server.url)
        # A sign that is given before the page listens is given to nobody.
        await page.locator(".pane").first.wait_for(state="attached")
        yield Silent(page, client)
    await context.close()
    await server.stop()
    assert errors == []


async def test_typing_is_shown_until_the_message_comes(silent: Silent) -> None:
    await silent.send({"text": "key", "callback_data": "x"})
    await silent.call("sendChatAction", chat_id=1001, action="typing")
    status = silent.ada.chat.locator(".status")
    await expect(status).to_have_text("typing")
    await silent.send({"text": "key", "callback_data": "x"})
    await expect(status).to_have_text("bot")


async def test_a_button_waits_for_its_answer(silent: Silent) -> None:
    """Which is a toast, or an alert that waits for OK; no other reader sees either."""
    await silent.send({"text": "key", "callback_data": "x"})
    query = await silent.tap("key")
    await expect(silent.ada.button("key")).to_have_attribute("aria-busy", "true")
    await silent.call("answerCallbackQuery", callback_query_id=query, text="a toast")
    await expect(silent.ada.toast).to_contain_text("a toast")
    await expect(silent.ada.button("key")).not_to_have_attribute("aria-busy", "true")
    await expect(App(silent.page, "Ben").toast).to_have_text("")
    query = await silent.tap("key")
    await silent.call(
        "answerCallbackQuery", callback_query_id=query, text="an alert", show_alert=True
    )
    alert = silent.page.get_by_role("dialog", name="To Ada")
    await expect(alert).to_contain_text("an alert")
    await alert.get_by_role("button", name="OK").click()
    await expect(alert).to_be_hidden()


async def test_buttons_that_begin_a_query(silent: Silent) -> None:
    """Here, or in a chat that the reader chooses."""
    body = {"title": "Elsewhere", "readers": [1001, 1002]}
    await silent.client.post("/sandbox/groups", json=body)
    await silent.send(
        {"text": "here", "switch_inline_query_current_chat": "peace"},
        {"text": "there", "switch_inline_query": "talks"},
    )
    await silent.ada.button("here", exact=True).click()
    await expect(silent.ada.text).to_have_value("@article_sandbox_bot peace")
    await silent.ada.button("there").click()
    await silent.page.get_by_role("dialog").get_by_role("button", name="Elsewhere").click()
    await expect(silent.ada.chat.locator(".head h3")).to_have_text("Elsewhere")
    await expect(silent.ada.text).to_have_value("@article_sandbox_bot talks")
