"""Posts of a channel as they stand in its discussion group, where Telegram forwards them."""

from typing import Any

from bot.sandbox.content import Message
from bot.sandbox.content.quotes import origin

FORWARDER = {"id": 777000, "is_bot": False, "first_name": "Telegram"}
"""The user who forwards posts."""

# Fields that belong to one message; all others are content, the same in post and forward.
_OWN = frozenset(
    {
        *("message_id", "from", "sender_chat", "chat", "date", "reply_to_message"),
        *("inline_message_id", "external_reply", "quote"),
    }
)
_FORWARD = frozenset({"is_automatic_forward", "forward_origin"})
# Telegram does not tell bots when only these change in a forward.
_SILENT = frozenset({"reply_markup", "edit_date"})


def forwarded(post: Message) -> dict[str, Any]:
    """Return the forward's fields, except those that every new message gets."""
    return {
        "sender_chat": post["chat"],
        "is_automatic_forward": True,
        "forward_origin": origin(post),
        **_content(post),
    }


def updated_forward(forward: Message, post: Message) -> Message:
    """Return the forward with the content of its edited post."""
    head = {name: value for name, value in forward.items() if name in _OWN | _FORWARD}
    return {**head, **_content(post)}


def is_edited(before: Message, after: Message) -> bool:
    """Whether bots are told of the change: more than the keyboard changed."""
    old, new = _content(before), _content(after)
    names = (old.keys() | new.keys()) - _SILENT - _FORWARD
    return any(old.get(name) != new.get(name) for name in names)


def _content(message: Message) -> dict[str, Any]:
    return {name: value for name, value in message.items() if name not in _OWN}
