"""A channel with its discussion group."""

import pytest
from playwright.async_api import expect

from bot.cli.sandbox import SANDBOX_TOKEN
from tests.page.conftest import Desk
from tests.support.corpora import ARTICLE

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def post_article(desk: Desk) -> None:
    """A post with reactions, as the bot makes them."""
    keyboard = [
        [
            {"text": text, "callback_data": f"r:{ARTICLE}:{name}"}
            for text, name in (("👍", "like"), ("❤️", "love"))
        ]
    ]
    response = await desk.client.post(
        f"/bot{SANDBOX_TOKEN}/sendMessage",
        json={
            "chat_id": desk.channel,
            "text": "US Offers Security Guarantees",
            "reply_markup": {"inline_keyboard": keyboard},
        },
    )
    assert response.json()["ok"], response.text


async def test_a_post_is_read_tapped_and_discussed(desk: Desk) -> None:
    """Taps in the channel and in the discussion are one count."""
    ada, ben = desk.ada, desk.ben
    await ben.open(desk.paper)
    await expect(ben.chat.get_by_text("Nothing is posted yet")).to_be_visible()
    await post_article(desk)
    await expect(ben.button("Leave a comment")).to_be_visible()
    await ben.love()
    await expect(ben.button("Love, 1")).to_be_visible()

    await ada.open(desk.talk)
    await expect(ada.said("Forwarded from")).to_contain_text(desk.paper)
    await expect(ada.button("Love, 1")).to_be_visible()
    await ada.love()
    await expect(ben.button("Love, 2")).to_be_visible()

    await ben.button("Leave a comment").click()
    await expect(ben.chat.locator(".head h3")).to_have_text(desk.talk)
    await ben.write("well said")
    await ben.open(desk.paper)
    await expect(ben.button("1 comment")).to_be_visible()


async def test_only_the_owner_writes(desk: Desk) -> None:
    await desk.ada.open(desk.paper)
    await desk.ben.open(desk.paper)
    await expect(desk.ben.chat.get_by_text("and the bot post here")).to_be_visible()
    await expect(desk.ben.text).to_have_count(0)
    await desk.ada.write("a word of the owner")
    await expect(desk.ben.said("a word of the owner")).to_be_visible()
