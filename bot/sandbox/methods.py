"""The Bot API's methods about updates, taps and chats, and the table of all of them.

A method takes the world and the call's parameters and returns the call's `result`; it raises
ApiError with Telegram's words. Names are in lower case: Telegram does not care about case.
getUpdates is the only one that waits, so it stands outside of the table.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from bot.sandbox.addressing import find_chat, find_open_chat, named_chat
from bot.sandbox.answers import answer_guest_query, answer_inline_query
from bot.sandbox.chats import Chat, PrivateChat
from bot.sandbox.errors import bad_request
from bot.sandbox.listeners import Hold
from bot.sandbox.members import member
from bot.sandbox.params import Params
from bot.sandbox.profile import TEXTS, language
from bot.sandbox.shared_chats import Channel, Group
from bot.sandbox.updates import Poll, Update
from bot.sandbox.world import World
from bot.sandbox.writing import WRITING

Method = Callable[[World, Params], Any]

MAX_ANSWER = 200
_CHAT_ACTIONS = frozenset(
    {
        *("typing", "choose_sticker", "find_location", "upload_photo", "upload_document"),
        *("record_video", "upload_video", "record_voice", "upload_voice"),
        *("record_video_note", "upload_video_note"),
    }
)


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


def _answer_query(world: World, params: Params) -> bool:
    text = params.text("text")
    if len(text) > MAX_ANSWER:
        raise bad_request("MESSAGE_TOO_LONG")
    world.answer_query(params.text("callback_query_id"), text or None, params.flag("show_alert"))
    return True


def _chat_action(world: World, params: Params) -> bool:
    if params.text("action") not in _CHAT_ACTIONS:
        raise bad_request("wrong parameter action in request")
    chat = find_open_chat(world, params)
    if params.text("action") == "typing":
        world.events.send("typing", {"chat": chat.id})
    return True


def _get_chat(world: World, params: Params) -> dict[str, Any]:
    # Anybody may look at a public channel.
    chat = named_chat(world, params)
    if not isinstance(chat, Channel):
        chat = find_chat(world, params)
    linked: Chat | None = None
    if isinstance(chat, Channel):
        linked = chat.discussion
    elif isinstance(chat, Group):
        linked = chat.channel
    return {
        **chat.head(),
        **({"linked_chat_id": linked.id} if linked else {}),
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
    chat = named_chat(world, params)
    if isinstance(chat, Channel) and chat.closed:
        raise bad_request("member list is inaccessible")
    chat = find_chat(world, params)
    user_id = params.integer("user_id")
    found = member(world, chat, user_id)
    if found is None or (isinstance(chat, PrivateChat) and found["status"] == "left"):
        raise bad_request("invalid user_id specified")
    return found


def _set_commands(world: World, params: Params) -> bool:
    world.profile.set_commands(params)
    world.events.send("bot", world.bot_shown())
    return True


def _delete_commands(world: World, params: Params) -> bool:
    world.profile.delete_commands(params)
    world.events.send("bot", world.bot_shown())
    return True


def _set_text(kind: str, world: World, params: Params) -> bool:
    world.profile.set_text(kind, language(params), params.text(TEXTS[kind][0]))
    world.events.send("bot", world.bot_shown())
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
    **WRITING,
    "answercallbackquery": _answer_query,
    "answerguestquery": answer_guest_query,
    "answerinlinequery": answer_inline_query,
    "sendchataction": _chat_action,
    "getchat": _get_chat,
    "getchatmember": _get_chat_member,
    "setmycommands": _set_commands,
    "getmycommands": lambda world, params: world.profile.commands(params),
    "deletemycommands": _delete_commands,
    **{f"setmy{kind}": partial(_set_text, kind) for kind in TEXTS},
    **{f"getmy{kind}": partial(_get_text, kind) for kind in TEXTS},
}
