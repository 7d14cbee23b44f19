"""Channels: posts, who may write them, and their forwards in the discussion group."""

import pytest
from telegram import ChatFullInfo, ChatMember, MessageOriginChannel, Update

from .conftest import ADA, BEN, TOKEN, Stream
from .test_sandbox_inline_queries import article, asked, chosen
from .test_sandbox_messages import NOT_MODIFIED, button, keyboard

BOT = int(TOKEN.partition(":")[0])
OUTSIDE = (403, "Forbidden: bot is not a member of the channel chat")


async def channel(people, **fields):
    fields = {"title": "News", "username": "the_news", "readers": [ADA, BEN], **fields}
    return (await people.post("channels", **fields))["chat"]


@pytest.fixture
async def discussed(people):
    """A channel and its discussion group."""
    group = (await people.post("groups", title="Talk", readers=[ADA, BEN]))["chat"]
    return await channel(people, discussion=group), group


async def messages(people, chat):
    return (await people.get(f"chats/{chat}/messages"))["messages"]


async def test_a_new_channel(api, people, http):
    """Its id is a channel's; pages hear of it; getChat shows it."""
    async with http.stream("GET", "/sandbox/events") as response:
        stream = Stream(response)
        await stream.next()
        fields = {"title": " News ", "username": "The_News", "readers": [ADA, BEN]}
        made = await people.post("channels", **fields)
        shown = (await people.get("state"))["chats"][-1]
        assert await stream.next() == ("chat", {"chat": shown})
    assert made == {**fields, "title": "News", "chat": made["chat"], "discussion": None}
    assert str(made["chat"]).startswith("-100")
    head = {"id": made["chat"], "type": "channel", "title": "News", "username": "The_News"}
    assert shown == {
        **head,
        "readers": [ADA, BEN],
        "discussion": None,
        "bot_status": "administrator",
        "messages": [],
    }
    chat = ChatFullInfo.de_json(await api("getChat", chat_id="@the_NEWS"), None)
    assert (chat.id, chat.type, chat.username) == (made["chat"], "channel", "The_News")
    for user, status in ((ADA, "creator"), (BEN, "member"), (BOT, "administrator")):
        found = await api("getChatMember", chat_id=chat.id, user_id=user)
        assert ChatMember.de_json(found, None).status == status


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"username": "x"}, 400),
        ({"username": "1news"}, 400),
        ({"username": "the news"}, 400),
        ({"username": "article_sandbox_bot"}, 400),
        ({"username": "TAKEN"}, 400),
        ({"title": ""}, 400),
        ({"readers": []}, 400),
        ({"readers": [5]}, 404),
        ({"discussion": -5}, 404),
        ({"discussion": ADA}, 400),
        ({"bot": 1}, 400),
    ],
)
async def test_what_channels_cannot_be(people, fields, status):
    """Each with a sentence that says why."""
    await channel(people, username="taken")
    right = {"title": "News", "username": "the_news", "readers": [ADA]}
    assert await people.refused("channels", **{**right, **fields}) == status


async def test_a_group_discusses_one_channel(people, discussed):
    """And is a supergroup."""
    _, group = discussed
    right = {"title": "News", "username": "other", "readers": [ADA]}
    assert await people.refused("channels", **right, discussion=group) == 400
    basic = (await people.post("groups", title="A", readers=[ADA], kind="group"))["chat"]
    assert await people.refused("channels", **right, discussion=basic) == 400


