"""Readers as the database knows them."""

import stat
from pathlib import Path

import pytest

from bot.errors import StoreError
from bot.store.voters import Voters, voter_key


def test_the_voter_key_is_made_once_and_is_private(tmp_path: Path) -> None:
    """Beside the database, unless it is given; cut short it is refused."""
    database = tmp_path / "votes.db"
    key = voter_key(None, database)
    assert voter_key(None, database) == key
    file = tmp_path / "votes.db.key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert voter_key("k" * 32, database) == b"k" * 32
    file.write_bytes(b"short")
    with pytest.raises(StoreError, match="cut short"):
        voter_key(None, database)


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
