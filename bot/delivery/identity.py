"""Who does something in Telegram: a user, or a chat in whose name somebody speaks."""

from telegram import CallbackQuery, Message, Update
from telegram.constants import ChatID
from telegram.ext.filters import MessageFilter


def actor_id(update: Update) -> int:
    """Return the id that an update's votes and order belong to; 0 where nobody did anything.

    Who speaks as a group or a channel is that chat: Telegram gives all of them one user's id.
    """
    if update.callback_query is not None:
        return presser_id(update.callback_query)
    message = update.effective_message
    if message is not None and message.sender_chat is not None:
        return message.sender_chat.id
    if update.effective_user is not None:
        return update.effective_user.id
    return update.effective_chat.id if update.effective_chat is not None else 0


def presser_id(query: CallbackQuery) -> int:
    """Return the id that a press belongs to.

    Telegram names the person, also an anonymous administrator; should it ever name the one user
    who stands for all of these, the group is who votes.
    """
    if query.from_user.id == ChatID.ANONYMOUS_ADMIN and query.message is not None:
        return query.message.chat.id
    return query.from_user.id


class FromPeople(MessageFilter):
    """Lets through what people write, also in the name of a group or a channel.

    Two bots that answer each other would do so for ever.
    """

    def filter(self, message: Message) -> bool:
        """Tell whether no other bot wrote it."""
        sender = message.from_user
        return message.sender_chat is not None or sender is None or not sender.is_bot


def speaks_as_group(message: Message) -> bool:
    """Tell whether an anonymous administrator of the group wrote a message."""
    return message.sender_chat is not None and message.sender_chat.id == message.chat.id
