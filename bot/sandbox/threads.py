"""Where in a chat a message stands: a forum's topics, and the threads of other supergroups."""

from typing import Any

from bot.sandbox.chats import Chat
from bot.sandbox.shared_chats import Group


def place(chat: Chat, thread: int | None, replied: int | None) -> tuple[dict[str, Any], int | None]:
    """The thread's fields of a new message, and the id of what it answers or None.

    thread: the topic's or the thread's id when one is named. replied: as the sender named it. In
    a forum, what answers nothing else answers the message that opened the topic, as Telegram has
    it.
    """
    if not isinstance(chat, Group) or chat.kind != "supergroup":
        return {}, replied
    answered = chat.messages.get(replied, {}) if replied is not None else {}
    if chat.forum:
        topic = thread or answered.get("message_thread_id")
        if topic is None:
            return {}, replied
        opening = topic if topic in chat.messages else None
        fields = {"message_thread_id": topic, "is_topic_message": True}
        return fields, opening if replied is None else replied
    if replied is None:
        replied = thread if thread in chat.messages else None
    root = thread or answered.get("message_thread_id") or replied
    return ({} if root is None else {"message_thread_id": root}), replied


def has_thread(chat: Chat, thread: int) -> bool:
    """Whether the bot may name this thread: a topic, or a message that was answered."""
    if not isinstance(chat, Group):
        return False
    return thread in (chat.topics if chat.forum else chat.threads)


def is_closed(chat: Chat, fields: dict[str, Any]) -> bool:
    """Whether a message with these fields would stand in a topic that is closed."""
    topic = chat.topics.get(fields.get("message_thread_id", 0)) if isinstance(chat, Group) else None
    return bool(topic and topic.closed)
