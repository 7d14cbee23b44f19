"""Groups: who is in them, what the bot hears there, and what it may do."""

import asyncio

import pytest

from .conftest import ADA, BEN, TOKEN, People, Stream, until_held

BOT = int(TOKEN.partition(":")[0])
KICKED = (403, "Forbidden: bot was kicked from the supergroup chat")


@pytest.fixture
async def group(people: People) -> int:
    made = await people.post("groups", title=" Readers ", readers=[ADA, BEN, ADA])
    return int(made["chat"])


async def write(people, chat, text="/x", reader=ADA, **more):
    return await people.post("messages", reader=reader, chat=chat, text=text, **more)


async def test_a_new_group(people):
    """An id as supergroups have it; the state shows the group, and readers keep their chats."""
    before = (await people.get("state"))["chats"]
    made = await people.post("groups", title="A", readers=[BEN])
    assert made == {"chat": -1001000000001, "title": "A", "readers": [BEN]}
    assert (await people.post("groups", title="B", readers=[ADA, BEN]))["chat"] == -1001000000002
    message = (await write(people, made["chat"], "hello", BEN))["message"]
    shown = {"id": made["chat"], "type": "supergroup", "title": "A", "readers": [BEN]}
    chats = (await people.get("state"))["chats"]
    assert chats[:3] == [*before, {**shown, "messages": [message]}]


async def test_a_new_group_is_announced(people, http):
    """With an event of its own."""
    async with http.stream("GET", "/sandbox/events") as response:
        stream = Stream(response)
        await stream.next()
        await people.post("groups", title="A", readers=[BEN])
        (*_, chat) = (await people.get("state"))["chats"]
        assert await stream.next() == ("chat", {"chat": chat})


@pytest.mark.parametrize(
    ("path", "fields", "status"),
    [
        ("groups", {"readers": [ADA]}, 400),
        ("groups", {"title": " ", "readers": [ADA]}, 400),
        ("groups", {"title": "x" * 129, "readers": [ADA]}, 400),
        ("groups", {"title": "A"}, 400),
        ("groups", {"title": "A", "readers": []}, 400),
        ("groups", {"title": "A", "readers": [True]}, 400),
        ("groups", {"title": "A", "readers": [[ADA]]}, 400),
        ("groups", {"title": "A", "readers": [5]}, 404),
        ("groups/-5/remove", {}, 404),
        (f"groups/{ADA}/remove", {}, 400),
        ("messages", {"reader": ADA, "chat": BEN, "text": "x"}, 400),
        ("messages", {"reader": ADA, "chat": "x", "text": "x"}, 400),
        ("messages", {"reader": ADA, "chat": -5, "text": "x"}, 404),
    ],
)
async def test_what_groups_cannot_be(people, path, fields, status):
    """Each with a sentence that says why."""
    assert await people.refused(path, **fields) == status


async def test_a_readers_message(api, people, group):
    """It is from the reader and of the group; an edit is told as one."""
    sent = await write(people, group, "/start now", BEN)
    message = sent["message"]
    assert message["chat"] == {"id": group, "title": "Readers", "type": "supergroup"}
    assert message["from"]["id"] == BEN
    place = {"reader": BEN, "chat": group, "message_id": message["message_id"]}
    edited = await people.post("messages/edit", **place, text="/start later")
    assert await api("getUpdates") == [
        {"update_id": sent["update_id"], "message": message},
        {"update_id": edited["update_id"], "edited_message": edited["message"]},
    ]
    assert await people.refused("messages/edit", **{**place, "reader": ADA}, text="x") == 400
    read = await people.get(f"chats/{group}/messages")
    assert read["messages"] == [edited["message"]]


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        ("hello everybody", False),
        ("what of this / that", False),
        ("tell /x", False),
        ("/x", True),
        ("/x and more", True),
        ("/x@article_sandbox_bot", True),
        ("/x@Article_Sandbox_Bot y", True),
        ("/x@OtherBot", False),
        ("/x@OtherBot but @article_sandbox_bot", True),
        ("😀 ask @Article_sandbox_bot!", True),
        ("ask @article_sandbox_bots", False),
        ("see https://t.me/@article_sandbox_bot", False),
    ],
)
async def test_privacy_mode(api, people, group, text, heard):
    """Only commands and mentions are heard; all else is in the chat just the same."""
    sent = await write(people, group, text)
    assert (sent["update_id"] is not None) is heard
    assert len(await api("getUpdates")) == heard
    assert (await people.get(f"chats/{group}/messages"))["messages"] == [sent["message"]]


