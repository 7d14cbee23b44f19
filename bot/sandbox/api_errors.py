"""Errors that the sandbox answers with.

ApiError      to the bot, in Telegram's own words
ControlError  to the page or a test, as one sentence
"""

from typing import TypeVar

Kind = TypeVar("Kind")

QUERY_TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly "
    "the same as a current content and reply markup of the message"
)


class ApiError(Exception):
    """A Bot API call that fails.

    Attributes:
        code: the HTTP status, 400 to 599.
        description: Telegram's text with its prefix ("Bad Request: ...").
        parameters: Telegram's ResponseParameters; empty when there are none.
    """

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters


def bad_request(text: str) -> ApiError:
    """Return the error 400 whose description is "Bad Request: " and `text`."""
    return ApiError(400, f"Bad Request: {text}")


def expect(kind: type[Kind], value: object, what: str) -> Kind:
    """Return a value of a call's JSON; ApiError unless it is a dict or a list, as `kind` says."""
    if not isinstance(value, kind):
        expected = "an Object" if kind is dict else "an Array"
        raise bad_request(f"can't parse {what}: expected {expected}")
    return value


def too_many_requests(seconds: int) -> ApiError:
    """Return the error 429, which tells the bot how many seconds to wait."""
    return ApiError(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)


class ControlError(Exception):
    """A control request that fails with a status (400, 404 or 415) and one sentence."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence
