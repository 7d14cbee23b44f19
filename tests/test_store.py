"""What a store of votes, copies and waiting updates does, the same on both engines."""

import asyncio
import json
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.errors import StoreError
from bot.store.base import (
    CALLBACK_QUERY_KEPT,
    QUESTION_KEPT,
    REPEAT_WINDOW,
    Change,
    ChatSettings,
    MessageRef,
    TrackedMessage,
)
from bot.store.postgres import PostgresStore
from bot.store.sqlite import SqliteStore
from tests.support.corpora import ROOT
from tests.support.databases import new_database

ADA, BEN = b"a" * 32, b"b" * 32

Store = SqliteStore | PostgresStore
Opener = Callable[[], Awaitable[Store]]


class Clock:
    now = 1_000_000.0

    def __call__(self) -> float:
        # No two presses at the very same time.
        self.now += 0.000_1
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    with new_database() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgres"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str | Path:
    """Where a database of the test's own is."""
    if request.param == "sqlite":
        return tmp_path / "votes.db"
    url = request.getfixturevalue("postgres")
    asyncio.run(emptied(url))
    return str(url)


async def emptied(url: str) -> None:
    import asyncpg

    connection = await asyncpg.connect(url)
    await connection.execute("DROP SCHEMA IF EXISTS article_bot CASCADE")
    await connection.close()


def make(address: str | Path, key: bytes, clock: Clock) -> Store:
    if isinstance(address, Path):
        return SqliteStore(address, key, clock)
    return PostgresStore(address, key, clock)


@pytest.fixture
async def opened(address: str | Path, clock: Clock) -> AsyncIterator[Opener]:
    """Opens one more connection to the database, as one more process would."""
    stores: list[Store] = []

    async def open_one() -> Store:
        stores.append(make(address, b"key", clock))
        await stores[-1].open()
        return stores[-1]

    yield open_one
    for store in stores:
        await store.close()


@pytest.fixture
async def store(opened: Opener) -> Store:
    return await opened()


async def query(address: str | Path, sql: str) -> list[Any]:
    """Ask the database itself."""
    if isinstance(address, Path):
        import sqlite3

        connection = sqlite3.connect(address)
        try:
            return connection.execute(sql).fetchall()
        finally:
            connection.close()
    import asyncpg

    other = await asyncpg.connect(address, server_settings={"search_path": "article_bot"})
    try:
        return [tuple(row) for row in await other.fetch(sql)]
    finally:
        await other.close()


async def test_vote_change_take_back(store: Store, clock: Clock) -> None:
    """The counts follow; an article's votes are its own."""
    press = await store.vote("x", ADA, "like", "1")
    assert (press.change, press.choice, press.previous) == (Change.VOTED, "like", None)
    assert press.counts.votes == {"like": 1}
    press = await store.vote("x", ADA, "love", "2")
    assert (press.change, press.choice, press.previous) == (Change.CHANGED, "love", "like")
    assert press.counts.votes == {"love": 1}
    clock.now += REPEAT_WINDOW
    press = await store.vote("x", ADA, "love", "3")
    assert (press.change, press.choice, press.previous) == (Change.TAKEN_BACK, None, "love")
    assert press.counts.votes == {}
    await store.vote("y", ADA, "like", "4")
    assert (await store.counts("x")).votes == {}
    assert (await store.counts("y")).votes == {"like": 1}
    assert await store.all_counts() == {"x": {}, "y": {"like": 1}}


async def test_versions_grow_with_every_change_and_only_then(store: Store) -> None:
    """So that a copy with an older one is known to show old counts."""
    assert (await store.counts("x")).version == 0
    versions = [
        (await store.vote("x", ADA, "like", "1")).counts.version,
        (await store.vote("x", BEN, "like", "2")).counts.version,
        (await store.vote("x", ADA, "sad", "3")).counts.version,
    ]
    assert versions == sorted(set(versions))
    assert (await store.vote("x", ADA, "sad", "3")).counts.version == versions[-1]
    await store.forget_voter(BEN)
    assert (await store.counts("x")).version > versions[-1]


async def test_a_repeated_delivery_counts_once(store: Store, clock: Clock) -> None:
    """For a day, whatever came in between."""
    await store.vote("x", ADA, "like", "1")
    await store.vote("x", ADA, "love", "2")
    clock.now += CALLBACK_QUERY_KEPT - 1
    press = await store.vote("x", ADA, "like", "1")
    assert (press.change, press.counts.votes) == (Change.REPEATED, {"love": 1})


async def test_deliveries_are_forgotten_after_a_day(
    store: Store, clock: Clock, address: str | Path
) -> None:
    """The table does not grow for ever."""
    await store.vote("x", ADA, "like", "1")
    clock.now += CALLBACK_QUERY_KEPT + 1
    await store.vote("x", BEN, "like", "2")
    assert await query(address, "SELECT id FROM deliveries") == [("2",)]


