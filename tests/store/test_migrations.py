"""Databases of every earlier version are brought up to date, on both engines."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.errors import StoreError
from bot.store.base import VERSION_UNKNOWN, Change, ChatSettings, MessageRef, TrackedMessage
from bot.store.migrations import scripts
from bot.store.sql import SqlStore
from tests.store.conftest import ADA, BEN, Clock, create_store, execute

NEWEST = 6
ROWS = {
    1: [
        "INSERT INTO facts VALUES ('voter key', {key})",
        "INSERT INTO votes VALUES ('x', {ada}, 'like'), ('x', {ben}, 'like'), ('y', {ben}, 'sad')",
        "INSERT INTO deliveries VALUES ('1', 1000000, 'x', {ada}, 'like')",
    ],
    2: [
        "INSERT INTO copies VALUES (-5, 7, '', 'x', '[1]', 1, 5.5), (0, 0, 'abc', 'y', '[]', 0, 6)",
        "INSERT INTO set_aside VALUES (8, 'eight'), (9, 'nine')",
    ],
    3: [
        "INSERT INTO chats VALUES ({ada}, 'x', 'uk'), ({ben}, NULL, 'de')",
        "INSERT INTO posts VALUES (-5, 'x', 7)",
        "INSERT INTO questions VALUES ('k', 'Why?', 1000000)",
    ],
    4: [],
    5: [],
}
"""What is inserted after the script of each version."""


async def build(address: str | Path, version: int) -> None:
    """Create a database as an earlier version of the bot left it."""
    if isinstance(address, Path):
        literals = {"key": "X'6b6579'", "ada": f"X'{ADA.hex()}'", "ben": f"X'{BEN.hex()}'"}
        with closing(sqlite3.connect(address)) as db:
            for number in range(1, version + 1):
                db.executescript(scripts("sqlite")[number - 1])
                for row in ROWS[number]:
                    db.execute(row.format(**literals))
                db.execute(f"PRAGMA user_version = {number}")
            db.commit()
        return
    literals = {"key": r"'\x6b6579'", "ada": rf"'\x{ADA.hex()}'", "ben": rf"'\x{BEN.hex()}'"}
    statements = [
        "CREATE SCHEMA article_bot",
        "CREATE TABLE schema_version (version integer NOT NULL)",
    ]
    for number in range(1, version + 1):
        statements.append(scripts("postgres")[number - 1])
        statements += [row.format(**literals) for row in ROWS[number]]
        statements.append(f"INSERT INTO schema_version VALUES ({number})")
    await execute(address, *statements)


@pytest.fixture(params=range(1, NEWEST))
async def version(request: pytest.FixtureRequest, address: str | Path) -> int:
    """The version of a database that was built at the address."""
    await build(address, request.param)
    return int(request.param)


async def test_all_data_of_an_earlier_version_is_kept(version: int, store: SqlStore) -> None:
    """Every table that there was in that version, read through the store."""
    assert await store.all_counts() == {"x": {"like": 2}, "y": {"sad": 1}}
    if version >= 2:
        found = [
            await store.tracked_with_counts(ref)
            for ref in (MessageRef(-5, 7), MessageRef(inline_message_id="abc"))
        ]
        assert [entry and entry[0] for entry in found] == [
            TrackedMessage(MessageRef(-5, 7), "x", "[1]", 1, 5.5),
            # 0 stood for "unknown" in these versions.
            TrackedMessage(MessageRef(inline_message_id="abc"), "y", "[]", VERSION_UNKNOWN, 6.0),
        ]
        assert await store.deferred() == [(8, "eight"), (9, "nine")]
    if version >= 3:
        assert await store.chat_settings(ADA) == ChatSettings("x", "uk")
        assert await store.chat_settings(BEN) == ChatSettings(None, "de")
        assert await store.channel_post(-5, "x") == 7
        assert await store.saved_question("k") == "Why?"


async def test_voting_goes_on_after_a_migration(version: int, store: SqlStore) -> None:
    """Callback queries are still recognized, and versions of counts grow."""
    assert version < NEWEST
    assert (await store.vote("x", ADA, "like", "1")).change is Change.REPEATED
    before = await store.counts("x")
    result = await store.vote("x", BEN, "sad", "2")
    assert result.counts.votes == {"like": 1, "sad": 1}
    assert result.counts.version > before.version
    assert await store.forget_voter(ADA) == 1
    assert (await store.counts("x")).votes == {"sad": 1}


async def test_reading_leaves_an_earlier_version_as_it_is(
    version: int, address: str | Path, clock: Clock
) -> None:
    """A bot of that version may be running on it; the error message says what to do."""
    number = (
        "PRAGMA user_version"
        if isinstance(address, Path)
        else "SELECT max(version) FROM schema_version"
    )
    before = address.read_bytes() if isinstance(address, Path) else b""
    reader = create_store(address, clock)
    with pytest.raises(StoreError, match="made by an older version: start the bot of this version"):
        await reader.open_to_read()
    await reader.close()
    assert await execute(address, number) == [(version,)]
    assert not isinstance(address, Path) or address.read_bytes() == before


async def test_what_was_opened_to_be_read_cannot_be_changed(
    store: SqlStore, address: str | Path, clock: Clock
) -> None:
    """While a bot uses it, too."""
    await store.vote("x", ADA, "like", "1")
    reader = create_store(address, clock, b"any key")
    await reader.open_to_read()
    assert await reader.all_counts() == {"x": {"like": 1}}
    with pytest.raises(StoreError):
        await reader.vote("x", BEN, "like", "2")
    await reader.close()
    assert (await store.vote("x", BEN, "like", "2")).counts.votes == {"like": 2}


async def test_a_newer_version_is_refused(
    store: SqlStore, clock: Clock, address: str | Path
) -> None:
    """The error message says what to do, and nothing is changed."""
    await store.vote("x", ADA, "like", "1")
    if isinstance(address, Path):
        await execute(address, "PRAGMA user_version = 99")
    else:
        await execute(address, "INSERT INTO schema_version VALUES (99)")
    other = create_store(address, clock)
    with pytest.raises(StoreError, match="made by a newer version: update article-bot"):
        await other.open()
    await other.close()
    assert (await store.counts("x")).votes == {"like": 1}


async def test_a_migration_that_fails_changes_nothing(address: str | Path, clock: Clock) -> None:
    """A table is in the way of version 2: what its script did before is undone."""
    await build(address, 1)
    await execute(address, "CREATE TABLE copies (other text)")
    store = create_store(address, clock)
    with pytest.raises(StoreError, match=r'copies"? already exists'):
        await store.open()
    await store.close()
    with pytest.raises(Exception, match="changes"):
        await execute(address, "SELECT changes FROM counts")
    await execute(address, "DROP TABLE copies")
    again = create_store(address, clock)
    await again.open()
    assert await again.all_counts() == {"x": {"like": 2}, "y": {"sad": 1}}
    await again.close()
