"""The bot about itself, and about chats."""

import pytest

from .conftest import ADA, BEN


async def test_get_me(api):
    """The bot's id is the token's; logOut and close say yes."""
    me = await api("getMe")
    assert (me["id"], me["is_bot"], me["username"]) == (123456, True, "article_sandbox_bot")
    assert me["can_join_groups"] is True
    assert await api("logOut") is True
    assert await api("close") is True


async def test_commands_by_scope_and_language(api):
    """Each scope and language has its own; deleting leaves the others."""
    commands = [{"command": "a", "description": "A"}]
    scope = {"type": "chat", "chat_id": ADA}
    assert await api("setMyCommands", commands=commands) is True
    await api("setMyCommands", commands=[], scope={"type": "all_private_chats"})
    await api("setMyCommands", commands=commands * 2, scope=scope, language_code="de")
    assert await api("getMyCommands") == commands
    assert await api("getMyCommands", scope={"type": "default"}) == commands
    assert await api("getMyCommands", scope=scope) == []
    assert len(await api("getMyCommands", scope=scope, language_code="de")) == 2
    assert await api("deleteMyCommands") is True
    assert await api("getMyCommands") == []
    assert len(await api("getMyCommands", scope=scope, language_code="de")) == 2


async def test_commands_of_one_chat(api, people):
    """The page is told of which chat they are; a chat that does not exist has none."""
    admin = [{"command": "reload", "description": "Read again"}]
    scope = {"type": "chat", "chat_id": ADA}
    await api("setMyCommands", commands=admin, scope=scope)
    assert await api("getMyCommands", scope={**scope, "chat_id": str(ADA)}) == admin
    assert await api("getMyCommands", scope={**scope, "chat_id": BEN}) == []
    assert (await people.get("state"))["bot"]["scopes"] == {f"chat:{ADA}": {"": admin}}
    refused = await api.refused("setMyCommands", commands=[], scope={**scope, "chat_id": 5})
    assert refused == (400, "chat not found")
    await api("deleteMyCommands", scope=scope)
    assert await api("getMyCommands", scope=scope) == []


@pytest.mark.parametrize(
    "params",
    [
        {"commands": [{"command": "A", "description": "x"}]},
        {"commands": [{"command": "a" * 33, "description": "x"}]},
        {"commands": [{"command": "", "description": "x"}]},
        {"commands": [{"command": "a", "description": ""}]},
        {"commands": [{"command": "a", "description": "x" * 257}]},
        {"commands": [{"command": "a"}]},
        {"commands": ["a"]},
        {"commands": [{"command": "a", "description": "x"}] * 101},
        {"commands": {}},
        {},
        {"commands": [], "scope": {"type": "nowhere"}},
        {"commands": [], "scope": {"type": "chat"}},
        {"commands": [], "language_code": "english"},
    ],
)
async def test_commands_that_are_refused(api, params):
    """A 400, and nothing changes."""
    assert (await api.refused("setMyCommands", **params))[0] == 400
    assert await api("getMyCommands") == []


@pytest.mark.parametrize(
    ("kind", "field", "limit"),
    [
        ("Description", "description", 512),
        ("ShortDescription", "short_description", 120),
        ("Name", "name", 64),
    ],
)
async def test_texts(api, kind, field, limit):
    """Set by language, at most so long, empty to take away."""
    before = await api(f"getMy{kind}")
    text = "x" * limit
    assert await api(f"setMy{kind}", **{field: text}) is True
    await api(f"setMy{kind}", **{field: "auf Deutsch"}, language_code="de")
    assert await api(f"getMy{kind}") == {field: text}
    assert await api(f"getMy{kind}", language_code="de") == {field: "auf Deutsch"}
    assert (await api.refused(f"setMy{kind}", **{field: text + "x"}))[0] == 400
    await api(f"setMy{kind}", **{field: ""})
    if kind != "Name":
        assert await api(f"getMy{kind}") == before == {field: ""}


async def test_name_is_what_messages_carry(api):
    """setMyName changes the sender of later messages; an empty name brings back the first one."""
    await api("setMyName", name="Reader's friend")
    assert (await api("sendMessage", chat_id=ADA, text="x"))["from"]["first_name"] == (
        "Reader's friend"
    )
    await api("setMyName", name="")
    assert await api("getMyName") == {"name": "Article bot"}


async def test_chats_and_members(api):
    """A private chat has its reader and the bot."""
    from telegram import ChatFullInfo

    chat = ChatFullInfo.de_json(await api("getChat", chat_id=ADA), None)
    assert (chat.id, chat.type, chat.first_name) == (ADA, "private", "Ada")
    member = await api("getChatMember", chat_id=ADA, user_id=ADA)
    assert (member["status"], member["user"]["id"]) == ("member", ADA)
    assert (await api("getChatMember", chat_id=ADA, user_id=123456))["user"]["is_bot"]
    assert (await api.refused("getChatMember", chat_id=ADA, user_id=BEN))[0] == 400
    assert (await api.refused("getChat", chat_id=1))[1] == "chat not found"
    assert (await api.refused("sendChatAction", chat_id=ADA, action="sing"))[0] == 400
