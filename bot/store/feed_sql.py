"""The part of the store contract that is about feeds, in SQL, the same for every engine."""

from collections.abc import Mapping, Sequence

from bot.store.engine import Engine, Operation
from bot.store.feed_records import (
    FeedState,
    FeedStore,
    ListedEntry,
    PendingEntry,
    PostState,
    WaitingPost,
)

MAX_ENTRIES_KEPT = 5_000
"""Entries of a feed that are kept, the newest; more than any feed lists at a time."""

_SAVE_STATE = """
    INSERT INTO feeds (feed, etag, last_modified, read_at, next_look, failures)
    VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (feed) DO UPDATE
    SET etag = $2, last_modified = $3, read_at = $4, next_look = $5, failures = $6"""
_SAVE_ENTRY = """
    INSERT INTO feed_entries
    (feed, entry, number, fingerprint, body, post, failures, next_try, sends, next_send)
    VALUES ($1, $2, $3, $4, $5, $6, 0, 0, 0, 0) ON CONFLICT (feed, entry) DO UPDATE
    SET fingerprint = $4, body = $5, failures = 0, next_try = 0"""
_FORGET_OLD = """
    DELETE FROM feed_entries WHERE feed = $1 AND body IS NULL AND post NOT IN ($2, $3)
    AND number <= (SELECT number FROM feed_entries WHERE feed = $1
        ORDER BY number DESC LIMIT 1 OFFSET $4)"""
_WAITING = """
    SELECT feed, entry, article, written_at, sends FROM feed_entries
    WHERE post IN ($1, $2) AND article IS NOT NULL AND next_send <= $3 ORDER BY number LIMIT $4"""
_THIS_BODY = "feed = $1 AND entry = $2 AND fingerprint = $3"
"""Of an entry that has changed meanwhile, the article is still to be written."""


class SqlFeedStore(Engine, FeedStore):
    """Implements the contract on top of an engine. The methods are documented in ``FeedStore``."""

    async def feed_state(self, feed: str) -> FeedState:
        query = (
            "SELECT etag, last_modified, read_at, next_look, failures FROM feeds WHERE feed = $1"
        )
        rows = await self._read(query, feed)
        if not rows:
            return FeedState()
        row = rows[0]
        times = row["read_at"], row["next_look"]
        return FeedState(row["etag"], row["last_modified"], *times, row["failures"])

    async def save_feed_state(self, feed: str, state: FeedState) -> None:
        await self._write(_SAVE_STATE, feed, *_values(state))

    async def entry_fingerprints(self, feed: str) -> Mapping[str, str]:
        query = "SELECT entry, fingerprint FROM feed_entries WHERE feed = $1"
        return {row["entry"]: row["fingerprint"] for row in await self._read(query, feed)}

    async def save_entries(
        self, feed: str, state: FeedState, entries: Sequence[ListedEntry]
    ) -> None:
        def operation() -> Operation[None]:
            yield _SAVE_STATE, (feed, *_values(state))
            [last] = yield "SELECT COALESCE(MAX(number), 0) AS number FROM feed_entries", ()
            for number, entry in enumerate(entries, last["number"] + 1):
                known = (entry.fingerprint, entry.body, entry.post)
                yield _SAVE_ENTRY, (feed, entry.key, number, *known)
            kept = (PostState.WAITING, PostState.SENDING, MAX_ENTRIES_KEPT)
            yield _FORGET_OLD, (feed, *kept)

        await self._transaction(operation)

    async def count_pending(self, feed: str) -> int:
        query = "SELECT COUNT(*) AS n FROM feed_entries WHERE feed = $1 AND body IS NOT NULL"
        return int((await self._read(query, feed))[0]["n"])

    async def pending_entries(self, feed: str, now: float, limit: int) -> Sequence[PendingEntry]:
        rows = await self._read(
            "SELECT entry, fingerprint, body, failures FROM feed_entries"
            " WHERE feed = $1 AND body IS NOT NULL AND next_try <= $2 ORDER BY number LIMIT $3",
            *(feed, now, limit),
        )
        columns = "entry", "fingerprint", "body", "failures"
        return [PendingEntry(*(row[column] for column in columns)) for row in rows]

    async def entry_failed(self, feed: str, entry: PendingEntry, next_try: float) -> None:
        await self._write(
            f"UPDATE feed_entries SET failures = $4, next_try = $5 WHERE {_THIS_BODY}",
            *(feed, entry.key, entry.fingerprint, entry.failures + 1, next_try),
        )

    async def entry_written(
        self, feed: str, entry: PendingEntry, article_id: str, now: float
    ) -> None:
        await self._write(
            "UPDATE feed_entries SET body = NULL, article = $4, written_at = $5"
            f" WHERE {_THIS_BODY}",
            *(feed, entry.key, entry.fingerprint, article_id, now),
        )

    async def give_entry_up(self, feed: str, entry: PendingEntry) -> None:
        # Where an earlier version was written, that can still be posted.
        await self._write(
            "UPDATE feed_entries SET body = NULL,"
            " post = CASE WHEN article IS NULL THEN $4 ELSE post END"
            f" WHERE {_THIS_BODY}",
            *(feed, entry.key, entry.fingerprint, PostState.NONE),
        )

    async def waiting_posts(self, now: float, limit: int) -> Sequence[WaitingPost]:
        states = (PostState.WAITING, PostState.SENDING)
        columns = "feed", "entry", "article", "written_at", "sends"
        rows = await self._read(_WAITING, *states, now, limit)
        return [WaitingPost(*(row[column] for column in columns)) for row in rows]

    async def begin_post(self, post: WaitingPost, next_send: float) -> bool:
        def operation() -> Operation[bool]:
            rows = yield (
                "UPDATE feed_entries SET post = $4, sends = sends + 1, next_send = $5"
                " WHERE feed = $1 AND entry = $2 AND sends = $3 AND post IN ($4, $6)"
                " RETURNING sends",
                (*_key(post), post.sends, PostState.SENDING, next_send, PostState.WAITING),
            )
            return bool(rows)

        return await self._transaction(operation)

    async def delay_post(self, post: WaitingPost, next_send: float) -> None:
        # As it was before, so that what was certainly not sent does not count.
        await self._write(
            "UPDATE feed_entries SET post = $3, sends = $4, next_send = $5"
            " WHERE feed = $1 AND entry = $2",
            *(*_key(post), _state_after(post.sends), post.sends, next_send),
        )

    async def end_post(self, post: WaitingPost, state: PostState) -> None:
        await self._write(
            "UPDATE feed_entries SET post = $3 WHERE feed = $1 AND entry = $2", *_key(post), state
        )


def _values(state: FeedState) -> tuple[object, ...]:
    read = (state.etag, state.last_modified, state.read_at)
    return *read, state.next_look, state.failures


def _key(post: WaitingPost) -> tuple[str, str]:
    return post.feed, post.entry


def _state_after(sends: int) -> PostState:
    return PostState.SENDING if sends else PostState.WAITING
