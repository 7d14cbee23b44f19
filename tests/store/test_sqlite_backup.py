"""Backup and restore of SQLite databases."""

import asyncio
import shutil
import stat
from pathlib import Path

import pytest

from bot.errors import StoreError
from bot.store.sqlite_backup import back_up, restore
from bot.store.voters import Voters
from tests.store.conftest import ADA, execute, open_sqlite
from tests.store.test_migrations import NEWEST, build

KEY = b"k" * 40
FINGERPRINT = Voters(KEY).fingerprint


async def test_a_backup_of_a_live_database(tmp_path: Path) -> None:
    """Complete, private, and in one file, while the bot writes."""
    store = await open_sqlite(tmp_path / "votes.db")
    (tmp_path / "votes.db.key").write_text("secret")
    backup_made = asyncio.Event()
    voted = 0

    async def vote() -> None:
        nonlocal voted
        while not backup_made.is_set():
            await store.vote("x", voted.to_bytes(32), "like", str(voted))
            voted += 1

    voting = asyncio.create_task(vote())
    while not voted:
        await asyncio.sleep(0)
    made = await asyncio.to_thread(back_up, tmp_path / "votes.db", tmp_path / "b.db", True)
    backup_made.set()
    await voting
    await store.close()
    assert made == [tmp_path / "b.db", tmp_path / "b.db.key"]
    assert [file.name for file in tmp_path.glob("b.db*") if file not in made] == []
    assert {stat.S_IMODE(file.stat().st_mode) for file in made} == {0o600}
    [(votes,)] = await execute(tmp_path / "b.db", "SELECT COUNT(*) FROM votes")
    assert 0 < votes <= voted
    copy = await open_sqlite(tmp_path / "b.db")
    assert (await copy.counts("x")).votes == {"like": votes}
    await copy.close()


def test_a_backup_overwrites_nothing(tmp_path: Path) -> None:
    """Neither a file nor a key, and it leaves no incomplete files."""
    (tmp_path / "votes.db").touch()
    (tmp_path / "there.db").write_text("precious")
    with pytest.raises(StoreError, match=r"there\.db is there already"):
        back_up(tmp_path / "votes.db", tmp_path / "there.db", with_key=False)
    (tmp_path / "new.db.key").write_text("precious")
    with pytest.raises(StoreError, match=r"new\.db\.key is there already"):
        back_up(tmp_path / "votes.db", tmp_path / "new.db", with_key=True)
    assert not (tmp_path / "new.db").exists()
    assert (tmp_path / "new.db.key").read_text() == "precious"
    with pytest.raises(StoreError, match="There is no database"):
        back_up(tmp_path / "none.db", tmp_path / "other.db", with_key=False)


async def test_restoring_after_a_crash(tmp_path: Path) -> None:
    """The write-ahead log that the crash left is not applied to the restored database."""
    file, key = tmp_path / "votes.db", tmp_path / "votes.db.key"
    key.write_text("k" * 40)
    store = await open_sqlite(file, FINGERPRINT)
    for n in range(50):
        await store.vote("x", bytes([n]) * 32, "like", str(n))
    back_up(file, tmp_path / "copy.db", with_key=True)
    for n in range(50, 99):
        await store.vote("x", bytes([n]) * 32, "like", str(n))
    with pytest.raises(StoreError, match="is in use: stop the bot first"):
        restore(tmp_path / "copy.db", file, None, replace=True)
    # As a crash leaves it, with the write-ahead log.
    (tmp_path / "after").mkdir()
    for part in ("votes.db", "votes.db-wal", "votes.db.key"):
        shutil.copy(tmp_path / part, tmp_path / "after" / part)
    await store.close()
    crashed = tmp_path / "after" / "votes.db"
    with pytest.raises(StoreError, match="holds 99 votes, which would be lost"):
        restore(tmp_path / "copy.db", crashed, None, replace=False)
    assert restore(tmp_path / "copy.db", crashed, None, replace=True) == 50
    again = await open_sqlite(crashed, FINGERPRINT)
    assert (await again.counts("x")).votes == {"like": 50}
    assert (await again.vote("x", ADA, "sad", "a")).counts.votes == {"like": 50, "sad": 1}
    await again.close()


async def test_restoring_elsewhere_needs_the_key(tmp_path: Path) -> None:
    """The key comes with the backup; without it, or with another key, nothing is done."""
    file, copy = tmp_path / "votes.db", tmp_path / "copy.db"
    store = await open_sqlite(file, FINGERPRINT)
    await store.vote("x", ADA, "like", "1")
    await store.close()
    back_up(file, copy, with_key=False)
    other = tmp_path / "other.db"
    with pytest.raises(StoreError, match=r"copy\.db\.key is missing: put it there"):
        restore(copy, other, None, replace=False)
    with pytest.raises(StoreError, match="made with another voter key"):
        restore(copy, other, "o" * 40, replace=False)
    assert not other.exists()
    (tmp_path / "copy.db.key").write_text("k" * 40)
    assert restore(copy, other, None, replace=False) == 1
    assert (tmp_path / "other.db.key").read_text().strip() == "k" * 40
    for file in (other, tmp_path / "other.db.key"):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    (tmp_path / "text.db").write_text("no database at all " * 100)
    with pytest.raises(StoreError, match="could not be restored"):
        restore(tmp_path / "text.db", other, "k" * 40, replace=True)
    with pytest.raises(StoreError, match="There is no backup"):
        restore(tmp_path / "none.db", other, None, replace=True)


