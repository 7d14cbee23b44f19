"""The store contract: what the bot keeps, and the records that cross this border.

A store keeps votes and their counts, the messages that show counts, posts in channels, the
settings of chats, questions behind links, updates whose handling was deferred, and what is known
of feeds (``bot.store.feed_records``); ``bot.store.retention`` says for how long. Of several
processes of a bot on one database it chooses the one that serves (``bot.store.leadership``).
``bot.store.sql`` implements the contract for SQL databases.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from bot.store.feed_records import FeedStore
from bot.store.retention import RetentionStore

if TYPE_CHECKING:
    # It imports asyncio, which a question in the terminal does without.
    from bot.store.leadership import Leadership

REPEAT_WINDOW = 1.0
"""Seconds in which the same tap of a reader counts once: apps repeat a tap that got no answer."""
MAX_HANDLED = 10_000
"""Updates that are remembered as handled; Telegram repeats at most the last hundred."""
VERSION_UNKNOWN = -1
"""The version of a message of which nobody knows what it shows; it is edited in any case."""


class Change(StrEnum):
    """What a tap on a reaction did to the reader's vote."""

    VOTED = "voted"
    CHANGED = "changed"
    TAKEN_BACK = "taken back"
    REPEATED = "repeated"


@dataclass(frozen=True)
class VoteCounts:
    """An article's counts at one moment.

    Attributes:
        votes: Reaction id -> number of votes; only reactions with at least one.
        version: How often the counts have changed so far, 0 or more. Of two records of one
            article, the one with the higher version is newer.
        own: Id of the reaction that the reader for whom they were read has given; None for no
            vote, or if they were read for nobody.
    """

    votes: Mapping[str, int]
    version: int
    own: str | None = field(default=None, compare=False)


NO_VOTES = VoteCounts({}, 0)


@dataclass(frozen=True)
class MessageRef:
    """A message, either in a chat or sent inline (then only ``inline_message_id`` is set)."""

    chat_id: int | None = None
    message_id: int | None = None
    inline_message_id: str | None = None


@dataclass(frozen=True)
class TrackedMessage:
    """A message that shows an article's counts, and what is known of it.

    Attributes:
        ref: The message.
        article_id: The article whose counts it shows.
        keyboard: The keyboard that it shows, as the Bot API's JSON.
        version: Version of the counts in that keyboard, or VERSION_UNKNOWN.
        last_seen: When a reader was last known to look at it, in seconds since 1970.
    """

    ref: MessageRef
    article_id: str
    keyboard: str
    version: int
    last_seen: float = field(default_factory=time.time)


@dataclass(frozen=True)
class OutdatedMessage:
    """A message that shows older counts than the store has; fields as in TrackedMessage."""

    ref: MessageRef
    last_seen: float


@dataclass(frozen=True)
class VoteResult:
    """What a tap did.

    Attributes:
        change: What happened to the vote.
        choice: Id of the reaction that the reader's vote is for now; None for no vote.
        previous: The same before the tap.
        counts: The article's counts, this tap included.
        message: The tapped message as it was tracked before the tap; None if it is not tracked.
        voted_at: The time of the tap in seconds since 1970, now its ``last_seen``.
    """

    change: Change
    choice: str | None
    previous: str | None
    counts: VoteCounts
    message: TrackedMessage | None = None
    voted_at: float = 0.0


@dataclass(frozen=True)
class ChatSettings:
    """What was set for a chat.

    Attributes:
        article: Id of the article that questions are about; None for all articles.
        language: BCP 47 code of the language to speak; None when nobody chose one.
    """

    article: str | None = None
    language: str | None = None


def toggle(previous: str | None, reaction_id: str) -> tuple[Change, str | None]:
    """Apply a tap to a vote: the voting rule.

    A keyboard in a group is shared by all readers and cannot show one reader's state, so a second
    tap on the same reaction takes the vote back.

    Args:
        previous: The reaction voted for so far; None for no vote.
        reaction_id: The reaction that was tapped.

    Returns:
        What happened, and the reaction voted for now (None for no vote).
    """
    if previous == reaction_id:
        return Change.TAKEN_BACK, None
    return (Change.CHANGED if previous else Change.VOTED), reaction_id


