"""What @BotFather switches on and off for a bot."""

import pytest
from telegram import User

from .conftest import ADA, Stream

ALL_ON = {"inline": True, "inline_feedback": True, "guest": True, "privacy": True}


async def test_all_are_on_at_first(api, people):
    """getMe shows them; what is not named is switched on."""
    me = User.de_json(await api("getMe"), None)
    assert (me.supports_inline_queries, me.supports_guest_queries) == (True, True)
    assert me.can_read_all_group_messages is False
    off = dict.fromkeys(ALL_ON, False)
    assert await people.post("bot", **off) == off
    me = User.de_json(await api("getMe"), None)
    assert (me.supports_inline_queries, me.supports_guest_queries) == (False, False)
    assert me.can_read_all_group_messages is True
    assert await people.post("bot", guest=False) == {**ALL_ON, "guest": False}
    assert await people.post("bot") == ALL_ON


async def test_pages_hear_of_it(people, http):
    """With the bot as it is now."""
    async with http.stream("GET", "/sandbox/events") as response:
        stream = Stream(response)
        await stream.next()
        await people.post("bot", inline=False)
        name, bot = await stream.next()
        assert (name, bot["supports_inline_queries"]) == ("bot", False)
        assert bot == (await people.get("state"))["bot"]


@pytest.mark.parametrize("value", [1, "true", []])
async def test_a_switch_is_on_or_off(people, value):
    """Nothing else."""
    assert await people.refused("bot", privacy=value) == 400


async def test_without_privacy_mode(api, people):
    """The bot hears everything in its groups, until it is removed."""
    group = (await people.post("groups", title="A", readers=[ADA]))["chat"]
    place = {"reader": ADA, "chat": group, "text": "hello everybody"}
    assert (await people.post("messages", **place))["update_id"] is None
    await people.post("bot", privacy=False)
    heard = await people.post("messages", **place)
    (update,) = await api("getUpdates")
    assert (update["update_id"], update["message"]) == (heard["update_id"], heard["message"])
    await people.post(f"groups/{group}/remove")
    assert (await people.post("messages", **place))["update_id"] is None
