"""Faults of what getUpdates delivers: updates that are repeated or in another order."""

import time

from .conftest import ADA
from .test_sandbox_faults import order


async def ids(api, **params):
    return [update["update_id"] for update in await api("getUpdates", **params)]


async def wrote(people, count):
    fields = {"reader": ADA, "text": "x"}
    return [(await people.post("messages", **fields))["update_id"] for _ in range(count)]


async def test_repeated(api, people):
    """What was delivered and confirmed comes once more, in front of what is new."""
    await order(people, "repeated")
    one, two = await wrote(people, 2)
    assert await ids(api) == await ids(api) == [one, two]
    (three,) = await wrote(people, 1)
    assert await ids(api, offset=two + 1) == [one, two, three]
    assert await ids(api, offset=two + 1) == [three]
    started = time.monotonic()
    assert await ids(api, offset=three + 1, timeout=10) == [three]
    assert time.monotonic() - started < 5
    assert await ids(api, offset=three + 1) == []
    assert (await people.get("faults"))["faults"][0]["struck"] == 2


async def test_repeated_counts_answers(api, people):
    """It is gone after so many, with what was still to come again."""
    await order(people, "repeated", times=1)
    written = await wrote(people, 3)
    await ids(api)
    assert await ids(api, offset=written[-1] + 1, limit=2) == written[:2]
    assert await ids(api, offset=written[-1] + 1) == []
    assert await people.get("faults") == {"faults": []}


async def test_what_was_not_delivered_is_not_repeated(api, people):
    """Nor what chance spares."""
    fault = await order(people, "repeated")
    written = await wrote(people, 2)
    assert await ids(api, offset=-1) == written[1:]
    await people.http.delete(f"/sandbox/faults/{fault}")
    await order(people, "repeated", share=0)
    assert await ids(api, offset=written[1] + 1) == []


async def test_reordered(api, people):
    """All of an answer's updates, in another order; one alone cannot be mixed up."""
    await order(people, "reordered", times=2)
    written = await wrote(people, 1)
    assert await ids(api) == written
    written += await wrote(people, 4)
    mixed = await ids(api)
    assert mixed != written
    assert sorted(mixed) == written
    assert await ids(api, limit=2) == written[1::-1]
    assert await ids(api) == written
    assert await people.get("faults") == {"faults": []}
