"""The JSON fields of a control request, and the readers, chats and messages that they name.

All functions raise ControlError with a sentence about what is wrong.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from bot.sandbox.api_errors import ControlError
from bot.sandbox.content import Message
from bot.sandbox.content.formatted_text import formatted
from bot.sandbox.state.chats import Chat, Reader
from bot.sandbox.state.shared_chats import Group
from bot.sandbox.state.world import World

Fields = dict[str, Any]
Kind = TypeVar("Kind")
Default = TypeVar("Default")
Key = TypeVar("Key")
Entry = TypeVar("Entry")

MAX_TITLE = 128
_MISSING = object()
_KIND_NAMES = {
    int: "a whole number",
    str: "a string",
    bool: "true or false",
    dict: "an object",
    list: "a list",
}


def refuse_unknown(names: Iterable[str], known: Sequence[str]) -> None:
    """Raise ControlError when a name is none of the known fields."""
    for name in names:
        if name not in known:
            have = f"has only {', '.join(known)}" if known else "has no fields"
            raise ControlError(400, f'There is no field "{name}" here: this request {have}.')


def field(fields: Fields, name: str, kind: type[Kind], default: Any = _MISSING) -> Kind:
    """Return a field of a kind; `default`, if given, when the field is absent or null."""
    value = fields.get(name)
    if value is None and default is not _MISSING:
        return default  # type: ignore[no-any-return]
    # In Python true is a number; in JSON it is not.
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise ControlError(400, f'"{name}" must be {_KIND_NAMES[kind]}.')
    return value


def number(
    fields: Fields, name: str, least: float, most: float, default: Default
) -> float | Default:
    """Return a field that is a number from `least` to `most`; `default` when absent or null."""
    value = fields.get(name)
    if value is None:
        return default
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not least <= value <= most:
        raise ControlError(400, f'"{name}" must be a number from {least:g} to {most:g}, or null.')
    return value


def find(entries: Mapping[Key, Entry], key: Key, what: str, chat: Chat | None = None) -> Entry:
    """Return the entry with this key; 404 when there is none.

    Args:
        entries: by id.
        key: the id.
        what: what an entry is, for the error.
        chat: where the entries are, for the error.
    """
    if key not in entries:
        where = f" in chat {chat.id}" if chat else ""
        raise ControlError(404, f"There is no {what} {key}{where}.")
    return entries[key]


def find_reader(world: World, fields: Fields) -> Reader:
    """Return the reader whose id is in "reader"."""
    return find(world.readers, field(fields, "reader", int), "reader")


def find_message(chat: Chat, fields: Fields) -> Message:
    """Return the message of a chat whose id is in "message_id"."""
    return find(chat.messages, field(fields, "message_id", int), "message", chat)


def title(fields: Fields, name: str = "title") -> str:
    """Return a field with 1 to 128 characters after trimming."""
    text = field(fields, name, str).strip()
    if not 1 <= len(text) <= MAX_TITLE:
        raise ControlError(400, f'"{name}" must have 1 to {MAX_TITLE} characters.')
    return text


def readers(world: World, fields: Fields, name: str = "readers") -> list[Reader]:
    """Return the readers whose ids are in a list, which must not be empty."""
    ids = field(fields, name, list)
    if not ids or not all(type(reader_id) is int for reader_id in ids):
        raise ControlError(400, f'"{name}" must be a list of at least one reader\'s id.')
    return [find(world.readers, reader_id, "reader") for reader_id in ids]


def require_member(reader: Reader, chat: Chat) -> None:
    """Raise ControlError unless the reader is in the chat."""
    if reader.id not in chat.readers:
        raise ControlError(400, f"Reader {reader.id} is not in chat {chat.id}.")


def reader_in_chat(world: World, fields: Fields) -> tuple[Reader, Chat]:
    """Return who acts and where: in "chat", by default in the reader's private chat."""
    reader = find_reader(world, fields)
    chat = find(world.chats, field(fields, "chat", int, reader.id), "chat")
    require_member(reader, chat)
    return reader, chat


def _require_current(chat: Chat) -> None:
    if isinstance(chat, Group) and chat.migrated_to is not None:
        raise ControlError(400, f"Chat {chat.id} became the supergroup {chat.migrated_to}.")


def author_in_chat(world: World, fields: Fields) -> tuple[Reader, Chat]:
    """As reader_in_chat; also refuse groups that became a supergroup: nobody writes there."""
    reader, chat = reader_in_chat(world, fields)
    _require_current(chat)
    return reader, chat


def find_group(world: World, fields: Fields) -> Group:
    """Return the group that "chat" names; 400 when it is none or became a supergroup."""
    chat = find(world.chats, field(fields, "chat", int), "chat")
    if not isinstance(chat, Group):
        raise ControlError(400, "This chat is no group.")
    _require_current(chat)
    return chat


def readers_text(text: str, limit: int, name: str = "text") -> dict[str, Any]:
    """Return what a reader wrote as "text" or "caption", with the entities that Telegram finds.

    Raises:
        ApiError: Telegram would not accept it.
    """
    cleaned, entities = formatted(text, (), limit)
    content: dict[str, Any] = {name: cleaned}
    if entities:
        content["entities" if name == "text" else f"{name}_entities"] = entities
    return content