async def test_the_bots_posts(api, people):
    """From the channel and nobody; sent, edited and deleted also by the channel's @username."""
    number = await channel(people)
    place = {"chat_id": "@The_News"}
    sent = await api("sendMessage", **place, text="x", reply_markup=keyboard([button()]))
    assert "from" not in sent
    assert sent["sender_chat"] == sent["chat"]
    assert (sent["chat"]["id"], sent["chat"]["type"]) == (number, "channel")
    (shown,) = await messages(people, number)
    assert shown == {**sent, "from": shown["from"]}
    assert shown["from"]["id"] == BOT
    place["message_id"] = sent["message_id"]
    edited = await api("editMessageText", **place, text="y")
    assert ("from" in edited, edited["text"]) == (False, "y")
    reply = await api(
        "sendMessage", chat_id=number, text="z", reply_to_message_id=sent["message_id"]
    )
    assert "from" not in reply["reply_to_message"]
    assert await api("deleteMessage", **place) is True
    assert await api.refused("sendMessage", chat_id="@nobody", text="x") == (400, "chat not found")


async def test_the_owners_posts(api, people):
    """Updates of their own kind, without `from`; only the owner writes, all may tap."""
    number = await channel(people)
    place = {"reader": ADA, "chat": number}
    post = await people.post("messages", **place, text="hello")
    assert post["message"]["from"]["id"] == ADA
    place["message_id"] = post["message"]["message_id"]
    changed = await people.post("messages/edit", **place, text="hello!")
    first, second = [Update.de_json(update, None) for update in await api("getUpdates")]
    assert (first.update_id, first.channel_post.text) == (post["update_id"], "hello")
    assert first.channel_post.from_user is None
    assert first.channel_post.sender_chat.id == number
    assert (second.update_id, second.edited_channel_post.text) == (changed["update_id"], "hello!")
    assert await people.refused("messages", reader=BEN, chat=number, text="x") == 400
    sent = await api("sendMessage", chat_id=number, text="x")
    tap = {"chat": number, "message_id": sent["message_id"], "data": "a"}
    await people.post("taps", reader=BEN, **tap)
    query = (await api("getUpdates"))[-1]["callback_query"]
    assert query["message"] == sent
    edit = {"chat_id": number, "message_id": place["message_id"], "text": "mine"}
    assert await api.refused("editMessageText", **edit) == (400, "message can't be edited")


async def test_a_channel_without_the_bot(api, people):
    """It can look at it and nothing else."""
    number = await channel(people, bot=False)
    post = await people.post("messages", reader=ADA, chat=number, text="x")
    assert post["update_id"] is None
    place = {"chat_id": "@the_news", "message_id": post["message"]["message_id"]}
    for method in ("sendMessage", "editMessageText", "deleteMessage", "sendChatAction"):
        more = {"action": "typing"} if method == "sendChatAction" else {"text": "x"}
        assert await api.refused(method, **place, **more) == OUTSIDE
    assert (await api("getChat", chat_id="@the_news"))["id"] == number
    refused = await api.refused("getChatMember", chat_id=number, user_id=ADA)
    assert refused == (400, "member list is inaccessible")


async def test_limits_faults_and_calls_know_its_name(api, people):
    """As its id."""
    number = await channel(people)
    await people.post("limits", group_per_minute=1)
    assert (await api.raw("sendMessage", chat_id="@the_news", text="x")).status_code == 200
    assert (await api.raw("sendMessage", chat_id=number, text="x")).status_code == 429
    await people.post("limits")
    await people.post("faults", kind="500", chat=number, times=1)
    assert (await api.raw("sendMessage", chat_id="@the_news", text="x")).status_code == 500
    calls = (await people.get("calls"))["calls"]
    assert [call["chat"] for call in calls] == [number] * 3
    assert calls[0]["params"]["chat_id"] == "@the_news"


