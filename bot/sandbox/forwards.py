"""Posts of a channel as they stand in its discussion group, where Telegram forwards them."""

from typing import Any

from bot.sandbox.chats import Message

FORWARDER = {"id": 777000, "is_bot": False, "first_name": "Telegram"}

# What belongs to the post alone; all else is what it says, and is the same in its forward.
_OWN = frozenset(
    {
        *("message_id", "from", "sender_chat", "chat", "date", "reply_to_message"),
        *("inline_message_id", "external_reply", "quote"),
    }
)


def forwarded(post: Message) -> dict[str, Any]:
    """All of the forward's fields but those that every message has by itself."""
    origin = {
        "type": "channel",
        "date": post["date"],
        "chat": post["chat"],
        "message_id": post["message_id"],
    }
    return {
        "sender_chat": post["chat"],
        "is_automatic_forward": True,
        "forward_origin": origin,
        **_said(post),
    }


def followed(forward: Message, post: Message) -> Message:
    """The forward of a post that was edited."""
    kept = (*_OWN, "is_automatic_forward", "forward_origin")
    head = {name: value for name, value in forward.items() if name in kept}
    return {**head, **_said(post)}


def says_otherwise(forward: Message, post: Message) -> bool:
    """Whether more than the keyboard changed."""
    skipped = {"reply_markup", "edit_date"}
    before, after = _said(forward), _said(post)
    names = (before.keys() | after.keys()) - skipped - {"is_automatic_forward", "forward_origin"}
    return any(before.get(name) != after.get(name) for name in names)


def _said(message: Message) -> dict[str, Any]:
    return {name: value for name, value in message.items() if name not in _OWN}
