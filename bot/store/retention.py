"""The part of the store contract that is about how long things are kept.

What was promised to readers (the text of ``/privacy``) is deleted by the clock; see
``bot.delivery.expiry``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

DAY = 86_400.0
CALLBACK_QUERY_KEPT = QUESTION_KEPT = DEFERRED_KEPT = DAY - 3_600.0
"""Seconds for which the id of a counted tap, a saved question and a deferred update are kept.
Readers are told "a day at most"; an hour less leaves time to delete them. Telegram repeats a tap
for less than that, and itself drops an update that nobody fetches for a day."""
HANDLED_KEPT = 2 * DAY
"""Seconds for which it is remembered that an update was handled. Telegram may repeat one for a day;
after a week without any, it may give an earlier id to a new one."""
TRACKED_KEPT = 90 * DAY
"""Seconds for which a message is tracked that was neither sent nor tapped since; not for posts in
channels, which are always tracked."""


@dataclass(frozen=True)
class KeptRows:
    """How much a table of the database holds.

    Attributes:
        table: The table's name.
        rows: The number of its rows.
        oldest: The time of the oldest row, in seconds since 1970; None if the table is empty or
            its rows have no time.
        kept_for: After how many seconds rows are deleted; None if that is not up to the clock.
    """

    table: str
    rows: int
    oldest: float | None = None
    kept_for: float | None = None


class RetentionStore(Protocol):
    """Deletes what has been kept for long enough. Raises StoreError when the database fails."""

    async def delete_expired(self, limit: int) -> int:
        """Delete rows whose time is over, the oldest first.

        Args:
            limit: At most how many of each table; few, because votes wait meanwhile.

        Returns:
            How many rows were deleted; 0 when there is nothing left to delete.
        """

    async def kept(self) -> Sequence[KeptRows]:
        """Return how much is kept, of each kind."""
