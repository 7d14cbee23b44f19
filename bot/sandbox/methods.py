"""The Bot API's methods about messages and chats, and the table of all of them.

A method takes the world and the call's parameters and returns the call's `result`; it raises
ApiError with Telegram's words. Names are in lower case: Telegram does not care about case.
getUpdates is the only one that waits, so it stands outside of the table.
"""

import time
from collections.abc import Callable
from functools import partial
from typing import Any

from bot.sandbox.errors import ApiError, bad_request
from bot.sandbox.listeners import Hold
from bot.sandbox.markup import parse_markup
from bot.sandbox.params import Params
from bot.sandbox.profile import TEXTS, language
from bot.sandbox.texts import MAX_TEXT, formatted, parse_entities
from bot.sandbox.updates import Poll, Update
from bot.sandbox.world import Chat, Message, World

Method = Callable[[World, Params], Any]

MAX_ANSWER = 200
_CHAT_ACTIONS = frozenset(
    {
        *("typing", "choose_sticker", "find_location", "upload_photo", "upload_document"),
        *("record_video", "upload_video", "record_voice", "upload_voice"),
        *("record_video_note", "upload_video_note"),
    }
)
# What makes a message different from another, for "message is not modified".
_CONTENT = ("text", "entities", "link_preview_options", "reply_markup")


async def get_updates(world: World, params: Params, hold: Hold) -> list[Update]:
    """The updates from `offset` on; waits up to `timeout` seconds for the first one."""
    allowed = params.nested("allowed_updates")
    if allowed is not None and not isinstance(allowed, list):
        raise bad_request("can't parse allowed_updates: expected an Array of String")
    poll = Poll(
        offset=params.integer("offset"),
        limit=min(max(params.integer("limit", 100), 1), 100),
        timeout=min(max(params.integer("timeout"), 0), 50),
        allowed=None if allowed is None else frozenset(map(str, allowed)),
    )
    return await world.updates.poll(poll, hold)


def _set_webhook(world: World, params: Params) -> bool:
    if params.text("url"):
        raise bad_request("the sandbox delivers updates by long polling only, use getUpdates")
    return _delete_webhook(world, params)


def _delete_webhook(world: World, params: Params) -> bool:
    if params.flag("drop_pending_updates"):
        world.updates.clear()
    return True


def _webhook_info(world: World, _params: Params) -> dict[str, Any]:
    return {
        "url": "",
        "has_custom_certificate": False,
        "pending_update_count": len(world.updates),
    }


def _chat(world: World, params: Params) -> Chat:
    if not params.text("chat_id").strip():
        raise bad_request("chat_id is empty")
    chat = world.chats.get(params.integer("chat_id"))
    if chat is None:
        raise bad_request("chat not found")
    return chat


def _writable_chat(world: World, params: Params) -> Chat:
    chat = _chat(world, params)
    if chat.blocked:
        raise ApiError(403, "Forbidden: bot was blocked by the user")
    return chat


def _message(chat: Chat, params: Params, purpose: str) -> Message:
    message_id = params.integer("message_id")
    if message_id <= 0:
        raise bad_request("message identifier is not specified")
    if message_id not in chat.messages:
        raise bad_request(f"message to {purpose} not found")
    return chat.messages[message_id]


def _text_content(params: Params) -> dict[str, Any]:
    """The text, entities and link preview of a message, as the call gives them."""
    if params.text("parse_mode"):
        raise bad_request("the sandbox takes entities, not parse_mode")
    given = params.nested("entities")
    entities = None if given is None else parse_entities(given)
    text, found = formatted(params.text("text"), entities, MAX_TEXT)
    content: dict[str, Any] = {"text": text}
    if found:
        content["entities"] = found
    preview = params.nested("link_preview_options")
    if preview is not None and not isinstance(preview, dict):
        raise bad_request("can't parse link_preview_options: expected an Object")
    if preview:
        content["link_preview_options"] = preview
    return content


def _with_markup(content: dict[str, Any], params: Params, *, inline_only: bool) -> dict[str, Any]:
    markup = parse_markup(params.nested("reply_markup"), inline_only=inline_only)
    return {**content, "reply_markup": markup} if markup else content


def _replied(chat: Chat, params: Params) -> int | None:
    """The id of the message to reply to; None when there is none, or it may be missing."""
    reply = params.nested("reply_parameters")
    if reply is None:
        number = params.integer("reply_to_message_id")
        optional = params.flag("allow_sending_without_reply")
    elif isinstance(reply, dict):
        inner = Params(reply)
        number, optional = inner.integer("message_id"), inner.flag("allow_sending_without_reply")
        if inner.text("chat_id") and inner.integer("chat_id") != chat.id:
            number = -1
    else:
        raise bad_request("can't parse reply parameters: expected an Object")
    if number == 0 and reply is None:
        return None
    if number in chat.messages:
        return number
    if optional:
        return None
    raise bad_request("message to be replied not found")


