"""What readers do with messages: write, edit, delete, read.

Actions take the world and the request's fields, and return the answer's JSON. `update_id` in an
answer is None when the bot does not get the update.
"""

import time
from typing import Any

from bot.sandbox.api_errors import ControlError
from bot.sandbox.content.formatted_text import MAX_CAPTION, MAX_TEXT
from bot.sandbox.content.quotes import external_reply, quote
from bot.sandbox.control.request_fields import (
    Fields,
    author_in_chat,
    field,
    find_chat,
    find_message,
    reader_in_chat,
    readers_text,
    require_member,
    wait_seconds,
)
from bot.sandbox.control.senders import find_sender
from bot.sandbox.held_requests import Hold, wait_for_wake
from bot.sandbox.state.chats import Chat, Reader
from bot.sandbox.state.shared_chats import Group
from bot.sandbox.state.threads import is_closed, place_in_thread
from bot.sandbox.state.world import World

MAX_READ_WAIT = 60


def _file(name: str, width: int, height: int) -> dict[str, Any]:
    return {
        "file_id": f"sandbox-{name}-{width}",
        "file_unique_id": f"{name}{width}",
        "width": width,
        "height": height,
        "file_size": width * height // 8,
    }


def _content(fields: Fields) -> dict[str, Any]:
    """Return what a reader sends: exactly one of text, photo and sticker."""
    photo, sticker = field(fields, "photo", bool, False), field(fields, "sticker", bool, False)
    if [photo, sticker, fields.get("text") is not None].count(True) != 1:
        raise ControlError(400, 'A message has exactly one of "text", "photo" and "sticker".')
    caption = field(fields, "caption", str, "")
    if caption and not photo:
        raise ControlError(400, "Only a photo has a caption.")
    if photo:
        sizes = [_file("photo", 90, 60), _file("photo", 800, 533)]
        return {
            "photo": sizes,
            **(readers_text(caption, MAX_CAPTION, "caption") if caption else {}),
        }
    if sticker:
        kind = {"type": "regular", "is_animated": False, "is_video": False, "emoji": "👍"}
        return {"sticker": {**_file("sticker", 512, 512), **kind}}
    return readers_text(field(fields, "text", str), MAX_TEXT)


def _reply(
    world: World, fields: Fields, reader: Reader, chat: Chat
) -> tuple[int | None, dict[str, Any]]:
    """Find the message that the reader replies to.

    "reply_to" may be a message of another chat of the reader's, "reply_to_chat". "quote" is a
    part of its text.

    Returns:
        The id of the replied message of `chat`, or None, and the fields of the reply.
    """
    number, part = field(fields, "reply_to", int, None), field(fields, "quote", str, None)
    source = find_chat(world, field(fields, "reply_to_chat", int, chat.id))
    if number is None:
        if part is not None or source is not chat:
            raise ControlError(400, '"quote" and "reply_to_chat" go with "reply_to" only.')
        return None, {}
    require_member(reader, source)
    message = find_message(source, number)
    reply: dict[str, Any] = {}
    if part is not None:
        found = quote(message, part, None)
        if not found:
            raise ControlError(400, "The message that is answered does not say that.")
        reply["quote"] = found
    if source is not chat:
        return None, {"external_reply": external_reply(message), **reply}
    return number, reply


def _topic(fields: Fields, reader: Reader, chat: Chat, replied: int | None) -> int | None:
    """Return the id in "topic", or None; ControlError for a closed topic, except for admins."""
    number = field(fields, "topic", int, None)
    if number is not None and (not isinstance(chat, Group) or number not in chat.topics):
        raise ControlError(404, f"There is no topic {number} in chat {chat.id}.")
    placed, _ = place_in_thread(chat, number, replied)
    if is_closed(chat, placed) and not chat.is_admin(reader.id):
        raise ControlError(400, "This topic is closed.")
    return number


def send(world: World, fields: Fields) -> dict[str, Any]:
    """POST messages: a reader writes to the bot, or into a group or channel."""
    reader, chat = author_in_chat(world, fields)
    sender = find_sender(world, fields, reader, chat)
    replied, reply = _reply(world, fields, reader, chat)
    content = {**sender.fields(), **reply, **_content(fields)}
    thread = _topic(fields, reader, chat, replied)
    message = world.add_message(
        chat, sender.user, content, replied, author=reader.id, thread=thread
    )
    return {"message": message, "update_id": world.notify_bot("message", chat, message)}


def edit(world: World, fields: Fields) -> dict[str, Any]:
    """POST messages/edit: a reader changes a text of their own."""
    reader, chat = author_in_chat(world, fields)
    old = find_message(chat, field(fields, "message_id", int))
    own = chat.authors.get(old["message_id"]) == reader.id
    if not own or "text" not in old or "via_bot" in old:
        raise ControlError(400, "Readers can edit only texts of their own.")
    head = {name: value for name, value in old.items() if name not in ("text", "entities")}
    content = readers_text(field(fields, "text", str), MAX_TEXT)
    message = {**head, "edit_date": int(time.time()), **content}
    world.save_message(chat, message)
    return {"message": message, "update_id": world.notify_bot("edited_message", chat, message)}


def delete(world: World, fields: Fields) -> dict[str, Any]:
    """POST messages/delete: a reader deletes a message; Telegram does not tell bots of it."""
    reader, chat = reader_in_chat(world, fields)
    message_id = field(fields, "message_id", int)
    find_message(chat, message_id)
    if chat.authors.get(message_id) != reader.id and not chat.is_admin(reader.id):
        raise ControlError(400, "Only administrators can delete what others wrote.")
    world.delete_message(chat, message_id)
    return {"chat": chat.id, "message_id": message_id, "deleted": True}


async def read(world: World, fields: Fields, hold: Hold) -> dict[str, Any]:
    """GET chats/<chat>/messages: those with higher ids; wait for the first one of the bot."""
    wait = wait_seconds(fields, 0, MAX_READ_WAIT)
    after = field(fields, "after", int, 0)
    chat = find_chat(world, field(fields, "chat", int))
    messages = chat.after(after)
    bot = world.bot.user["id"]
    if wait and not any(message["from"]["id"] == bot for message in messages):
        await wait_for_wake(chat.waiters, wait, hold)
        messages = chat.after(after)
    return {"messages": messages}
