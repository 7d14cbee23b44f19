"""Votes, copies and updates that wait, in SQLite: the default."""

import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

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
from bot.store.sqlite_file import LOCK_WAIT, SqliteFile, transaction

_OF_A_COPY = "chat_id = ? AND message_id = ? AND inline_message_id = ?"


class SqliteStore(SqliteFile):
    """Implements Store (bot.store.base)."""

    def __init__(
        self,
        path: Path,
        fingerprint: bytes,
        clock: Callable[[], float] = time.time,
        lock_wait: float = LOCK_WAIT,
    ) -> None:
        """Note where the database is; nothing is opened yet.

        fingerprint: of the voter key, to refuse a database made with another. clock: seconds.
        lock_wait: seconds to wait for another process that writes.
        """
        super().__init__(path, fingerprint, lock_wait)
        self._clock = clock

    async def vote(
        self,
        article_id: str,
        voter: bytes,
        reaction_id: str,
        callback_query_id: str,
        message: MessageRef | None = None,
    ) -> VoteResult:
        """Count a press once; see Store."""
        now = self._clock()

        def work(connection: sqlite3.Connection) -> VoteResult:
            with transaction(connection) as db:
                from dataclasses import replace

                before = None
                if message is not None:
                    rows = db.execute(
                        f"SELECT * FROM copies WHERE {_OF_A_COPY}", _key(message)
                    ).fetchall()
                    before = _known(rows[0]) if rows else None
                r = _press(db, article_id, voter, reaction_id, callback_query_id, now)
                if before is not None:
                    v = before.version if r.change is Change.REPEATED else -1
                    db.execute(
                        f"UPDATE copies SET version = ?, seen = ? WHERE {_OF_A_COPY}",
                        (v, now, *_key(message)),
                    )
                return replace(r, message=before, voted_at=now)

        return await self._writing.run(work)

    async def counts(self, article_id: str) -> VoteCounts:
        """Return the counts of an article; see Store."""
        return await self._reading.run(lambda db: _tally(db, article_id))

    async def all_counts(self) -> Mapping[str, Mapping[str, int]]:
        """Return all counts; see Store."""
        totals: dict[str, dict[str, int]] = {}
        rows = await self._read("SELECT article, reaction, votes FROM counts ORDER BY article", ())
        for article, reaction, votes in rows:
            counts = totals.setdefault(article, {})
            if votes:
                counts[reaction] = votes
        return totals

    async def forget_voter(self, voter: bytes) -> int:
        """Remove a reader; see Store."""

        def work(connection: sqlite3.Connection) -> int:
            with transaction(connection) as db:
                # The ids stay, so that a delivery that comes again brings no forgotten vote back.
                db.execute(
                    "UPDATE deliveries SET article = NULL, voter = NULL, reaction = NULL"
                    " WHERE voter = ?",
                    (voter,),
                )
                db.execute("DELETE FROM chats WHERE chat = ?", (voter,))
                return db.execute("DELETE FROM votes WHERE voter = ?", (voter,)).rowcount

        return await self._writing.run(work)

    async def track(self, message: TrackedMessage) -> None:
        """Remember a copy; see Store."""
        row = (message.article_id, message.keyboard, message.version, message.last_seen)
        await self._write(
            "INSERT OR REPLACE INTO copies VALUES (?, ?, ?, ?, ?, ?, ?)", (*_key(message.ref), *row)
        )

    async def update(self, message: TrackedMessage) -> None:
        """Note what is known of a copy by now; see Store."""
        row = (message.article_id, message.keyboard, message.version, message.last_seen)
        await self._write(
            "UPDATE copies SET article = ?, keyboard = ?, version = ?, seen = ?"
            f" WHERE {_OF_A_COPY}",
            (*row, *_key(message.ref)),
        )

    async def tracked(self, copy: MessageRef) -> TrackedMessage | None:
        """Return what is known of a copy; see Store."""
        rows = await self._read(f"SELECT * FROM copies WHERE {_OF_A_COPY}", _key(copy))
        return _known(rows[0]) if rows else None

    async def tracked_with_counts(
        self, ref: MessageRef
    ) -> tuple[TrackedMessage, VoteCounts] | None:
        """Return a tracked message and its counts; see Store."""
        message = await self.tracked(ref)
        return None if message is None else (message, await self.counts(message.article_id))

    async def outdated(self, before: float, limit: int) -> Sequence[TrackedMessage]:
        """Return copies that show old counts; see Store."""
        query = (
            "SELECT copies.* FROM"
            " (SELECT article, SUM(changes) AS version FROM counts GROUP BY article) AS now"
            " JOIN copies ON copies.article = now.article AND copies.version < now.version"
            " WHERE seen < ? ORDER BY seen DESC LIMIT ?"
        )
        rows = await self._scanning.run(lambda db: db.execute(query, (before, limit)).fetchall())
        return [_known(row) for row in rows]

    async def forget_message(self, ref: MessageRef) -> None:
        """Forget a copy; see Store."""
        await self._write(f"DELETE FROM copies WHERE {_OF_A_COPY}", _key(ref))

    async def forget_chat(self, chat_id: int) -> None:
        """Forget a chat's copies; see Store."""
        await self._write("DELETE FROM copies WHERE chat_id = ?", (chat_id,))

    async def channel_post(self, chat_id: int, article_id: str) -> int | None:
        """Return the post of an article; see Store."""
        query = "SELECT message_id FROM posts WHERE chat_id = ? AND article = ?"
        rows = await self._read(query, (chat_id, article_id))
        return rows[0][0] if rows else None

    async def save_channel_post(self, chat_id: int, article_id: str, message_id: int) -> None:
        """Remember the post of an article; see Store."""
        values = (chat_id, article_id, message_id)
        await self._write("INSERT OR REPLACE INTO posts VALUES (?, ?, ?)", values)

    async def chat_settings(self, chat: bytes) -> ChatSettings:
        """Return what a chat chose; see Store."""
        rows = await self._read("SELECT article, language FROM chats WHERE chat = ?", (chat,))
        return ChatSettings(*rows[0]) if rows else ChatSettings()

    async def set_article(self, chat: bytes, article_id: str | None) -> None:
        """Have questions be about an article; see Store."""
        await self._write(
            "INSERT INTO chats (chat, article) VALUES (?, ?)"
            " ON CONFLICT DO UPDATE SET article = excluded.article",
            (chat, article_id),
        )

    async def set_language(self, chat: bytes, language: str) -> None:
        """Have the bot speak a language; see Store."""
        await self._write(
            "INSERT INTO chats (chat, language) VALUES (?, ?)"
            " ON CONFLICT DO UPDATE SET language = excluded.language",
            (chat, language),
        )

    async def move_chat_settings(self, old: bytes, new: bytes) -> None:
        """Give a chat what another one chose; see Store."""
        # Telegram tells of a move twice; the second time there is nothing left to move.
        await self._write("UPDATE OR REPLACE chats SET chat = ? WHERE chat = ?", (new, old))

    async def forget_chat_settings(self, chat: bytes) -> None:
        """Forget what a chat chose; see Store."""
        await self._write("DELETE FROM chats WHERE chat = ?", (chat,))

    async def save_question(self, key: str, question: str) -> None:
        """Keep a question for a while; see Store."""
        now = self._clock()

        def work(connection: sqlite3.Connection) -> None:
            with transaction(connection) as db:
                db.execute("DELETE FROM questions WHERE at < ?", (now - QUESTION_KEPT,))
                db.execute(
                    "INSERT OR REPLACE INTO questions VALUES (?, ?, ?)", (key, question, now)
                )

        await self._writing.run(work)

    async def saved_question(self, key: str) -> str | None:
        """Return a question that is kept; see Store."""
        query = "SELECT question FROM questions WHERE key = ? AND at >= ?"
        rows = await self._read(query, (key, self._clock() - QUESTION_KEPT))
        return rows[0][0] if rows else None

    async def delete_old_questions(self) -> None:
        """Drop what was kept for long enough; see Store."""
        await self._write("DELETE FROM questions WHERE at < ?", (self._clock() - QUESTION_KEPT,))

    async def try_acquire_leadership(self) -> bool:
        """Return True: a file has one bot."""
        return True

    async def defer(self, update_id: int, body: str) -> None:
        """Keep an update; see Store."""
        await self._write("INSERT OR REPLACE INTO set_aside VALUES (?, ?)", (update_id, body))

    async def deferred(self) -> Sequence[tuple[int, str]]:
        """Return the updates that were set aside; see Store."""
        return await self._read("SELECT * FROM set_aside ORDER BY update_id", ())

    async def delete_deferred(self, update_id: int) -> None:
        """Drop an update that was set aside; see Store."""
        await self._write("DELETE FROM set_aside WHERE update_id = ?", (update_id,))

    async def _read(self, query: str, values: tuple[object, ...]) -> Sequence[Any]:
        return await self._reading.run(lambda db: db.execute(query, values).fetchall())

    async def _write(self, statement: str, values: tuple[object, ...]) -> None:
        # A statement by itself is a transaction, and takes the lock at once when it writes.
        await self._writing.run(lambda db: db.execute(statement, values))


