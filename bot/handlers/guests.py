"""Guest mode: the bot is asked in a chat that it is not a member of, and answers once."""

from telegram import Update

from bot.handlers.mentions import AddressedQuestion, addressed_question, content
from bot.handlers.services import Context
from bot.handlers.surfaces import account


async def asked(update: Update, context: Context) -> None:
    """Answer a reader who called the bot into a chat, with one message."""
    message = update.guest_message
    if message is None or message.guest_query_id is None:
        return
    # Telegram delivers only messages that are addressed to the bot.
    question = addressed_question(message, account(context.bot)) or AddressedQuestion(
        content(message)[0].strip(), message
    )
    answer = await context.services.responder.respond(update, question)
    await context.services.messenger.answer_guest(message.guest_query_id, answer)
