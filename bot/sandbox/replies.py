"""What a message of the bot answers, and the part of it that it quotes."""

from typing import Any

from bot.sandbox.chats import Chat
from bot.sandbox.errors import bad_request
from bot.sandbox.params import Params
from bot.sandbox.quotes import quote
from bot.sandbox.texts import parse_entities
from bot.sandbox.world import World


def reply(world: World, chat: Chat, params: Params) -> tuple[int | None, dict[str, Any]]:
    """The id of the message to reply to, and the fields of the quote; ApiError for a wrong one.

    None when there is no reply, or what it answers may be missing and is.
    """
    given = params.nested("reply_parameters")
    if given is None:
        number = params.integer("reply_to_message_id")
        if number == 0:
            return None, {}
        inner = params
    elif isinstance(given, dict):
        inner = Params(given)
        number = inner.integer("message_id")
        if inner.text("chat_id") and world.named(inner.text("chat_id")) is not chat:
            # The bot has no use for answers to other chats, so there are none.
            number = -1
    else:
        raise bad_request("can't parse reply parameters: expected an Object")
    if number in chat.messages:
        return number, {} if given is None else _quoted(chat, number, inner)
    if inner.flag("allow_sending_without_reply"):
        return None, {}
    raise bad_request("message to be replied not found")


def _quoted(chat: Chat, number: int, params: Params) -> dict[str, Any]:
    text = params.text("quote")
    if not text:
        return {}
    if params.text("quote_parse_mode"):
        raise bad_request("the sandbox takes quote_entities, not quote_parse_mode")
    entities = parse_entities(params.nested("quote_entities") or [])
    found = quote(chat.messages[number], text, entities, params.integer("quote_position"))
    if not found:
        raise bad_request("QUOTE_TEXT_INVALID")
    return {"quote": found}
