"""Readers' queries to the bot: taps on buttons; inline queries, and sending their results."""

from typing import Any

from bot.sandbox.api_errors import ControlError
from bot.sandbox.content import Message
from bot.sandbox.content.formatted_text import MAX_TEXT
from bot.sandbox.content.reply_markup import parse_markup
from bot.sandbox.control.request_fields import (
    Fields,
    author_in_chat,
    field,
    find,
    find_group,
    find_message,
    number,
    reader_in_chat,
    readers_text,
)
from bot.sandbox.control.senders import find_sender
from bot.sandbox.held_requests import Hold, wait_for_wake
from bot.sandbox.state.inline_queries import InlineQuery, answer_for_page
from bot.sandbox.state.shared_chats import bot_view
from bot.sandbox.state.world import World

MAX_WAIT = 30
DEFAULT_WAIT = 10


async def tap(world: World, fields: Fields, hold: Hold) -> dict[str, Any]:
    """POST taps: a reader taps a button; with "wait", return after the bot answered.

    "callback_query_id" delivers an earlier tap again. Telegram refuses a second answer, so
    "answer" is then what the bot said the first time; it comes when the bot tries again.
    """
    field(fields, "chat", int)
    reader, chat = reader_in_chat(world, fields)
    message = find_message(chat, fields)
    data = field(fields, "data", str)
    wait = number(fields, "wait", 0, MAX_WAIT, None)
    query_id = field(fields, "callback_query_id", str, "")
    if query_id:
        find(world.callback_queries.by_id, query_id, "callback query")
    query_id = query_id or world.callback_queries.new_id()
    query = world.callback_queries.open(query_id, reader.id)
    update_id = world.updates.push(
        "callback_query",
        {
            "id": query_id,
            "from": reader.as_user(),
            **_tapped(message),
            "chat_instance": chat.instance,
            "data": data,
        },
    )
    result = {"callback_query_id": query_id, "update_id": update_id}
    if wait is None:
        return result
    answered = await wait_for_wake(query.waiters, wait, hold)
    return {**result, "answer": query.answer if answered else None}


def _tapped(message: Message) -> dict[str, Any]:
    """Return the query's field about the message: of an inline one the bot gets only the id."""
    if "inline_message_id" in message:
        return {"inline_message_id": message["inline_message_id"]}
    return {"message": bot_view(message)}


async def ask(world: World, fields: Fields, hold: Hold) -> dict[str, Any]:
    """POST inline_queries: a reader types the bot's name and a query, and waits for results.

    "results" is None when the bot did not answer in time; "update_id" is None also when the
    answer came from the cache.
    """
    if not world.bot.switches["inline"]:
        raise ControlError(400, "The bot's inline mode is switched off.")
    reader, chat = reader_in_chat(world, fields)
    text, offset = field(fields, "query", str), field(fields, "offset", str, "")
    wait = number(fields, "wait", 0, MAX_WAIT, DEFAULT_WAIT)
    query_id = world.callback_queries.new_id()
    query = world.inline_queries.open(query_id, reader.id, text, offset)
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
                "chat_type": "sender" if chat.kind == "private" else chat.kind,
            },
        )
        await wait_for_wake(query.waiters, wait, hold)
    return {
        "inline_query_id": query.id,
        "update_id": update_id,
        "query": query.query,
        "cached": query.cached,
        **answer_for_page(query.answer),
    }


def choose(world: World, fields: Fields) -> dict[str, Any]:
    """POST inline_queries/choose: a reader sends one of the results to a chat.

    The bot is told of the choice, if it gets such feedback, and then of the message.
    """
    reader, chat = author_in_chat(world, fields)
    sender, named = find_sender(world, fields, reader, chat)
    query, result_id, content = _find_result(world, fields)
    # Telegram does not tell of choices of anonymous administrators.
    feedback = field(fields, "feedback", bool, True) and fields.get("as") is None
    message = world.add_inline_message(chat, sender, {**named, **content}, reader.id)
    inline_id = message["inline_message_id"]
    chosen = None
    if feedback and world.bot.switches["inline_feedback"]:
        chosen = world.updates.push(
            "chosen_inline_result",
            {
                "result_id": result_id,
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


def _find_result(world: World, fields: Fields) -> tuple[InlineQuery, str, dict[str, Any]]:
    """Return the query, the id of the chosen result, and the fields of its message."""
    query_id = field(fields, "inline_query_id", str)
    result_id = field(fields, "result_id", str)
    query = find(world.inline_queries.by_id, query_id, "inline query")
    if query.reader != field(fields, "reader", int):
        raise ControlError(400, "Another reader asked this.")
    if query.answer is None:
        raise ControlError(400, "The bot has not answered this inline query.")
    return query, result_id, find(query.answer.contents, result_id, "result")


def add_message(world: World, fields: Fields) -> dict[str, Any]:
    """POST inline_messages: an inline message of any content in a group, without a query."""
    reader, _chat = reader_in_chat(world, fields)
    group = find_group(world, fields)
    content = readers_text(field(fields, "text", str), MAX_TEXT)
    markup = parse_markup(field(fields, "reply_markup", dict, None), inline_only=True)
    if markup:
        content["reply_markup"] = markup
    message = world.add_inline_message(group, reader.as_user(), content, reader.id)
    return {
        "message": message,
        "inline_message_id": message["inline_message_id"],
        "update_id": world.notify_bot("message", group, message),
    }
