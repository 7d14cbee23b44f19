"""Groups: mentions, inline mode, a bot that comes and goes."""

import pytest
from playwright.async_api import expect

from tests.page.conftest import QUESTION, Desk
from tests.support.sentences import NOT_IN_ARTICLE

pytestmark = pytest.mark.asyncio(loop_scope="session")
BOT = "@article_sandbox_bot"


async def test_a_mention_is_answered_for_both(desk: Desk) -> None:
    """Talk without one is left alone; what is not open is counted as unread."""
    ada, ben = desk.ada, desk.ben
    await ada.open(desk.club)
    await ada.write("good morning")
    await expect(ben.row(desk.club)).to_contain_text("good morning")
    await expect(ben.row(desk.club).locator(".badge")).to_have_text("1 unread")
    await ada.write(f"{BOT} {QUESTION}")
    await expect(ada.quote).to_contain_text("has agreed to")
    await expect(ada.button("In reply to")).to_contain_text("what did the US agree to")
    await ben.open(desk.club)
    await expect(ben.quote).to_contain_text("has agreed to")
    await expect(ben.row(desk.club).locator(".badge")).to_be_hidden()
    await ben.love()
    await expect(ada.button("Love, 1")).to_be_visible()
    await ada.love()
    await expect(ben.button("Love, 2")).to_be_visible()


async def test_commands_of_groups(desk: Desk) -> None:
    """Others than in the bot's chat, and they name the bot."""
    ada = desk.ada
    await ada.open(desk.club)
    await ada.text.fill("/lang")
    await ada.options.first.click()
    await expect(ada.said("/language@article_sandbox_bot")).to_be_visible()
    await expect(ada.button("Deutsch")).to_be_visible()


async def test_an_inline_message_is_chosen_and_tapped(desk: Desk) -> None:
    """With arrow and Enter; both see the same counts below it."""
    ada, ben = desk.ada, desk.ben
    for app in (ada, ben):
        await app.open(desk.club)
    await ada.text.fill(f"{BOT} who has to approve the package?")
    await expect(ada.options.first).to_contain_text("U.S. package")
    await ada.text.press("ArrowDown")
    await ada.text.press("Enter")
    await expect(ben.quote).to_contain_text("U.S. Senate")
    await expect(ben.said(f"via {BOT}")).to_be_visible()
    await expect(ada.text).to_have_value("")
    await ben.love()
    await expect(ada.button("Love, 1")).to_be_visible()


async def test_an_inline_list_is_paged_and_escaped(desk: Desk) -> None:
    """It grows as it is scrolled; Escape closes it and leaves what was typed."""
    ada = desk.ada
    await ada.open(desk.club)
    await ada.text.fill(f"{BOT} ")
    options = ada.options
    await expect(options.first).to_be_visible()
    listed = await options.count()
    assert listed > 2
    await ada.text.press("Escape")
    await expect(options.first).to_be_hidden()
    await expect(ada.text).to_have_value(f"{BOT} ")


async def test_the_button_above_the_list_leads_to_the_bot(desk: Desk) -> None:
    """What is not found is asked in the chat with the bot, by START."""
    ada = desk.ada
    await ada.open(desk.club)
    await ada.text.fill(f"{BOT} zzyzx qwxyz")
    await ada.button("No match").click()
    await expect(ada.chat.locator(".head h3")).to_have_text("Article bot")
    await ada.button("START").click()
    await expect(ada.said(NOT_IN_ARTICLE)).to_be_visible()


async def test_the_bot_goes_and_comes(desk: Desk) -> None:
    """Thrown out it is asked as a guest; brought back it greets."""
    ada = desk.ada
    await ada.open(desk.club)
    await ada.button(f"About {desk.club}").click()
    await desk.page.get_by_role("button", name="Remove the bot").click()
    await expect(ada.chat.locator(".status")).to_have_text(", ".join(desk.names))
    await ada.write(f"{BOT} {QUESTION}")
    await expect(ada.quote).to_contain_text("has agreed to")
    await ada.button(f"About {desk.club}").click()
    await desk.page.get_by_role("button", name="Add the bot").click()
    await expect(ada.said(f"{desk.names[0]} added Article bot")).to_be_visible()
    await expect(ada.said("Otherwise I stay quiet")).to_be_visible()


async def test_a_group_that_became_a_supergroup(desk: Desk) -> None:
    """Is followed to its new place."""
    made = await desk.post("groups", title="Basic", readers=desk.readers, kind="group")
    await desk.ada.open("Basic")
    await desk.post(f"groups/{made['chat']}/migrate")
    await expect(desk.ada.said("This group became a supergroup")).to_be_visible()
    await expect(desk.ada.row("Basic")).to_have_count(1)
