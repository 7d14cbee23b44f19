"""The chat that a call names, and whether the bot may use it."""

from bot.sandbox.api.parameters import Params
from bot.sandbox.api_errors import ApiError, bad_request
from bot.sandbox.state.chats import Chat, PrivateChat
from bot.sandbox.state.shared_chats import Group
from bot.sandbox.state.world import World


def named_chat(world: World, params: Params) -> Chat:
    """Return the chat that `chat_id` names by its id or @username.

    Raises:
        ApiError: there is none, or it became a supergroup.
    """
    name = params.text("chat_id").strip()
    if not name:
        raise bad_request("chat_id is empty")
    chat = world.find_chat(name)
    if chat is None:
        raise bad_request("chat not found")
    if isinstance(chat, Group) and chat.migrated_to is not None:
        raise ApiError(
            400,
            "Bad Request: group chat was upgraded to a supergroup chat",
            migrate_to_chat_id=chat.migrated_to,
        )
    return chat


def find_chat(world: World, params: Params, *, to_write: bool = False) -> Chat:
    """Return the named chat; ApiError when the bot is not in it.

    A private chat with a reader who blocked the bot may be used, but not `to_write`.
    """
    chat = named_chat(world, params)
    if chat.excludes_bot and (to_write or not isinstance(chat, PrivateChat)):
        raise ApiError(403, chat.exclusion_text)
    return chat


def named_chat_id(world: World, params: Params) -> int | None:
    """Return the id that `chat_id` names, also of no chat; None when it names none."""
    try:
        name = params.text("chat_id").strip()
        if name.startswith("@"):
            chat = world.find_chat(name)
            return chat.id if chat else None
        return int(name)
    except (ApiError, ValueError):
        return None