def _press(
    db: sqlite3.Connection, article: str, voter: bytes, reaction: str, delivery: str, now: float
) -> VoteResult:
    row = db.execute(
        "SELECT reaction FROM votes WHERE article = ? AND voter = ?", (article, voter)
    ).fetchone()
    previous = row[0] if row else None
    if db.execute("SELECT 1 FROM deliveries WHERE id = ?", (delivery,)).fetchone():
        return VoteResult(Change.REPEATED, previous, previous, _tally(db, article))
    if _pressed_just_now(db, article, voter, reaction, now):
        # Remembered too, as Telegram may deliver this one again when the window is over.
        db.execute("INSERT INTO deliveries (id, at) VALUES (?, ?)", (delivery, now))
        return VoteResult(Change.REPEATED, previous, previous, _tally(db, article))
    db.execute(
        "DELETE FROM deliveries WHERE id IN"
        " (SELECT id FROM deliveries WHERE at < ? ORDER BY at LIMIT 100)",
        (now - CALLBACK_QUERY_KEPT,),
    )
    db.execute(
        "INSERT INTO deliveries VALUES (?, ?, ?, ?, ?)", (delivery, now, article, voter, reaction)
    )
    change, choice = toggle(previous, reaction)
    if choice is None:
        db.execute("DELETE FROM votes WHERE article = ? AND voter = ?", (article, voter))
    else:
        db.execute(
            "INSERT INTO votes VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET reaction = ?",
            (article, voter, choice, choice),
        )
    return VoteResult(change, choice, previous, _tally(db, article))


