"""The part of the store contract that is about how long things are kept, in SQL."""

from collections.abc import Sequence

from bot.store.engine import Engine, Operation
from bot.store.retention import (
    CALLBACK_QUERY_KEPT,
    DEFERRED_KEPT,
    HANDLED_KEPT,
    QUESTION_KEPT,
    TRACKED_KEPT,
    KeptRows,
    RetentionStore,
)

_IS_POST = """
    EXISTS (SELECT 1 FROM channel_posts WHERE channel_posts.chat_id = tracked_messages.chat_id
        AND channel_posts.message_id = tracked_messages.message_id)"""
_MESSAGE = "chat_id, message_id, inline_message_id"
_EXPIRING = {
    "callback_queries": ("callback_query_id", CALLBACK_QUERY_KEPT),
    "saved_questions": ("key", QUESTION_KEPT),
    "deferred_updates": ("bot, update_id", DEFERRED_KEPT),
    "handled_updates": ("bot, update_id", HANDLED_KEPT),
}
"""Tables whose rows have a time, "at": the primary key, and for how many seconds a row is kept."""
_TIMELESS = ("votes", "channel_posts", "chat_settings", "feed_entries")


class SqlRetentionStore(Engine, RetentionStore):
    """Implements it on top of an engine. The methods are documented in ``RetentionStore``."""

    async def delete_expired(self, limit: int) -> int:
        def operation() -> Operation[int]:
            now, deleted = self._clock(), 0
            for table, (key, kept_for) in _EXPIRING.items():
                values = (now - kept_for, limit)
                deleted += len((yield self._deletion(table, key, "at"), values))
            sql = self._deletion("tracked_messages", _MESSAGE, "last_seen", f"AND NOT {_IS_POST}")
            return deleted + len((yield sql, (now - TRACKED_KEPT, limit)))

        return await self._transaction(operation)

    def _deletion(self, table: str, key: str, time: str, condition: str = "") -> str:
        """Return SQL that deletes the $2 oldest rows from before $1, and returns one row each."""
        # A message that is being tapped is skipped: it is no longer one that nobody sees.
        return f"""
            DELETE FROM {table} WHERE ({key}) IN (
                SELECT {key} FROM {table} WHERE {time} < $1 {condition}
                ORDER BY {time} LIMIT $2 {self.skip_locked})
            RETURNING 1 AS deleted"""

    async def kept(self) -> Sequence[KeptRows]:
        found = [KeptRows(table, *await self._count(table)) for table in _TIMELESS]
        for table, (_, kept_for) in _EXPIRING.items():
            found.append(KeptRows(table, *await self._count(table, "MIN(at)"), kept_for))
        # Posts in channels are counted apart, as they are tracked for ever.
        others = f"tracked_messages WHERE NOT {_IS_POST}"
        tracked = await self._count(others, "MIN(last_seen)")
        return [*found, KeptRows("tracked_messages", *tracked, TRACKED_KEPT)]

    async def _count(self, table: str, oldest: str = "NULL") -> tuple[int, float | None]:
        query = f"SELECT COUNT(*) AS number, {oldest} AS oldest FROM {table}"
        [row] = await self._read(query)
        return int(row["number"]), row["oldest"]
