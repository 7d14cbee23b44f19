"""Results of inline queries: what the bot offers, checked as Telegram checks it."""

import re
from dataclasses import dataclass
from typing import Any

from bot.sandbox.contents import text_content, with_markup
from bot.sandbox.errors import bad_request
from bot.sandbox.params import Params

MAX_RESULTS = 50
MAX_RESULT_ID = 64
MAX_NEXT_OFFSET = 64

_PROBLEM = "can't parse inline query result: "
_START_PARAMETER = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True)
class Result:
    """shown: the InlineQueryResult as the bot gave it. content: the message that it becomes."""

    shown: dict[str, Any]
    content: dict[str, Any]

    @property
    def id(self) -> str:
        """1 to 64 bytes, chosen by the bot."""
        return str(self.shown["id"])


def parse_result(value: object) -> Result:
    """One result, an article with a text; ApiError for anything that Telegram refuses."""
    if not isinstance(value, dict):
        raise bad_request(f"{_PROBLEM}expected an Object")
    if value.get("type") != "article":
        raise bad_request("the sandbox takes inline query results of type article only")
    for name in ("id", "title"):
        if name not in value:
            raise bad_request(f'{_PROBLEM}can\'t find field "{name}"')
    given, title = value["id"], value["title"]
    # surrogatepass: a broken character is counted, not a crash.
    size = len(given.encode("utf-8", "surrogatepass")) if isinstance(given, str) else 0
    if not 1 <= size <= MAX_RESULT_ID:
        raise bad_request("RESULT_ID_INVALID")
    if not isinstance(title, str) or not title.strip():
        raise bad_request(f'{_PROBLEM}field "title" must be a non-empty String')
    message = value.get("input_message_content")
    if not isinstance(message, dict) or "message_text" not in message:
        raise bad_request(f"{_PROBLEM}input message content is not specified")
    content = text_content(Params(message), "message_text")
    return Result(value, with_markup(content, Params(value), inline_only=True))


def parse_results(value: object) -> list[Result]:
    """All results of an answer, at most 50 and none twice; ApiError when Telegram refuses them."""
    if not isinstance(value, list):
        raise bad_request("can't parse inline query results: expected an Array")
    if len(value) > MAX_RESULTS:
        raise bad_request("RESULTS_TOO_MUCH")
    results = [parse_result(item) for item in value]
    if len({result.id for result in results}) < len(results):
        raise bad_request("RESULT_ID_DUPLICATE")
    return results


def parse_button(value: object) -> dict[str, Any] | None:
    """The button above the results: a link into the private chat, or a web app; None for none."""
    if value is None:
        return None
    problem = "can't parse inline query results button: "
    if not isinstance(value, dict):
        raise bad_request(f"{problem}expected an Object")
    if not isinstance(value.get("text"), str) or not value["text"].strip():
        raise bad_request(f'{problem}field "text" must be a non-empty String')
    if isinstance(value.get("web_app"), dict):
        return value
    parameter = value.get("start_parameter")
    if not isinstance(parameter, str) or not _START_PARAMETER.fullmatch(parameter):
        raise bad_request("START_PARAM_INVALID" if parameter else f"{problem}it does nothing")
    return value