async def test_the_same_press_within_a_second_counts_once(store: Store, clock: Clock) -> None:
    """Also when that second delivery comes once more, later."""
    await store.vote("x", ADA, "like", "1")
    clock.now += REPEAT_WINDOW / 2
    assert (await store.vote("x", ADA, "like", "2")).change is Change.REPEATED
    clock.now += REPEAT_WINDOW * 5
    assert (await store.vote("x", ADA, "like", "2")).change is Change.REPEATED
    assert (await store.vote("x", ADA, "like", "3")).change is Change.TAKEN_BACK


async def test_another_reader_is_no_repeat(store: Store) -> None:
    """At the very same time."""
    await store.vote("x", ADA, "like", "1")
    assert (await store.vote("x", BEN, "like", "2")).counts.votes == {"like": 2}


async def test_forget_removes_a_reader_for_good(store: Store) -> None:
    """A delivery that comes again brings nothing back."""
    await store.vote("x", ADA, "like", "1")
    await store.vote("y", ADA, "like", "2")
    await store.vote("x", BEN, "like", "3")
    assert await store.forget_voter(ADA) == 2
    assert (await store.counts("x")).votes == {"like": 1}
    assert (await store.vote("x", ADA, "like", "1")).change is Change.REPEATED
    assert (await store.counts("x")).votes == {"like": 1}
    assert await store.forget_voter(ADA) == 0


async def test_the_present_and_the_next_process_see_the_same(
    address: str | Path, clock: Clock, opened: Opener
) -> None:
    """Votes, copies and waiting updates are in the database and nowhere else."""
    first = make(address, b"key", clock)
    await first.open()
    await first.vote("x", ADA, "like", "1")
    await first.track(TrackedMessage(MessageRef(1, 2), "x", "{}", 0))
    await first.defer(7, "body")
    await first.close()
    again = await opened()
    assert (await again.counts("x")).votes == {"like": 1}
    assert (await again.vote("x", ADA, "like", "1")).change is Change.REPEATED
    assert await again.tracked(MessageRef(1, 2)) is not None
    assert await again.deferred() == [(7, "body")]


async def test_readers_who_swap_reactions_at_once(opened: Opener) -> None:
    """Presses that meet in the same rows, in two processes: none fails, none is lost."""
    stores = [await opened(), await opened()]
    reactions = ("like", "love", "sad")
    voters = [bytes([number]) * 32 for number in range(12)]
    for turn in range(10):
        await asyncio.gather(
            *(
                stores[n % 2].vote("x", voter, reactions[(turn + n) % 3], f"{turn}-{n}")
                for n, voter in enumerate(voters)
            )
        )
    expected = Counter(reactions[(9 + n) % 3] for n in range(12))
    assert (await stores[0].counts("x")).votes == expected


async def test_one_readers_presses_at_once_in_two_processes(opened: Opener) -> None:
    """The same delivery given to both counts once; of different ones, each sees the other's."""
    stores = [await opened(), await opened()]
    for n in range(20):
        presses = await asyncio.gather(*(s.vote("x", ADA, "like", f"{n}") for s in stores))
        changes = sorted(press.change for press in presses)
        assert changes.count(Change.REPEATED) >= 1
        await stores[0].vote("x", ADA, "sad", f"{n}-other")
    assert (await stores[0].counts("x")).votes == {"sad": 1}


PRESSES = """
import asyncio, json, pathlib, sys
from bot.store.postgres import PostgresStore
from bot.store.sqlite import SqliteStore

async def main(kind, address, seed):
    store = (
        SqliteStore(pathlib.Path(address), b"key") if kind == "sqlite"
        else PostgresStore(address, b"key")
    )
    await store.open()
    reactions = ("like", "love", "sad", "wow")
    async def one(n):
        await store.vote("x", bytes([n % 10]) * 32, reactions[(n + seed) % 4], f"{n}")
    # All processes deliver the same presses, in another order each.
    order = sorted(range(120), key=lambda n: (n * 7919 + seed * 104729) % 211)
    for start in range(0, 120, 8):
        await asyncio.gather(*(one(n) for n in order[start:start + 8]))
    await store.close()

asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
"""


async def test_several_processes_at_once(address: str | Path, opened: Opener) -> None:
    """Every press comes to three processes: counted once, and counts equal the votes."""
    kind = "sqlite" if isinstance(address, Path) else "postgres"
    running = [
        subprocess.Popen([sys.executable, "-c", PRESSES, kind, str(address), str(n)], cwd=ROOT)
        for n in range(3)
    ]
    assert [process.wait(timeout=60) for process in running] == [0, 0, 0]
    store = await opened()
    rows = await query(address, "SELECT reaction FROM votes")
    assert (await store.counts("x")).votes == Counter(reaction for (reaction,) in rows)
    assert await query(address, "SELECT COUNT(*) FROM deliveries") == [(120,)]


