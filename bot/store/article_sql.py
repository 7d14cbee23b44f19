"""What the store keeps of articles: their posts in channels, and the ids of those in files."""

from collections.abc import Mapping, Sequence

from bot.store.base import MessageRef
from bot.store.engine import Engine, Operation


class SqlArticleStore(Engine):
    """A part of the contract on top of an engine. The methods are documented in ``Store``."""

    async def channel_post(self, chat_id: int, article_id: str) -> int | None:
        query = "SELECT message_id FROM channel_posts WHERE chat_id = $1 AND article = $2"
        rows = await self._read(query, chat_id, article_id)
        return rows[0]["message_id"] if rows else None

    async def channel_posts(self, article_id: str) -> Sequence[MessageRef]:
        query = "SELECT chat_id, message_id FROM channel_posts WHERE article = $1"
        rows = await self._read(query, article_id)
        return [MessageRef(row["chat_id"], row["message_id"]) for row in rows]

    async def save_channel_post(self, chat_id: int, article_id: str, message_id: int) -> None:
        await self._write(
            "INSERT INTO channel_posts (chat_id, article, message_id) VALUES ($1, $2, $3)"
            " ON CONFLICT (chat_id, article) DO UPDATE SET message_id = $3",
            *(chat_id, article_id, message_id),
        )

    async def article_files(self) -> Mapping[str, str]:
        rows = await self._read("SELECT file, article FROM article_files")
        return {row["file"]: row["article"] for row in rows}

    async def save_article_files(self, ids: Mapping[str, str]) -> None:
        sql = (
            "INSERT INTO article_files (file, article) VALUES ($1, $2)"
            " ON CONFLICT (file) DO UPDATE SET article = $2"
        )

        def operation() -> Operation[None]:
            for pair in ids.items():
                yield sql, pair

        await self._transaction(operation)
