"""Groups: the bot answers only if addressed, by a reply that quotes the question."""

import re

from telegram import ChatMember, ChatMemberRestricted, Update
from telegram.constants import ChatMemberStatus, ChatType

from bot.handlers.mentions import addressed_question, command_question
from bot.handlers.messenger import typing_if_slow
from bot.handlers.services import Context
from bot.handlers.surfaces import account, message_of, username
from bot.views import chat_texts
from bot.views.outgoing import OutgoingMessage

OUTSIDE = (ChatMemberStatus.LEFT, ChatMemberStatus.BANNED)
"""Statuses of a bot that is not a member of the group."""

_ASK = re.compile(r"/ask(?:@(\w+))?(?=\s|$)")


async def message(update: Update, context: Context) -> None:
    """Answer something written in a group, if it is addressed to the bot."""
    message = message_of(update)
    if message.is_automatic_forward or message.via_bot is not None:
        return
    bot = account(context.bot)
    # The library finds commands in texts, but not in captions.
    own, command = username(context.bot).lower(), _ASK.match(message.caption or "")
    if command is not None and (command[1] or own).lower() == own:
        question = command_question(message, bot)
    elif (addressed := addressed_question(message, bot)) is not None:
        question = addressed
    else:
        return
    async with typing_if_slow(message):
        answer = await context.services.responder.respond(update, question)
    await context.services.messenger.reply(question, answer)


async def unknown_command(update: Update, context: Context) -> None:
    """Answer an unknown command only if it names this bot; others are meant for other bots."""
    message = message_of(update)
    command = (message.text or "").split(maxsplit=1)[0].lower()
    if command.endswith(f"@{username(context.bot)}".lower()):
        translator = await context.services.chats.translator_for(update)
        text = OutgoingMessage(translator.text("unknown_command"))
        await context.services.messenger.send_or_reply(message, text)


async def membership_changed(update: Update, context: Context) -> None:
    """Greet a group that the bot was added to, or forget one that it was removed from."""
    change, services = update.my_chat_member, context.services
    if change is None or change.chat.type not in (ChatType.GROUP, ChatType.SUPERGROUP):
        return
    chat = change.chat
    was_in, is_in = (_is_in(member) for member in (change.old_chat_member, change.new_chat_member))
    if was_in and not is_in:
        await services.live_counts.forget_chat(chat.id)
        await services.chats.forget(chat.id)
    elif is_in and not was_in:
        translator = await services.chats.translator(chat.id, chat.type, None)
        articles, name = services.corpus.articles, username(context.bot)
        greeting = chat_texts.group_greeting(translator, articles, name)
        await services.messenger.send_to_chat(chat.id, greeting)


async def migrated(update: Update, context: Context) -> None:
    """Move the settings of a group that became a supergroup, and forget its messages."""
    message = message_of(update)
    old = message.migrate_from_chat_id or message.chat.id
    new = message.migrate_to_chat_id or message.chat.id
    await context.services.chats.move(old, new)
    await context.services.live_counts.forget_chat(old)


def _is_in(member: ChatMember) -> bool:
    if isinstance(member, ChatMemberRestricted):
        return member.is_member
    return member.status not in OUTSIDE
