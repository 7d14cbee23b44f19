"""Votes, copies and updates that wait, in PostgreSQL: for several processes, or a server's care."""

import hashlib
import time
from collections.abc import Callable, Mapping, Sequence

import asyncpg

from bot.store.base import (
    CALLBACK_QUERY_KEPT,
    QUESTION_KEPT,
    REPEAT_WINDOW,
    Change,
    ChatSettings,
    MessageRef,
    TrackedMessage,
    VoteCounts,
    VoteResult,
    toggle,
)
from bot.store.postgres_pool import Connection, PostgresPool

_OF_A_COPY = "chat_id = $1 AND message_id = $2 AND inline_message_id = $3"


class PostgresStore(PostgresPool):
    """Implements Store (bot.store.base)."""

    def __init__(
        self, url: str, fingerprint: bytes, clock: Callable[[], float] = time.time
    ) -> None:
        """Note where the database is; nothing is opened yet.

        url: postgresql://user:password@host:port/database, as libpq takes it. fingerprint: of
        the voter key, to refuse a database made with another. clock: seconds.
        """
        super().__init__(url, fingerprint)
        self._clock = clock

    async def vote(
        self,
        article_id: str,
        voter: bytes,
        reaction_id: str,
        callback_query_id: str,
        message: MessageRef | None = None,  # noqa: ARG002
    ) -> VoteResult:
        """Count a press once; see Store."""

        async def work(db: Connection) -> VoteResult:
            return await self._press(db, article_id, voter, reaction_id, callback_query_id)

        return await self._transaction(work)

    async def counts(self, article_id: str) -> VoteCounts:
        """Return the counts of an article; see Store."""
        return await self._transaction(lambda db: _tally(db, article_id))

    async def all_counts(self) -> Mapping[str, Mapping[str, int]]:
        """Return all counts; see Store."""
        totals: dict[str, dict[str, int]] = {}
        for row in await self._read("SELECT article, reaction, votes FROM counts ORDER BY article"):
            counts = totals.setdefault(row["article"], {})
            if row["votes"]:
                counts[row["reaction"]] = row["votes"]
        return totals

    async def forget_voter(self, voter: bytes) -> int:
        """Remove a reader; see Store."""

        async def work(db: Connection) -> int:
            # The ids stay, so that a delivery that comes again brings no forgotten vote back.
            await db.execute(
                "UPDATE deliveries SET article = NULL, voter = NULL, reaction = NULL"
                " WHERE voter = $1",
                voter,
            )
            await db.execute("DELETE FROM chats WHERE chat = $1", voter)
            return len(await db.fetch("DELETE FROM votes WHERE voter = $1 RETURNING 1", voter))

        return await self._transaction(work)

    async def track(self, message: TrackedMessage) -> None:
        """Remember a copy; see Store."""
        row = (message.article_id, message.keyboard, message.version, message.last_seen)
        await self._write(
            "INSERT INTO copies VALUES ($1, $2, $3, $4, $5, $6, $7)"
            " ON CONFLICT (chat_id, message_id, inline_message_id)"
            " DO UPDATE SET article = $4, keyboard = $5, version = $6, seen = $7",
            *_key(message.ref),
            *row,
        )

    async def update(self, message: TrackedMessage) -> None:
        """Note what is known of a copy by now; see Store."""
        row = (message.article_id, message.keyboard, message.version, message.last_seen)
        await self._write(
            f"UPDATE copies SET article = $4, keyboard = $5, version = $6, seen = $7"
            f" WHERE {_OF_A_COPY}",
            *_key(message.ref),
            *row,
        )

    async def tracked(self, copy: MessageRef) -> TrackedMessage | None:
        """Return what is known of a copy; see Store."""
        rows = await self._read(f"SELECT * FROM copies WHERE {_OF_A_COPY}", *_key(copy))
        return _known(rows[0]) if rows else None

    async def tracked_with_counts(
        self, ref: MessageRef
    ) -> tuple[TrackedMessage, VoteCounts] | None:
        """Return a tracked message and its counts; see Store."""
        message = await self.tracked(ref)
        return None if message is None else (message, await self.counts(message.article_id))

    async def outdated(self, before: float, limit: int) -> Sequence[TrackedMessage]:
        """Return copies that show old counts; see Store."""
        rows = await self._read(
            "SELECT copies.* FROM"
            " (SELECT article, SUM(changes) AS version FROM counts GROUP BY article) AS now"
            " JOIN copies ON copies.article = now.article AND copies.version < now.version"
            " WHERE seen < $1 ORDER BY seen DESC LIMIT $2",
            before,
            limit,
        )
        return [_known(row) for row in rows]

    async def forget_message(self, ref: MessageRef) -> None:
        """Forget a copy; see Store."""
        await self._write(f"DELETE FROM copies WHERE {_OF_A_COPY}", *_key(ref))

    async def forget_chat(self, chat_id: int) -> None:
        """Forget a chat's copies; see Store."""
        await self._write("DELETE FROM copies WHERE chat_id = $1", chat_id)

    async def channel_post(self, chat_id: int, article_id: str) -> int | None:
        """Return the post of an article; see Store."""
        query = "SELECT message_id FROM posts WHERE chat_id = $1 AND article = $2"
        rows = await self._read(query, chat_id, article_id)
        return rows[0]["message_id"] if rows else None

    async def save_channel_post(self, chat_id: int, article_id: str, message_id: int) -> None:
        """Remember the post of an article; see Store."""
        await self._write(
            "INSERT INTO posts VALUES ($1, $2, $3)"
            " ON CONFLICT (chat_id, article) DO UPDATE SET message_id = $3",
            *(chat_id, article_id, message_id),
        )

    async def chat_settings(self, chat: bytes) -> ChatSettings:
        """Return what a chat chose; see Store."""
        rows = await self._read("SELECT article, language FROM chats WHERE chat = $1", chat)
        return ChatSettings(rows[0]["article"], rows[0]["language"]) if rows else ChatSettings()

    async def set_article(self, chat: bytes, article_id: str | None) -> None:
        """Have questions be about an article; see Store."""
        await self._write(
            "INSERT INTO chats (chat, article) VALUES ($1, $2)"
            " ON CONFLICT (chat) DO UPDATE SET article = $2",
            *(chat, article_id),
        )

    async def set_language(self, chat: bytes, language: str) -> None:
        """Have the bot speak a language; see Store."""
        await self._write(
            "INSERT INTO chats (chat, language) VALUES ($1, $2)"
            " ON CONFLICT (chat) DO UPDATE SET language = $2",
            *(chat, language),
        )

    async def move_chat_settings(self, old: bytes, new: bytes) -> None:
        """Give a chat what another one chose; see Store."""
        # Telegram tells of a move twice; the second time there is nothing left to move.
        await self._write(
            "WITH moved AS (DELETE FROM chats WHERE chat = $1 RETURNING article, language)"
            " INSERT INTO chats SELECT $2, article, language FROM moved ON CONFLICT (chat)"
            " DO UPDATE SET article = excluded.article, language = excluded.language",
            *(old, new),
        )

    async def forget_chat_settings(self, chat: bytes) -> None:
        """Forget what a chat chose; see Store."""
        await self._write("DELETE FROM chats WHERE chat = $1", chat)

    async def save_question(self, key: str, question: str) -> None:
        """Keep a question for a while; see Store."""
        await self._write(
            "INSERT INTO questions VALUES ($1, $2, $3) ON CONFLICT (key) DO UPDATE SET at = $3",
            *(key, question, self._clock()),
        )

    async def delete_old_questions(self) -> None:
        """Drop what was kept for long enough; see Store."""
        await self._write("DELETE FROM questions WHERE at < $1", self._clock() - QUESTION_KEPT)

    async def saved_question(self, key: str) -> str | None:
        """Return a question that is kept; see Store."""
        query = "SELECT question FROM questions WHERE key = $1 AND at >= $2"
        rows = await self._read(query, key, self._clock() - QUESTION_KEPT)
        return rows[0]["question"] if rows else None

    async def defer(self, update_id: int, body: str) -> None:
        """Keep an update; see Store."""
        await self._write(
            "INSERT INTO set_aside VALUES ($1, $2) ON CONFLICT DO NOTHING", update_id, body
        )

    async def deferred(self) -> Sequence[tuple[int, str]]:
        """Return the updates that were set aside; see Store."""
        rows = await self._read("SELECT update_id, body FROM set_aside ORDER BY update_id")
        return [(row["update_id"], row["body"]) for row in rows]

    async def delete_deferred(self, update_id: int) -> None:
        """Drop an update that was set aside; see Store."""
        await self._write("DELETE FROM set_aside WHERE update_id = $1", update_id)

    async def _read(self, query: str, *values: object) -> Sequence[asyncpg.Record]:
        return await self._transaction(lambda db: db.fetch(query, *values))

    async def _write(self, statement: str, *values: object) -> None:
        await self._transaction(lambda db: db.execute(statement, *values))

    async def _press(
        self, db: Connection, article: str, voter: bytes, reaction: str, delivery: str
    ) -> VoteResult:
        now = self._clock()
        # A reader's presses of an article one after the other: of two that read the same vote at
        # once, the second would be decided on what is no longer true.
        await db.execute("SELECT pg_advisory_xact_lock($1)", _lock(article, voter))
        before = await db.fetchrow(
            "SELECT (SELECT reaction FROM votes WHERE article = $1 AND voter = $2) AS vote,"
            " EXISTS (SELECT FROM deliveries WHERE id = $3) AS delivered,"
            " coalesce((SELECT reaction = $4 AND at > $5 FROM deliveries"
            # Not later than now: the clock may have been set back.
            " WHERE voter = $2 AND article = $1 AND at <= $6"
            " ORDER BY at DESC LIMIT 1), false) AS just_now",
            *(article, voter, delivery, reaction, now - REPEAT_WINDOW, now),
        )
        assert before is not None
        previous = before["vote"]
        if before["delivered"]:
            return VoteResult(Change.REPEATED, previous, previous, await _tally(db, article))
        if before["just_now"]:
            # Remembered too, as Telegram may deliver this one again when the window is over.
            await db.execute("INSERT INTO deliveries (id, at) VALUES ($1, $2)", delivery, now)
            return VoteResult(Change.REPEATED, previous, previous, await _tally(db, article))
        await db.execute(
            # Others may be clearing the same old ones away at the moment.
            "WITH old AS (DELETE FROM deliveries WHERE id IN (SELECT id FROM deliveries"
            " WHERE at < $6 ORDER BY at LIMIT 100 FOR UPDATE SKIP LOCKED))"
            " INSERT INTO deliveries VALUES ($1, $2, $3, $4, $5)",
            *(delivery, now, article, voter, reaction, now - CALLBACK_QUERY_KEPT),
        )
        change, choice = toggle(previous, reaction)
        if choice is None:
            await db.execute("DELETE FROM votes WHERE article = $1 AND voter = $2", article, voter)
        else:
            await db.execute(
                "INSERT INTO votes VALUES ($1, $2, $3)"
                " ON CONFLICT (article, voter) DO UPDATE SET reaction = $3",
                *(article, voter, choice),
            )
        return VoteResult(change, choice, previous, await _tally(db, article))


async def _tally(db: Connection, article: str) -> VoteCounts:
    rows = await db.fetch("SELECT reaction, votes, changes FROM counts WHERE article = $1", article)
    votes = {row["reaction"]: row["votes"] for row in rows if row["votes"]}
    return VoteCounts(votes, sum(row["changes"] for row in rows))


def _lock(article: str, voter: bytes) -> int:
    digest = hashlib.sha256(article.encode() + b"\0" + voter).digest()
    return int.from_bytes(digest[:8], signed=True)


def _key(copy: MessageRef) -> tuple[int, int, str]:
    return copy.chat_id or 0, copy.message_id or 0, copy.inline_message_id or ""


def _known(row: asyncpg.Record) -> TrackedMessage:
    copy = MessageRef(
        row["chat_id"] or None, row["message_id"] or None, row["inline_message_id"] or None
    )
    return TrackedMessage(copy, row["article"], row["keyboard"], row["version"], row["seen"])
