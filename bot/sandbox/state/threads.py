"""Threads of a chat's messages: topics of forums, and threads of replies in other supergroups."""

from typing import Any

from bot.sandbox.content import Message
from bot.sandbox.state.chats import Chat
from bot.sandbox.state.shared_chats import Group, bot_view


def place_in_thread(
    chat: Chat, thread: int | None, replied: int | None
) -> tuple[dict[str, Any], int | None]:
    """Find the thread that a new message belongs to.

    Args:
        chat: where it is sent.
        thread: the message_thread_id that the sender names, or None.
        replied: the id of the message that the sender replies to, or None.

    Returns:
        The fields that the message gets, and the id of the message that it replies to, or None.
        In a forum, a message without a reply counts as a reply to the one that opened the topic,
        as in Telegram.
    """
    if not isinstance(chat, Group) or chat.kind != "supergroup":
        return {}, replied
    original = chat.messages.get(replied, {}) if replied is not None else {}
    if chat.forum:
        topic = thread or original.get("message_thread_id")
        if topic is None:
            return {}, replied
        opening = topic if topic in chat.messages else None
        fields = {"message_thread_id": topic, "is_topic_message": True}
        return fields, opening if replied is None else replied
    if replied is None:
        replied = thread if thread in chat.messages else None
    root = thread or original.get("message_thread_id") or replied
    return ({} if root is None else {"message_thread_id": root}), replied


def has_thread(chat: Chat, thread: int) -> bool:
    """Whether the chat has this topic, or a thread that began with this message."""
    if not isinstance(chat, Group):
        return False
    return thread in (chat.topics if chat.forum else chat.threads)


def is_closed(chat: Chat, fields: dict[str, Any]) -> bool:
    """Whether a message with these fields would be in a closed topic."""
    topic = chat.topics.get(fields.get("message_thread_id", 0)) if isinstance(chat, Group) else None
    return bool(topic and topic.closed)


def replied_view(message: Message) -> Message:
    """Return a message as a reply to it shows it: Telegram leaves out the message's own reply."""
    return {name: value for name, value in bot_view(message).items() if name != "reply_to_message"}
