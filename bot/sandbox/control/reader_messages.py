"""What readers do with messages: write, edit, delete, read; and follow links to the bot.

Actions take the world and the request's fields, and return the answer's JSON. `update_id` in an
answer is None when the bot does not get the update.
"""

import re
import time
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from bot.sandbox.api_errors import ControlError
from bot.sandbox.content.formatted_text import MAX_TEXT
from bot.sandbox.content.quotes import external_reply, quote
from bot.sandbox.control.reader_content import content
from bot.sandbox.control.request_fields import (
    Fields,
    author_in_chat,
    field,
    find,
    find_group,
    find_message,
    find_reader,
    number,
    reader_in_chat,
    readers_text,
    require_member,
)
from bot.sandbox.control.senders import find_sender
from bot.sandbox.held_requests import Hold, wait_for_wake
from bot.sandbox.state.chats import Chat, Reader
from bot.sandbox.state.members import add_bot, set_bot_status
from bot.sandbox.state.shared_chats import Group
from bot.sandbox.state.threads import is_closed, place_in_thread
from bot.sandbox.state.world import World

MAX_READ_WAIT = 60
_PAYLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}")


def _reply(
    world: World, fields: Fields, reader: Reader, chat: Chat
) -> tuple[int | None, dict[str, Any]]:
    """Find the message that the reader replies to.

    "reply_to" may be a message of another chat of the reader's, "reply_to_chat". "quote" is a
    part of its text.

    Returns:
        The id of the replied message of `chat`, or None, and the fields of the reply.
    """
    replied, part = field(fields, "reply_to", int, None), field(fields, "quote", str, None)
    source = find(world.chats, field(fields, "reply_to_chat", int, chat.id), "chat")
    if replied is None:
        if part is not None or source is not chat:
            raise ControlError(400, '"quote" and "reply_to_chat" go with "reply_to" only.')
        return None, {}
    require_member(reader, source)
    message = find(source.messages, replied, "message", source)
    reply: dict[str, Any] = {}
    if part is not None:
        found = quote(message, part, None)
        if not found:
            raise ControlError(400, "The message that is answered does not say that.")
        reply["quote"] = found
    if source is not chat:
        return None, {"external_reply": external_reply(message), **reply}
    return replied, reply


def _topic(fields: Fields, reader: Reader, chat: Chat, replied: int | None) -> int | None:
    """Return the id in "topic", or None; ControlError for a closed topic, except for admins."""
    topic = field(fields, "topic", int, None)
    if topic is not None:
        find(chat.topics if isinstance(chat, Group) else {}, topic, "topic", chat)
    placed, _ = place_in_thread(chat, topic, replied)
    if is_closed(chat, placed) and reader.id not in chat.admins:
        raise ControlError(400, "This topic is closed.")
    return topic


def send(world: World, fields: Fields) -> dict[str, Any]:
    """POST messages: a reader writes to the bot, or into a group or channel."""
    reader, chat = author_in_chat(world, fields)
    sender, named = find_sender(world, fields, reader, chat)
    replied, reply = _reply(world, fields, reader, chat)
    sent = {**named, **reply, **content(world, fields)}
    thread = _topic(fields, reader, chat, replied)
    return world.post(chat, sender, sent, replied, author=reader.id, thread=thread)


def edit(world: World, fields: Fields) -> dict[str, Any]:
    """POST messages/edit: a reader changes a text of their own."""
    reader, chat = author_in_chat(world, fields)
    old = find_message(chat, fields)
    own = chat.authors.get(old["message_id"]) == reader.id
    if not own or "text" not in old or "via_bot" in old:
        raise ControlError(400, "Readers can edit only texts of their own.")
    head = {name: value for name, value in old.items() if name not in ("text", "entities")}
    text = readers_text(field(fields, "text", str), MAX_TEXT)
    message = {**head, "edit_date": int(time.time()), **text}
    world.save_message(chat, message)
    return {"message": message, "update_id": world.notify_bot("edited_message", chat, message)}


def delete(world: World, fields: Fields) -> dict[str, Any]:
    """POST messages/delete: a reader deletes a message; Telegram does not tell bots of it."""
    reader, chat = reader_in_chat(world, fields)
    message_id = find_message(chat, fields)["message_id"]
    if chat.authors.get(message_id) != reader.id and reader.id not in chat.admins:
        raise ControlError(400, "Only administrators can delete what others wrote.")
    world.delete_message(chat, message_id)
    return {"chat": chat.id, "message_id": message_id, "deleted": True}


async def read(world: World, fields: Fields, hold: Hold) -> dict[str, Any]:
    """GET chats/<chat>/messages: those with higher ids; wait for the first one of the bot."""
    wait = number(fields, "wait", 0, MAX_READ_WAIT, 0)
    after = field(fields, "after", int, 0)
    chat = find(world.chats, field(fields, "chat", int), "chat")
    messages = chat.after(after)
    bot = world.bot.user["id"]
    if wait and not any(message["from"]["id"] == bot for message in messages):
        await wait_for_wake(chat.waiters, wait, hold)
        messages = chat.after(after)
    return {"messages": messages}


def follow(world: World, fields: Fields) -> dict[str, Any]:
    """POST links: a reader opens a link to the bot, and the app sends the command.

    It sends it in the private chat, where the bot is unblocked, or in the group "chat", where
    the bot is added.
    """
    reader = find_reader(world, fields)
    username = world.bot.user["username"]
    name, payload = _parse_link(field(fields, "url", str), username)
    chat: Chat = world.chats[reader.id]
    if name == "start":
        set_bot_status(world, chat, "member", reader)
        text = f"/start {payload}"
    else:
        chat = find_group(world, fields)
        require_member(reader, chat)
        add_bot(world, chat, reader)
        text = f"/start@{username} {payload}".strip()
    return world.post(chat, reader.as_user(), readers_text(text, MAX_TEXT), author=reader.id)


def _parse_link(url: str, username: str) -> tuple[str, str]:
    """Return "start" or "startgroup", and the payload, which "startgroup" may lack."""
    wrong = ControlError(
        400,
        f"The url must be https://t.me/{username}?start=PAYLOAD or ?startgroup=PAYLOAD, "
        "with a payload of 1 to 64 letters, digits, underscores and hyphens.",
    )
    try:
        parts = urlsplit(url)
    except ValueError:
        raise wrong from None
    query = parse_qsl(parts.query, keep_blank_values=True)
    address = (parts.scheme.lower(), parts.netloc.lower(), parts.path.lower().rstrip("/"))
    if address != ("https", "t.me", f"/{username.lower()}") or len(query) != 1 or parts.fragment:
        raise wrong
    (name, payload) = query[0]
    may_lack = name == "startgroup" and not payload
    if name not in ("start", "startgroup") or not (may_lack or _PAYLOAD.fullmatch(payload)):
        raise wrong
    return name, payload
