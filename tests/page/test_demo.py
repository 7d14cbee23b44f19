"""The demo plays by itself, and leaves the page to the visitor."""

import pytest
from playwright.async_api import expect

from tests.page.conftest import Desk

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_the_demo_plays_to_its_end(desk: Desk) -> None:
    """Counts agree, the group is answered, a passage is sent; then the visitor may type."""
    page, ada, ben = desk.page, desk.ada, desk.ben
    await page.emulate_media(reduced_motion="reduce")
    await desk.open("&demo")
    demo = page.get_by_role("region", name="Demo")
    for _ in range(2):
        await demo.get_by_role("button", name="Speed").click()
    await expect(ada.button("Love, 2")).to_be_visible()
    await expect(ben.button("Love, 2")).to_be_visible()
    await expect(ada.chat.locator(".head h3")).to_have_text(desk.club)
    await expect(ben.said("via @article_sandbox_bot")).to_be_visible()
    await expect(demo.get_by_text("Your turn")).to_be_visible()
    await expect(ada.text).to_be_focused()
    await page.keyboard.type("my own words")
    await expect(demo).to_be_hidden()
    await expect(ada.text).to_have_value("my own words")


async def test_the_demo_is_stepped_and_skipped(desk: Desk) -> None:
    """Paused it waits; a step is one caption; skipped it is gone."""
    page = desk.page
    await page.clock.install()
    await desk.open("&demo")
    demo = page.get_by_role("region", name="Demo")
    await demo.get_by_role("button", name="Pause").click()
    await expect(demo.get_by_text("presses START")).to_be_visible()
    await page.clock.run_for(10_000)
    await expect(demo.get_by_text("presses START")).to_be_visible()
    await demo.get_by_role("button", name="Step").click()
    await expect(demo.get_by_text("in everyday words")).to_be_visible()
    await demo.get_by_role("button", name="Skip").click()
    await expect(demo).to_be_hidden()
    await expect(desk.ada.el).to_be_visible()


async def test_the_demo_is_played_by_others_where_readers_have_tapped(desk: Desk) -> None:
    """It takes no vote of theirs back, and nobody can type into what is played."""
    await desk.open()
    ada = desk.ada
    await ada.begin()
    await ada.ask("what did the US agree to?", "has agreed to provide")
    await ada.love()
    await expect(ada.button("Love, 1")).to_be_visible()
    await desk.page.goto(desk.address + "&demo")
    demo = desk.page.get_by_role("region", name="Demo")
    await expect(demo.get_by_text("Cleo and Dan read the same article")).to_be_visible()
    await expect(desk.page.locator("#panes")).to_have_attribute("inert", "")
    await demo.get_by_role("button", name="Skip").click()
    await expect(demo).to_be_hidden()
    await expect(desk.page.locator("#panes")).not_to_have_attribute("inert", "")
