"""/reload and /stats, for admins."""

import logging

from telegram import Update

from bot.errors import StoreError
from bot.handlers.live_corpus import Look
from bot.handlers.messenger import typing_if_slow
from bot.handlers.services import Context
from bot.handlers.surfaces import message_of
from bot.views import admin_texts
from bot.views.outgoing import OutgoingMessage
from bot.web.sent_files import relative

log = logging.getLogger(__name__)


async def reload(update: Update, context: Context) -> None:
    """/reload: look at the files of the articles now, and say what has changed."""
    message, services = message_of(update), context.services
    translator = await services.chats.translator_for(update)
    admin = message.from_user.id if message.from_user else 0
    log.info("Admin %s has the files of the articles looked at.", admin)
    async with typing_if_slow(message):
        look = await services.desk.look()
    if look is None or look.failed:
        key = "admin_reload_slow" if look is None else "admin_reload_failed"
        await services.messenger.send(message, OutgoingMessage(translator.text(key)))
        return
    corpus = context.bot_data.services.corpus
    folder = corpus.folder
    faults = [relative(fault, folder) if folder else fault for fault in look.faults]
    shown = admin_texts.reloaded(translator, _changes(look), faults, len(corpus.articles))
    await services.messenger.send(message, shown)


def _changes(look: Look) -> dict[str, tuple[str, ...]]:
    return {
        "admin_were_added": look.added,
        "admin_were_changed": look.changed,
        "admin_were_removed": look.removed,
    }


async def stats(update: Update, context: Context) -> None:
    """/stats: votes, articles and messages."""
    message, services = message_of(update), context.services
    translator = await services.chats.translator_for(update)
    try:
        totals = await services.store.all_counts()
        messages = await services.store.tracked_count()
    except StoreError as error:
        services.failures.failed(str(error))
        await services.messenger.send(message, OutgoingMessage(translator.text("failed")))
        return
    shown = admin_texts.stats(translator, totals, services.corpus.articles, messages)
    await services.messenger.send(message, shown)
