"""Methods that answer inline queries and guest queries, and the results that they take."""

import re
from typing import Any

from bot.sandbox.api.message_content import text_content, with_markup
from bot.sandbox.api.parameters import Params
from bot.sandbox.api_errors import bad_request, expect
from bot.sandbox.state.inline_queries import InlineAnswer
from bot.sandbox.state.world import World

MAX_RESULTS = 50
MAX_RESULT_ID = 64
MAX_NEXT_OFFSET = 64
DEFAULT_CACHE_TIME = 300

_PROBLEM = "can't parse inline query result: "
_START_PARAMETER = re.compile(r"[A-Za-z0-9_-]{1,64}")


def _utf8_size(text: str) -> int:
    """Return the size in bytes; half of a surrogate pair is counted like any other character."""
    return len(text.encode("utf-8", "surrogatepass"))


def _parse_result(value: object) -> tuple[str, dict[str, Any]]:
    """Check one result, an article with a text; ApiError for anything that Telegram refuses.

    Returns:
        The result's id, and the fields of the message that it becomes.
    """
    result: dict[str, Any] = expect(dict, value, "inline query result")
    if result.get("type") != "article":
        raise bad_request("the sandbox takes inline query results of type article only")
    for name in ("id", "title"):
        if name not in result:
            raise bad_request(f'{_PROBLEM}can\'t find field "{name}"')
    result_id, title = result["id"], result["title"]
    if not isinstance(result_id, str) or not 1 <= _utf8_size(result_id) <= MAX_RESULT_ID:
        raise bad_request("RESULT_ID_INVALID")
    if not isinstance(title, str) or not title.strip():
        raise bad_request(f'{_PROBLEM}field "title" must be a non-empty String')
    message = result.get("input_message_content")
    if not isinstance(message, dict) or "message_text" not in message:
        raise bad_request(f"{_PROBLEM}input message content is not specified")
    content = text_content(Params(message), "message_text")
    return result_id, with_markup(content, Params(result), inline_only=True)


def _parse_button(value: object) -> dict[str, Any] | None:
    """Check the button above the results: it opens the private chat, or a web app."""
    if value is None:
        return None
    problem = "can't parse inline query results button: "
    button: dict[str, Any] = expect(dict, value, "inline query results button")
    if not isinstance(button.get("text"), str) or not button["text"].strip():
        raise bad_request(f'{problem}field "text" must be a non-empty String')
    if isinstance(button.get("web_app"), dict):
        return button
    parameter = button.get("start_parameter")
    if not isinstance(parameter, str) or not _START_PARAMETER.fullmatch(parameter):
        raise bad_request("START_PARAM_INVALID" if parameter else f"{problem}it does nothing")
    return button


def answer_inline_query(world: World, params: Params) -> bool:
    """answerInlineQuery: results for a reader, cached for all who ask the same."""
    results = expect(list, params.nested("results"), "inline query results")
    if len(results) > MAX_RESULTS:
        raise bad_request("RESULTS_TOO_MUCH")
    contents = dict(_parse_result(result) for result in results)
    if len(contents) < len(results):
        raise bad_request("RESULT_ID_DUPLICATE")
    next_offset = params.text("next_offset")
    if _utf8_size(next_offset) > MAX_NEXT_OFFSET:
        raise bad_request("NEXT_OFFSET_INVALID")
    answer = InlineAnswer(
        results=results,
        contents=contents,
        next_offset=next_offset,
        button=_parse_button(params.nested("button")),
        cache_time=max(params.integer("cache_time", DEFAULT_CACHE_TIME), 0),
        is_personal=params.flag("is_personal"),
    )
    world.inline_queries.answer(params.text("inline_query_id"), answer)
    return True


def answer_guest_query(world: World, params: Params) -> dict[str, Any]:
    """answerGuestQuery: a message in the group where a reader asked and the bot is no member."""
    _, content = _parse_result(params.nested("result"))
    query = world.guest_queries.take(params.text("guest_query_id"))
    message = world.add_guest_answer(query, content)
    return {"inline_message_id": message["inline_message_id"]}
