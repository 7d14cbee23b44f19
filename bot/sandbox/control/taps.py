"""Readers tap buttons, and may wait until the bot answers."""

from typing import Any

from bot.sandbox.api_errors import ControlError
from bot.sandbox.content import Message
from bot.sandbox.control.request_fields import (
    Fields,
    field,
    find_message,
    reader_in_chat,
    wait_seconds,
)
from bot.sandbox.held_requests import Hold, wait_for_wake
from bot.sandbox.state.world import World, bot_view


async def tap(world: World, fields: Fields, hold: Hold) -> dict[str, Any]:
    """POST taps: a reader taps a button; with "wait", return after the bot answered.

    "callback_query_id" delivers an earlier tap again. Telegram refuses a second answer, so
    "answer" is then what the bot said the first time; it comes when the bot tries again.
    """
    field(fields, "chat", int)
    reader, chat = reader_in_chat(world, fields)
    message = find_message(chat, field(fields, "message_id", int))
    data = field(fields, "data", str)
    wait = wait_seconds(fields, 0)
    query_id = field(fields, "callback_query_id", str, "")
    if query_id and not world.callback_queries.find(query_id):
        raise ControlError(404, f"There is no callback query {query_id}.")
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
    if fields.get("wait") is None:
        return result
    answered = await wait_for_wake(query.waiters, wait, hold)
    return {**result, "answer": query.answer if answered else None}


def _tapped(message: Message) -> dict[str, Any]:
    """Return the query's field about the message: of an inline one the bot gets only the id."""
    if "inline_message_id" in message:
        return {"inline_message_id": message["inline_message_id"]}
    return {"message": bot_view(message)}
