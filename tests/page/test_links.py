"""Links to the bot, and links out of the sandbox."""

import pytest
from playwright.async_api import expect

from tests.page.conftest import START, Desk
from tests.support.corpora import ARTICLE
from tests.support.sentences import ASK_HERE

pytestmark = pytest.mark.asyncio(loop_scope="session")
BOT = "https://t.me/article_sandbox_bot"


async def test_a_deep_link_opens_the_bot_on_an_article(desk: Desk) -> None:
    """In the private chat, where START sends what the link says."""
    ada = desk.ada
    await ada.open(desk.club)
    await ada.write(f"look: {BOT}?start={ARTICLE}")
    await ada.said("look").get_by_role("link").click()
    await expect(ada.chat.locator(".head h3")).to_have_text("Article bot")
    await ada.button("START").click()
    await expect(ada.said(ARTICLE)).to_contain_text("/start")
    await expect(ada.said(START)).to_contain_text("US Offers Security Guarantees")
    assert len(desk.page.context.pages) == 1


async def test_a_link_asks_in_a_group(desk: Desk) -> None:
    """That the reader chooses."""
    ada = desk.ada
    await ada.open(desk.club)
    await ada.write(f"{BOT}?startgroup={ARTICLE}")
    await ada.said("startgroup").get_by_role("link").click()
    await desk.page.get_by_role("dialog").get_by_role("button", name=desk.talk).click()
    await expect(ada.chat.locator(".head h3")).to_have_text(desk.talk)
    await expect(ada.said(ASK_HERE)).to_be_visible()


async def test_other_links_open_beside_the_page(desk: Desk) -> None:
    """In a tab that cannot reach back; links that run a script are none at all."""
    ada = desk.ada
    await ada.open(desk.club)
    await ada.write("see https://example.org/bridge")
    link = ada.said("see").get_by_role("link")
    await expect(link).to_have_attribute("target", "_blank")
    await expect(link).to_have_attribute("rel", "noopener noreferrer")
    text = "javascript:alert(1)"
    await ada.write(text)
    await expect(ada.said(text)).to_be_visible()
    await expect(ada.said(text).get_by_role("link")).to_have_count(0)
