"""A reader's own chat with the bot: everything written there is meant for it."""

from telegram import Message, Update

from bot.handlers.mentions import AddressedQuestion, content
from bot.handlers.messenger import typing_if_slow
from bot.handlers.services import Context
from bot.handlers.surfaces import account
from bot.views import chat_texts


async def question(update: Update, context: Context) -> None:
    """Answer a text, or the caption of a picture."""
    message = update.effective_message
    if message is None or _is_inline_result(message):
        return
    services = context.services
    asked = AddressedQuestion(content(message)[0], message)
    async with typing_if_slow(message):
        answer = await services.responder.respond(update, asked)
    if answer.asks_again:
        # A reply, because its button must know which question to ask again.
        await services.messenger.reply(asked, answer)
    else:
        await services.messenger.send(message, answer)


async def not_text(update: Update, context: Context) -> None:
    """Answer a picture, a sticker and the like."""
    message = update.effective_message
    if message is None or _is_inline_result(message):
        return
    services = context.services
    translator = await services.chats.translator_for(update)
    text = chat_texts.only_words(translator, services.corpus.articles)
    await services.messenger.send(message, text)


def _is_inline_result(message: Message) -> bool:
    """Whether a reader sent one of the bot's own passages, which asks nothing."""
    return message.via_bot is not None and message.via_bot.id == account(message.get_bot()).id
