"""The table of all Bot API methods, and those about updates, taps and chats.

A method takes the world and the call's parameters, and returns the call's `result`; it raises
ApiError with Telegram's text. getUpdates is the only one that waits, so it is not in the table.
"""

from collections.abc import Callable
from typing import Any

from bot.sandbox.api.account_methods import ACCOUNT_METHODS
from bot.sandbox.api.message_methods import MESSAGE_METHODS
from bot.sandbox.api.parameters import Params
from bot.sandbox.api.query_methods import answer_guest_query, answer_inline_query
from bot.sandbox.api.target_chats import find_chat, named_chat
from bot.sandbox.api.webhook_methods import WEBHOOK_METHODS, allowed_updates
from bot.sandbox.api_errors import ApiError, bad_request
from bot.sandbox.held_requests import Hold
from bot.sandbox.state.chats import Chat, PrivateChat
from bot.sandbox.state.members import chat_member
from bot.sandbox.state.shared_chats import Channel, Group
from bot.sandbox.state.update_queue import Update
from bot.sandbox.state.world import World

Method = Callable[[World, Params], Any]

MAX_TOAST = 200
_GIFT_TYPES = (
    *("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription"),
    "gifts_from_channels",
)
_CHAT_ACTIONS = frozenset(
    {
        *("typing", "choose_sticker", "find_location", "upload_photo", "upload_document"),
        *("record_video", "upload_video", "record_voice", "upload_voice"),
        *("record_video_note", "upload_video_note"),
    }
)


async def get_updates(world: World, params: Params, hold: Hold) -> list[Update]:
    """getUpdates: the updates from `offset` on; wait up to `timeout` seconds for the first."""
    if world.webhook.webhook:
        raise ApiError(
            409,
            "Conflict: can't use getUpdates method while webhook is active; "
            "use deleteWebhook to delete the webhook first",
        )
    allowed = allowed_updates(params)
    limit = min(max(params.integer("limit", 100), 1), 100)
    timeout = min(max(params.integer("timeout"), 0), 50)
    return await world.updates.poll(params.integer("offset"), limit, timeout, allowed, hold)


def _answer_callback_query(world: World, params: Params) -> bool:
    text = params.text("text")
    if len(text) > MAX_TOAST:
        raise bad_request("MESSAGE_TOO_LONG")
    query_id = params.text("callback_query_id")
    world.answer_callback_query(query_id, text or None, params.flag("show_alert"))
    return True


def _send_chat_action(world: World, params: Params) -> bool:
    if params.text("action") not in _CHAT_ACTIONS:
        raise bad_request("wrong parameter action in request")
    chat = find_chat(world, params, to_write=True)
    if params.text("action") == "typing":
        world.events.send("typing", {"chat": chat.id})
    return True


def _get_chat(world: World, params: Params) -> dict[str, Any]:
    # Anybody may look at a public channel.
    chat = named_chat(world, params)
    linked: Chat | None = None
    if isinstance(chat, Channel):
        linked = chat.discussion
    elif isinstance(chat := find_chat(world, params), Group):
        linked = chat.channel
    return {
        **chat.as_chat(),
        **({"linked_chat_id": linked.id} if linked else {}),
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(_GIFT_TYPES, False),
    }


def _get_chat_member(world: World, params: Params) -> dict[str, Any]:
    chat = named_chat(world, params)
    if isinstance(chat, Channel) and chat.excludes_bot:
        raise bad_request("member list is inaccessible")
    chat = find_chat(world, params)
    member = chat_member(world, chat, params.integer("user_id"))
    if member is None or (isinstance(chat, PrivateChat) and member["status"] == "left"):
        raise bad_request("invalid user_id specified")
    return member


def _get_file(world: World, params: Params) -> dict[str, Any]:
    file_id = params.text("file_id")
    if not file_id:
        raise bad_request("file_id not specified")
    document = world.documents.by_id.get(file_id)
    if document is None:
        raise bad_request("invalid file_id")
    if document.is_too_big:
        raise bad_request("file is too big")
    return document.as_file()


METHODS: dict[str, Method] = {
    "logOut": lambda _world, _params: True,
    "close": lambda _world, _params: True,
    **WEBHOOK_METHODS,
    **ACCOUNT_METHODS,
    **MESSAGE_METHODS,
    "answerCallbackQuery": _answer_callback_query,
    "answerGuestQuery": answer_guest_query,
    "answerInlineQuery": answer_inline_query,
    "sendChatAction": _send_chat_action,
    "getChat": _get_chat,
    "getChatMember": _get_chat_member,
    "getFile": _get_file,
}
"""All methods but getUpdates, by name."""
LOWER_CASE_METHODS = {name.lower(): method for name, method in METHODS.items()}
"""The same by name in lower case: Telegram ignores the case of method names."""
