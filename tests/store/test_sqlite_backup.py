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
    (tmp_path / "votes.db.key").touch()
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


async def test_a_backup_of_every_earlier_version_can_be_restored(tmp_path: Path) -> None:
    """It is brought up to date when the bot opens it."""
    for version in range(1, NEWEST):
        backup, database = tmp_path / f"backup-{version}.db", tmp_path / f"votes-{version}.db"
        await build(backup, version)
        table = "facts" if version < 4 else "meta"
        await execute(backup, f"UPDATE {table} SET value = X'{FINGERPRINT.hex()}'")
        assert restore(backup, database, KEY.decode(), replace=False) == 3
        store = await open_sqlite(database, FINGERPRINT)
        assert await store.all_counts() == {"x": {"like": 2}, "y": {"sad": 1}}
        await store.close()


async def test_a_backup_of_a_newer_version_is_refused(backup: Path, tmp_path: Path) -> None:
    """The database stays as it is."""
    await execute(backup, "PRAGMA user_version = 99")
    with pytest.raises(StoreError, match="was made by a newer version: update article-bot"):
        restore(backup, tmp_path / "votes.db", None, replace=False)
    assert not (tmp_path / "votes.db").exists()


@pytest.fixture
async def backup(tmp_path: Path) -> Path:
    """A backup with one vote, and its key beside it."""
    (tmp_path / "old").mkdir()
    file = tmp_path / "old" / "votes.db"
    store = await open_sqlite(file, FINGERPRINT)
    await store.vote("x", ADA, "like", "1")
    await store.close()
    (tmp_path / "old" / "votes.db.key").write_bytes(KEY)
    back_up(file, tmp_path / "copy.db", with_key=True)
    return tmp_path / "copy.db"


OTHER_FILES = {
    "a database of another program": ["CREATE TABLE visits (day)", "INSERT INTO visits VALUES (1)"],
    "one whose tables have the same names": [
        *(f"CREATE TABLE {name} (name)" for name in ("votes", "counts", "meta", "facts")),
        "PRAGMA user_version = 4",
    ],
    "a text": [],
}


@pytest.fixture(params=OTHER_FILES)
async def other_file(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A file that is no database of the bot."""
    file = tmp_path / "precious"
    if statements := OTHER_FILES[request.param]:
        await execute(file, *statements)
    else:
        file.write_text("a diary")
    return file


@pytest.mark.parametrize("replace", [True, False])
def test_other_files_are_never_replaced(backup: Path, other_file: Path, replace: bool) -> None:
    """Whatever a wrong DATABASE_URL names stays as it is."""
    before = other_file.read_bytes()
    with pytest.raises(StoreError, match="precious is not a database of article-bot, and is left"):
        restore(backup, other_file, None, replace)
    assert other_file.read_bytes() == before
    assert not other_file.with_name("precious.key").exists()


def test_an_empty_file_may_be_replaced(backup: Path, tmp_path: Path) -> None:
    """Nothing is lost."""
    (tmp_path / "votes.db").touch()
    assert restore(backup, tmp_path / "votes.db", None, replace=False) == 1


def test_what_is_no_backup_is_called_so(other_file: Path, tmp_path: Path) -> None:
    """Also if there is no key beside it."""
    with pytest.raises(StoreError, match="precious is not a backup of article-bot: give a file"):
        restore(other_file, tmp_path / "votes.db", None, replace=False)
    assert not (tmp_path / "votes.db").exists()


def test_files_that_cannot_be_restored(backup: Path, tmp_path: Path) -> None:
    """A folder, nothing, and the database itself; and a place where there can be no database."""
    for source, message in {
        tmp_path: "is a folder: give the file that article-bot backup wrote",
        tmp_path / "none.db": "There is no backup",
        tmp_path / "old" / "votes.db": "is the database itself: give the backup",
    }.items():
        with pytest.raises(StoreError, match=message):
            restore(source, tmp_path / "old" / "votes.db", None, replace=True)
    for database in (tmp_path, tmp_path / "none" / "votes.db"):
        with pytest.raises(StoreError, match="cannot be written: set DATABASE_URL to a file"):
            restore(backup, database, None, replace=True)


def test_a_backup_leaves_nothing_else_behind(backup: Path, tmp_path: Path) -> None:
    """No write-ahead log, neither beside the copy nor beside a database that no bot uses."""
    restore(backup, tmp_path / "votes.db", None, replace=False)
    found = sorted(str(file.relative_to(tmp_path)) for file in tmp_path.rglob("*.db*"))
    names = ("copy.db", "old/votes.db", "votes.db")
    assert found == sorted([*names, *(f"{name}.key" for name in names)])


def test_a_backup_that_cannot_be_made_says_why(backup: Path, tmp_path: Path) -> None:
    """The folder or the key is missing; nothing is left behind."""
    database = tmp_path / "old" / "votes.db"
    with pytest.raises(StoreError, match=r"There is no folder .*none: make it"):
        back_up(database, tmp_path / "none" / "b.db", with_key=True)
    (tmp_path / "old" / "votes.db.key").unlink()
    with pytest.raises(
        StoreError, match=r"votes\.db\.key is missing, .*put it back, or set VOTER_"
    ):
        back_up(database, tmp_path / "b.db", with_key=True)
    assert not list(tmp_path.glob("b.db*"))
    assert back_up(database, tmp_path / "b.db", with_key=False) == [tmp_path / "b.db"]
    assert backup.exists()
