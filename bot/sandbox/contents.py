"""What a message says: its text and its keyboard, as a call of the bot gives them."""

from typing import Any

from bot.sandbox.errors import bad_request
from bot.sandbox.markup import parse_markup
from bot.sandbox.params import Params
from bot.sandbox.texts import MAX_TEXT, formatted, parse_entities


def text_content(params: Params, text_name: str = "text") -> dict[str, Any]:
    """A message's text, entities and link preview; ApiError when Telegram would not take them.

    text_name: the parameter that holds the text.
    """
    if params.text("parse_mode"):
        raise bad_request("the sandbox takes entities, not parse_mode")
    given = params.nested("entities")
    entities = None if given is None else parse_entities(given)
    text, found = formatted(params.text(text_name), entities, MAX_TEXT)
    content: dict[str, Any] = {"text": text}
    if found:
        content["entities"] = found
    preview = params.nested("link_preview_options")
    if preview is not None and not isinstance(preview, dict):
        raise bad_request("can't parse link_preview_options: expected an Object")
    if preview:
        content["link_preview_options"] = preview
    return content


def with_markup(content: dict[str, Any], params: Params, *, inline_only: bool) -> dict[str, Any]:
    """`content` with the call's reply markup, when it has one that shows below the message."""
    markup = parse_markup(params.nested("reply_markup"), inline_only=inline_only)
    return {**content, "reply_markup": markup} if markup else content
