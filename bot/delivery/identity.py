"""Who does something in Telegram: a user, or a chat in whose name somebody acts."""

from telegram import CallbackQuery, Message, Update
from telegram.constants import ChatID
from telegram.ext.filters import MessageFilter


def actor_id(update: Update) -> int:
    """Return the id to which an update's votes and order belong; 0 if nobody did anything.

    Whoever writes as a group or a channel is that chat: Telegram gives all of them one user's id.
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
    """Return the id to which a tap belongs.

    Telegram names the person, even an anonymous administrator. Should it ever name the one user
    who stands for all of these, the vote is the group's.
    """
    if query.from_user.id == ChatID.ANONYMOUS_ADMIN and query.message is not None:
        return query.message.chat.id
    return query.from_user.id


class FromPeople(MessageFilter):
    """Accepts what people write, also as a group or a channel, but nothing from other bots.

    Two bots that answer each other would never stop.
    """

    def filter(self, message: Message) -> bool:
        """Return whether no other bot wrote a message."""
        sender = message.from_user
        return message.sender_chat is not None or sender is None or not sender.is_bot


def is_anonymous_admin(message: Message) -> bool:
    """Return whether an anonymous administrator of the group wrote a message."""
    return message.sender_chat is not None and message.sender_chat.id == message.chat.id
