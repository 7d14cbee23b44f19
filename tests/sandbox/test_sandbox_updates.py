"""getUpdates: what is delivered, what comes again, and who waits."""

import asyncio
import time

from .conftest import ADA, BEN, until_held


async def test_unconfirmed_updates_come_again(api, people):
    """An update stays until a getUpdates with a higher offset confirms it."""
    for text in "abc":
        await people.write(text)
    updates = await api("getUpdates")
    assert [update["message"]["text"] for update in updates] == ["a", "b", "c"]
    assert await api("getUpdates", limit=2) == updates[:2]
    assert await api("getUpdates", offset=updates[1]["update_id"]) == updates[1:]
    assert await api("getUpdates") == updates[1:]
    assert await api("getUpdates", offset=updates[2]["update_id"] + 1) == []
    assert await api("getUpdates") == []


async def test_negative_offset_and_bounds(api, people):
    """-1 keeps the last update and forgets the others; limits are pushed into 1-100."""
    for number in range(102):
        await people.write(str(number))
    assert len(await api("getUpdates", limit=5000)) == 100
    assert len(await api("getUpdates", limit=0)) == 1
    assert [u["message"]["text"] for u in await api("getUpdates", offset=-1)] == ["101"]
    assert len(await api("getUpdates")) == 1


async def test_long_polling_ends_with_the_first_update(api, people, server):
    """A poll waits for an update and no longer; with none it waits for its timeout."""
    started = time.monotonic()
    poll = asyncio.create_task(api("getUpdates", timeout=50))
    await until_held(server)
    await people.write("hello")
    assert [update["message"]["text"] for update in await poll] == ["hello"]
    assert time.monotonic() - started < 10
    update_id = (await api("getUpdates"))[0]["update_id"]
    started = time.monotonic()
    assert await api("getUpdates", offset=update_id + 1, timeout=1) == []
    assert 0.9 < time.monotonic() - started < 10


async def test_the_older_of_two_polls_gets_the_conflict(api, people, server):
    """The newer one goes on and gets the update."""
    older = asyncio.create_task(api.refused("getUpdates", timeout=50))
    await until_held(server)
    newer = asyncio.create_task(api("getUpdates", timeout=50))
    status, words = await older
    assert status == 409
    assert words == (
        "Conflict: terminated by other getUpdates request; "
        "make sure that only one bot instance is running"
    )
    await people.write("x")
    assert len(await newer) == 1


async def test_a_poll_whose_client_left_takes_nothing(api, people, server):
    """The update that came after waits for the next poll."""
    poll = asyncio.create_task(api("getUpdates", timeout=50))
    await until_held(server)
    poll.cancel()
    await asyncio.gather(poll, return_exceptions=True)
    await until_held(server, 0)
    await people.write("x")
    assert len(await api("getUpdates", timeout=5)) == 1
    assert len((await people.get("calls"))["calls"]) == 1


async def test_allowed_updates_are_remembered(api, people):
    """Other kinds are not queued until the bot asks anew; an empty list asks for the usual."""
    assert await api("getUpdates", allowed_updates=["callback_query"]) == []
    assert (await people.post("messages", reader=ADA, text="x"))["update_id"] is None
    assert await api("getUpdates") == []
    await api("getUpdates", allowed_updates=[])
    await people.write("y")
    assert [update["message"]["text"] for update in await api("getUpdates")] == ["y"]
    assert (await api.refused("getUpdates", allowed_updates={"a": 1}))[0] == 400


async def test_without_a_webhook(api, people):
    """Deleting none works and may drop what is pending."""
    await people.write("x", BEN)
    info = await api("getWebhookInfo")
    assert info == {"url": "", "has_custom_certificate": False, "pending_update_count": 1}
    assert await api("deleteWebhook") is True
    assert len(await api("getUpdates")) == 1
    assert await api("deleteWebhook", drop_pending_updates=True) is True
    assert await api("getUpdates") == []


async def test_raw_updates(api, people):
    """Any update is delivered as it is, but for the id; its callback query can be answered."""
    query = {"id": "77", "from": {"id": BEN, "is_bot": False, "first_name": "Ben"}, "data": "d"}
    sent = await people.post("updates", update={"callback_query": query, "update_id": 3})
    assert await api("getUpdates") == [{"callback_query": query, "update_id": sent["update_id"]}]
    assert await api("answerCallbackQuery", callback_query_id="77") is True


async def test_ids_that_begin_anew(api, people):
    """As after a week without updates: an offset of before confirms nothing and hides nothing."""
    await people.write("before")
    [old] = await api("getUpdates")
    assert await people.refused("updates/renumber", first=7) == 400
    assert await api("getUpdates", offset=old["update_id"] + 1) == []
    await people.post("updates/renumber", first=7)
    await people.write("after")
    for _ in range(2):
        [new] = await api("getUpdates", offset=old["update_id"] + 1)
        assert new["update_id"] == 7
    assert await api("getUpdates", offset=8) == []
    assert await people.refused("updates/renumber", first=0) == 400
