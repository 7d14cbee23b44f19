"""Links that readers open, and readers who change."""

import pytest
from telegram import Update

from .conftest import ADA, BEN, Stream

LINK = "https://t.me/article_sandbox_bot"


async def parsed(api):
    return [Update.de_json(update, None) for update in await api("getUpdates")]


async def test_a_link_into_the_private_chat(api, people):
    """Writes /start and the payload."""
    payload = "a_-Z9" + "x" * 59
    opened = await people.post("links", reader=ADA, url=f"{LINK}?start={payload}")
    (update,) = await parsed(api)
    assert (update.update_id, update.message.text) == (opened["update_id"], f"/start {payload}")
    assert (update.message.chat.id, update.message.from_user.id) == (ADA, ADA)
    assert opened["message"]["entities"][0]["type"] == "bot_command"


async def test_it_lets_a_blocked_bot_in(api, people):
    """As the app's START does."""
    await people.post(f"readers/{ADA}/block", blocked=True)
    await people.post("links", reader=ADA, url=f"{LINK}?start=x")
    _, unblocked, started = await parsed(api)
    assert unblocked.my_chat_member.new_chat_member.status == "member"
    assert started.message.text == "/start x"
    await api("sendMessage", chat_id=ADA, text="welcome back")


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("?startgroup=abc", "/start@article_sandbox_bot abc"),
        ("?startgroup=", "/start@article_sandbox_bot"),
        ("?startgroup", "/start@article_sandbox_bot"),
    ],
)
async def test_a_link_into_a_group(api, people, query, text):
    """Adds the bot when it is not there, and writes to it."""
    fields = {"title": "A", "readers": [ADA, BEN], "bot": False}
    group = (await people.post("groups", **fields))["chat"]
    opened = await people.post("links", reader=BEN, url=LINK + query, chat=group)
    moved, joined, started = await parsed(api)
    assert moved.my_chat_member.new_chat_member.status == "member"
    assert joined.message.new_chat_members
    assert (started.update_id, started.message.text) == (opened["update_id"], text)
    assert (started.message.chat.id, started.message.from_user.id) == (group, BEN)
    await people.post("links", reader=ADA, url=LINK + query, chat=group)
    assert [update.message.text for update in (await parsed(api))[3:]] == [text]


@pytest.mark.parametrize(
    "url",
    [
        "",
        LINK,
        f"{LINK}?start=",
        f"{LINK}?start",
        f"{LINK}?start=a%20b",
        f"{LINK}?start={'x' * 65}",
        f"{LINK}?start=a&startgroup=b",
        f"{LINK}?game=a",
        f"{LINK}?startgroup=a.b",
        "https://t.me/another_bot?start=a",
        "https://example.org/article_sandbox_bot?start=a",
        "tg://resolve?domain=article_sandbox_bot&start=a",
        "https://[",
    ],
)
async def test_other_links(people, url):
    """Are refused with a sentence."""
    group = (await people.post("groups", title="A", readers=[ADA]))["chat"]
    assert await people.refused("links", reader=ADA, url=url, chat=group) == 400


async def test_where_links_do_not_lead(people):
    """To no group, to another reader's, to what is no group."""
    group = (await people.post("groups", title="A", readers=[ADA]))["chat"]
    url = f"{LINK}?startgroup=a"
    assert await people.refused("links", reader=ADA, url=url) == 400
    assert await people.refused("links", reader=BEN, url=url, chat=group) == 400
    assert await people.refused("links", reader=ADA, url=url, chat=ADA) == 400
    assert await people.refused("links", reader=5, url=url, chat=group) == 404


async def test_a_reader_changes(api, people, http):
    """In all chats from then on; what was written keeps the old name."""
    group = (await people.post("groups", title="A", readers=[ADA]))["chat"]
    old = await people.write("x")
    async with http.stream("GET", "/sandbox/events") as response:
        stream = Stream(response)
        await stream.next()
        changed = await people.post(f"readers/{ADA}", first_name=" Adele ", language_code="de")
        reader = {"id": ADA, "first_name": "Adele", "language_code": "de"}
        assert changed == {"reader": reader}
        name, data = await stream.next()
        assert (name, data["reader"], data["chat"]["id"]) == ("reader", reader, ADA)
    sent = await people.post("messages", reader=ADA, chat=group, text="/x")
    assert sent["message"]["from"] == {**reader, "is_bot": False}
    assert (await api("getChat", chat_id=ADA))["first_name"] == "Adele"
    messages = (await people.get(f"chats/{ADA}/messages"))["messages"]
    assert messages == [old]
    assert (await people.post(f"readers/{ADA}"))["reader"] == reader
    assert (await people.post(f"readers/{ADA}", language_code=""))["reader"] == {
        **reader,
        "language_code": None,
    }
    assert await people.refused(f"readers/{ADA}", first_name=" ") == 400
    assert await people.refused(f"readers/{ADA}", language_code=5) == 400
    assert await people.refused("readers/5", first_name="x") == 404


async def test_a_language_is_a_code(people, http):
    """As BCP 47 has them; the refusal says what is wrong, and the reader stays as before."""
    for code in ("de", "pt-BR", "zh-hans", "es-419", "fil"):
        changed = await people.post(f"readers/{ADA}", language_code=code)
        assert changed["reader"]["language_code"] == code
    for code in ("x!", "x", "toolonglanguagecode", "de_DE", "de-", "de\n", "йц"):
        for path in ("readers", f"readers/{ADA}"):
            answer = await http.post(f"/sandbox/{path}", json={"language_code": code})
            assert answer.status_code == 400
            assert answer.json()["error"].startswith('"language_code" must be a code')
    readers = (await people.get("state"))["readers"]
    assert [reader["language_code"] for reader in readers] == ["fil", "en"]
