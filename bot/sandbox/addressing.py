"""Which chat a call of the bot is about, and whether the bot may do anything there."""

from bot.sandbox.chats import Chat, PrivateChat
from bot.sandbox.errors import ApiError, bad_request
from bot.sandbox.params import Params
from bot.sandbox.shared_chats import Group
from bot.sandbox.world import World


def named_chat(world: World, params: Params) -> Chat:
    """The chat that `chat_id` names by its id or @username, unless it became another one."""
    name = params.text("chat_id").strip()
    if not name:
        raise bad_request("chat_id is empty")
    chat = world.named(name)
    if chat is None:
        raise bad_request("chat not found")
    if isinstance(chat, Group) and chat.migrated_to is not None:
        raise ApiError(
            400,
            "Bad Request: group chat was upgraded to a supergroup chat",
            migrate_to=chat.migrated_to,
        )
    return chat


def find_chat(world: World, params: Params) -> Chat:
    """As named_chat, and the bot must be in it, as far as it is not a private one."""
    chat = named_chat(world, params)
    if chat.closed and not isinstance(chat, PrivateChat):
        raise ApiError(403, chat.closed_words)
    return chat


def find_open_chat(world: World, params: Params) -> Chat:
    """As find_chat, and the reader must not have blocked the bot."""
    chat = find_chat(world, params)
    if chat.closed:
        raise ApiError(403, chat.closed_words)
    return chat


def chat_id(world: World, params: Params) -> int | None:
    """The id of the chat that `chat_id` names; None when that is no number and no chat's name."""
    name = params.chat_name()
    if not name:
        return params.chat()
    chat = world.named(name)
    return chat.id if chat else None
