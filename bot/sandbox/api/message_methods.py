"""Methods about messages: send, edit, delete.

As all methods: they take the world and the call's parameters, and return the call's `result`.
They raise ApiError with Telegram's text.
"""

import time
from typing import Any

from bot.sandbox.api.message_content import reply, text_content, with_markup
from bot.sandbox.api.parameters import Params
from bot.sandbox.api.target_chats import find_chat, named_chat_id
from bot.sandbox.api_errors import NOT_MODIFIED, bad_request
from bot.sandbox.content import Message
from bot.sandbox.state.chats import Chat, PrivateChat
from bot.sandbox.state.shared_chats import Group, bot_view
from bot.sandbox.state.threads import has_thread, is_closed, place_in_thread
from bot.sandbox.state.world import World

# The fields of which one must change, or the message "is not modified".
_CONTENT = ("text", "entities", "link_preview_options", "reply_markup")


def take_from_limits(world: World, name: str, params: Params) -> None:
    """Count a call of a method (its name in lower case) that writes to a chat.

    Raises:
        ApiError: 429, a limit is reached.
    """
    if name == "answerguestquery":
        # The bot is not in the chat: only the overall limit applies.
        world.limits.take(None, group=False)
    if name not in _LIMITED:
        return
    inline_id = params.text("inline_message_id") if name.startswith("edit") else ""
    if inline_id:
        known = world.find_inline_message(inline_id)
        world.limits.take(inline_id if known else None, group=False)
        return
    chat = world.chats.get(named_chat_id(world, params) or 0)
    # A channel has a group's limit.
    shared = chat is not None and not isinstance(chat, PrivateChat)
    world.limits.take(chat.id if chat else None, group=shared)


def _find_message(chat: Chat, params: Params, purpose: str) -> Message:
    message_id = params.integer("message_id")
    if message_id <= 0:
        raise bad_request("message identifier is not specified")
    if message_id not in chat.messages:
        raise bad_request(f"message to {purpose} not found")
    return chat.messages[message_id]


def _send_message(world: World, params: Params) -> Message:
    content = with_markup(text_content(params), params, inline_only=False)
    chat = find_chat(world, params, to_write=True)
    thread = params.integer("message_thread_id") or None
    if thread and not has_thread(chat, thread):
        raise bad_request("message thread not found")
    replied, quoted = reply(world, chat, params)
    placed, _ = place_in_thread(chat, thread, replied)
    if is_closed(chat, placed):
        raise bad_request("TOPIC_CLOSED")
    content = {**content, **quoted}
    message = world.add_message(chat, world.bot.user, content, replied, thread=thread)
    world.forward_to_discussion(chat, message)
    return bot_view(message)


def _find_own_message(world: World, params: Params) -> tuple[Chat, Message]:
    chat = find_chat(world, params)
    message = _find_message(chat, params, "edit")
    if message["from"]["id"] != world.bot.user["id"] or "text" not in message:
        raise bad_request("message can't be edited")
    return chat, message


def _edit(
    world: World, params: Params, content: dict[str, Any], keep: tuple[str, ...]
) -> Message | bool:
    """Replace a message's content, except for the fields in `keep`.

    Returns:
        The message as the bot gets it; True for an inline message, which the bot does not get.
    """
    inline_id = params.text("inline_message_id")
    found = world.find_inline_message(inline_id) if inline_id else _find_own_message(world, params)
    if found is None:
        raise bad_request("MESSAGE_ID_INVALID")
    chat, old = found
    head = {name: value for name, value in old.items() if name not in _CONTENT or name in keep}
    new = {**head, **content}
    if all(old.get(name) == new.get(name) for name in _CONTENT):
        raise bad_request(NOT_MODIFIED)
    if "text" in content:
        new["edit_date"] = int(time.time())
    world.save_message(chat, new)
    return True if inline_id else bot_view(new)


def _edit_text(world: World, params: Params) -> Message | bool:
    content = with_markup(text_content(params), params, inline_only=True)
    return _edit(world, params, content, keep=())


def _edit_markup(world: World, params: Params) -> Message | bool:
    content = with_markup({}, params, inline_only=True)
    return _edit(world, params, content, keep=("text", "entities", "link_preview_options"))


def _delete_message(world: World, params: Params) -> bool:
    chat = find_chat(world, params)
    message = _find_message(chat, params, "delete")
    if isinstance(chat, Group) and message["from"]["id"] != world.bot.user["id"]:
        raise bad_request("message can't be deleted")
    world.delete_message(chat, message["message_id"])
    return True


MESSAGE_METHODS = {
    "sendMessage": _send_message,
    "editMessageText": _edit_text,
    "editMessageReplyMarkup": _edit_markup,
    "deleteMessage": _delete_message,
}
_LIMITED = frozenset(map(str.lower, MESSAGE_METHODS))
