"""What readers do: write, edit, tap, block. The page and the tests call these by name.

Each takes the world and the request's JSON fields and returns the answer's JSON; ControlError
says what was wrong. `update_id` in an answer is None when the bot asked not to get such updates.
"""

import asyncio
import time
from typing import Any, TypeVar

from bot.sandbox.errors import ApiError, ControlError
from bot.sandbox.listeners import Hold
from bot.sandbox.texts import MAX_CAPTION, MAX_TEXT, formatted
from bot.sandbox.world import Chat, Message, Query, Reader, World

Fields = dict[str, Any]
Kind = TypeVar("Kind")

MAX_WAIT = 30
_MISSING = object()
_WORDS = {int: "a whole number", str: "a string", bool: "true or false", dict: "an object"}


def field(fields: Fields, name: str, kind: type[Kind], default: Any = _MISSING) -> Kind:
    """fields[name], which must be of `kind`; `default` when absent or null, if there is one."""
    value = fields.get(name)
    if value is None and default is not _MISSING:
        return default  # type: ignore[no-any-return]
    # For Python true is a number; for JSON it is not.
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise ControlError(400, f'"{name}" must be {_WORDS[kind]}.')
    return value


def seconds(value: object, most: float = MAX_WAIT) -> float:
    """How long to wait: a number from 0 to `most`; ControlError when it is none."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= most:
        raise ControlError(400, f'"wait" must be a number of seconds from 0 to {most}.')
    return value


def find_chat(world: World, chat_id: int) -> Chat:
    """The chat with this id; ControlError 404 when there is none."""
    if chat_id not in world.chats:
        raise ControlError(404, f"There is no chat {chat_id}.")
    return world.chats[chat_id]


def find_reader(world: World, reader_id: int) -> Reader:
    """The reader with this id; ControlError 404 when there is none."""
    if reader_id not in world.readers:
        raise ControlError(404, f"There is no reader {reader_id}.")
    return world.readers[reader_id]


def find_message(chat: Chat, message_id: int) -> Message:
    """The message with this id in `chat`; ControlError 404 when there is none."""
    if message_id not in chat.messages:
        raise ControlError(404, f"There is no message {message_id} in chat {chat.id}.")
    return chat.messages[message_id]


def _own_chat(world: World, fields: Fields) -> Chat:
    return find_chat(world, find_reader(world, field(fields, "reader", int)).id)


def _written(text: str, limit: int, prefix: str = "") -> dict[str, Any]:
    """What a reader wrote, with the entities Telegram finds in it."""
    try:
        cleaned, entities = formatted(text, None, limit)
    except ApiError as refusal:
        raise ControlError(400, f"Telegram would not take this: {refusal}.") from None
    content: dict[str, Any] = {f"{prefix or 'text'}": cleaned}
    if entities:
        content[f"{prefix}_entities" if prefix else "entities"] = entities
    return content


def _file(name: str, width: int, height: int) -> dict[str, Any]:
    return {
        "file_id": f"sandbox-{name}-{width}",
        "file_unique_id": f"{name}{width}",
        "width": width,
        "height": height,
        "file_size": width * height // 8,
    }


def _content(fields: Fields) -> dict[str, Any]:
    """A reader's message: exactly one of text, photo and sticker."""
    photo, sticker = field(fields, "photo", bool, False), field(fields, "sticker", bool, False)
    if [photo, sticker, fields.get("text") is not None].count(True) != 1:
        raise ControlError(400, 'A message has exactly one of "text", "photo" and "sticker".')
    caption = field(fields, "caption", str, "")
    if caption and not photo:
        raise ControlError(400, "Only a photo has a caption.")
    if photo:
        sizes = [_file("photo", 90, 60), _file("photo", 800, 533)]
        return {"photo": sizes, **(_written(caption, MAX_CAPTION, "caption") if caption else {})}
    if sticker:
        kind = {"type": "regular", "is_animated": False, "is_video": False, "emoji": "👍"}
        return {"sticker": {**_file("sticker", 512, 512), **kind}}
    return _written(field(fields, "text", str), MAX_TEXT)


