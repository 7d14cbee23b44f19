"""The store contract in SQL, the same for every engine: all queries, and how a vote is counted."""

from collections.abc import Mapping, Sequence

from bot.store.article_sql import SqlArticleStore
from bot.store.base import (
    REPEAT_WINDOW,
    VERSION_UNKNOWN,
    Change,
    ChatSettings,
    MessageRef,
    OutdatedMessage,
    Store,
    TrackedMessage,
    VoteCounts,
    VoteResult,
    toggle,
)
from bot.store.engine import Operation, Row, Rows
from bot.store.feed_sql import SqlFeedStore
from bot.store.retention import QUESTION_KEPT
from bot.store.retention_sql import SqlRetentionStore
from bot.store.update_sql import SqlUpdateStore

_THIS_MESSAGE = "chat_id = $1 AND message_id = $2 AND inline_message_id = $3"
_TRACKED = f"SELECT * FROM tracked_messages WHERE {_THIS_MESSAGE}"
_TRACKED_WITH_COUNTS = f"""
    SELECT tracked_messages.*, reaction, votes, COALESCE(changes, 0) AS changes,
        (SELECT votes.reaction FROM votes
            WHERE votes.article = tracked_messages.article AND votes.voter = $4) AS own
    FROM tracked_messages LEFT JOIN counts ON counts.article = tracked_messages.article
    WHERE {_THIS_MESSAGE}"""
# PostgreSQL's sum is no bigint, and with another type it would not use the index by version.
_VERSIONS = """
    (SELECT article, CAST(SUM(changes) AS bigint) AS version FROM counts GROUP BY article) AS now"""
# Only columns of the index by version, so that the table is not read.
_SEEN = "chat_id, message_id, inline_message_id, last_seen"
_OUTDATED = f"""
    SELECT {_SEEN} FROM {_VERSIONS} JOIN tracked_messages AS shown
    ON shown.article = now.article AND shown.version < now.version
    WHERE last_seen < $1 ORDER BY last_seen DESC LIMIT $2"""
# Article by article, as SQLite does by itself. PostgreSQL would read all messages each time, and
# without "+ 0" all by age, because it takes a third of them for outdated.
_OUTDATED_LATERAL = f"""
    SELECT {_SEEN} FROM {_VERSIONS} CROSS JOIN LATERAL (
        SELECT {_SEEN} FROM tracked_messages AS shown
        WHERE shown.article = now.article AND shown.version < now.version AND last_seen + 0 < $1
        ORDER BY last_seen + 0 DESC LIMIT $2
    ) AS outdated ORDER BY last_seen DESC LIMIT $2"""
_OUTDATED_SINCE = f"""
    SELECT {_SEEN} FROM (
        SELECT * FROM tracked_messages WHERE last_seen > $1 ORDER BY last_seen DESC LIMIT 1000
    ) AS shown JOIN {_VERSIONS} ON shown.article = now.article AND shown.version < now.version
    ORDER BY last_seen DESC LIMIT $2"""
_COUNTS = """
    SELECT reaction, votes, changes,
        (SELECT votes.reaction FROM votes WHERE votes.article = $1 AND votes.voter = $2) AS own
    FROM counts WHERE article = $1"""
# Only taps until now, because the clock may have been set back.
_BEFORE_VOTE = """
    SELECT (SELECT reaction FROM votes WHERE article = $1 AND voter = $2) AS choice,
        EXISTS (SELECT 1 FROM callback_queries WHERE callback_query_id = $4) AS counted,
        COALESCE((SELECT reaction = $3 AND at > $5 FROM callback_queries
            WHERE voter = $2 AND article = $1 AND at <= $6
            ORDER BY at DESC LIMIT 1), false) AS just_now"""