def _send_message(world: World, params: Params) -> Message:
    content = _with_markup(_text_content(params), params, inline_only=False)
    chat = _writable_chat(world, params)
    return world.add_message(chat, world.profile.user, content, _replied(chat, params))


def _edit(world: World, params: Params, content: dict[str, Any], keep: tuple[str, ...]) -> Message:
    """Give the message `content` in the place of all it had, except for the fields in `keep`."""
    if params.text("inline_message_id"):
        raise bad_request("message to edit not found")
    old = _message(chat := _chat(world, params), params, "edit")
    if old["from"]["id"] != world.profile.user["id"] or "text" not in old:
        raise bad_request("message can't be edited")
    head = {name: value for name, value in old.items() if name not in _CONTENT or name in keep}
    new = {**head, **content}
    if all(old.get(name) == new.get(name) for name in _CONTENT):
        raise bad_request(
            "message is not modified: specified new message content and reply markup are exactly "
            "the same as a current content and reply markup of the message"
        )
    if "text" in content:
        new["edit_date"] = int(time.time())
    world.put(chat, new)
    return new


def _edit_text(world: World, params: Params) -> Message:
    content = _with_markup(_text_content(params), params, inline_only=True)
    return _edit(world, params, content, keep=())


def _edit_markup(world: World, params: Params) -> Message:
    content = _with_markup({}, params, inline_only=True)
    return _edit(world, params, content, keep=("text", "entities", "link_preview_options"))


def _delete_message(world: World, params: Params) -> bool:
    chat = _chat(world, params)
    world.delete(chat, _message(chat, params, "delete")["message_id"])
    return True


def _answer_query(world: World, params: Params) -> bool:
    text = params.text("text")
    if len(text) > MAX_ANSWER:
        raise bad_request("MESSAGE_TOO_LONG")
    world.answer_query(params.text("callback_query_id"), text or None, params.flag("show_alert"))
    return True


def _chat_action(world: World, params: Params) -> bool:
    if params.text("action") not in _CHAT_ACTIONS:
        raise bad_request("wrong parameter action in request")
    chat = _writable_chat(world, params)
    if params.text("action") == "typing":
        world.events.send("typing", {"chat": chat.id})
    return True


def _get_chat(world: World, params: Params) -> dict[str, Any]:
    return {
        **_chat(world, params).head(),
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": {
            "unlimited_gifts": False,
            "limited_gifts": False,
            "unique_gifts": False,
            "premium_subscription": False,
            "gifts_from_channels": False,
        },
    }


def _get_chat_member(world: World, params: Params) -> dict[str, Any]:
    users = (_chat(world, params).reader.user(), world.profile.me())
    user = {user["id"]: user for user in users}.get(params.integer("user_id"))
    if user is None:
        raise bad_request("invalid user_id specified")
    return {"user": user, "status": "member"}


def _set_commands(world: World, params: Params) -> bool:
    world.profile.set_commands(params)
    world.events.send("bot", world.profile.shown())
    return True


def _delete_commands(world: World, params: Params) -> bool:
    world.profile.delete_commands(params)
    world.events.send("bot", world.profile.shown())
    return True


def _set_text(kind: str, world: World, params: Params) -> bool:
    world.profile.set_text(kind, language(params), params.text(TEXTS[kind][0]))
    world.events.send("bot", world.profile.shown())
    return True


def _get_text(kind: str, world: World, params: Params) -> dict[str, str]:
    return {TEXTS[kind][0]: world.profile.text(kind, language(params))}


METHODS: dict[str, Method] = {
    "getme": lambda world, _params: world.profile.me(),
    "logout": lambda _world, _params: True,
    "close": lambda _world, _params: True,
    "setwebhook": _set_webhook,
    "deletewebhook": _delete_webhook,
    "getwebhookinfo": _webhook_info,
    "sendmessage": _send_message,
    "editmessagetext": _edit_text,
    "editmessagereplymarkup": _edit_markup,
    "deletemessage": _delete_message,
    "answercallbackquery": _answer_query,
    "sendchataction": _chat_action,
    "getchat": _get_chat,
    "getchatmember": _get_chat_member,
    "setmycommands": _set_commands,
    "getmycommands": lambda world, params: world.profile.commands(params),
    "deletemycommands": _delete_commands,
    **{f"setmy{kind}": partial(_set_text, kind) for kind in TEXTS},
    **{f"getmy{kind}": partial(_get_text, kind) for kind in TEXTS},
}
