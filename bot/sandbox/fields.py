"""Reading a control request: its JSON fields, and the readers, chats and messages they name.

Everything here raises ControlError with a sentence about what is wrong.
"""

from typing import Any, TypeVar

from bot.sandbox.chats import Chat, Message, Reader
from bot.sandbox.errors import ApiError, ControlError
from bot.sandbox.shared_chats import Group
from bot.sandbox.texts import formatted
from bot.sandbox.world import World

Fields = dict[str, Any]
Kind = TypeVar("Kind")

MAX_WAIT = 30
MAX_TITLE = 128
_MISSING = object()
_WORDS = {
    int: "a whole number",
    str: "a string",
    bool: "true or false",
    dict: "an object",
    list: "a list",
}


def field(fields: Fields, name: str, kind: type[Kind], default: Any = _MISSING) -> Kind:
    """fields[name], which must be of `kind`; `default` when absent or null, if there is one."""
    value = fields.get(name)
    if value is None and default is not _MISSING:
        return default  # type: ignore[no-any-return]
    # For Python true is a number; for JSON it is not.
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise ControlError(400, f'"{name}" must be {_WORDS[kind]}.')
    return value


def number(fields: Fields, name: str, least: float, most: float) -> float | None:
    """fields[name], which must be a number from `least` to `most`; None when absent or null."""
    value = fields.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not least <= value <= most:
        raise ControlError(400, f'"{name}" must be a number from {least:g} to {most:g}, or null.')
    return value


def seconds(value: object, most: float = MAX_WAIT) -> float:
    """How long to wait: a number from 0 to `most`; ControlError when it is none."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= most:
        raise ControlError(400, f'"wait" must be a number of seconds from 0 to {most}.')
    return value


def find_chat(world: World, chat_id: int) -> Chat:
    """The chat with this id; 404 when there is none."""
    if chat_id not in world.chats:
        raise ControlError(404, f"There is no chat {chat_id}.")
    return world.chats[chat_id]


def find_reader(world: World, reader_id: int) -> Reader:
    """The reader with this id; 404 when there is none."""
    if reader_id not in world.readers:
        raise ControlError(404, f"There is no reader {reader_id}.")
    return world.readers[reader_id]


def find_message(chat: Chat, message_id: int) -> Message:
    """The message with this id in `chat`; 404 when there is none."""
    if message_id not in chat.messages:
        raise ControlError(404, f"There is no message {message_id} in chat {chat.id}.")
    return chat.messages[message_id]


def chat_title(fields: Fields) -> str:
    """The field "title": 1 to 128 characters after trimming."""
    title = field(fields, "title", str).strip()
    if not 1 <= len(title) <= MAX_TITLE:
        raise ControlError(400, f'"title" must have 1 to {MAX_TITLE} characters.')
    return title


def chat_readers(world: World, fields: Fields, name: str = "readers") -> list[Reader]:
    """The readers whose ids the list fields[name] holds, at least one."""
    ids = field(fields, name, list)
    if not ids or not all(type(reader_id) is int for reader_id in ids):
        raise ControlError(400, f'"{name}" must be a list of at least one reader\'s id.')
    return [find_reader(world, reader_id) for reader_id in ids]


def reader_in_chat(world: World, fields: Fields) -> tuple[Reader, Chat]:
    """Who acts, and where: in "chat", or in the reader's private chat when there is none."""
    reader = find_reader(world, field(fields, "reader", int))
    chat = find_chat(world, field(fields, "chat", int, reader.id))
    if reader.id not in chat.readers:
        raise ControlError(400, f"Reader {reader.id} is not in chat {chat.id}.")
    return reader, chat


def writer_in_chat(world: World, fields: Fields) -> tuple[Reader, Chat]:
    """As reader_in_chat; nobody writes to a group that became another one."""
    reader, chat = reader_in_chat(world, fields)
    if isinstance(chat, Group) and chat.migrated_to is not None:
        raise ControlError(400, f"Chat {chat.id} became the supergroup {chat.migrated_to}.")
    return reader, chat


def find_group(world: World, fields: Fields) -> Group:
    """The group that "chat" names; 400 when it is none, or became another one."""
    chat = find_chat(world, field(fields, "chat", int))
    if not isinstance(chat, Group):
        raise ControlError(400, "This chat is no group.")
    if chat.migrated_to is not None:
        raise ControlError(400, f"Chat {chat.id} became the supergroup {chat.migrated_to}.")
    return chat


def refused(refusal: ApiError) -> ControlError:
    """The 400 for what Telegram itself would not take from a reader."""
    return ControlError(400, f"Telegram would not take this: {refusal}.")


def written(text: str, limit: int, prefix: str = "") -> dict[str, Any]:
    """What a reader wrote, with the entities Telegram finds in it."""
    try:
        cleaned, entities = formatted(text, None, limit)
    except ApiError as refusal:
        raise refused(refusal) from None
    content: dict[str, Any] = {f"{prefix or 'text'}": cleaned}
    if entities:
        content[f"{prefix}_entities" if prefix else "entities"] = entities
    return content