class SqlStore(SqlArticleStore, SqlFeedStore, SqlUpdateStore, SqlRetentionStore, Store):
    """Implements the contract on top of an engine. The methods are documented in ``Store``."""

    async def check(self) -> None:
        await self._read("SELECT name FROM meta LIMIT 1")

    async def vote(
        self,
        article_id: str,
        voter: bytes,
        reaction_id: str,
        callback_query_id: str,
        message: MessageRef | None = None,
    ) -> VoteResult:
        return await self._transaction(
            lambda: self._vote(article_id, voter, reaction_id, callback_query_id, message)
        )

    def _vote(
        self, article: str, voter: bytes, reaction: str, query_id: str, ref: MessageRef | None
    ) -> Operation[VoteResult]:
        # A reader's taps one at a time: each has to see the vote that the one before it left.
        yield from self._lock(article.encode() + b"\0" + voter)
        now = self._clock()
        values = (article, voter, reaction, query_id, now - REPEAT_WINDOW, now)
        [before] = yield _BEFORE_VOTE, values
        tracked = (yield _TRACKED, _key(ref)) if ref is not None else ()
        repeated = before["counted"] or before["just_now"]
        previous = choice = before["choice"]
        change = Change.REPEATED
        if not repeated:
            change, choice = toggle(previous, reaction)
            yield from _note_callback_query(query_id, now, article, voter, reaction)
            yield from _save_vote(article, voter, choice)
        elif not before["counted"]:
            # Telegram may send it again after the window; it must not count then either.
            yield from _note_callback_query(query_id, now)
        if ref is not None and tracked:
            version = tracked[0]["version"] if repeated else VERSION_UNKNOWN
            sql = f"UPDATE tracked_messages SET version = $4, last_seen = $5 WHERE {_THIS_MESSAGE}"
            yield sql, (*_key(ref), version, now)
        counts = _vote_counts((yield _COUNTS, (article, voter)))
        message = _tracked_message(tracked[0]) if tracked else None
        return VoteResult(change, choice, previous, counts, message, now)

    async def counts(self, article_id: str, voter: bytes | None = None) -> VoteCounts:
        return _vote_counts(await self._read(_COUNTS, article_id, voter))

    async def all_counts(self) -> Mapping[str, Mapping[str, int]]:
        articles: dict[str, dict[str, int]] = {}
        for row in await self._read("SELECT article, reaction, votes FROM counts ORDER BY article"):
            votes = articles.setdefault(row["article"], {})
            if row["votes"]:
                votes[row["reaction"]] = row["votes"]
        return articles

    async def forget_voter(self, voter: bytes) -> int:
        def operation() -> Operation[int]:
            # The ids stay: a tap that Telegram sends again must not bring a vote back.
            yield (
                "UPDATE callback_queries SET article = NULL, voter = NULL, reaction = NULL"
                " WHERE voter = $1",
                (voter,),
            )
            return len((yield "DELETE FROM votes WHERE voter = $1 RETURNING article", (voter,)))

        return await self._transaction(operation)

    async def track(self, message: TrackedMessage) -> None:
        await self._write(
            "INSERT INTO tracked_messages (chat_id, message_id, inline_message_id, article,"
            " keyboard, version, last_seen) VALUES ($1, $2, $3, $4, $5, $6, $7)"
            " ON CONFLICT (chat_id, message_id, inline_message_id) DO UPDATE"
            " SET article = $4, keyboard = $5, version = $6, last_seen = $7",
            *_values(message),
        )

    async def update(self, message: TrackedMessage) -> None:
        await self._write(
            "UPDATE tracked_messages SET article = $4, keyboard = $5, version = $6, last_seen = $7"
            f" WHERE {_THIS_MESSAGE}",
            *_values(message),
        )

    async def tracked_with_counts(
        self, ref: MessageRef, voter: bytes | None = None
    ) -> tuple[TrackedMessage, VoteCounts] | None:
        rows = await self._read(_TRACKED_WITH_COUNTS, *_key(ref), voter)
        return (_tracked_message(rows[0]), _vote_counts(rows)) if rows else None

    async def tracked_in_chat(self, chat_id: int, limit: int) -> Sequence[TrackedMessage]:
        query = "SELECT * FROM tracked_messages WHERE chat_id = $1 ORDER BY last_seen DESC LIMIT $2"
        return [*map(_tracked_message, await self._read(query, chat_id, limit))]

    async def tracked_count(self) -> int:
        rows = await self._read("SELECT COUNT(*) AS number FROM tracked_messages", slow=True)
        return int(rows[0]["number"])

    async def outdated(self, before: float, limit: int) -> Sequence[OutdatedMessage]:
        query = _OUTDATED_LATERAL if self.has_lateral else _OUTDATED
        return [*map(_outdated, await self._read(query, before, limit, slow=True))]

    async def outdated_since(self, after: float, limit: int) -> Sequence[OutdatedMessage]:
        return [*map(_outdated, await self._read(_OUTDATED_SINCE, after, limit, slow=True))]

    async def forget_message(self, ref: MessageRef) -> None:
        await self._write(f"DELETE FROM tracked_messages WHERE {_THIS_MESSAGE}", *_key(ref))

    async def forget_chat(self, chat_id: int) -> None:
        await self._write("DELETE FROM tracked_messages WHERE chat_id = $1", chat_id)

    async def chat_settings(self, chat: bytes) -> ChatSettings:
        query = "SELECT article, language FROM chat_settings WHERE chat = $1"
        rows = await self._read(query, chat)
        return ChatSettings(rows[0]["article"], rows[0]["language"]) if rows else ChatSettings()

    async def set_article(self, chat: bytes, article_id: str | None) -> None:
        await self._write(
            "INSERT INTO chat_settings (chat, article) VALUES ($1, $2)"
            " ON CONFLICT (chat) DO UPDATE SET article = $2",
            *(chat, article_id),
        )

    async def set_language(self, chat: bytes, language: str) -> None:
        await self._write(
            "INSERT INTO chat_settings (chat, language) VALUES ($1, $2)"
            " ON CONFLICT (chat) DO UPDATE SET language = $2",
            *(chat, language),
        )

    async def move_chat_settings(self, old: bytes, new: bytes) -> None:
        def operation() -> Operation[None]:
            # Telegram reports a move twice; the second time there is nothing left to move.
            delete = "DELETE FROM chat_settings WHERE chat = $1 RETURNING article, language"
            for row in (yield delete, (old,)):
                yield (
                    "INSERT INTO chat_settings (chat, article, language) VALUES ($1, $2, $3)"
                    " ON CONFLICT (chat) DO UPDATE SET article = $2, language = $3",
                    (new, row["article"], row["language"]),
                )

        await self._transaction(operation)

    async def forget_chat_settings(self, chat: bytes) -> None:
        await self._write("DELETE FROM chat_settings WHERE chat = $1", chat)

    async def save_question(self, key: str, question: str) -> None:
        await self._write(
            "INSERT INTO saved_questions (key, question, at) VALUES ($1, $2, $3)"
            " ON CONFLICT (key) DO UPDATE SET question = $2, at = $3",
            *(key, question, self._clock()),
        )

    async def saved_question(self, key: str) -> str | None:
        query = "SELECT question FROM saved_questions WHERE key = $1 AND at >= $2"
        rows = await self._read(query, key, self._clock() - QUESTION_KEPT)
        return rows[0]["question"] if rows else None


