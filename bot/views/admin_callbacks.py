"""Callback data of the buttons that admins get.

As with all callback data, anyone can forge it: who presses is checked at each press.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from bot.corpus.article import ID_PATTERN


class AdminAction(StrEnum):
    """What a button does; with the value, its callback data begins."""

    ADD = "m+"
    """Adds the article of a preview."""
    CANCEL = "m-"
    """Forgets a preview."""
    LIST = "ml"
    """Shows a page of the list of articles."""
    MANAGE = "mo"
    """Shows what can be done with an article."""
    PUBLISH = "mp"
    """Posts an article in the channel, or edits its post there."""
    REMOVE = "mr"
    """Asks whether to remove an article."""
    CONFIRM_REMOVE = "mx"
    """Removes an article."""


@dataclass(frozen=True)
class AdminButton:
    """A button for admins.

    Attributes:
        action: What it does.
        target: To what: to ADD and CANCEL the key of a preview, as ``bot.handlers.admin_drafts``
            made it; to LIST the number of a page, from 0, though there may be fewer; else an
            article's id.
    """

    action: AdminAction
    target: str

    @property
    def data(self) -> str:
        """At most 35 bytes; Telegram takes 64."""
        return f"{self.action}:{self.target}"


_KEY = re.compile(r"[\w-]{16}", re.ASCII)
_TARGETS: dict[str, re.Pattern[str]] = {
    **dict.fromkeys(AdminAction, ID_PATTERN),
    AdminAction.ADD: _KEY,
    AdminAction.CANCEL: _KEY,
    AdminAction.LIST: re.compile("[0-9]{1,5}"),
}


def parse_admin(data: str | None) -> AdminButton | None:
    """Return the button with this data; None if it is none of these."""
    action, _, target = (data or "").partition(":")
    pattern = _TARGETS.get(action)
    if pattern is None or not pattern.fullmatch(target):
        return None
    return AdminButton(AdminAction(action), target)
