"""What of an update must be known before it is worth making an object of it: its JSON is read."""

from typing import Any

_MESSAGES = ("message", "edited_message", "guest_message")
_MIGRATIONS = ("migrate_to_chat_id", "migrate_from_chat_id")


def is_update(body: object) -> bool:
    """Return whether something that was received is an update, as far as its id."""
    return isinstance(body, dict) and type(body.get("update_id")) is int


def kind_of(body: dict[str, Any]) -> str:
    """Return what kind of update it is, as Telegram names it; "unknown" if it holds nothing."""
    return next((key for key in body if key != "update_id"), "unknown")


def writer_id(body: dict[str, Any]) -> int | None:
    """Return who wrote the message of an update, as ``identity.actor_id`` does.

    Returns:
        None if the update is no message (a tap, for example), or one that must not be dropped: it
        tells that a group has another id now.
    """
    message = next((body[kind] for kind in _MESSAGES if kind in body), None)
    if not isinstance(message, dict) or any(key in message for key in _MIGRATIONS):
        return None
    return _id(message.get("sender_chat") or message.get("from") or message.get("chat"))


def typist_id(body: dict[str, Any]) -> int | None:
    """Return who typed the inline query of an update; None if it is none."""
    query = body.get("inline_query")
    return _id(query.get("from")) if isinstance(query, dict) else None


def _id(who: object) -> int | None:
    found = who.get("id") if isinstance(who, dict) else None
    return found if type(found) is int else None
