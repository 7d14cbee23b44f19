"""What readers do: write, edit, tap, block. The page and the tests call these by name.

Each takes the world and the request's JSON fields and returns the answer's JSON; ControlError
says what was wrong. `update_id` in an answer is None when the bot asked not to get such updates.
"""

import asyncio
import time
from typing import Any

from bot.sandbox.answering import answered, topic
from bot.sandbox.chats import Message
from bot.sandbox.errors import ControlError
from bot.sandbox.fields import (
    Fields,
    field,
    find_chat,
    find_message,
    find_reader,
    reader_in_chat,
    seconds,
    writer_in_chat,
    written,
)
from bot.sandbox.listeners import Hold
from bot.sandbox.members import move_bot
from bot.sandbox.queries import Query
from bot.sandbox.texts import MAX_CAPTION, MAX_TEXT
from bot.sandbox.voices import voice
from bot.sandbox.world import World, as_the_bot_sees


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
        return {"photo": sizes, **(written(caption, MAX_CAPTION, "caption") if caption else {})}
    if sticker:
        kind = {"type": "regular", "is_animated": False, "is_video": False, "emoji": "👍"}
        return {"sticker": {**_file("sticker", 512, 512), **kind}}
    return written(field(fields, "text", str), MAX_TEXT)


async def send(world: World, fields: Fields, _hold: Hold) -> dict[str, Any]:
    """POST /sandbox/messages: a reader writes to the bot, or into a group."""
    reader, chat = writer_in_chat(world, fields)
    speaker = voice(world, fields, reader, chat)
    replied, answers = answered(world, fields, reader, chat)
    content = {**speaker.fields(), **answers, **_content(fields)}
    thread = topic(fields, chat, replied)
    message = world.add_message(
        chat, speaker.sender, content, replied, author=reader.id, thread=thread
    )
    return {"message": message, "update_id": world.tell("message", chat, message)}


async def edit(world: World, fields: Fields, _hold: Hold) -> dict[str, Any]:
    """POST /sandbox/messages/edit: a reader changes a text of their own."""
    reader, chat = writer_in_chat(world, fields)
    old = find_message(chat, field(fields, "message_id", int))
    own = chat.authors.get(old["message_id"]) == reader.id
    if not own or "text" not in old or "via_bot" in old:
        raise ControlError(400, "Readers can edit only texts of their own.")
    head = {name: value for name, value in old.items() if name not in ("text", "entities")}
    content = written(field(fields, "text", str), MAX_TEXT)
    message = {**head, "edit_date": int(time.time()), **content}
    world.put(chat, message)
    return {"message": message, "update_id": world.tell("edited_message", chat, message)}


async def delete(world: World, fields: Fields, _hold: Hold) -> dict[str, Any]:
    """POST /sandbox/messages/delete: a reader takes a message away; bots do not hear of it."""
    reader, chat = reader_in_chat(world, fields)
    message_id = field(fields, "message_id", int)
    find_message(chat, message_id)
    if chat.authors.get(message_id) != reader.id and not chat.rules(reader.id):
        raise ControlError(400, "Only administrators can delete what others wrote.")
    world.delete(chat, message_id)
    return {"chat": chat.id, "message_id": message_id, "deleted": True}


async def tap(world: World, fields: Fields, hold: Hold) -> dict[str, Any]:
    """POST /sandbox/taps: a reader taps a button; with "wait", until the bot answered the tap.

    A query that is delivered again waits for the bot's next attempt to answer it: Telegram
    refuses that one, so "answer" is then what the bot said the first time.
    """
    field(fields, "chat", int)
    reader, chat = reader_in_chat(world, fields)
    message = find_message(chat, field(fields, "message_id", int))
    data = field(fields, "data", str)
    wait = fields.get("wait")
    timeout = None if wait is None else seconds(wait)
    query_id = field(fields, "callback_query_id", str, "")
    if query_id and not world.queries.find(query_id):
        raise ControlError(404, f"There is no callback query {query_id}.")
    query_id = query_id or world.queries.new_id()
    query = world.queries.open(query_id, reader.id)
    update_id = world.updates.push(
        "callback_query",
        {
            "id": query_id,
            "from": reader.user(),
            **_tapped(message),
            "chat_instance": chat.instance,
            "data": data,
        },
    )
    result = {"callback_query_id": query_id, "update_id": update_id}
    if timeout is None:
        return result
    return {**result, "answer": await _answer(query, timeout, hold)}


def _tapped(message: Message) -> dict[str, Any]:
    """How a callback query names the message: the bot never gets to see an inline one."""
    if "inline_message_id" in message:
        return {"inline_message_id": message["inline_message_id"]}
    return {"message": as_the_bot_sees(message)}


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
        world.queries.open(query["id"], reader if isinstance(reader, int) else 0)
    return {"update_id": world.updates.push_raw(update)}


async def renumber(world: World, fields: Fields, _hold: Hold) -> dict[str, Any]:
    """POST /sandbox/updates/renumber: ids of updates go on from "first", as after a quiet week."""
    first = field(fields, "first", int)
    if first < 1 or len(world.updates):
        raise ControlError(400, '"first" must be above 0, and no update may be pending.')
    world.updates.renumber(first)
    return {"first": first}


async def add(world: World, fields: Fields, _hold: Hold) -> dict[str, Any]:
    """POST /sandbox/readers: one more reader."""
    name = field(fields, "first_name", str, "").strip() or f"Reader {len(world.readers) + 1}"
    chat = world.add_reader(name, field(fields, "language_code", str, "en") or None)
    return {"reader": chat.reader.shown(), "chat": chat.id}


async def change(world: World, fields: Fields, _hold: Hold) -> dict[str, Any]:
    """POST /sandbox/readers/<id>: another name or language; what is not named stays."""
    reader = find_reader(world, field(fields, "reader", int))
    name = field(fields, "first_name", str, reader.first_name).strip()
    if not name:
        raise ControlError(400, '"first_name" must not be empty.')
    language = field(fields, "language_code", str, reader.language_code) or None
    changed = world.change_reader(reader, first_name=name, language_code=language)
    return {"reader": changed.shown()}


async def block(world: World, fields: Fields, _hold: Hold) -> dict[str, Any]:
    """POST /sandbox/readers/<id>/block: the reader blocks the bot, or lets it write again."""
    reader = find_reader(world, field(fields, "reader", int))
    status = "kicked" if field(fields, "blocked", bool) else "member"
    move_bot(world, world.chats[reader.id], status, reader.user())
    return {"reader": reader.id, "blocked": status == "kicked"}


async def read(world: World, chat_id: int, after: int, wait: float, hold: Hold) -> list[Message]:
    """The messages of a chat with ids above `after`; waits for the first one from the bot."""
    chat = find_chat(world, chat_id)
    messages = chat.after(after)
    bot = world.profile.user["id"]
    if wait and not any(message["from"]["id"] == bot for message in messages):
        written: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        chat.waiters.add(written)
        await hold(written, wait)
        chat.waiters.discard(written)
        messages = chat.after(after)
    return messages
