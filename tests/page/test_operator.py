"""The operator's drawer: calls, faults and limits, a restart of the bot."""

import time

import pytest
from playwright.async_api import expect

from tests.page.conftest import QUESTION, App, Desk, wait_until
from tests.support.sentences import taken_back, voted

pytestmark = pytest.mark.asyncio(loop_scope="session")

LINES_NOTED = """() => {
  window.lines = [];
  const line = document.getElementById("line");
  new MutationObserver(() => window.lines.push(line.innerText)).observe(line, {
    childList: true, characterData: true, subtree: true,
  });
}"""
"""Has the page note whatever its line says from then on."""


async def seconds_to_toast(app: App, words: str) -> float:
    """Tap a reaction and wait for what the bot says to it."""
    started = time.monotonic()
    await app.love()
    await expect(app.toast).to_contain_text(words)
    return time.monotonic() - started


async def test_calls_pass_by(desk: Desk) -> None:
    """The newest first, with parameters and answer; by method, paused and cleared."""
    await desk.page.clock.install()
    drawer = await desk.operator("Calls")
    await drawer.get_by_role("button", name="Clear").click()
    await desk.ada.begin()
    call = drawer.locator("details", has_text="sendMessage").first
    await expect(call).to_contain_text("ms")
    await call.locator("summary").click()
    body = call.locator(".call-body")
    await expect(body).to_contain_text(f'"chat_id": {desk.readers[0]}')
    await expect(body).to_contain_text('"message_id"')

    await drawer.get_by_label("Method").select_option("getUpdates")
    await expect(call).to_be_hidden()
    await drawer.get_by_label("Method").select_option("")
    sent = drawer.locator("details", has_text="sendMessage")
    await expect(sent).to_have_count(1)
    await drawer.get_by_role("button", name="Pause").click()
    await desk.ada.ask(QUESTION, "has agreed to")
    await desk.page.clock.run_for(2000)
    await expect(sent).to_have_count(1)
    await drawer.get_by_role("button", name="Go on").click()
    await expect(sent).to_have_count(2)


async def test_a_fault_strikes_until_it_is_switched_off(desk: Desk) -> None:
    """A slow toast comes late, and all off mends it; a second page shows the same."""
    page, ada = desk.page, desk.ada
    other = await page.context.new_page()
    await other.goto(desk.address)
    await ada.begin()
    await ada.ask("security guarantees", "security guarantees")
    faults = await desk.operator("Faults")
    slow = faults.get_by_role("switch", name="Slow answers")
    await faults.get_by_label("Which calls").select_option("answerCallbackQuery")
    await faults.get_by_label("Slow answers: seconds").fill("3")
    await slow.check()
    await expect(page.get_by_role("button", name="Operator 1 fault on")).to_be_visible()

    await other.get_by_role("button", name="Operator").click()
    theirs = other.get_by_role("dialog", name="Operator")
    await theirs.get_by_role("tab", name="Faults").click()
    await expect(theirs.get_by_role("switch", name="Slow answers")).to_be_checked()
    await expect(theirs.get_by_label("Slow answers: seconds")).to_have_value("3")
    await expect(theirs.get_by_text("has not struck yet")).to_be_visible()

    assert await seconds_to_toast(ada, voted("Love")) > 2.9
    await expect(faults.get_by_text("struck once")).to_be_visible()
    await expect(theirs.get_by_text("struck once")).to_be_visible()

    await theirs.get_by_role("button", name="All off").click()
    await expect(slow).not_to_be_checked()
    await expect(page.get_by_role("button", name="Operator", exact=True)).to_be_visible()
    assert await seconds_to_toast(ada, taken_back("Love")) < 2.9


async def test_limits_arrive_at_the_server(desk: Desk) -> None:
    """On, changed and off again; by the keyboard, and Escape gives the focus back."""

    async def limits() -> list[float | None]:
        return [*(await desk.get("state"))["limits"].values()]

    page = desk.page
    button = page.get_by_role("button", name="Operator")
    await button.focus()
    await page.keyboard.press("Enter")
    drawer = page.get_by_role("dialog", name="Operator")
    await drawer.get_by_role("tab", name="Calls").focus()
    await page.keyboard.press("ArrowRight")
    await drawer.get_by_role("switch", name="Telegram’s limits").focus()
    await page.keyboard.press("Space")
    await expect(button).to_contain_text("1")
    await wait_until(limits, [1, 20, 30])
    await page.keyboard.press("Tab")
    await page.keyboard.type("5")
    await page.keyboard.press("Enter")
    await wait_until(limits, [5, 20, 30])
    await page.keyboard.press("Shift+Tab")
    await page.keyboard.press("Space")
    await wait_until(limits, [None, None, None])
    await page.keyboard.press("Escape")
    await expect(drawer).to_be_hidden()
    await expect(button).to_be_focused()


async def test_the_drawer_fits_a_phone(desk: Desk) -> None:
    """It lies over the chats there, keeps the focus, and nothing is wider than the screen."""
    await desk.page.set_viewport_size({"width": 360, "height": 720})
    drawer = await desk.operator("Faults")
    assert await desk.page.evaluate("document.documentElement.scrollWidth") <= 360
    assert await drawer.evaluate("(el) => el.matches(':modal')")
    await drawer.get_by_role("button", name="Close").click()
    await expect(drawer).to_be_hidden()


async def test_the_list_fits_a_phone(desk: Desk) -> None:
    """Also while faults are on, and where a reader's name is long: that stays in its line."""
    page = desk.page
    await page.set_viewport_size({"width": 360, "height": 720})
    tab = page.get_by_role("tab", name=desk.names[0])
    before = await tab.bounding_box()
    name = f"{desk.names[0]} of the very long and famous name"
    await desk.post(f"readers/{desk.readers[0]}", first_name=name)
    for kind in ("slow", "dropped"):
        await desk.post("faults", kind=kind, method="answerInlineQuery")
    await expect(page.get_by_role("button", name="Operator 2 faults on")).to_be_visible()
    await expect(page.get_by_role("tab", name=name)).to_be_visible()
    assert await tab.bounding_box() == before
    assert await page.evaluate("document.documentElement.scrollWidth") <= 360
    theme = await page.locator("#theme").bounding_box()
    assert theme is not None
    assert theme["x"] + theme["width"] <= 360


async def test_the_bot_is_restarted(desk: Desk) -> None:
    """By a button where there is one; then it answers again, with the same counts."""
    ada = desk.ada
    await ada.begin()
    await ada.ask(QUESTION, "has agreed to")
    await ada.love()
    await expect(ada.button("Love, 1")).to_be_visible()
    drawer = await desk.operator("Calls")
    button = drawer.get_by_role("button", name="Restart the bot")
    if not (await desk.get("state"))["bot"].get("can_restart"):
        await expect(button).to_be_hidden()
        return
    await desk.page.evaluate(LINES_NOTED)
    await button.click()
    # It may stand there for less time than passes between two looks.
    await wait_until(lambda: desk.page.evaluate("window.lines"), ["The bot is restarting…", ""])
    await expect(desk.page.get_by_text("The bot is restarting…")).to_be_hidden()
    await expect(button).to_be_enabled()
    await ada.ask("who has to approve the package?", "U.S. Senate")
    await expect(ada.button("Love, 1")).to_be_visible()
