"""Articles that an admin has sent and has not yet decided on, in memory."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from bot.corpus.article import Article
from bot.web.sent_files import SentFile

KEPT = 3_600.0
"""Seconds for which a draft is kept."""
MAX_DRAFTS = 100
MAX_BYTES = 20_000_000
"""Of all drafts together; the oldest are forgotten first."""
_KEY_BYTES = 12
"""Random bytes of a key, which 16 characters name in callback data."""


@dataclass(frozen=True)
class Draft:
    """An article that may be added.

    Attributes:
        admin_id: Who sent it, and alone may decide.
        sent: The file to write.
        article: The article as the bot will read it.
        replaces: What the file that it replaces contains; None if there is no such file.
    """

    admin_id: int
    sent: SentFile
    article: Article
    replaces: bytes | None


class Drafts:
    """Keeps drafts for a while, under keys that cannot be guessed."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """Start with none. ``clock`` returns the time in seconds since 1970."""
        self._clock = clock
        self._kept: dict[str, tuple[float, Draft]] = {}

    def keep(self, draft: Draft) -> str:
        """Keep a draft; return its key."""
        key = secrets.token_urlsafe(_KEY_BYTES)
        self._kept[key] = (self._clock(), draft)
        while len(self._kept) > MAX_DRAFTS or self._bytes() > MAX_BYTES:
            del self._kept[next(iter(self._kept))]
        return key

    def of(self, key: str, admin_id: int) -> Draft | None:
        """Return the draft with a key; None if it is too old, or somebody else's."""
        kept_at, draft = self._kept.get(key, (0.0, None))
        if draft is None or draft.admin_id != admin_id:
            return None
        return draft if self._clock() - kept_at < KEPT else None

    def forget(self, key: str) -> None:
        """Forget a draft."""
        self._kept.pop(key, None)

    def _bytes(self) -> int:
        return sum(len(draft.sent.content) for _, draft in self._kept.values())
