"""For everyone: the keyboard alone, narrow screens, dark, what screen readers need."""

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect

from tests.page.conftest import QUESTION, Desk
from tests.support.sentences import ASK_ONE

pytestmark = pytest.mark.asyncio(loop_scope="session")
GRAVE = ("serious", "critical")
ANIMATIONS_ENDED = """() => Promise.allSettled(document.getAnimations()
  .filter((each) => each.effect.getComputedTiming().endTime !== Infinity)
  .map((each) => each.finished))"""


async def faults_of(page: Page) -> list[str]:
    """What axe finds that is serious or critical."""
    # A toast on its way in or out has less contrast than the one that can be read.
    await page.evaluate(ANIMATIONS_ENDED)
    results = await Axe().run(page)
    return [
        f"{found['id']}: {node['html'][:200]}"
        for found in results.response["violations"]
        if found["impact"] in GRAVE
        for node in found["nodes"]
    ]


async def fill(desk: Desk) -> None:
    """Chats with something in them."""
    await desk.ada.begin()
    await desk.ada.ask(QUESTION, "has agreed to")
    await desk.ada.love()
    await expect(desk.ada.button("Love, 1")).to_be_visible()
    await desk.ben.open(desk.club)
    await desk.ben.write(f"@article_sandbox_bot {QUESTION}")
    await expect(desk.ben.quote).to_contain_text("has agreed to")


LUMINANCES = """([one, other]) => [one, other].map((el) => {
  const [r, g, b] = getComputedStyle(el).backgroundColor.match(/[\\d.]+/g)
    .map((n) => n / 255)
    .map((n) => (n <= 0.04045 ? n / 12.92 : ((n + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
})"""
"""The relative luminances of two elements' backgrounds, as WCAG 2 defines them."""


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_the_selected_tab_is_seen(desk: Desk, theme: str) -> None:
    """Its ground stands out from that of the others by 3:1 at least."""
    page = desk.page
    await page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    await page.set_viewport_size({"width": 360, "height": 720})
    tabs = page.get_by_role("tablist", name="Readers")
    selected = await tabs.get_by_role("tab", selected=True).element_handle()
    one, other = await page.evaluate(LUMINANCES, [selected, await tabs.element_handle()])
    assert (max(one, other) + 0.05) / (min(one, other) + 0.05) >= 3


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_nothing_grave_is_found(desk: Desk, theme: str) -> None:
    """With answers, with the drawer, with the list of an inline query, with a menu, and narrow."""
    page = desk.page
    await page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    assert await faults_of(page) == []
    await fill(desk)
    assert await faults_of(page) == []
    await desk.operator("Calls")
    assert await faults_of(page) == []
    await page.get_by_role("tab", name="Faults").click()
    assert await faults_of(page) == []
    await page.get_by_role("button", name="Close").click()
    await desk.ben.text.fill("@article_sandbox_bot security")
    await expect(desk.ben.options.first).to_be_visible()
    assert await faults_of(page) == []
    await desk.ben.text.fill("")
    await desk.ada.said("US Offers").click(button="right")
    assert await faults_of(page) == []
    await page.keyboard.press("Escape")
    await page.set_viewport_size({"width": 360, "height": 720})
    assert await faults_of(page) == []
    await desk.ada.el.get_by_role("button", name="Back to the chats").click()
    assert await faults_of(page) == []


async def test_the_keyboard_is_enough(desk: Desk) -> None:
    """Start, ask, react, reply, change the chat, without a mouse."""
    page, ada = desk.page, desk.ada
    await ada.button("START").focus()
    await page.keyboard.press("Enter")
    await expect(ada.text).to_be_focused()
    await page.keyboard.type("security guarantees")
    await page.keyboard.press("Enter")
    love = ada.button("Love")
    await expect(love).to_be_visible()
    await love.focus()
    await page.keyboard.press("Enter")
    await expect(ada.button("Love, 1")).to_be_focused()

    await ada.el.get_by_role("log").focus()
    await page.keyboard.press("ArrowUp")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("menuitem", name="Reply")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(ada.text).to_be_focused()
    await expect(ada.chat.get_by_text("Reply to Article bot")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(ada.chat.get_by_text("Reply to Article bot")).to_be_hidden()

    await ada.row("Article bot").focus()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(ada.chat.locator(".head h3")).not_to_have_text("Article bot")
    await expect(ada.text).to_be_focused()


async def test_news_are_read_out(desk: Desk) -> None:
    """What the bot says in the open chat, and its toasts."""
    ada = desk.ada
    await ada.begin()
    spoken = ada.chat.locator("[aria-live=polite]")
    await expect(spoken).to_contain_text(f"Article bot: {ASK_ONE}")
    await expect(ada.toast).to_have_role("status")


async def test_dark_and_light_by_a_switch(desk: Desk) -> None:
    """It is kept for the next visit."""
    page = desk.page
    color = "getComputedStyle(document.body).backgroundColor"
    await page.emulate_media(color_scheme="light")
    light = await page.evaluate(color)
    await page.get_by_role("button", name="Theme: Auto").click()
    await page.get_by_role("button", name="Theme: Light").click()
    assert await page.evaluate(color) != light
    await page.reload()
    await expect(page.get_by_role("button", name="Theme: Dark")).to_be_visible()
    assert await page.evaluate(color) != light


async def test_a_phone_shows_one_thing_at_a_time(desk: Desk) -> None:
    """A reader's list, a chat, and back; the other reader is behind a tab."""
    page, ada, ben = desk.page, desk.ada, desk.ben
    await page.set_viewport_size({"width": 360, "height": 720})
    await page.reload()
    for app in (ada, ben):
        await page.get_by_role("tab", name=app.name).click()
        panel = page.get_by_role("tabpanel", name=f"{app.name}’s app")
        await expect(panel).to_be_visible()
        await panel.get_by_role("button", name="Article bot").click()
        await panel.get_by_role("button", name="START").click()
        await expect(panel.locator(".bubble", has_text="Write a question").last).to_be_visible()
        assert await page.evaluate("document.documentElement.scrollWidth") <= 360
    await expect(page.locator(".pane").first).to_be_hidden()
    await panel.get_by_role("button", name="Back to the chats").click()
    await expect(panel.get_by_role("button", name=desk.club)).to_be_visible()
    await expect(panel.locator(".conversation")).to_be_hidden()
