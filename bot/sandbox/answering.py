"""What a reader's message answers, what it quotes, and the topic that it stands in."""

from typing import Any

from bot.sandbox.chats import Chat, Reader
from bot.sandbox.errors import ControlError
from bot.sandbox.fields import Fields, field, find_chat, find_message
from bot.sandbox.quotes import external, quote
from bot.sandbox.shared_chats import Group
from bot.sandbox.threads import is_closed, place
from bot.sandbox.world import World


def answered(
    world: World, fields: Fields, reader: Reader, chat: Chat
) -> tuple[int | None, dict[str, Any]]:
    """The id of the message of `chat` that is answered, or None; and the fields that go with it.

    "reply_to" may be a message of another chat of the reader's, "reply_to_chat"; "quote" is a
    part of what it says.
    """
    number, part = field(fields, "reply_to", int, None), field(fields, "quote", str, None)
    source = find_chat(world, field(fields, "reply_to_chat", int, chat.id))
    if number is None:
        if part is not None or source is not chat:
            raise ControlError(400, '"quote" and "reply_to_chat" go with "reply_to" only.')
        return None, {}
    if reader.id not in source.readers:
        raise ControlError(400, f"Reader {reader.id} is not in chat {source.id}.")
    message = find_message(source, number)
    answers: dict[str, Any] = {}
    if part is not None:
        found = quote(message, part, None)
        if not found:
            raise ControlError(400, "The message that is answered does not say that.")
        answers["quote"] = found
    if source is not chat:
        return None, {"external_reply": external(message), **answers}
    return number, answers


def topic(fields: Fields, chat: Chat, replied: int | None) -> int | None:
    """The id that "topic" is, None when there is none; who rules there may write in closed ones.

    replied: the id of the message of `chat` that is answered, None when there is none.
    """
    number = field(fields, "topic", int, None)
    if number is not None and (not isinstance(chat, Group) or number not in chat.topics):
        raise ControlError(404, f"There is no topic {number} in chat {chat.id}.")
    placed, _ = place(chat, number, replied)
    if is_closed(chat, placed) and not chat.rules(field(fields, "reader", int)):
        raise ControlError(400, "This topic is closed.")
    return number