async def send(world: World, fields: Fields, _hold: Hold) -> dict[str, Any]:
    """POST /sandbox/messages: a reader writes to the bot."""
    chat = _own_chat(world, fields)
    content = _content(fields)
    replied = field(fields, "reply_to", int, None)
    if replied is not None:
        find_message(chat, replied)
    message = world.add_message(chat, chat.reader.user(), content, replied)
    return {"message": message, "update_id": world.updates.push("message", message)}


async def edit(world: World, fields: Fields, _hold: Hold) -> dict[str, Any]:
    """POST /sandbox/messages/edit: a reader changes a text of their own."""
    chat = _own_chat(world, fields)
    old = find_message(chat, field(fields, "message_id", int))
    if old["from"]["id"] != chat.reader.id or "text" not in old:
        raise ControlError(400, "Readers can edit only texts of their own.")
    head = {name: value for name, value in old.items() if name not in ("text", "entities")}
    content = _written(field(fields, "text", str), MAX_TEXT)
    message = {**head, "edit_date": int(time.time()), **content}
    world.put(chat, message)
    return {"message": message, "update_id": world.updates.push("edited_message", message)}


async def tap(world: World, fields: Fields, hold: Hold) -> dict[str, Any]:
    """POST /sandbox/taps: a reader taps a button; with "wait", until the bot answered the tap.

    A query that is delivered again waits for the bot's next attempt to answer it: Telegram
    refuses that one, so "answer" is then what the bot said the first time.
    """
    reader = find_reader(world, field(fields, "reader", int))
    chat = find_chat(world, field(fields, "chat", int))
    message = find_message(chat, field(fields, "message_id", int))
    if reader.id != chat.reader.id:
        raise ControlError(400, f"Reader {reader.id} is not in chat {chat.id}.")
    data = field(fields, "data", str)
    wait = fields.get("wait")
    timeout = None if wait is None else seconds(wait)
    query_id = field(fields, "callback_query_id", str, "")
    if query_id and not world.query(query_id):
        raise ControlError(404, f"There is no callback query {query_id}.")
    query_id = query_id or world.new_query_id()
    query = world.open_query(query_id, reader.id)
    update_id = world.updates.push(
        "callback_query",
        {
            "id": query_id,
            "from": reader.user(),
            "message": message,
            "chat_instance": chat.instance,
            "data": data,
        },
    )
    result = {"callback_query_id": query_id, "update_id": update_id}
    if timeout is None:
        return result
    return {**result, "answer": await _answer(query, timeout, hold)}


async def _answer(query: Query, wait: float, hold: Hold) -> dict[str, Any] | None:
    answered: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    query.waiters.add(answered)
    came = await hold(answered, wait)
    query.waiters.discard(answered)
    return query.answer if came else None


async def raw_update(world: World, fields: Fields, _hold: Hold) -> dict[str, Any]:
    """POST /sandbox/updates: any update at all, as it is, but for its update_id."""
    update = field(fields, "update", dict)
    query = update.get("callback_query")
    if isinstance(query, dict) and isinstance(query.get("id"), str):
        sender = query.get("from")
        reader = sender.get("id") if isinstance(sender, dict) else None
        world.open_query(query["id"], reader if isinstance(reader, int) else 0)
    return {"update_id": world.updates.push_raw(update)}


async def add(world: World, fields: Fields, _hold: Hold) -> dict[str, Any]:
    """POST /sandbox/readers: one more reader."""
    name = field(fields, "first_name", str, "").strip() or f"Reader {len(world.readers) + 1}"
    chat = world.add_reader(name, field(fields, "language_code", str, "en") or None)
    return {"reader": chat.reader.shown(), "chat": chat.id}


async def block(world: World, fields: Fields, _hold: Hold) -> dict[str, Any]:
    """POST /sandbox/readers/<id>/block: the reader blocks the bot, or lets it write again."""
    chat = _own_chat(world, fields)
    chat.blocked = field(fields, "blocked", bool)
    return {"reader": chat.reader.id, "blocked": chat.blocked}


async def read(world: World, chat_id: int, after: int, wait: float, hold: Hold) -> list[Message]:
    """The messages of a chat with ids above `after`; waits for the first one from the bot."""
    chat = find_chat(world, chat_id)
    messages = chat.after(after)
    if wait and not any(message["from"]["is_bot"] for message in messages):
        written: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        chat.waiters.add(written)
        await hold(written, wait)
        chat.waiters.discard(written)
        messages = chat.after(after)
    return messages