async def test_replies_and_captions_are_heard(api, people, group):
    """Replies to the bot, not to people; a mention below a photo, not a photo alone."""
    own = await api("sendMessage", chat_id=group, text="question")
    theirs = (await write(people, group, "hm"))["message"]
    yes = await write(people, group, "an answer", reply_to=own["message_id"])
    assert yes["message"]["reply_to_message"] == own
    no = await write(people, group, "an answer", reply_to=theirs["message_id"])
    photo = {"reader": ADA, "chat": group, "photo": True}
    bare = await people.post("messages", **photo)
    mention = await people.post("messages", **photo, caption="for @article_sandbox_bot")
    assert [x["update_id"] is None for x in (yes, no, bare, mention)] == [False, True, True, False]


async def test_taps(api, people, group):
    """Everybody in the group may tap, nobody else."""
    sent = await api("sendMessage", chat_id=group, text="x")
    assert sent["chat"]["type"] == "supergroup"
    place = {"chat": group, "message_id": sent["message_id"], "data": "a"}
    for reader in (ADA, BEN):
        await people.post("taps", reader=reader, **place)
    queries = [update["callback_query"] for update in await api("getUpdates")]
    assert [query["from"]["id"] for query in queries] == [ADA, BEN]
    assert all(query["message"] == sent for query in queries)
    assert queries[0]["chat_instance"] == queries[1]["chat_instance"]
    outsider = (await people.post("readers"))["chat"]
    assert await people.refused("taps", reader=outsider, **place) == 400
    assert await people.refused("messages", reader=outsider, chat=group, text="x") == 400
    assert await people.refused("taps", reader=ADA, message_id=sent["message_id"], data="a") == 400


async def test_chat_and_members(api, people, group):
    """The first reader made it, others and the bot are members; another reader is none."""
    from telegram import ChatFullInfo

    chat = ChatFullInfo.de_json(await api("getChat", chat_id=group), None)
    assert (chat.id, chat.type, chat.title) == (group, "supergroup", "Readers")
    outsider = (await people.post("readers"))["chat"]
    for user, status in (
        (ADA, "creator"),
        (BEN, "member"),
        (BOT, "member"),
        (outsider, "left"),
    ):
        member = await api("getChatMember", chat_id=group, user_id=user)
        assert (member["status"], member["user"]["id"]) == (status, user)
    assert (await api.refused("getChatMember", chat_id=group, user_id=5))[0] == 400


async def test_the_bot_deletes_its_own_messages_only(api, people, group):
    """It is no administrator."""
    own = (await api("sendMessage", chat_id=group, text="x"))["message_id"]
    theirs = (await write(people, group))["message"]["message_id"]
    assert await api("deleteMessage", chat_id=group, message_id=own) is True
    refused = await api.refused("deleteMessage", chat_id=group, message_id=theirs)
    assert refused == (400, "message can't be deleted")


async def test_a_removed_bot(api, people, group):
    """It can do nothing there and hears nothing; other chats are as before."""
    sent = await api("sendMessage", chat_id=group, text="x")
    assert await people.post(f"groups/{group}/remove") == {"chat": group, "removed": True}
    place = {"chat_id": group, "message_id": sent["message_id"]}
    for method in ("sendMessage", "editMessageText", "editMessageReplyMarkup", "deleteMessage"):
        assert await api.refused(method, **place, text="y") == KICKED
    assert await api.refused("getChat", chat_id=group) == KICKED
    assert (await write(people, group))["update_id"] is None
    await api("sendMessage", chat_id=ADA, text="x")
    assert (await people.get(f"chats/{group}/messages"))["messages"][0] == sent


async def test_reading_a_group_waits_for_the_bot(api, people, group, server):
    """As in a private chat."""
    asked = (await write(people, group))["message"]
    path = f"chats/{group}/messages"
    waiting = asyncio.create_task(people.get(path, after=asked["message_id"], wait=10))
    await until_held(server)
    sent = await api("sendMessage", chat_id=group, text="!")
    assert (await waiting)["messages"] == [sent]
