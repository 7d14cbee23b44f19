"""Reply markup of calls, checked as Telegram checks it."""

from typing import Any

from bot.sandbox.api_errors import bad_request
from bot.sandbox.content.formatted_text import normalize_url

MAX_ROW = 8
MAX_BUTTONS = 100
MAX_CALLBACK_DATA = 64

_ACTIONS = frozenset(
    {
        *("callback_data", "url", "web_app", "login_url", "copy_text", "callback_game", "pay"),
        *("switch_inline_query", "switch_inline_query_current_chat"),
        "switch_inline_query_chosen_chat",
    }
)
# These may be empty: the reader types the query.
_MAY_BE_EMPTY = frozenset({"switch_inline_query", "switch_inline_query_current_chat"})
_OTHER_KEYBOARDS = frozenset({"keyboard", "remove_keyboard", "force_reply"})


def parse_markup(value: object, *, inline_only: bool) -> dict[str, Any] | None:
    """Return the inline keyboard that the message shows, or None.

    Args:
        value: the parameter `reply_markup`, decoded from JSON; None when absent.
        inline_only: refuse other keyboards, as edits do. Otherwise they are accepted and ignored.

    Raises:
        ApiError: Telegram would refuse the markup.
    """
    if value is None:
        return None
    if not isinstance(value, dict):
        raise bad_request("object expected as reply markup")
    if "inline_keyboard" not in value:
        if inline_only and value:
            raise bad_request("inline keyboard expected")
        if value and not _OTHER_KEYBOARDS & value.keys():
            raise bad_request("can't parse reply markup: unknown keyboard")
        return None
    rows = value["inline_keyboard"]
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request(
            'can\'t parse inline keyboard: field "inline_keyboard" must be an Array of Arrays'
        )
    keyboard = [[_parse_button(button) for button in row] for row in rows if row]
    if any(len(row) > MAX_ROW for row in keyboard) or sum(map(len, keyboard)) > MAX_BUTTONS:
        raise bad_request("REPLY_MARKUP_TOO_LONG")
    return {"inline_keyboard": keyboard} if keyboard else None


def _parse_button(value: object) -> dict[str, Any]:
    problem = "can't parse inline keyboard button: "
    if not isinstance(value, dict):
        raise bad_request(f"{problem}InlineKeyboardButton must be an Object")
    text = value.get("text")
    if not isinstance(text, str) or not text.strip():
        raise bad_request(f'{problem}field "text" must be a non-empty String')
    actions = [name for name in value if name in _ACTIONS]
    if not actions:
        raise bad_request(f"{problem}text buttons are unallowed in the inline keyboard")
    if len(actions) > 1:
        raise bad_request(f"{problem}exactly one of the optional fields must be used")
    _check_action(actions[0], value[actions[0]])
    return {**value, "url": normalize_url(value["url"])} if "url" in value else dict(value)


def _check_action(name: str, value: object) -> None:
    if name == "callback_data":
        # surrogatepass: half of a surrogate pair is counted like any other character.
        size = len(value.encode("utf-8", "surrogatepass")) if isinstance(value, str) else 0
        if not 1 <= size <= MAX_CALLBACK_DATA:
            raise bad_request("BUTTON_DATA_INVALID")
    elif name == "url":
        if normalize_url(value) is None:
            raise bad_request(f"inline keyboard button URL '{value}' is invalid: wrong HTTP URL")
    elif name in _MAY_BE_EMPTY:
        if not isinstance(value, str):
            raise bad_request(f'can\'t parse inline keyboard button: "{name}" must be a String')
    elif not value and name != "callback_game":
        raise bad_request("BUTTON_TYPE_INVALID")