async def test_posts_are_forwarded(api, people, discussed):
    """From Telegram itself, in the channel's name; a member bot hears of it."""
    number, group = discussed
    markup = keyboard([button()])
    bold = [{"type": "bold", "offset": 0, "length": 1}]
    sent = await api("sendMessage", chat_id=number, text="x", entities=bold, reply_markup=markup)
    (forward,) = await messages(people, group)
    (update,) = await api("getUpdates")
    assert update["message"] == forward
    parsed = Update.de_json(update, None).message
    assert (parsed.from_user.id, parsed.from_user.is_bot) == (777000, False)
    assert (parsed.sender_chat.id, parsed.is_automatic_forward) == (number, True)
    assert isinstance(parsed.forward_origin, MessageOriginChannel)
    assert parsed.forward_origin.chat.id == number
    assert parsed.forward_origin.message_id == sent["message_id"]
    assert (forward["text"], forward["entities"]) == ("x", bold)
    assert forward["reply_markup"] == markup
    info = ChatFullInfo.de_json(await api("getChat", chat_id=number), None)
    assert info.linked_chat_id == group
    info = ChatFullInfo.de_json(await api("getChat", chat_id=group), None)
    assert info.linked_chat_id == number


async def test_forwards_follow_edits(api, people, discussed):
    """Of the text and of the keyboard; the bot cannot edit them, and hears of new texts."""
    number, group = discussed
    sent = await api("sendMessage", chat_id=number, text="x", reply_markup=keyboard([button()]))
    (old,) = await messages(people, group)
    place = {"chat_id": number, "message_id": sent["message_id"]}
    await api("editMessageReplyMarkup", **place, reply_markup=keyboard([button("B")]))
    (forward,) = await messages(people, group)
    assert forward == {**old, "reply_markup": keyboard([button("B")])}
    await api("editMessageText", **place, text="y")
    assert await api.refused("editMessageText", **place, text="y") == (400, NOT_MODIFIED)
    (forward,) = await messages(people, group)
    assert (forward["text"], "reply_markup" in forward) == ("y", False)
    updates = await api("getUpdates")
    assert [set(update) - {"update_id"} for update in updates] == [{"message"}, {"edited_message"}]
    assert updates[1]["edited_message"] == forward
    mine = {"chat_id": group, "message_id": forward["message_id"], "text": "z"}
    assert await api.refused("editMessageText", **mine) == (400, "message can't be edited")
    await people.post("messages", reader=ADA, chat=number, text="one more")
    assert [m["text"] for m in await messages(people, group)] == ["y", "one more"]


async def test_taps_on_a_forward(api, people, discussed):
    """The query tells the forward, not the post."""
    number, group = discussed
    await api("sendMessage", chat_id=number, text="x", reply_markup=keyboard([button()]))
    (forward,) = await messages(people, group)
    place = {"reader": BEN, "chat": group, "message_id": forward["message_id"]}
    await people.post("taps", **place, data="a")
    query = Update.de_json((await api("getUpdates"))[-1], None).callback_query
    assert (query.message.chat.id, query.message.message_id) == (group, forward["message_id"])
    assert query.message.is_automatic_forward is True


async def test_an_order_of_events(api, people, discussed):
    """The post comes before its forward."""
    number, _ = discussed
    await people.post("messages", reader=ADA, chat=number, text="x")
    kinds = [(set(update) - {"update_id"}).pop() for update in await api("getUpdates")]
    assert kinds == ["channel_post", "message"]


async def test_an_inline_post(api, people, discussed):
    """The owner puts it there; it is edited by its inline id, and the forward follows."""
    number, group = discussed
    got = await asked(api, people, article(reply_markup=keyboard([button()])), chat=number)
    done = await chosen(people, got, number)
    assert done["message"]["sender_chat"]["id"] == number
    updates = await api("getUpdates")
    assert updates[0]["inline_query"]["chat_type"] == "channel"
    post = next(u["channel_post"] for u in updates if "channel_post" in u)
    assert ("inline_message_id" in post, "from" in post) == (False, False)
    await api("editMessageText", inline_message_id=done["inline_message_id"], text="later")
    assert [m["text"] for m in await messages(people, group)] == ["later"]
    wrong = {"reader": BEN, "chat": number, "inline_query_id": "1", "result_id": "1"}
    assert await people.refused("inline_queries/choose", **wrong) == 400
