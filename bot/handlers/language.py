"""The language of a group, which its administrators choose with /language or a button."""

import logging

from telegram import CallbackQuery, Message, Update
from telegram.constants import ChatMemberStatus, ChatType
from telegram.error import TelegramError

from bot.delivery.identity import is_anonymous_admin
from bot.handlers.services import Context, Services
from bot.handlers.surfaces import Surface, message_of, surface_of
from bot.views import chat_texts
from bot.views.i18n import Translator
from bot.views.outgoing import OutgoingMessage

ADMINS = (ChatMemberStatus.OWNER, ChatMemberStatus.ADMINISTRATOR)

log = logging.getLogger(__name__)


async def command(update: Update, context: Context) -> None:
    """/language: set the group's language, or offer all languages."""
    message, services = message_of(update), context.services
    translator = await services.chats.translator_for(update)
    name = " ".join(context.args or ())
    chosen = services.languages.named(name)
    if surface_of(update) is Surface.PRIVATE:
        reply = OutgoingMessage(translator.text("language_private"))
    elif chosen is None:
        reply = chat_texts.choose_language(translator, services.languages, is_unknown=bool(name))
    elif is_anonymous_admin(message) or await _is_admin(
        message, message.from_user.id if message.from_user else 0
    ):
        reply = OutgoingMessage(await _set_language(services, message.chat.id, translator, chosen))
    else:
        reply = OutgoingMessage(translator.text("language_admins"))
    await services.messenger.send_or_reply(message, reply)


async def button_tapped(query: CallbackQuery, code: str, services: Services) -> None:
    """Set the group's language to the one on a button.

    Args:
        query: The tap.
        code: The language's BCP 47 code, as the button names it.
        services: What handlers work with.
    """
    message, chosen = query.message, services.languages.of(code)
    # A private chat has no such button, so the tap is forged.
    is_private = message is not None and message.chat.type == ChatType.PRIVATE
    if is_private or not isinstance(message, Message) or chosen.code != code:
        readers = services.languages.of(query.from_user.language_code)
        await services.sender.answer_button(query, readers.text("old_button"))
        return
    chat = message.chat
    translator = await services.chats.translator(chat.id, chat.type, query.from_user)
    if not await _is_admin(message, query.from_user.id):
        await services.sender.answer_button(query, translator.text("language_admins"))
        return
    text = await _set_language(services, chat.id, translator, chosen)
    await services.sender.answer_button(query, text)
    await services.messenger.edit(message, OutgoingMessage(text))


async def _set_language(
    services: Services, chat_id: int, translator: Translator, chosen: Translator
) -> str:
    if not await services.chats.set_language(chat_id, chosen.code):
        return translator.text("could_not_save")
    return chosen.text("language_set")


async def _is_admin(message: Message, user_id: int) -> bool:
    try:
        member = await message.get_bot().get_chat_member(message.chat.id, user_id)
    except TelegramError as error:
        log.warning("It is not known whether a user is an administrator: %s", error.message)
        return False
    return member.status in ADMINS
