"""Readers ask the bot inline in any chat, and send one of the results that it offers."""

from typing import Any

from bot.sandbox.api_errors import ApiError, ControlError
from bot.sandbox.content.formatted_text import MAX_TEXT
from bot.sandbox.content.reply_markup import parse_markup
from bot.sandbox.control.request_fields import (
    Fields,
    author_in_chat,
    field,
    find_group,
    reader_in_chat,
    readers_text,
    refused_by_telegram,
    wait_seconds,
)
from bot.sandbox.control.senders import find_sender
from bot.sandbox.held_requests import Hold, wait_for_wake
from bot.sandbox.state.inline_queries import NO_ANSWER, InlineQuery, InlineResult
from bot.sandbox.state.world import World

DEFAULT_WAIT = 10


async def ask(world: World, fields: Fields, hold: Hold) -> dict[str, Any]:
    """POST inline_queries: a reader types the bot's name and a query, and waits for results.

    "results" is None when the bot did not answer in time; "update_id" is None also when the
    answer came from the cache.
    """
    if not world.bot.switches["inline"]:
        raise ControlError(400, "The bot's inline mode is switched off.")
    reader, chat = reader_in_chat(world, fields)
    text, offset = field(fields, "query", str), field(fields, "offset", str, "")
    wait = wait_seconds(fields, DEFAULT_WAIT)
    query_id = world.callback_queries.new_id()
    query = world.inline_queries.open(query_id, reader.id, text, offset)
    kind = chat.as_chat()["type"]
    update_id = None
    if query.answer is None:
        update_id = world.updates.push(
            "inline_query",
            {
                "id": query.id,
                "from": reader.as_user(),
                "query": query.query,
                "offset": query.offset,
                # "sender" is the private chat with the bot itself.
                "chat_type": "sender" if kind == "private" else kind,
            },
        )
        await wait_for_wake(query.waiters, wait, hold)
    return {
        "inline_query_id": query.id,
        "update_id": update_id,
        "query": query.query,
        "cached": query.cached,
        **(query.answer.for_page() if query.answer else NO_ANSWER),
    }


def choose(world: World, fields: Fields) -> dict[str, Any]:
    """POST inline_queries/choose: a reader sends one of the results to a chat.

    The bot is told of the choice, if it gets such feedback, and then of the message.
    """
    reader, chat = author_in_chat(world, fields)
    sender = find_sender(world, fields, reader, chat)
    query, result = _find_result(world, fields)
    # Telegram does not tell of choices of anonymous administrators.
    feedback = field(fields, "feedback", bool, True) and fields.get("as") is None
    content = {**sender.fields(), **result.content}
    message = world.add_inline_message(chat, sender.user, content, reader.id)
    inline_id = message["inline_message_id"]
    chosen = None
    if feedback and world.bot.switches["inline_feedback"]:
        chosen = world.updates.push(
            "chosen_inline_result",
            {
                "result_id": result.id,
                "from": reader.as_user(),
                "query": query.query,
                **({"inline_message_id": inline_id} if "reply_markup" in message else {}),
            },
        )
    return {
        "message": message,
        "inline_message_id": inline_id,
        "update_id": world.notify_bot("message", chat, message),
        "chosen_update_id": chosen,
    }


def _find_result(world: World, fields: Fields) -> tuple[InlineQuery, InlineResult]:
    query_id = field(fields, "inline_query_id", str)
    result_id = field(fields, "result_id", str)
    query = world.inline_queries.find(query_id)
    if query is None:
        raise ControlError(404, f"There is no inline query {query_id}.")
    if query.reader != field(fields, "reader", int):
        raise ControlError(400, "Another reader asked this.")
    if query.answer is None:
        raise ControlError(400, "The bot has not answered this inline query.")
    for result in query.answer.results:
        if result.id == result_id:
            return query, result
    raise ControlError(404, f"There is no result {result_id} among the bot's answer.")


def add_message(world: World, fields: Fields) -> dict[str, Any]:
    """POST inline_messages: an inline message of any content in a group, without a query."""
    reader, _chat = reader_in_chat(world, fields)
    group = find_group(world, fields)
    content = readers_text(field(fields, "text", str), MAX_TEXT)
    try:
        markup = parse_markup(field(fields, "reply_markup", dict, None), inline_only=True)
    except ApiError as error:
        raise refused_by_telegram(error) from None
    if markup:
        content["reply_markup"] = markup
    message = world.add_inline_message(group, reader.as_user(), content, reader.id)
    return {
        "message": message,
        "inline_message_id": message["inline_message_id"],
        "update_id": world.notify_bot("message", group, message),
    }
