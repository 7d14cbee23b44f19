"""Kinds of groups, who is what in them, and the bot that comes and goes."""

import pytest
from telegram import Bot, ChatMember, Update
from telegram.error import ChatMigrated

from .conftest import ADA, BEN, TOKEN
from .test_sandbox_messages import button, keyboard
from .test_sandbox_python_telegram_bot import request

BOT = int(TOKEN.partition(":")[0])
UPGRADED = "Bad Request: group chat was upgraded to a supergroup chat"


async def group(people, **fields):
    fields = {"title": "A", "readers": [ADA, BEN], **fields}
    return (await people.post("groups", **fields))["chat"]


async def write(people, chat, text="/x", reader=ADA, **more):
    return await people.post("messages", reader=reader, chat=chat, text=text, **more)


async def parsed(api):
    return [Update.de_json(update, None) for update in await api("getUpdates")]


async def shown(people, chat):
    return next(c for c in (await people.get("state"))["chats"] if c["id"] == chat)


async def test_a_basic_group(api, people):
    """Its id is small and its type another; the bot is told so in its words too."""
    number = await group(people, kind="group")
    assert number == -5000001
    sent = await api("sendMessage", chat_id=number, text="x")
    assert sent["chat"] == {"id": number, "title": "A", "type": "group"}
    assert (await shown(people, number))["type"] == "group"
    reply = await write(people, number, reply_to=sent["message_id"])
    assert "message_thread_id" not in reply["message"]
    await people.post(f"groups/{number}/remove")
    refused = await api.refused("sendMessage", chat_id=number, text="x")
    assert refused == (403, "Forbidden: bot was kicked from the group chat")


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"kind": "channel"}, 400),
        ({"kind": "group", "forum": True}, 400),
        ({"forum": 1}, 400),
        ({"bot": 1}, 400),
        ({"admins": BEN}, 400),
        ({"admins": [5]}, 404),
        ({"admins": [BEN], "readers": [ADA]}, 400),
    ],
)
async def test_what_groups_cannot_be(people, fields, status):
    """Each with a sentence that says why."""
    right = {"title": "A", "readers": [ADA, BEN]}
    assert await people.refused("groups", **{**right, **fields}) == status


@pytest.mark.parametrize("kind", ["group", "supergroup"])
async def test_who_is_what(api, people, kind):
    """python-telegram-bot reads every kind of member."""
    cleo, dan = [(await people.post("readers"))["chat"] for _ in range(2)]
    number = await group(people, readers=[ADA, BEN, cleo], admins=[BEN], kind=kind)
    expected = {
        **{ADA: "creator", BEN: "administrator", cleo: "member"},
        **{dan: "left", BOT: "member"},
    }
    for user, status in expected.items():
        found = await api("getChatMember", chat_id=number, user_id=user)
        member = ChatMember.de_json(found, None)
        assert (member.status, member.user.id) == (status, user)
    assert (await shown(people, number))["admins"] == [ADA, BEN]


async def test_a_bot_that_never_was_in_a_group(api, people):
    """It hears nothing and can do nothing there, until a reader brings it."""
    number = await group(people, bot=False)
    assert (await write(people, number))["update_id"] is None
    words = (403, "Forbidden: bot is not a member of the supergroup chat")
    assert await api.refused("sendMessage", chat_id=number, text="x") == words
    assert (await shown(people, number))["bot_status"] == "left"
    added = await people.post(f"groups/{number}/add", reader=BEN)
    moved, told = await parsed(api)
    assert moved.update_id == added["update_id"]
    assert moved.my_chat_member.from_user.id == BEN
    assert moved.my_chat_member.old_chat_member.status == "left"
    assert moved.my_chat_member.new_chat_member.status == "member"
    assert [user.id for user in told.message.new_chat_members] == [BOT]
    assert (told.message.from_user.id, told.message.chat.id) == (BEN, number)
    assert "bot_status" not in await shown(people, number)
    await api("sendMessage", chat_id=number, text="x")
    again = await people.post(f"groups/{number}/add")
    assert (again["update_id"], again["message"]) == (None, None)


async def test_a_bot_that_is_thrown_out_and_comes_back(api, people):
    """Both times it is told who did it."""
    number = await group(people)
    await people.post(f"groups/{number}/remove", reader=BEN)
    await people.post(f"groups/{number}/remove", reader=BEN)
    await people.post(f"groups/{number}/add")
    out, back, _ = await parsed(api)
    assert out.my_chat_member.old_chat_member.status == "member"
    assert out.my_chat_member.new_chat_member.status == "kicked"
    assert out.my_chat_member.from_user.id == BEN
    assert back.my_chat_member.old_chat_member.status == "kicked"
    assert back.my_chat_member.from_user.id == ADA
    outsider = (await people.post("readers"))["chat"]
    for path in ("add", "remove"):
        assert await people.refused(f"groups/{number}/{path}", reader=outsider) == 400


async def test_blocking(api, people):
    """Tells the bot when something changes."""
    for blocked in (True, True, False):
        await people.post(f"readers/{ADA}/block", blocked=blocked)
    first, second = [update.my_chat_member for update in await parsed(api)]
    assert (first.chat.id, first.from_user.id) == (ADA, ADA)
    assert (first.old_chat_member.status, first.new_chat_member.status) == ("member", "kicked")
    assert (second.old_chat_member.status, second.new_chat_member.status) == ("kicked", "member")


