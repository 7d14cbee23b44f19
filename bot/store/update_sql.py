"""The part of the contract in SQL that is about updates: deferred ones, and those handled."""

import itertools
from collections.abc import Sequence

from bot.store.base import MAX_HANDLED
from bot.store.engine import Engine
from bot.store.retention import HANDLED_KEPT

_OWN = "bot IN ($1, '')"
"""Those of the bot, and those that a version deferred that knew of one bot only."""


class SqlUpdateStore(Engine):
    """Keeps updates. The methods are documented in ``Store``."""

    async def defer(self, updates: Sequence[tuple[int, str]]) -> None:
        rows = ", ".join(f"($1, ${n}, ${n + 1}, $2)" for n in range(3, 2 * len(updates) + 3, 2))
        insert = f"INSERT INTO deferred_updates (bot, update_id, body, at) VALUES {rows}"
        values = (self._bot, self._clock(), *itertools.chain.from_iterable(updates))
        await self._write(f"{insert} ON CONFLICT DO NOTHING", *values)

    async def deferred(self) -> Sequence[tuple[int, str]]:
        rows = await self._read(
            f"SELECT update_id, body FROM deferred_updates WHERE {_OWN} ORDER BY update_id",
            self._bot,
        )
        return [(row["update_id"], row["body"]) for row in rows]

    async def delete_deferred(self, update_id: int) -> None:
        delete = f"DELETE FROM deferred_updates WHERE {_OWN} AND update_id = $2"
        await self._write(delete, self._bot, update_id)

    async def save_handled(self, update_ids: Sequence[int]) -> None:
        rows = ", ".join(f"($1, ${n}, $2)" for n in range(3, len(update_ids) + 3))
        insert = f"INSERT INTO handled_updates (bot, update_id, at) VALUES {rows}"
        values = (self._bot, self._clock(), *update_ids)
        await self._write_at_once(f"{insert} ON CONFLICT DO NOTHING", *values)

    async def handled(self) -> Sequence[int]:
        query = (
            "SELECT update_id FROM handled_updates WHERE bot = $1 AND at >= $2"
            " ORDER BY at DESC LIMIT $3"
        )
        rows = await self._read(query, self._bot, self._clock() - HANDLED_KEPT, MAX_HANDLED)
        return [row["update_id"] for row in rows]

    async def forget_handled(self) -> None:
        await self._write(
            "DELETE FROM handled_updates WHERE bot = $1 AND at < (SELECT at FROM handled_updates"
            " WHERE bot = $1 ORDER BY at DESC LIMIT 1 OFFSET $2)",
            *(self._bot, MAX_HANDLED),
        )
