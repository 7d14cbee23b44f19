"""The calls that are made for every question and tap, without the library's objects around them.

python-telegram-bot makes an object of every button that it sends and of everything that Telegram
answers, a whole message with its keyboard, of which the bot needs the id. That takes longer than
everything else on the way of an answer.
"""

from typing import Any, cast

from telegram import Bot, ReplyParameters
from telegram.request import BaseRequest, RequestData

from bot.delivery.http_requests import CallData
from bot.delivery.telegram_errors import NoAnswerError
from bot.store.base import MessageRef
from bot.views.outgoing import OutgoingMessage


async def send_message(
    bot: Bot,
    chat_id: int,
    message: OutgoingMessage,
    reply: ReplyParameters | None = None,
    topic: int | None = None,
) -> MessageRef:
    """Send a message.

    Args:
        bot: The client.
        chat_id: The chat.
        message: What to send.
        reply: The message to reply to; None for none.
        topic: The topic of the chat; None for none.

    Returns:
        The message that was sent.

    Raises:
        TelegramError: It was not sent, or that is not known.
    """
    sent = await _call(
        bot,
        "sendMessage",
        chat_id=chat_id,
        reply_parameters=reply.to_dict() if reply else None,
        message_thread_id=topic,
        **message.payload,
    )
    try:
        return MessageRef(int(sent["chat"]["id"]), int(sent["message_id"]))
    except (KeyError, TypeError, ValueError):
        raise NoAnswerError("sendMessage returned no message", may_be_done=True) from None


async def edit_text(bot: Bot, ref: MessageRef, message: OutgoingMessage) -> None:
    """Replace the text and the keyboard of a message.

    Args:
        bot: The client.
        ref: The message.
        message: What it shows from then on.

    Raises:
        TelegramError: It was not replaced, or that is not known.
    """
    await _call(bot, "editMessageText", **_where(ref), **message.payload)


async def edit_keyboard(bot: Bot, ref: MessageRef, keyboard: str) -> None:
    """Replace the keyboard of a message.

    Args:
        bot: The client.
        ref: The message.
        keyboard: The keyboard, as the Bot API's JSON.

    Raises:
        TelegramError: It was not replaced, or that is not known.
    """
    await _call(bot, "editMessageReplyMarkup", reply_markup=keyboard, **_where(ref))


def _where(ref: MessageRef) -> dict[str, int | str | None]:
    """Return the parameters that name a message."""
    return {
        "chat_id": ref.chat_id,
        "message_id": ref.message_id,
        "inline_message_id": ref.inline_message_id,
    }


async def answer_button(bot: Bot, query_id: str, text: str | None, seconds: float) -> None:
    """Answer a tap on a button.

    Args:
        bot: The client.
        query_id: Telegram's id of the tap.
        text: A toast of at most 200 characters; None for none.
        seconds: How long to wait for Telegram.

    Raises:
        TelegramError: It was not answered, or that is not known.
    """
    await _call(bot, "answerCallbackQuery", seconds, callback_query_id=query_id, text=text)


async def _call(
    bot: Bot, method: str, seconds: Any = BaseRequest.DEFAULT_NONE, **parameters: Any
) -> Any:
    given = CallData({name: value for name, value in parameters.items() if value is not None})
    return await bot.request.post(
        f"{bot.base_url}/{method}", cast("RequestData", given), read_timeout=seconds
    )
