"""Questions, answers and reactions in the chat with the bot."""

import pytest
from playwright.async_api import expect

from tests.page.conftest import QUESTION, Desk
from tests.support.sentences import NEXT, changed, voted

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_two_readers_see_the_same_counts(desk: Desk) -> None:
    """One asks and taps, the other's next answer shows it; the answer's sentence is bold."""
    ada, ben = desk.ada, desk.ben
    await ada.begin()
    await ben.begin()
    await ada.ask(QUESTION, "has agreed to")
    await expect(ada.quote.locator("strong")).to_contain_text("has agreed")
    await ada.love()
    await expect(ada.toast).to_contain_text(voted("Love"))
    await expect(ada.button("Love, 1")).to_be_visible()
    await ben.ask("Who has to approve the package?", "U.S. Senate")
    await expect(ben.button("Love, 1")).to_be_visible()
    await ben.love()
    await expect(ben.button("Love, 2")).to_be_visible()
    await expect(ada.button("Love, 2")).to_be_visible()


async def test_a_vote_is_changed_and_taken_back(desk: Desk) -> None:
    """With a toast for each."""
    ada = desk.ada
    await ada.begin()
    await ada.ask(QUESTION, "has agreed to")
    await ada.love()
    await expect(ada.button("Love, 1")).to_be_visible()
    await ada.button("Sad").click()
    await expect(ada.toast).to_contain_text(changed("Sad", "Love"))
    await expect(ada.button("Sad, 1")).to_be_visible()
    await expect(ada.button("Love", exact=True)).to_be_visible()
    # The same tap within a second is taken for an app's doing.
    await desk.page.wait_for_timeout(1100)
    await ada.button("Sad, 1").click()
    await expect(ada.button("Sad", exact=True)).to_be_visible()


async def test_a_sample_question_is_asked_by_a_tap(desk: Desk) -> None:
    """Without typing a word."""
    await desk.ada.begin()
    await desk.ada.button("Who has to approve the package?").click()
    await expect(desk.ada.quote).to_contain_text("U.S. Senate")


async def test_the_next_passage_takes_the_place_of_the_first(desk: Desk) -> None:
    """In the same message, and back again."""
    ada = desk.ada
    await ada.begin()
    await ada.ask(QUESTION, "has agreed to")
    messages = await ada.el.locator(".msg").count()
    await ada.button(NEXT).click()
    await expect(ada.said("match 2 of")).to_be_visible()
    await ada.button("Previous").click()
    await expect(ada.said("match 1 of")).to_be_visible()
    assert await ada.el.locator(".msg").count() == messages


async def test_ticks_tell_that_a_message_was_seen(desk: Desk) -> None:
    """By the bot in its chat, by the other reader in a group."""
    ada, ben = desk.ada, desk.ben
    await ada.begin()
    await expect(ada.el.locator(".own .ticks").last).to_contain_text("seen")
    await ada.open(desk.club)
    await ada.write("are you there?")
    await expect(ada.el.locator(".own .ticks").last).to_contain_text("sent")
    await ben.open(desk.club)
    await expect(ada.el.locator(".own .ticks").last).to_contain_text("seen")


async def test_the_menu_of_commands(desk: Desk) -> None:
    """By its button, by a slash, and by an arrow key and Enter."""
    ada = desk.ada
    await ada.begin()
    await ada.button("Menu").click()
    await ada.options.first.click()
    await expect(ada.button("Love")).to_be_visible()
    await ada.text.fill("/p")
    await expect(ada.options).to_have_count(1)
    await ada.text.press("Enter")
    await expect(ada.said("Your reaction to each article")).to_be_visible()


async def test_replies_edits_and_deletions(desk: Desk) -> None:
    """By the menu of a message; the other reader sees what came of it."""
    ada, ben = desk.ada, desk.ben
    for app in (ada, ben):
        await app.open(desk.club)
    await ada.write("first words")
    await ben.said("first words").click(button="right")
    await desk.page.get_by_role("menuitem", name="Reply").click()
    await ben.write("an answer")
    reply = ada.button("In reply to")
    await expect(reply).to_contain_text("first words")
    await reply.click()
    await expect(ada.el.locator(".flash")).to_contain_text("first words")

    await ada.chat.locator(".text", has_text="first words").click(button="right")
    await desk.page.get_by_role("menuitem", name="Edit").click()
    await ada.text.fill("other words")
    await ada.text.press("Enter")
    edited = ben.el.locator(".msg", has_text="other words").first
    await expect(edited).to_contain_text("edited")

    await ada.el.locator(".msg", has_text="other words").first.click(button="right")
    await desk.page.get_by_role("menuitem", name="Delete").click()
    await expect(edited.locator(".reply")).to_have_count(0)
    await expect(ben.el.locator(".bubble > .text", has_text="other words")).to_have_count(0)


async def test_the_menu_opens_at_the_first_press(desk: Desk) -> None:
    """By a click while something else has the focus, and by the keyboard."""
    ada = desk.ada
    await ada.begin()
    await desk.ben.row(desk.club).click()
    menu = ada.chat.get_by_role("button", name="Menu", exact=True)
    await menu.click()
    await expect(ada.options.first).to_be_visible()
    await ada.text.press("Escape")
    await expect(ada.options.first).to_be_hidden()
    await menu.focus()
    await desk.page.keyboard.press("Enter")
    await expect(ada.options.first).to_be_visible()


async def test_tab_takes_the_suggested_name(desk: Desk) -> None:
    """As apps complete what is typed."""
    ada = desk.ada
    await ada.open(desk.club)
    await ada.text.press_sequentially("@art")
    await expect(ada.options.first).to_be_visible()
    await ada.text.press("Tab")
    await expect(ada.text).to_have_value("@article_sandbox_bot ")
