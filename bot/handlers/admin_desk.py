"""What admins work with, and who they are."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from telegram import CallbackQuery, Message
from telegram.constants import ChatType

from bot.config import Settings
from bot.handlers.admin_drafts import Drafts
from bot.handlers.live_corpus import LiveCorpus, Look

LOOK_TIMEOUT = 20.0
"""Seconds that an admin is kept waiting while the articles are read again."""


@dataclass(frozen=True)
class AdminDesk:
    """What admins work with.

    Attributes:
        admins: Ids of the users who may change the articles.
        publish_to: The channel to publish in; None for none.
        allow_private: Whether links may lead to this machine or its network.
        live: Reads the articles again.
        drafts: What was sent and is not decided yet.
        publishing: Held while an article is posted, so that it is not posted twice.
    """

    admins: frozenset[int]
    publish_to: str | None
    allow_private: bool
    live: LiveCorpus
    drafts: Drafts
    publishing: asyncio.Lock = field(default_factory=asyncio.Lock)

    def is_admin(self, message: Message) -> bool:
        """Return whether an admin wrote a message, in the private chat and in nobody's name."""
        sender = message.from_user
        return (
            sender is not None
            and sender.id in self.admins
            and message.sender_chat is None
            and message.chat.type == ChatType.PRIVATE
        )

    def may_press(self, query: CallbackQuery) -> bool:
        """Return whether who pressed a button is an admin, in the private chat with the bot."""
        message, user = query.message, query.from_user
        in_private = message is not None and message.chat.type == ChatType.PRIVATE
        return user.id in self.admins and in_private

    async def look(self) -> Look | None:
        """Have the files of the articles looked at; return None if that takes too long."""
        try:
            async with asyncio.timeout(LOOK_TIMEOUT):
                return await self.live.look()
        except TimeoutError:
            return None


def build_desk(settings: Settings, live: LiveCorpus, clock: Callable[[], float]) -> AdminDesk:
    """Return what admins work with.

    Args:
        settings: The settings.
        live: Reads the articles again.
        clock: Returns the time in seconds since 1970.
    """
    return AdminDesk(
        settings.admins,
        settings.publish_to,
        settings.allow_private_addresses,
        live,
        Drafts(clock),
    )
