"""Private chats: everything written there is addressed to the bot."""

from telegram import Message, Update

from bot.handlers.mentions import AddressedQuestion, content
from bot.handlers.messenger import typing_if_slow
from bot.handlers.services import Context
from bot.handlers.surfaces import account, message_of
from bot.views import small_talk
from bot.views.keyboards import has_search_all


async def question(update: Update, context: Context) -> None:
    """Answer a text or a caption."""
    message, services = message_of(update), context.services
    if _is_inline_result(message):
        return
    asked = AddressedQuestion(content(message)[0], message)
    async with typing_if_slow(message):
        answer = await services.responder.respond(update, asked)
    if has_search_all(answer.keyboard):
        # As a reply, because its button needs the question to ask it again.
        await services.messenger.reply(asked, answer)
    else:
        await services.messenger.send(message, answer)


async def not_text(update: Update, context: Context) -> None:
    """Answer a picture, a sticker or another message without text."""
    message, services = message_of(update), context.services
    if _is_inline_result(message):
        return
    translator = await services.chats.translator_for(update)
    text = small_talk.only_words(translator, services.corpus.articles)
    await services.messenger.send(message, text)


def _is_inline_result(message: Message) -> bool:
    """Return whether a message is an inline result of the bot itself, which asks nothing."""
    return message.via_bot is not None and message.via_bot.id == account(message.get_bot()).id
