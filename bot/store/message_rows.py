"""Messages whose counts are kept up to date, as rows of the database."""

from bot.store.base import MessageRef, TrackedMessage
from bot.store.engine import Row


def message_key(ref: MessageRef) -> tuple[int, int, str]:
    """Return what names a message in the database."""
    return ref.chat_id or 0, ref.message_id or 0, ref.inline_message_id or ""


def message_values(message: TrackedMessage) -> tuple[object, ...]:
    """Return the columns of a tracked message."""
    known = (message.article_id, message.keyboard, message.version, message.last_seen)
    return *message_key(message.ref), *known


def tracked_message(row: Row) -> TrackedMessage:
    """Return the tracked message of a row."""
    ref = MessageRef(
        row["chat_id"] or None, row["message_id"] or None, row["inline_message_id"] or None
    )
    return TrackedMessage(ref, row["article"], row["keyboard"], row["version"], row["last_seen"])
