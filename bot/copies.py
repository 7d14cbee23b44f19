"""Copies: the messages that show an article's counts, and the interface of a store of them."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True)
class Copy:
    """A message with reactions: in a chat, or sent inline (then only inline_message_id is set)."""

    chat_id: int | None = None
    message_id: int | None = None
    inline_message_id: str | None = None


@dataclass(frozen=True)
class KnownCopy:
    """What is known of a copy.

    keyboard: what it shows, as the Bot API's JSON. version: of the counts in it; 0 when that is
    not known. seen: when a reader was last known to look at it, in seconds since 1970.
    """

    copy: Copy
    article_id: str
    keyboard: str
    version: int
    seen: float = field(default_factory=time.time)


class CopyStore(Protocol):
    """Remembers copies. Every method raises StoreError when the database fails."""

    async def record(self, known: KnownCopy) -> None:
        """Remember a copy, in the place of what was known of it."""
        ...

    async def amend(self, known: KnownCopy) -> None:
        """Note what is known of a copy by now, unless it was forgotten meanwhile."""
        ...

    async def known(self, copy: Copy) -> KnownCopy | None:
        """Return what is known of a copy."""
        ...

    async def stale(self, before: float, most: int) -> Sequence[KnownCopy]:
        """Return copies whose article's counts have changed since, the most recently seen first.

        before: only those seen before that time. most: how many of them at most.
        """
        ...

    async def forget_copy(self, copy: Copy) -> None:
        """Forget a copy; one that is not known does no harm."""
        ...

    async def forget_chat(self, chat_id: int) -> None:
        """Forget all copies in a chat."""
        ...

    async def on_duty(self) -> bool:
        """Tell whether this process is the one that refreshes copies; at most one is at a time.

        When no other process is, this one takes it on, and keeps it until it ends.
        """
        ...

    async def post(self, chat_id: int, article_id: str) -> int | None:
        """Return the message id of an article's post in a channel; None when there is none."""
        ...

    async def record_post(self, chat_id: int, article_id: str, message_id: int) -> None:
        """Remember an article's post in a channel, in the place of an earlier one."""
        ...
