"""The demo plays by itself, and leaves the page to the visitor."""

import re
import shutil
from pathlib import Path

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from bot.sandbox.server import SandboxServer
from tests.page.conftest import App, Desk
from tests.support.corpora import BRIDGE, write_two_articles
from tests.support.processes import start_sandbox
from tests.support.sentences import ARTICLE_IS_IN_ENGLISH

pytestmark = pytest.mark.asyncio(loop_scope="session")
OWN_REACTIONS = """\
applause: {label: Applause, emoji: "👏", order: 1}
doubt: {label: Doubt, emoji: "Hmm", order: 2}
"""


async def fast_demo(page: Page) -> Locator:
    """The demo's strip, at its highest speed."""
    demo = page.get_by_role("region", name="Demo")
    for _ in range(2):
        await demo.get_by_role("button", name="Speed").click()
    return demo


async def test_the_demo_plays_to_its_end(desk: Desk) -> None:
    """Counts agree, the group is answered, a passage is sent; then the visitor may type."""
    page, ada, ben = desk.page, desk.ada, desk.ben
    await page.emulate_media(reduced_motion="reduce")
    await desk.open("&demo")
    demo = await fast_demo(page)
    await expect(ada.button("Like, 2")).to_be_visible()
    await expect(ben.button("Like, 2")).to_be_visible()
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
    await expect(demo.get_by_text("that the bot suggests")).to_be_visible()
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


@pytest.mark.parametrize("articles", [1, 2])
async def test_the_demo_asks_about_any_corpus(
    browser: Browser, tmp_path: Path, articles: int
) -> None:
    """With the questions and reactions that are there; of several articles about one."""
    corpus = write_two_articles(tmp_path)
    if articles == 1:
        shutil.rmtree(corpus)
        corpus.mkdir()
        (corpus / "bridge.md").write_text(BRIDGE, encoding="utf-8")
    (corpus / "reactions.yaml").write_text(OWN_REACTIONS, encoding="utf-8")
    process, url = start_sandbox(tmp_path, CORPUS_DIR=str(corpus))
    context = await browser.new_context(reduced_motion="reduce")
    page = await context.new_page()
    await page.goto(f"{url}/?demo")
    demo = await fast_demo(page)
    ada, ben = App(page, "Ada"), App(page, "Ben")
    await expect(ada.chat.locator(".own", has_text="When did the bridge open?")).to_be_visible()
    for app in (ada, ben):
        await expect(app.button("👏 2")).to_be_visible()
    await expect(ben.said("via @article_sandbox_bot")).to_be_visible()
    await expect(demo.get_by_text("Your turn")).to_be_visible()
    await context.close()
    assert process.stop() == 0


async def test_the_second_reader_asks_in_ukrainian(browser: Browser, tmp_path: Path) -> None:
    """With the extra, which answers from the English article all the same."""
    process, url = start_sandbox(tmp_path, SEMANTIC="yes")
    context = await browser.new_context(reduced_motion="reduce")
    page = await context.new_page()
    await page.goto(f"{url}/?demo")
    demo = await fast_demo(page)
    ben = App(page, "Ben")
    await expect(demo.get_by_text("Ben asks in Ukrainian")).to_be_visible()
    await expect(ben.chat.locator(".own", has_text=re.compile("[а-яєії]{4}"))).to_be_visible()
    await expect(ben.said(ARTICLE_IS_IN_ENGLISH)).to_be_visible()
    await expect(ben.button("Like, 2")).to_be_visible()
    await expect(demo.get_by_text("Your turn")).to_be_visible()
    await context.close()
    assert process.stop() == 0


async def test_the_demo_ends_when_the_bot_is_silent(browser: Browser) -> None:
    """It says what it waited for, and the page is the visitor's; a reload does not repeat it."""
    server = SandboxServer("123456:a-token-of-the-tests")
    await server.start()
    context = await browser.new_context(reduced_motion="reduce")
    page = await context.new_page()
    await page.goto(f"{server.url}/?demo")
    demo = await fast_demo(page)
    ends = "The demo ends here: a message with sample questions did not come."
    await expect(demo.get_by_text(ends)).to_be_visible()
    ada = App(page, "Ada")
    await expect(ada.text).to_be_focused()
    await ada.write("is anybody there?")
    await expect(ada.said("is anybody there?")).to_be_visible()
    await demo.get_by_role("button", name="Close").click()
    await expect(demo).to_be_hidden()
    await page.reload()
    await expect(ada.said("is anybody there?")).to_be_visible()
    await expect(demo).to_be_hidden()
    await context.close()
    await server.stop()