async def test_several_processes_may_start_at_once(address: str | Path, clock: Clock) -> None:
    """On a database that is not there yet: one makes it, the others wait."""
    stores = [make(address, b"key", clock) for _ in range(4)]
    await asyncio.gather(*(store.open() for store in stores))
    assert (await stores[3].vote("x", ADA, "like", "1")).counts.votes == {"like": 1}
    for store in stores:
        await store.close()


async def test_copies_are_known_until_they_are_forgotten(store: Store) -> None:
    """In a chat, and inline."""
    kept, gone = (
        TrackedMessage(MessageRef(-5, 1), "x", "{}", 3, 5.0),
        TrackedMessage(MessageRef(6, 2), "x", "{}", 4, 6.0),
    )
    inline = TrackedMessage(MessageRef(inline_message_id="abc"), "x", '{"a": "ü"}', 5, 7.0)
    for copy in (kept, gone, inline):
        await store.track(copy)
    for copy in (kept, gone, inline):
        assert await store.tracked(copy.ref) == copy
    newer = TrackedMessage(kept.copy, "x", "[]", 9, 8.0)
    await store.track(newer)
    assert await store.tracked(kept.ref) == newer
    await store.forget_chat(6)
    await store.forget_message(inline.ref)
    assert [await store.tracked(c.ref) for c in (kept, gone, inline)] == [newer, None, None]


async def test_stale_copies_come_most_recently_seen_first(store: Store) -> None:
    """Only those that show older counts of their article, a page at a time."""
    version = (await store.vote("x", ADA, "like", "1")).counts.version
    for number in range(6):
        await store.track(TrackedMessage(MessageRef(1, number + 1), "x", "{}", 0, float(number)))
    await store.track(TrackedMessage(MessageRef(2, 1), "x", "{}", version, 99.0))
    await store.track(TrackedMessage(MessageRef(3, 1), "y", "{}", 0, 99.0))
    page = await store.outdated(float("inf"), 4)
    assert [known.last_seen for known in page] == [5.0, 4.0, 3.0, 2.0]
    assert [known.last_seen for known in await store.outdated(page[-1].last_seen, 4)] == [1.0, 0.0]
    assert await store.outdated(0.0, 4) == []


async def test_updates_are_kept_until_they_are_handled(store: Store) -> None:
    """The oldest first; setting one aside twice is once."""
    for number in (9, 7, 8, 7):
        await store.defer(number, json.dumps({"update_id": number}))
    await store.delete_deferred(8)
    assert await store.deferred() == [(7, '{"update_id": 7}'), (9, '{"update_id": 9}')]


async def test_what_a_chat_chose_is_kept_and_moves_along(store: Store) -> None:
    """Article and language by themselves; a reader's /forget takes the reader's own chat's."""
    assert await store.chat_settings(ADA) == ChatSettings()
    await store.set_article(ADA, "x")
    await store.set_language(ADA, "uk")
    await store.set_article(ADA, None)
    assert await store.chat_settings(ADA) == ChatSettings(None, "uk")
    await store.set_article(BEN, "y")
    await store.move_chat_settings(ADA, BEN)
    await store.move_chat_settings(ADA, BEN)
    assert await store.chat_settings(ADA) == ChatSettings()
    assert await store.chat_settings(BEN) == ChatSettings(None, "uk")
    await store.forget_chat_settings(BEN)
    assert await store.chat_settings(BEN) == ChatSettings()
    await store.set_article(ADA, "x")
    await store.forget_voter(ADA)
    assert await store.chat_settings(ADA) == ChatSettings()


async def test_questions_on_their_way_are_kept_for_a_day(store: Store, clock: Clock) -> None:
    """And no longer, also in the file."""
    await store.save_question("k", "Why?")
    await store.save_question("k", "Why?")
    assert await store.saved_question("k") == "Why?"
    assert await store.saved_question("l") is None
    clock.now += QUESTION_KEPT + 1
    assert await store.saved_question("k") is None
    await store.save_question("l", "When?")
    await store.delete_old_questions()
    clock.now -= QUESTION_KEPT
    assert [await store.saved_question(key) for key in "kl"] == [None, "When?"]


async def test_a_post_is_known_by_channel_and_article(store: Store) -> None:
    """The newest one."""
    await store.save_channel_post(-5, "x", 7)
    await store.save_channel_post(-5, "y", 8)
    await store.save_channel_post(-5, "x", 9)
    assert [await store.channel_post(-5, a) for a in ("x", "y", "z")] == [9, 8, None]
    assert await store.channel_post(-6, "x") is None


async def test_another_voter_key_is_refused(store: Store, address: str | Path) -> None:
    """Else every reader could vote twice."""
    other = make(address, b"other key", Clock())
    with pytest.raises(StoreError, match="made with another voter key"):
        await other.open()
    await other.close()
    await store.vote("x", ADA, "like", "1")
