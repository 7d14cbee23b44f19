"""Several processes with one database, on both engines."""

import asyncio
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from bot.store.base import Change, MessageRef, TrackedMessage
from tests.store.conftest import ADA, Clock, Opener, create_store, execute
from tests.support.corpora import ROOT

VOTES = """
import asyncio, pathlib, sys, time
from tests.store.conftest import create_store

async def main(engine, address, seed):
    store = create_store(pathlib.Path(address) if engine == "sqlite" else address, time.time)
    await store.open()
    reactions = ("like", "love", "sad", "wow")
    async def one(n):
        await store.vote("x", bytes([n % 10]) * 32, reactions[(n + seed) % 4], f"{n}")
    # All processes get the same callback queries, each in another order.
    order = sorted(range(120), key=lambda n: (n * 7919 + seed * 104729) % 211)
    for start in range(0, 120, 8):
        await asyncio.gather(*(one(n) for n in order[start:start + 8]))
    await store.close()

asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
"""


@pytest.mark.slow
async def test_several_processes_at_once(address: str | Path, opened: Opener) -> None:
    """Every tap reaches three processes, is counted once, and the counts equal the votes."""
    engine = "sqlite" if isinstance(address, Path) else "postgres"
    running = [
        subprocess.Popen([sys.executable, "-c", VOTES, engine, str(address), str(n)], cwd=ROOT)
        for n in range(3)
    ]
    assert [process.wait(timeout=60) for process in running] == [0, 0, 0]
    store = await opened()
    rows = await execute(address, "SELECT reaction FROM votes")
    assert (await store.counts("x")).votes == Counter(reaction for (reaction,) in rows)
    assert await execute(address, "SELECT COUNT(*) FROM callback_queries") == [(120,)]


async def test_several_processes_may_start_at_once(address: str | Path, clock: Clock) -> None:
    """On a database that does not exist yet: one creates it, the others wait."""
    stores = [create_store(address, clock) for _ in range(4)]
    await asyncio.gather(*(store.open() for store in stores))
    assert (await stores[3].vote("x", ADA, "like", "1")).counts.votes == {"like": 1}
    for store in stores:
        await store.close()


async def test_the_next_process_sees_the_same(
    address: str | Path, clock: Clock, opened: Opener
) -> None:
    """Votes, tracked messages and deferred updates are kept in the database."""
    first = create_store(address, clock)
    await first.open()
    await first.vote("x", ADA, "like", "1")
    message = TrackedMessage(MessageRef(1, 2), "x", "{}", 0)
    await first.track(message)
    await first.defer([(7, "body")])
    await first.close()
    again = await opened()
    assert (await again.counts("x")).votes == {"like": 1}
    assert (await again.vote("x", ADA, "like", "1")).change is Change.REPEATED
    assert (await again.tracked_with_counts(message.ref) or [None])[0] == message
    assert await again.deferred() == [(7, "body")]


async def test_readers_who_swap_reactions_at_once(opened: Opener) -> None:
    """Votes that change the same rows in two processes: none fails, none is lost."""
    stores = [await opened(), await opened()]
    reactions = ("like", "love", "sad")
    voters = [bytes([number]) * 32 for number in range(12)]
    ref = MessageRef(1, 2)
    await stores[0].track(TrackedMessage(ref, "x", "{}", 0))
    for turn in range(10):
        await asyncio.gather(
            *(
                stores[n % 2].vote("x", voter, reactions[(turn + n) % 3], f"{turn}-{n}", ref)
                for n, voter in enumerate(voters)
            )
        )
    expected = Counter(reactions[(9 + n) % 3] for n in range(12))
    assert (await stores[0].counts("x")).votes == expected


async def test_one_readers_taps_at_once_in_two_processes(opened: Opener) -> None:
    """A callback query that both get counts once; of two different ones, each sees the other."""
    stores = [await opened(), await opened()]
    for n in range(20):
        results = await asyncio.gather(*(s.vote("x", ADA, "like", f"{n}") for s in stores))
        assert [result.change for result in results].count(Change.REPEATED) >= 1
        await stores[0].vote("x", ADA, "sad", f"{n}-other")
    assert (await stores[0].counts("x")).votes == {"sad": 1}