def _pressed_just_now(
    db: sqlite3.Connection, article: str, voter: bytes, reaction: str, now: float
) -> bool:
    last = db.execute(
        # Not later than now: the clock may have been set back.
        "SELECT reaction, at FROM deliveries WHERE voter = ? AND article = ? AND at <= ?"
        " ORDER BY at DESC LIMIT 1",
        (voter, article, now),
    ).fetchone()
    return last is not None and last[0] == reaction and now - last[1] < REPEAT_WINDOW


def _tally(db: sqlite3.Connection, article: str) -> VoteCounts:
    rows = db.execute(
        "SELECT reaction, votes, changes FROM counts WHERE article = ?", (article,)
    ).fetchall()
    return VoteCounts(
        {name: votes for name, votes, _ in rows if votes}, sum(row[2] for row in rows)
    )


def _key(copy: MessageRef) -> tuple[int, int, str]:
    return copy.chat_id or 0, copy.message_id or 0, copy.inline_message_id or ""


def _known(row: tuple[int, int, str, str, str, int, float]) -> TrackedMessage:
    chat_id, message_id, inline_id, article, keyboard, version, seen = row
    copy = MessageRef(chat_id or None, message_id or None, inline_id or None)
    return TrackedMessage(copy, article, keyboard, version, seen)