class Store(FeedStore, RetentionStore, Protocol):
    """Keeps everything that outlives the process.

    Readers and chats are named by 32 bytes made from their ids (see ``bot.store.voters``). Every
    method raises StoreError when the database fails: then nothing was changed. Its subclass
    OutcomeUnknownError says that nobody knows; the write can be repeated.
    """

    async def open(self) -> None:
        """Open the database; create it or bring its schema up to date where necessary."""

    async def check(self) -> None:
        """Ask the database for next to nothing, which fails if it does not answer."""

    async def close(self) -> None:
        """Finish running work and close the database."""

    async def vote(
        self,
        article_id: str,
        voter: bytes,
        reaction_id: str,
        callback_query_id: str,
        message: MessageRef | None = None,
    ) -> VoteResult:
        """Count a tap on a reaction, once for each callback query.

        If the counts changed and the tapped message is tracked, its version becomes
        VERSION_UNKNOWN in the same transaction, because an edit follows; its ``last_seen`` is set
        to now in any case.

        Args:
            article_id: The article.
            voter: The reader.
            reaction_id: The reaction tapped.
            callback_query_id: Telegram's id of the tap; a repeated one is not counted again.
            message: The message that was tapped; None to leave tracked messages alone.
        """

    async def counts(self, article_id: str, voter: bytes | None = None) -> VoteCounts:
        """Return an article's counts. ``voter``: the reader whose own vote is wanted, if any."""

    async def all_counts(self) -> Mapping[str, Mapping[str, int]]:
        """Return article id -> reaction id -> votes above 0, for articles that ever had a vote."""

    async def forget_voter(self, voter: bytes) -> int:
        """Delete a reader's votes; return how many there were."""

    async def track(self, message: TrackedMessage) -> None:
        """Start to track a message, or replace what is known of it."""

    async def update(self, message: TrackedMessage) -> None:
        """Update a tracked message; does nothing if it is no longer tracked."""

    async def tracked_with_counts(
        self, ref: MessageRef, voter: bytes | None = None
    ) -> tuple[TrackedMessage, VoteCounts] | None:
        """Return a tracked message and its article's counts; None if it is not tracked.

        Args:
            ref: The message.
            voter: The reader whose own vote is wanted; None for nobody's.
        """

    async def tracked_in_chat(self, chat_id: int, limit: int) -> Sequence[TrackedMessage]:
        """Return at most ``limit`` tracked messages of a chat, most recently seen first."""

    async def tracked_count(self) -> int:
        """Return how many messages are tracked, in all chats."""

    async def outdated(self, before: float, limit: int) -> Sequence[OutdatedMessage]:
        """Return messages that show older counts than the store has, most recently seen first.

        Args:
            before: Only messages last seen before this time (seconds since 1970).
            limit: How many at most.
        """

    async def outdated_since(self, after: float, limit: int) -> Sequence[OutdatedMessage]:
        """Return the same, of the messages last seen after a time; fast if these are few.

        If a great many were seen since, only the latest of them are looked at.
        """

    async def forget_message(self, ref: MessageRef) -> None:
        """Stop tracking a message; does nothing if it is not tracked."""

    async def forget_chat(self, chat_id: int) -> None:
        """Stop tracking all messages of a chat."""

    def leadership(self) -> "Leadership":
        """Return what tells whether this process is the one of its bot that serves."""

    async def channel_post(self, chat_id: int, article_id: str) -> int | None:
        """Return the message id of an article's post in a channel; None if there is none."""

    async def channel_posts(self, article_id: str) -> Sequence[MessageRef]:
        """Return an article's posts in all channels."""

    async def save_channel_post(self, chat_id: int, article_id: str, message_id: int) -> None:
        """Remember an article's post in a channel, instead of an earlier one."""

    async def chat_settings(self, chat: bytes) -> ChatSettings:
        """Return what was set for a chat."""

    async def set_article(self, chat: bytes, article_id: str | None) -> None:
        """Set the article that a chat's questions are about; None for all articles."""

    async def set_language(self, chat: bytes, language: str) -> None:
        """Set the language that the bot speaks in a chat."""

    async def move_chat_settings(self, old: bytes, new: bytes) -> None:
        """Move settings from one chat to another; does nothing if there are none."""

    async def forget_chat_settings(self, chat: bytes) -> None:
        """Delete what was set for a chat."""

    async def save_question(self, key: str, question: str) -> None:
        """Save a question under a key, for QUESTION_KEPT seconds."""

    async def saved_question(self, key: str) -> str | None:
        """Return a saved question; None if there is none by that key or it is too old."""

    async def article_files(self) -> Mapping[str, str]:
        """Return the id of the article in each file, by the file's path in the corpus."""

    async def save_article_files(self, ids: Mapping[str, str]) -> None:
        """Remember the ids of the articles in files, instead of earlier ones."""

    async def defer(self, updates: Sequence[tuple[int, str]]) -> None:
        """Keep updates whose handling takes long, all or none. Each is an id and its JSON."""

    async def deferred(self) -> Sequence[tuple[int, str]]:
        """Return id and JSON of all deferred updates, oldest first."""

    async def delete_deferred(self, update_id: int) -> None:
        """Delete a deferred update that has been handled."""

    async def save_handled(self, update_ids: Sequence[int]) -> None:
        """Remember updates that have been handled; after a failure they may be, or may not."""

    async def handled(self) -> Sequence[int]:
        """Return the ids of updates handled of late, at most MAX_HANDLED of them."""

    async def forget_handled(self) -> None:
        """Forget all of them but the last MAX_HANDLED."""
