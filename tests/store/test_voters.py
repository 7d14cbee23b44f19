"""Readers as the database knows them."""

import stat
from pathlib import Path

import pytest

from bot.errors import StoreError
from bot.store.voters import Voters, voter_key


def test_the_voter_key_is_made_once_and_is_private(tmp_path: Path) -> None:
    """Beside the database, unless it is given."""
    database = tmp_path / "votes.db"
    key = voter_key(None, database)
    assert voter_key(None, database) == key
    file = tmp_path / "votes.db.key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert voter_key("k" * 32, database) == b"k" * 32


@pytest.mark.parametrize("content", [b"", b"\n", b"short"])
def test_a_key_that_is_cut_short(tmp_path: Path, content: bytes) -> None:
    """What the error message says to do leads on, with votes and without."""
    database, file = tmp_path / "votes.db", tmp_path / "votes.db.key"
    file.write_bytes(content)
    with pytest.raises(StoreError, match=r"cut short.*no votes yet: remove it, and a new one"):
        voter_key(None, database)
    database.write_bytes(b"votes")
    with pytest.raises(StoreError, match=r"cut short.*restore it from a backup, or set VOTER_KEY"):
        voter_key(None, database)
    assert voter_key("k" * 32, database) == b"k" * 32
    database.unlink()
    file.unlink()
    assert len(voter_key(None, database)) >= 32


def test_a_key_that_others_may_read(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """It is used, and the log says what to do; a private one needs no word."""
    database, file = tmp_path / "votes.db", tmp_path / "votes.db.key"
    key = voter_key(None, database)
    assert not caplog.records
    file.chmod(0o666)
    assert voter_key(None, database) == key
    [record] = caplog.records
    assert record.getMessage() == (
        f"The voter key {file} is not private, as other users of this machine may read and change "
        f"it: chmod go-rwx {file}"
    )


def test_a_lost_key_is_not_made_anew(tmp_path: Path) -> None:
    """The votes that are there were counted under the old one."""
    database = tmp_path / "votes.db"
    database.write_bytes(b"votes")
    with pytest.raises(StoreError, match=r"votes\.db\.key.* is missing.*restore it"):
        voter_key(None, database)
    assert not (tmp_path / "votes.db.key").exists()


def test_voters_are_not_user_ids() -> None:
    """The same reader gets the same code under the same key only."""
    one, other = Voters(b"1" * 32), Voters(b"2" * 32)
    assert one.code(7) == one.code(7) != other.code(7)
    assert len({one.code(n) for n in range(100)}) == 100
    assert len(one.code(7)) == 32
