"""The part of the store contract that is about feeds: what is known of them and their entries.

Feeds and entries are named by keys made of their addresses and ids, which may be long and may hold
secrets (``bot.web.feeds``).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class PostState(StrEnum):
    """What has become of an entry's post in the channel."""

    NONE = "none"
    """It is not to be posted."""
    WAITING = "waiting"
    SENDING = "sending"
    """It is being sent, or was when the bot was killed: nobody knows whether it arrived."""
    POSTED = "posted"
    UNKNOWN = "unknown"
    """It was sent twice, and nobody knows whether it arrived. It is not sent again."""


@dataclass(frozen=True)
class FeedState:
    """What is known of a feed.

    Attributes:
        etag: The ETag of what was read last; None if there was none.
        last_modified: The same for Last-Modified.
        read_at: When it was read last, in seconds since 1970; None if it has never been read.
        next_look: When to look at it again, in seconds since 1970.
        failures: How many looks have failed since it was read last.
    """

    etag: str | None = None
    last_modified: str | None = None
    read_at: float | None = None
    next_look: float = 0.0
    failures: int = 0


@dataclass(frozen=True)
class ListedEntry:
    """An entry that a feed lists, as it is to be kept.

    Attributes:
        key: What it is known by within its feed.
        fingerprint: Changes when anything changes that the feed says of it.
        body: What the feed says of it, from which its article is made; None to make none.
        post: Whether its article is to be posted: WAITING or NONE.
    """

    key: str
    fingerprint: str
    body: str | None
    post: PostState = PostState.NONE


@dataclass(frozen=True)
class PendingEntry:
    """An entry whose article has to be written.

    Attributes:
        key: What it is known by within its feed.
        fingerprint: Of the body.
        body: What the feed says of it.
        failures: How often it was tried in vain.
    """

    key: str
    fingerprint: str
    body: str
    failures: int


@dataclass(frozen=True)
class WaitingPost:
    """An article that was written, and is to be posted.

    Attributes:
        feed: The feed's key.
        entry: The entry's key.
        article_id: The article.
        written_at: When it was written, in seconds since 1970.
        sends: How many calls were begun whose outcome is not known.
    """

    feed: str
    entry: str
    article_id: str
    written_at: float
    sends: int


class FeedStore(Protocol):
    """Keeps what is known of feeds. Every method raises StoreError when the database fails."""

    async def feed_state(self, feed: str) -> FeedState:
        """Return what is known of a feed."""

    async def save_feed_state(self, feed: str, state: FeedState) -> None:
        """Save what is known of a feed."""

    async def entry_fingerprints(self, feed: str) -> Mapping[str, str]:
        """Return the key and fingerprint of all known entries of a feed."""

    async def save_entries(
        self, feed: str, state: FeedState, entries: Sequence[ListedEntry]
    ) -> None:
        """Save new and changed entries of a feed and what is known of it, in one transaction.

        A changed entry's article will be written anew; its post stays as it is.

        Args:
            feed: The feed's key.
            state: What is known of the feed now.
            entries: Oldest first.
        """

    async def count_pending(self, feed: str) -> int:
        """Return how many articles of a feed have to be written."""

    async def pending_entries(self, feed: str, now: float, limit: int) -> Sequence[PendingEntry]:
        """Return entries whose articles are to be written now, oldest first."""

    async def entry_failed(self, feed: str, entry: PendingEntry, next_try: float) -> None:
        """Note that an article could not be written, and when to try again."""

    async def entry_written(
        self, feed: str, entry: PendingEntry, article_id: str, now: float
    ) -> None:
        """Note that an entry's article was written."""

    async def give_entry_up(self, feed: str, entry: PendingEntry) -> None:
        """Note that an entry's article will not be written, unless the entry changes."""

    async def waiting_posts(self, now: float, limit: int) -> Sequence[WaitingPost]:
        """Return written articles that are to be sent now, of all feeds, oldest first."""

    async def begin_post(self, post: WaitingPost, next_send: float) -> bool:
        """Note that a post is being sent, before it is.

        Args:
            post: What is sent.
            next_send: When to send it again if nothing is heard of it any more.

        Returns:
            False if another process was faster; then it must not be sent.
        """

    async def delay_post(self, post: WaitingPost, next_send: float) -> None:
        """Note that a post was certainly not sent, and when to try again."""

    async def end_post(self, post: WaitingPost, state: PostState) -> None:
        """Note what has become of a post: POSTED, UNKNOWN or NONE."""
