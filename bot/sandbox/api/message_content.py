"""What a call says about a new message: text, entities, keyboard, reply and quote."""

from typing import Any

from bot.sandbox.api.parameters import Params
from bot.sandbox.api_errors import bad_request, expect
from bot.sandbox.content.formatted_text import MAX_TEXT, formatted, parse_entities
from bot.sandbox.content.quotes import quote
from bot.sandbox.content.reply_markup import parse_markup
from bot.sandbox.state.chats import Chat
from bot.sandbox.state.world import World


def text_content(params: Params, text_name: str = "text") -> dict[str, Any]:
    """Return a message's text, entities and link preview.

    Args:
        params: the call's parameters.
        text_name: the parameter that holds the text.

    Raises:
        ApiError: Telegram would refuse them.
    """
    if params.text("parse_mode"):
        raise bad_request("the sandbox takes entities, not parse_mode")
    given = params.nested("entities")
    entities = [] if given is None else parse_entities(given)
    text, found = formatted(params.text(text_name), entities, MAX_TEXT)
    content: dict[str, Any] = {"text": text}
    if found:
        content["entities"] = found
    preview = params.nested("link_preview_options")
    if preview is not None and expect(dict, preview, "link_preview_options"):
        content["link_preview_options"] = preview
    return content


def with_markup(content: dict[str, Any], params: Params, *, inline_only: bool) -> dict[str, Any]:
    """Return `content` with the call's inline keyboard, if it has one."""
    markup = parse_markup(params.nested("reply_markup"), inline_only=inline_only)
    return {**content, "reply_markup": markup} if markup else content


def reply(world: World, chat: Chat, params: Params) -> tuple[int | None, dict[str, Any]]:
    """Find the message that the call replies to.

    Returns:
        Its id, and the field of the quote. None when the call is no reply, or the message is
        missing and the call allows that.

    Raises:
        ApiError: the message or the quoted part of it is not there.
    """
    given = params.nested("reply_parameters")
    if given is None:
        inner, number = params, params.integer("reply_to_message_id")
        if number == 0:
            return None, {}
    else:
        inner = Params(expect(dict, given, "reply parameters"))
        number = inner.integer("message_id")
        if inner.text("chat_id") and world.find_chat(inner.text("chat_id")) is not chat:
            # Replies of the bot to other chats are not supported.
            number = -1
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
