"""Who caused an update: a user, or a chat on whose behalf somebody acts."""

from contextvars import ContextVar
from dataclasses import dataclass

from telegram import CallbackQuery, Message, Update
from telegram.constants import ChatID
from telegram.ext.filters import MessageFilter


@dataclass
class Caller:
    """Who caused an update, so whom its answers are for.

    Attributes:
        id: Their id; 0 if it is not known.
        is_answered: Whether a call of priority ANSWER has succeeded.
    """

    id: int = 0
    is_answered: bool = False


caller: ContextVar[Caller | None] = ContextVar("caller", default=None)
"""Who caused the update that is being handled; None for work that no update caused."""


def actor_id(update: Update) -> int:
    """Return the id of who caused an update, for votes and ordering; 0 if nobody did.

    For a message that was sent on behalf of a group or channel, that is the chat's id: Telegram
    gives the same user id to everybody who writes like that.
    """
    if update.callback_query is not None:
        return tapper_id(update.callback_query)
    message = update.effective_message
    if message is not None and message.sender_chat is not None:
        return message.sender_chat.id
    if update.effective_user is not None:
        return update.effective_user.id
    return update.effective_chat.id if update.effective_chat is not None else 0


def tapper_id(query: CallbackQuery) -> int:
    """Return the id of who tapped a button.

    Telegram gives the real user, even for an anonymous administrator. If it ever gives the
    placeholder user of all anonymous administrators, the group's id is returned.
    """
    if query.from_user.id == ChatID.ANONYMOUS_ADMIN and query.message is not None:
        return query.message.chat.id
    return query.from_user.id


class FromPeople(MessageFilter):
    """Accepts messages of people, also on behalf of a group or channel, but not of other bots.

    Two bots that answer each other would never stop.
    """

    def filter(self, message: Message) -> bool:
        """Return whether a message was not written by another bot."""
        sender = message.from_user
        return message.sender_chat is not None or sender is None or not sender.is_bot


def is_anonymous_admin(message: Message) -> bool:
    """Return whether an anonymous administrator of the group wrote a message."""
    return message.sender_chat is not None and message.sender_chat.id == message.chat.id
