"""Readers who write faster than they can be answered."""

import re

from telegram import Update
from telegram.constants import ChatType

from bot.delivery.identity import FromPeople
from bot.handlers.mentions import AddressedQuestion, addressed_question, content
from bot.handlers.services import Services
from bot.handlers.surfaces import Surface, account, surface_of, username
from bot.views.chat_texts import GROUP_COMMANDS, PRIVATE_COMMANDS
from bot.views.outgoing import OutgoingMessage

COMMANDS = {*PRIVATE_COMMANDS, *GROUP_COMMANDS}
"""Commands that may be sent in a group without the bot's name."""

_COMMAND = re.compile(r"/(\w+)(?:@(\w+))?")
_FROM_PEOPLE = FromPeople()


def asks(update: Update) -> bool:
    """Return whether an update wants an answer in words, so that it counts as one that waits."""
    message = update.effective_message
    if message is None or update.callback_query is not None or not _FROM_PEOPLE.filter(message):
        return False
    if surface_of(update) is not Surface.GROUP:
        return True
    if command := _COMMAND.match(content(message)[0].lower()):
        name, to = command.groups()
        return to == username(message.get_bot()).lower() if to else name in COMMANDS
    return addressed_question(message, account(message.get_bot())) is not None


async def tell(update: Update, services: Services) -> None:
    """Tell a reader that a message was left out, because too many of theirs wait."""
    message = update.effective_message
    assert message is not None
    translator = await services.chats.translator_for(update)
    text = OutgoingMessage(translator.text("one_at_a_time"))
    if update.guest_message is not None and update.guest_message.guest_query_id is not None:
        await services.messenger.answer_guest(update.guest_message.guest_query_id, text)
    elif message.chat.type == ChatType.PRIVATE:
        await services.messenger.send(message, text)
    else:
        await services.messenger.reply(AddressedQuestion("", message), text)