async def test_a_backup_of_every_earlier_version_can_be_restored(tmp_path: Path) -> None:
    """It is brought up to date when the bot opens it."""
    for version in range(1, NEWEST):
        backup, database = tmp_path / f"backup-{version}.db", tmp_path / f"votes-{version}.db"
        await build(backup, version)
        await execute(backup, f"UPDATE facts SET value = X'{FINGERPRINT.hex()}'")
        assert restore(backup, database, KEY.decode(), replace=False) == 3
        store = await open_sqlite(database, FINGERPRINT)
        assert await store.all_counts() == {"x": {"like": 2}, "y": {"sad": 1}}
        await store.close()


async def test_a_backup_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    """The database stays as it is."""
    await execute(tmp_path / "backup.db", "PRAGMA user_version = 99")
    with pytest.raises(StoreError, match="is no backup, or was made by a newer version"):
        restore(tmp_path / "backup.db", tmp_path / "votes.db", KEY.decode(), replace=False)
    assert not (tmp_path / "votes.db").exists()


@pytest.mark.parametrize("replace", [False, True])
@pytest.mark.parametrize(
    "statements",
    [
        ["CREATE TABLE customers (name)", "INSERT INTO customers VALUES ('Eve')"],
        # Their names are ours, of now and of earlier versions.
        ["CREATE TABLE votes (party)"],
        ["CREATE TABLE posts (text)", "CREATE TABLE questions (text)", "PRAGMA user_version = 3"],
        ["CREATE TABLE votes (party)", "CREATE TABLE meta (author)", "PRAGMA user_version = 99"],
        ["CREATE VIEW one AS SELECT 1", "PRAGMA user_version = -1"],
    ],
)
async def test_the_database_of_another_program_is_not_replaced(
    tmp_path: Path, statements: list[str], replace: bool
) -> None:
    """Even with --replace: the address in the settings is wrong. Nothing is changed."""
    backup, theirs = tmp_path / "backup.db", tmp_path / "theirs.db"
    await build_backup(backup)
    await execute(theirs, *statements)
    before = theirs.read_bytes()
    with pytest.raises(StoreError, match=r"theirs\.db is another program's database \(it has .*\)"):
        restore(backup, theirs, None, replace)
    assert theirs.read_bytes() == before
    assert sorted(file.name for file in tmp_path.glob("theirs*")) == ["theirs.db"]


async def test_a_database_with_a_further_table_is_not_replaced(tmp_path: Path) -> None:
    """Somebody else keeps data beside the votes, which the error message names."""
    backup, shared = tmp_path / "backup.db", tmp_path / "shared.db"
    await build_backup(backup)
    await build(shared, 3)
    await execute(shared, "CREATE TABLE customers (name)")
    with pytest.raises(StoreError, match=r"\(it has customers\): set DATABASE_URL to another file"):
        restore(backup, shared, None, replace=True)
    assert await execute(shared, "SELECT * FROM customers") == []


@pytest.mark.parametrize("replace", [False, True])
@pytest.mark.parametrize("content", ["x", "precious", "no database at all " * 1000])
async def test_a_file_that_is_no_database_is_not_replaced(
    tmp_path: Path, content: str, replace: bool
) -> None:
    """Of any length, even with --replace."""
    backup, text = tmp_path / "backup.db", tmp_path / "notes.txt"
    await build_backup(backup)
    text.write_text(content)
    with pytest.raises(StoreError, match=r"notes\.txt is not a SQLite database, or is damaged"):
        restore(backup, text, None, replace)
    assert text.read_text() == content


async def test_what_of_ours_can_be_replaced(tmp_path: Path) -> None:
    """An empty file, an empty database, earlier versions and, to go back, a newer one."""
    backup, database = tmp_path / "backup.db", tmp_path / "votes.db"
    await build_backup(backup)
    database.touch()
    assert restore(backup, database, None, replace=False) == 3
    database.unlink()
    await execute(database, "CREATE TABLE a (b)", "DROP TABLE a", "PRAGMA user_version = 99")
    assert restore(backup, database, None, replace=False) == 3
    for version in range(1, NEWEST):
        database.unlink()
        await build(database, version)
        with pytest.raises(StoreError, match="holds 3 votes, which would be lost"):
            restore(backup, database, None, replace=False)
        assert restore(backup, database, None, replace=True) == 3
    store = await open_sqlite(database, FINGERPRINT)
    await store.close()
    # Without votes, as these need no --replace.
    await execute(
        database, "DELETE FROM votes", "CREATE TABLE of_later (x)", "PRAGMA user_version = 99"
    )
    assert restore(backup, database, None, replace=False) == 3
    assert await execute(database, "PRAGMA user_version") == [(NEWEST - 1,)]


async def test_folders_and_the_database_itself_are_no_backup(tmp_path: Path) -> None:
    """Each gets a message of its own, whatever name the file is called by."""
    database = tmp_path / "votes.db"
    await build_backup(database)
    with pytest.raises(StoreError, match="is a folder: give the file that article-bot backup"):
        restore(tmp_path, database, None, replace=True)
    with pytest.raises(StoreError, match="is a folder: set DATABASE_URL to a file"):
        restore(database, tmp_path, None, replace=True)
    (tmp_path / "link.db").symlink_to(database)
    (tmp_path / "same.db").hardlink_to(database)
    for name in ("votes.db", "link.db", "same.db"):
        with pytest.raises(StoreError, match=rf"{name} is the database itself: give a backup"):
            restore(tmp_path / name, database, KEY.decode(), replace=True)
    assert await execute(database, "SELECT COUNT(*) FROM votes") == [(3,)]


async def build_backup(file: Path) -> None:
    """Create a backup with three votes and its key, as an earlier version made it."""
    await build(file, NEWEST - 1)
    await execute(file, f"UPDATE facts SET value = X'{FINGERPRINT.hex()}'")
    file.with_name(f"{file.name}.key").write_bytes(KEY)
