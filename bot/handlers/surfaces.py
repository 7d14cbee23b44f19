"""Surfaces: the kinds of chats in which the bot is asked."""

from enum import Enum

from telegram import Bot, MaybeInaccessibleMessage, Message, Update, User
from telegram.constants import ChatType


class Surface(Enum):
    """A kind of chat in which the bot is asked."""

    PRIVATE = "private"
    GROUP = "group"
    GUEST = "guest"
    """A chat that the bot is not a member of: it can answer once and send nothing more."""


def surface_of(update: Update) -> Surface:
    """Return the surface of an update; private if it has no chat."""
    if update.guest_message is not None:
        return Surface.GUEST
    chat = update.effective_chat
    return Surface.PRIVATE if chat is None or chat.type == ChatType.PRIVATE else Surface.GROUP


def surface_of_message(message: MaybeInaccessibleMessage) -> Surface:
    """Return the surface of one of the bot's own messages."""
    return Surface.PRIVATE if message.chat.type == ChatType.PRIVATE else Surface.GROUP


def message_of(update: Update) -> Message:
    """Return the message of an update that came by a route for messages; it surely has one."""
    assert update.effective_message is not None
    return update.effective_message


def account(bot: Bot) -> User:
    """Return the bot's own account."""
    return bot.bot


def username(bot: Bot) -> str:
    """Return the bot's username without "@"; "" if it has none."""
    return account(bot).username or ""