async def test_a_group_becomes_a_supergroup(api, people):
    """Its people go along, what was written stays; every call to the old one tells the new id."""
    old = await group(people, kind="group", admins=[BEN])
    sent = await api("sendMessage", chat_id=old, text="x", reply_markup=keyboard([button()]))
    new = (await people.post(f"groups/{old}/migrate"))["chat"]
    left, came = await parsed(api)
    assert (left.message.chat.id, left.message.migrate_to_chat_id) == (old, new)
    assert (came.message.chat.id, came.message.migrate_from_chat_id) == (new, old)
    assert came.message.chat.type == "supergroup"
    for method in ("sendMessage", "getChat", "deleteMessage", "editMessageText"):
        place = {"chat_id": old, "message_id": sent["message_id"], "text": "y"}
        body = (await api.raw(method, **place)).json()
        assert (body["error_code"], body["description"]) == (400, UPGRADED)
        assert body["parameters"] == {"migrate_to_chat_id": new}
    assert (await api("getChatMember", chat_id=new, user_id=BEN))["status"] == "administrator"
    await api("sendMessage", chat_id=new, text="x")
    assert (await write(people, new))["update_id"]
    assert (await shown(people, old))["migrated_to"] == new
    place = {"reader": BEN, "chat": old, "message_id": sent["message_id"], "data": "a"}
    tapped = await people.post("taps", **place)
    query = (await api("getUpdates"))[-1]["callback_query"]
    assert query["message"] == sent
    await api("answerCallbackQuery", callback_query_id=tapped["callback_query_id"])
    for path, fields in (
        ("messages", {"reader": ADA, "chat": old, "text": "x"}),
        (f"groups/{old}/migrate", {}),
        (f"groups/{new}/migrate", {}),
        (f"groups/{old}/remove", {}),
    ):
        assert await people.refused(path, **fields) == 400


async def test_a_migration_without_the_bot(api, people):
    """It hears of nothing, and is not in the new one."""
    old = await group(people, kind="group", bot=False)
    new = (await people.post(f"groups/{old}/migrate"))["chat"]
    assert await api("getUpdates") == []
    assert (await api.refused("sendMessage", chat_id=new, text="x"))[0] == 403


async def test_python_telegram_bot_reads_the_new_id(server, people):
    """As its own kind of error."""
    old = await group(people, kind="group")
    new = (await people.post(f"groups/{old}/migrate"))["chat"]
    async with Bot(TOKEN, base_url=f"{server.url}/bot", request=request()) as bot:
        with pytest.raises(ChatMigrated) as caught:
            await bot.send_message(old, "x")
    assert caught.value.new_chat_id == new


async def test_readers_delete(api, people):
    """Their own, administrators any; in private chats either side's; no bot hears of it."""
    number = await group(people)
    own = (await write(people, number, reader=BEN))["message"]["message_id"]
    other = (await write(people, number))["message"]["message_id"]
    before = await api("getUpdates")
    place = {"reader": BEN, "chat": number}
    assert await people.refused("messages/delete", **place, message_id=other) == 400
    await people.post("messages/delete", **place, message_id=own)
    assert await people.refused("messages/delete", **place, message_id=own) == 404
    await people.post("messages/delete", reader=ADA, chat=number, message_id=other)
    assert (await people.get(f"chats/{number}/messages"))["messages"] == []
    sent = await api("sendMessage", chat_id=ADA, text="x")
    await people.post("messages/delete", reader=ADA, message_id=sent["message_id"])
    assert await api("getUpdates") == before
    refused = await api.refused(
        "editMessageText", **{"chat_id": ADA, "message_id": sent["message_id"], "text": "y"}
    )
    assert refused == (400, "message to edit not found")


async def test_anonymous_administrators(api, people):
    """They write as the group, edit and delete as themselves, and tap under their own name."""
    number = await group(people)
    sent = await write(people, number, **{"as": "group"})
    message = (await parsed(api))[0].message
    assert (message.from_user.id, message.from_user.username) == (1087968824, "GroupAnonymousBot")
    assert (message.from_user.is_bot, message.sender_chat.id) == (True, number)
    place = {"chat": number, "message_id": sent["message"]["message_id"]}
    assert await people.refused("messages/edit", reader=BEN, **place, text="y") == 400
    await people.post("messages/edit", reader=ADA, **place, text="y")
    refused = {"reader": BEN, "chat": number, "text": "x", "as": "group"}
    assert await people.refused("messages", **refused) == 400
    assert await people.refused("messages", **{**refused, "reader": ADA, "as": "me"}) == 400
    assert await people.refused("messages", reader=ADA, text="x", **{"as": "group"}) == 400
    await people.post("taps", reader=ADA, **place, data="a")
    assert (await api("getUpdates"))[-1]["callback_query"]["from"]["id"] == ADA


async def test_writing_as_a_channel(api, people):
    """Its owner does, in any group."""
    fields = {"title": "News", "username": "the_news", "readers": [BEN, ADA]}
    channel = (await people.post("channels", **fields))["chat"]
    number = await group(people)
    await write(people, number, reader=BEN, **{"as": channel})
    message = (await parsed(api))[0].message
    assert (message.from_user.id, message.from_user.username) == (136817688, "Channel_Bot")
    assert message.sender_chat.id == channel
    for wrong in (channel, number, 5):
        refused = {"reader": ADA, "chat": number, "text": "x", "as": wrong}
        assert await people.refused("messages", **refused) == 400


async def test_waiting_is_for_the_bot(people, api):
    """Others whose users are bots do not end it."""
    number = await group(people)
    await write(people, number, **{"as": "group"})
    got = await people.get(f"chats/{number}/messages", wait=0.1)
    assert len(got["messages"]) == 1
    await api("sendMessage", chat_id=number, text="x")
    assert len((await people.get(f"chats/{number}/messages", wait=10))["messages"]) == 2
