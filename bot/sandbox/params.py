"""The parameters of one Bot API call, read as leniently as Telegram reads them."""

import json
from collections.abc import Mapping
from typing import Any, NoReturn

from bot.sandbox.errors import bad_request

_TRUE = frozenset({"true", "1", "yes", "y", "t"})
# For showing a call: which of its strings stand for something else.
_INTEGERS = frozenset(
    {
        *("chat_id", "message_id", "user_id", "offset", "limit", "timeout"),
        *("cache_time", "message_thread_id"),
    }
)
_FLAGS = frozenset(
    {"show_alert", "drop_pending_updates", "disable_notification", "protect_content", "is_personal"}
)
_NESTED = frozenset(
    {
        *("entities", "reply_markup", "reply_parameters", "link_preview_options"),
        *("commands", "scope", "allowed_updates", "results", "result", "button"),
    }
)


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def parse_json(text: str | bytes) -> Any:
    """The value of a JSON text; ValueError when it is not JSON (NaN and Infinity are not)."""
    try:
        return json.loads(text, parse_constant=_no_constant)
    except RecursionError:
        raise ValueError("nested too deeply") from None


class Params:
    """A call's parameters by name: strings from a form or a query, any JSON from a JSON body."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = {name: value for name, value in values.items() if value is not None}

    def text(self, name: str) -> str:
        """The parameter as a string; "" when absent; ApiError when it is a list or an object."""
        value = self._values.get(name, "")
        if isinstance(value, (dict, list)):
            raise bad_request(f'parameter "{name}" must be a String')
        if isinstance(value, bool):
            return "true" if value else "false"
        return value if isinstance(value, str) else str(value)

    def integer(self, name: str, default: int = 0) -> int:
        """The parameter as a number; `default` when absent, 0 when it is no number."""
        value = self.text(name).strip()
        if not value:
            return default
        try:
            return int(value)
        except ValueError:
            return 0

    def chat(self) -> int | None:
        """The number that `chat_id` is; None when it is absent or no number."""
        try:
            return int(str(self._values.get("chat_id")))
        except ValueError:
            return None

    def chat_name(self) -> str:
        """The @username that `chat_id` is; "" when it is none."""
        value = self._values.get("chat_id")
        return value.strip() if isinstance(value, str) and value.strip().startswith("@") else ""

    def flag(self, name: str) -> bool:
        """Whether the parameter says true; false when absent."""
        return self.text(name).strip().lower() in _TRUE

    def nested(self, name: str) -> Any:
        """The parameter's JSON value; None when absent or empty; ApiError when it is not JSON."""
        value = self._values.get(name)
        if not isinstance(value, str):
            return value
        if not value.strip():
            return None
        try:
            return parse_json(value)
        except ValueError as problem:
            raise bad_request(f"can't parse {name} JSON object: {problem}") from None

    def shown(self) -> dict[str, Any]:
        """The parameters for a person to read: numbers, booleans and JSON are decoded."""
        return {name: self._shown(name, value) for name, value in self._values.items()}

    @staticmethod
    def _shown(name: str, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        try:
            if name in _INTEGERS:
                return int(value)
            if name in _NESTED:
                return parse_json(value)
        except ValueError:
            return value
        if name in _FLAGS and value in ("true", "false"):
            return value == "true"
        return value
