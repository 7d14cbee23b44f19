"""The parameters of one Bot API call, read as leniently as Telegram reads them."""

from collections.abc import Mapping
from typing import Any

from bot.sandbox.api_errors import bad_request
from bot.sandbox.http import parse_json

_TRUE = frozenset({"true", "1", "yes", "y", "t"})
# Parameters that are texts, whatever they look like; all others are shown decoded.
_TEXTS = frozenset(
    {
        *("text", "name", "description", "short_description", "language_code", "next_offset"),
        *("callback_query_id", "inline_query_id", "guest_query_id", "inline_message_id"),
    }
)


class Params:
    """A call's parameters by name: strings from a form or a query, any JSON from a JSON body."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = {name: value for name, value in values.items() if value is not None}

    def text(self, name: str) -> str:
        """Return a parameter as a string; "" when absent; ApiError for a list or an object."""
        value = self._values.get(name, "")
        if isinstance(value, (dict, list)):
            raise bad_request(f'parameter "{name}" must be a String')
        if isinstance(value, bool):
            return "true" if value else "false"
        return value if isinstance(value, str) else str(value)

    def integer(self, name: str, default: int = 0) -> int:
        """Return a parameter as a number; `default` when absent, 0 when it is no number."""
        value = self.text(name).strip()
        if not value:
            return default
        try:
            return int(value)
        except ValueError:
            return 0

    def flag(self, name: str) -> bool:
        """Whether a parameter is true; false when absent."""
        return self.text(name).strip().lower() in _TRUE

    def nested(self, name: str) -> Any:
        """Return a parameter's JSON value; None when absent; ApiError when it is not JSON."""
        value = self._values.get(name)
        if not isinstance(value, str):
            return value
        if not value.strip():
            return None
        try:
            return parse_json(value)
        except ValueError as error:
            raise bad_request(f"can't parse {name} JSON object: {error}") from None

    def decoded(self) -> dict[str, Any]:
        """Return all parameters for a person to read, or a test: numbers and JSON decoded."""
        return {name: _decoded(name, value) for name, value in self._values.items()}


def _decoded(name: str, value: Any) -> Any:
    if not isinstance(value, str) or name in _TEXTS:
        return value
    try:
        return parse_json(value)
    except ValueError:
        return value
