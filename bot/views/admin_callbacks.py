"""Callback data of the buttons that admins get.

As with all callback data, anyone can forge it: who presses is checked at each press.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from bot.corpus.article import ID_PATTERN


@dataclass(frozen=True)
class AddButton:
    """Adds the article of a preview. ``key``: as ``bot.handlers.admin_drafts`` made it."""

    key: str

    @property
    def data(self) -> str:
        """19 bytes; Telegram takes 64."""
        return f"m+:{self.key}"


@dataclass(frozen=True)
class CancelButton:
    """Forgets a preview; see AddButton."""

    key: str

    @property
    def data(self) -> str:
        """19 bytes."""
        return f"m-:{self.key}"


@dataclass(frozen=True)
class ListButton:
    """Shows a page of the list of articles. ``page``: from 0; there may be fewer pages."""

    page: int

    @property
    def data(self) -> str:
        """At most 8 bytes."""
        return f"ml:{self.page}"


@dataclass(frozen=True)
class ManageButton:
    """Shows what can be done with an article."""

    article_id: str

    @property
    def data(self) -> str:
        """At most 35 bytes, as those below."""
        return f"mo:{self.article_id}"


@dataclass(frozen=True)
class PublishButton:
    """Posts an article in the channel, or edits its post there."""

    article_id: str

    @property
    def data(self) -> str:
        """See ManageButton."""
        return f"mp:{self.article_id}"


@dataclass(frozen=True)
class RemoveButton:
    """Asks whether to remove an article."""

    article_id: str

    @property
    def data(self) -> str:
        """See ManageButton."""
        return f"mr:{self.article_id}"


@dataclass(frozen=True)
class ConfirmRemoveButton:
    """Removes an article."""

    article_id: str

    @property
    def data(self) -> str:
        """See ManageButton."""
        return f"mx:{self.article_id}"


AdminButton = (
    AddButton
    | CancelButton
    | ListButton
    | ManageButton
    | PublishButton
    | RemoveButton
    | ConfirmRemoveButton
)

_BY_KEY: dict[str, Callable[[str], AdminButton]] = {"m+": AddButton, "m-": CancelButton}
_BY_ARTICLE: dict[str, Callable[[str], AdminButton]] = {
    "mo": ManageButton,
    "mp": PublishButton,
    "mr": RemoveButton,
    "mx": ConfirmRemoveButton,
}


def parse_admin(data: str | None) -> AdminButton | None:
    """Return the button with this data; None if it is none of these."""
    kind, _, value = (data or "").partition(":")
    if kind in _BY_KEY and re.fullmatch(r"[\w-]{16}", value, re.ASCII):
        return _BY_KEY[kind](value)
    if kind in _BY_ARTICLE and ID_PATTERN.fullmatch(value):
        return _BY_ARTICLE[kind](value)
    if kind == "ml" and re.fullmatch(r"[0-9]{1,5}", value):
        return ListButton(int(value))
    return None
