"""What readers do with the bot inline: they ask it in any chat, and choose what it offers.

As in `readers`: the world and the request's JSON fields in, the answer's JSON out.
"""

import asyncio
from typing import Any

from bot.sandbox.errors import ControlError
from bot.sandbox.fields import Fields, field, reader_in_chat, seconds, writer_in_chat
from bot.sandbox.inline import NO_ANSWER, Answer, InlineQuery, chat_type
from bot.sandbox.listeners import Hold
from bot.sandbox.results import Result
from bot.sandbox.voices import voice
from bot.sandbox.world import World

WAIT = 10


async def ask(world: World, fields: Fields, hold: Hold) -> dict[str, Any]:
    """POST /sandbox/inline_queries: a reader types @bot and a query, and waits for the results.

    "results" is None when the bot gave none in time; "update_id" also when the cache had them.
    """
    if not world.profile.switches["inline"]:
        raise ControlError(400, "The bot's inline mode is switched off.")
    reader, chat = reader_in_chat(world, fields)
    text, offset = field(fields, "query", str), field(fields, "offset", str, "")
    wait = seconds(WAIT if fields.get("wait") is None else fields["wait"])
    query = world.inline_queries.open(world.queries.new_id(), reader.id, text, offset)
    update_id = None
    if query.answer is None:
        update_id = world.updates.push(
            "inline_query",
            {
                "id": query.id,
                "from": reader.user(),
                "query": query.query,
                "offset": query.offset,
                "chat_type": chat_type(chat),
            },
        )
    answer = query.answer or await _answer(query, wait, hold)
    return {
        "inline_query_id": query.id,
        "update_id": update_id,
        "query": query.query,
        "cached": query.cached,
        **(answer.shown() if answer else NO_ANSWER),
    }


async def _answer(query: InlineQuery, wait: float, hold: Hold) -> Answer | None:
    answered: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    query.waiters.add(answered)
    await hold(answered, wait)
    query.waiters.discard(answered)
    return query.answer


async def choose(world: World, fields: Fields, _hold: Hold) -> dict[str, Any]:
    """POST /sandbox/inline_queries/choose: a reader puts one of the results into a chat.

    The bot hears of the choice, when it gets such feedback, before it hears of the message.
    """
    reader, chat = writer_in_chat(world, fields)
    speaker = voice(world, fields, reader, chat)
    query, result = _chosen(world, fields)
    # Who is anonymous in a group stays so: Telegram does not tell of such a choice.
    told = field(fields, "feedback", bool, True) and fields.get("as") is None
    content = {**speaker.fields(), **result.content}
    message = world.add_inline(chat, speaker.sender, content, author=reader.id)
    inline_id = message["inline_message_id"]
    chosen = None
    if told and world.profile.switches["inline_feedback"]:
        chosen = world.updates.push(
            "chosen_inline_result",
            {
                "result_id": result.id,
                "from": reader.user(),
                "query": query.query,
                **({"inline_message_id": inline_id} if "reply_markup" in message else {}),
            },
        )
    return {
        "message": message,
        "inline_message_id": inline_id,
        "update_id": world.tell("message", chat, message),
        "chosen_update_id": chosen,
    }


def _chosen(world: World, fields: Fields) -> tuple[InlineQuery, Result]:
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
