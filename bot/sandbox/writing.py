"""The Bot API's methods that write to a chat: send, edit, delete.

As all methods: the world and the call's parameters in, the call's `result` out; ApiError with
Telegram's words when it fails.
"""

import time
from typing import Any

from bot.sandbox.addressing import chat_id, find_chat, find_open_chat
from bot.sandbox.calls import NOT_MODIFIED
from bot.sandbox.chats import Chat, Message, PrivateChat
from bot.sandbox.contents import text_content, with_markup
from bot.sandbox.errors import bad_request
from bot.sandbox.params import Params
from bot.sandbox.replies import reply
from bot.sandbox.shared_chats import Group
from bot.sandbox.threads import has_thread, is_closed, place
from bot.sandbox.world import World, as_the_bot_sees

# What makes a message different from another, for "message is not modified".
_CONTENT = ("text", "entities", "link_preview_options", "reply_markup")


def take_room(world: World, name: str, params: Params) -> None:
    """Count a call of method `name` (in lower case) against the limits.

    ApiError 429 when one has no room for it; calls that write to no chat are free.
    """
    if name == "answerguestquery":
        # It writes to a chat that the bot is not in: only what it writes in all counts.
        world.limits.take(None, group=False)
    if name not in WRITING:
        return
    inline_id = params.text("inline_message_id") if name.startswith("edit") else ""
    if inline_id:
        world.limits.take(inline_id if world.inline(inline_id) else None, group=False)
        return
    number = chat_id(world, params)
    chat = None if number is None else world.chats.get(number)
    # A channel has the room of a group.
    shared = chat is not None and not isinstance(chat, PrivateChat)
    world.limits.take(chat.id if chat else None, group=shared)


def _message(chat: Chat, params: Params, purpose: str) -> Message:
    message_id = params.integer("message_id")
    if message_id <= 0:
        raise bad_request("message identifier is not specified")
    if message_id not in chat.messages:
        raise bad_request(f"message to {purpose} not found")
    return chat.messages[message_id]


def _send_message(world: World, params: Params) -> Message:
    content = with_markup(text_content(params), params, inline_only=False)
    chat = find_open_chat(world, params)
    thread = params.integer("message_thread_id") or None
    if thread and not has_thread(chat, thread):
        raise bad_request("message thread not found")
    replied, quoted = reply(world, chat, params)
    placed, _ = place(chat, thread, replied)
    if is_closed(chat, placed):
        raise bad_request("TOPIC_CLOSED")
    content = {**content, **quoted}
    message = world.add_message(chat, world.profile.user, content, replied, thread=thread)
    world.discuss(chat, message)
    return as_the_bot_sees(message)


def _own_message(world: World, params: Params) -> tuple[Chat, Message]:
    """The message to edit, which must be the bot's own, and its chat."""
    chat = find_chat(world, params)
    message = _message(chat, params, "edit")
    if message["from"]["id"] != world.profile.user["id"] or "text" not in message:
        raise bad_request("message can't be edited")
    return chat, message


def _edit(
    world: World, params: Params, content: dict[str, Any], keep: tuple[str, ...]
) -> Message | bool:
    """Give the message `content` in the place of all it had, except for the fields in `keep`.

    True for an inline message: what became of it is not for the bot to see.
    """
    inline_id = params.text("inline_message_id")
    found = world.inline(inline_id) if inline_id else _own_message(world, params)
    if found is None:
        raise bad_request("MESSAGE_ID_INVALID")
    chat, old = found
    head = {name: value for name, value in old.items() if name not in _CONTENT or name in keep}
    new = {**head, **content}
    if all(old.get(name) == new.get(name) for name in _CONTENT):
        raise bad_request(NOT_MODIFIED)
    if "text" in content:
        new["edit_date"] = int(time.time())
    world.put(chat, new)
    return True if inline_id else as_the_bot_sees(new)


def _edit_text(world: World, params: Params) -> Message | bool:
    content = with_markup(text_content(params), params, inline_only=True)
    return _edit(world, params, content, keep=())


def _edit_markup(world: World, params: Params) -> Message | bool:
    content = with_markup({}, params, inline_only=True)
    return _edit(world, params, content, keep=("text", "entities", "link_preview_options"))


def _delete_message(world: World, params: Params) -> bool:
    chat = find_chat(world, params)
    message = _message(chat, params, "delete")
    if isinstance(chat, Group) and message["from"]["id"] != world.profile.user["id"]:
        raise bad_request("message can't be deleted")
    world.delete(chat, message["message_id"])
    return True


WRITING = {
    "sendmessage": _send_message,
    "editmessagetext": _edit_text,
    "editmessagereplymarkup": _edit_markup,
    "deletemessage": _delete_message,
}
