"""The Bot API's methods that answer readers who ask from anywhere.

As all methods: the world and the call's parameters in, the call's `result` out; ApiError with
Telegram's words when it fails.
"""

from typing import Any

from bot.sandbox.errors import bad_request
from bot.sandbox.inline import DEFAULT_CACHE_TIME, Answer
from bot.sandbox.params import Params
from bot.sandbox.queries import wake
from bot.sandbox.results import MAX_NEXT_OFFSET, parse_button, parse_result, parse_results
from bot.sandbox.world import World


def answer_inline_query(world: World, params: Params) -> bool:
    """answerInlineQuery: results for a reader's query, and for all who ask the same."""
    results = parse_results(params.nested("results"))
    next_offset = params.text("next_offset")
    if len(next_offset.encode("utf-8", "surrogatepass")) > MAX_NEXT_OFFSET:
        raise bad_request("NEXT_OFFSET_INVALID")
    answer = Answer(
        results=results,
        next_offset=next_offset,
        button=parse_button(params.nested("button")),
        cache_time=max(params.integer("cache_time", DEFAULT_CACHE_TIME), 0),
        is_personal=params.flag("is_personal"),
    )
    wake(world.inline_queries.answer(params.text("inline_query_id"), answer).waiters)
    return True


def answer_guest_query(world: World, params: Params) -> dict[str, Any]:
    """answerGuestQuery: a message in the group where a reader asked, which the bot is not in."""
    result = parse_result(params.nested("result"))
    query = world.guests.take(params.text("guest_query_id"))
    message = world.add_guest(query, result.content)
    return {"inline_message_id": message["inline_message_id"]}