def _note_callback_query(
    query_id: str,
    at: float,
    article: str | None = None,
    voter: bytes | None = None,
    reaction: str | None = None,
) -> Operation[None]:
    yield (
        "INSERT INTO callback_queries (callback_query_id, at, article, voter, reaction)"
        " VALUES ($1, $2, $3, $4, $5)",
        (query_id, at, article, voter, reaction),
    )


def _save_vote(article: str, voter: bytes, choice: str | None) -> Operation[None]:
    """Save a reader's vote. Triggers in the database change the counts."""
    if choice is None:
        yield "DELETE FROM votes WHERE article = $1 AND voter = $2", (article, voter)
    else:
        yield (
            "INSERT INTO votes (article, voter, reaction) VALUES ($1, $2, $3)"
            " ON CONFLICT (article, voter) DO UPDATE SET reaction = $3",
            (article, voter, choice),
        )


def _vote_counts(rows: Rows) -> VoteCounts:
    votes = {row["reaction"]: row["votes"] for row in rows if row["votes"]}
    own = next((row["own"] for row in rows), None)
    return VoteCounts(votes, sum(row["changes"] for row in rows), own)


def _key(ref: MessageRef) -> tuple[int, int, str]:
    return ref.chat_id or 0, ref.message_id or 0, ref.inline_message_id or ""


def _values(message: TrackedMessage) -> tuple[object, ...]:
    known = (message.article_id, message.keyboard, message.version, message.last_seen)
    return *_key(message.ref), *known


def _ref(row: Row) -> MessageRef:
    return MessageRef(
        row["chat_id"] or None, row["message_id"] or None, row["inline_message_id"] or None
    )


def _outdated(row: Row) -> OutdatedMessage:
    return OutdatedMessage(_ref(row), row["last_seen"])


def _tracked_message(row: Row) -> TrackedMessage:
    known = (row["article"], row["keyboard"], row["version"], row["last_seen"])
    return TrackedMessage(_ref(row), *known)
