"""What readers and articles say is never markup, and breaks no layout."""

import pytest
from playwright.async_api import expect

from bot.cli.sandbox import SANDBOX_TOKEN
from tests.page.conftest import Desk

pytestmark = pytest.mark.asyncio(loop_scope="session")
ATTEMPTS = [
    "<script>document.title = 'hacked'</script>",
    "<img src=x onerror=\"document.title = 'hacked'\"> <b>&amp;</b>",
    "\u202egnp.exe \u2067 isolated",
    "w" * 600,
    "שלום <i>x</i> مرحبا",
]


@pytest.mark.parametrize("text", ATTEMPTS)
async def test_text_is_shown_as_it_was_written(desk: Desk, text: str) -> None:
    """In the chat, in the list, as a name, and in the drawer."""
    page, ada = desk.page, desk.ada
    await ada.open(desk.club)
    await ada.write(text)
    shown = ada.chat.locator(".own .p").last
    await expect(shown).to_contain_text(text)
    await expect(ada.row(desk.club)).to_contain_text(text[:40])
    await desk.post(f"readers/{desk.readers[1]}", first_name=text[:40])
    await expect(page.get_by_role("region", name=text[:20]).first).to_be_visible()
    await desk.operator("Calls")
    assert await page.locator("img[src=x], .pane script, .pane i:not(.dots i)").count() == 0
    assert await page.title() == "Article bot sandbox"
    width = "(el) => el.scrollWidth - el.clientWidth"
    assert await ada.el.locator(".log").evaluate(width) <= 0


async def test_bots_are_not_trusted_either(desk: Desk) -> None:
    """Buttons, entities that cross each other, and links that would run a script."""
    entities = [
        {"type": "bold", "offset": 0, "length": 10},
        {"type": "italic", "offset": 5, "length": 10},
        {"type": "expandable_blockquote", "offset": 16, "length": 400},
    ]
    sent = await desk.client.post(
        f"/bot{SANDBOX_TOKEN}/sendMessage",
        json={
            "chat_id": desk.group,
            "text": "<b>0123456789ab " + "long <i>quotation</i> " * 20,
            "entities": entities,
            "reply_markup": {"inline_keyboard": [[{"text": "<u>key", "callback_data": "x"}]]},
        },
    )
    assert sent.json()["ok"], sent.text
    ada = desk.ada
    await ada.open(desk.club)
    await expect(ada.button("<u>key")).to_be_visible()
    await expect(ada.chat.locator("strong").first).to_have_text("<b>0123456")
    height = "(el) => el.clientHeight"
    quotation = ada.chat.locator(".expandable")
    before = await quotation.evaluate(height)
    await ada.button("Show more").click()
    assert await quotation.evaluate(height) > before
    await ada.button("Show less").click()
    assert await quotation.evaluate(height) == before
