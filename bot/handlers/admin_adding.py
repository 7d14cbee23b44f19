"""An admin sends a link or a file, sees what the bot would make of it, and adds it or not."""

import asyncio
import logging
import os
import re
from collections.abc import Awaitable, Callable
from pathlib import Path

from telegram import CallbackQuery, Document, Message, Update
from telegram.error import TelegramError
from telegram.ext import ExtBot

from bot.corpus.article import Article
from bot.corpus.loader import Corpus, comes_with_the_bot
from bot.corpus.outcomes import Unread
from bot.corpus.yaml import MAX_FILE_BYTES
from bot.errors import CorpusError, WebError
from bot.handlers import private
from bot.handlers.admin_drafts import Draft
from bot.handlers.mentions import content
from bot.handlers.messenger import typing_if_slow
from bot.handlers.services import Context, Services
from bot.handlers.surfaces import message_of, username
from bot.views import admin_texts
from bot.views.i18n import Translator
from bot.views.outgoing import OutgoingMessage
from bot.web.addresses import without_query
from bot.web.article_files import Outcome, render, write_article
from bot.web.extraction import extract
from bot.web.fetcher import Fetched, Fetcher
from bot.web.removed_files import REMOVED
from bot.web.sent_files import (
    SentFile,
    add_sent,
    check_place,
    is_article_name,
    present_content,
    read_sent,
)

LINK = re.compile(r"\A\s*https?://\S+\s*\Z", re.IGNORECASE)
"""A message that is nothing but a link."""

Found = tuple[SentFile, Article, bytes | None]
"""A file, the article in it, and what the file that it replaces contains."""

log = logging.getLogger(__name__)


class _NotAddedError(Exception):
    """There is nothing to add; the text says why."""


async def link(update: Update, context: Context) -> None:
    """Show the article of a page that an admin sent the address of."""
    message, services = message_of(update), context.services
    name = username(context.bot)
    url = content(message)[0].strip()
    if services.articles.linked(message, name) or _leads_to(url, name):
        # It opens the article, as for everybody else.
        await private.question(update, context)
        return

    async def find(translator: Translator) -> Found:
        async with Fetcher(services.desk.allow_private) as fetcher:
            page = await fetcher.get(url)
        return await asyncio.to_thread(_of_page, translator, page, services.corpus)

    await _show_found(update, services, find)


async def document(update: Update, context: Context) -> None:
    """Show the article in a file that an admin sent."""
    message, services = message_of(update), context.services

    async def find(translator: Translator) -> Found:
        sent = await _download(context.bot, translator, message.document)
        return await asyncio.to_thread(_of_file, translator, sent, services.corpus)

    await _show_found(update, services, find)


async def _show_found(
    update: Update, services: Services, find: Callable[[Translator], Awaitable[Found]]
) -> None:
    """Show the article that ``find`` returns, or why there is none."""
    message = message_of(update)
    translator = await services.chats.translator_for(update)
    async with typing_if_slow(message):
        try:
            check_folder(translator, services.corpus)
            found = await find(translator)
        except (CorpusError, WebError, _NotAddedError) as error:
            shown = _refusal(translator, error)
        else:
            shown = _preview(message, services, translator, *found)
    await services.messenger.send(message, shown)


def _leads_to(url: str, name: str) -> bool:
    """Return whether an address opens the bot's chat, perhaps on an article that is gone."""
    address = without_query(url).lower()
    return bool(name) and address in {
        f"{scheme}://{host}/{name.lower()}"
        for scheme in ("http", "https")
        for host in ("t.me", "telegram.me")
    }


def check_folder(translator: Translator, corpus: Corpus) -> Path:
    """Return the folder of a corpus, which can be written to as far as that is known before.

    Raises:
        WebError: It cannot; the text says so in the admin's language.
    """
    folder = corpus.folder
    if folder is None or comes_with_the_bot(folder):
        raise WebError(translator.text("admin_installed"))
    if not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
        raise WebError(read_only(translator, folder))
    return folder


def read_only(translator: Translator, folder: Path | None, error: OSError | None = None) -> str:
    """Return that a folder cannot be written to, and why if that is known."""
    reason = f" ({error.strerror})" if error is not None and error.strerror else ""
    return translator.text("admin_read_only", folder=f"{folder}{reason}")


def why_not(translator: Translator, corpus: Corpus, error: OSError | WebError) -> str:
    """Return why the folder of a corpus was not changed; log a failure of the system."""
    if isinstance(error, WebError):
        return str(error)
    log.warning("The folder of the articles cannot be written to: %s", error.strerror)
    return read_only(translator, corpus.folder, error)


async def _download(
    bot: ExtBot[None], translator: Translator, document: Document | None
) -> SentFile:
    """Return a file that was sent to the bot.

    Its address holds the token, and errors may hold the address: none of them is shown or logged.
    """
    name = (document.file_name or "") if document else ""
    if document is None or not is_article_name(name):
        raise _NotAddedError(translator.text("admin_what_to_send"))
    if (document.file_size or 0) > MAX_FILE_BYTES:
        raise _NotAddedError(translator.text("admin_what_to_send"))
    try:
        file = await bot.get_file(document.file_id)
        downloaded = bytes(await file.download_as_bytearray())
    except (OSError, RuntimeError, TelegramError) as error:
        log.warning("A file could not be fetched from Telegram: %s", type(error).__name__)
        raise _NotAddedError(translator.text("admin_download_failed")) from None
    if len(downloaded) > MAX_FILE_BYTES:
        raise _NotAddedError(translator.text("admin_what_to_send"))
    return SentFile(name, downloaded)


def _of_page(translator: Translator, page: Fetched, corpus: Corpus) -> Found:
    folder = check_folder(translator, corpus)
    extracted = extract(page)
    written = write_article(folder, extracted, dry_run=True)
    name = written.file.name
    if written.outcome is Outcome.EDITED:
        raise _NotAddedError(translator.text("admin_edited", file=name))
    return _checked(translator, SentFile(name, render(extracted).encode()), folder, corpus)


def _of_file(translator: Translator, sent: SentFile, corpus: Corpus) -> Found:
    return _checked(translator, sent, check_folder(translator, corpus), corpus)


def _checked(translator: Translator, sent: SentFile, folder: Path, corpus: Corpus) -> Found:
    """Return what can be added of a file, as the bot would read it.

    Raises:
        CorpusError: It has faults.
        _NotAddedError: There is nothing to add.
    """
    replaces = present_content(folder, sent.name)
    if replaces == sent.content:
        raise _NotAddedError(translator.text("admin_same", file=sent.name))
    read = read_sent(sent, folder)
    if isinstance(read, Unread):
        text = translator.text("admin_not_read", file=sent.name, reason=read.reason)
        raise _NotAddedError(text)
    check_place(sent, read, folder, corpus)
    return sent, read.article, replaces


def _refusal(translator: Translator, error: Exception) -> OutgoingMessage:
    """Return why there is no preview."""
    if isinstance(error, _NotAddedError):
        return OutgoingMessage(str(error))
    if isinstance(error, CorpusError):
        return admin_texts.refused(
            translator, "admin_cannot", admin_texts.faults_text(error.faults)
        )
    return admin_texts.refused(translator, "admin_cannot", str(error))


def _preview(
    message: Message,
    services: Services,
    translator: Translator,
    sent: SentFile,
    article: Article,
    replaces: bytes | None,
) -> OutgoingMessage:
    assert message.from_user is not None, "only a user's message gets here"
    key = services.desk.drafts.keep(Draft(message.from_user.id, sent, article, replaces))
    kept_in = f"{REMOVED}/" if replaces is not None else None
    return admin_texts.preview(translator, article, sent.name, key, kept_in)


async def add(query: CallbackQuery, context: Context, key: str) -> None:
    """Add the article of a preview, and say so when readers get answers from it."""
    services, message = context.services, query.message
    translator = services.languages.of(query.from_user.language_code)
    draft = services.desk.drafts.of(key, query.from_user.id)
    if draft is None or not isinstance(message, Message):
        await services.sender.answer_button(query, translator.text("admin_too_late"))
        return
    await services.sender.answer_button(query)
    try:
        folder = check_folder(translator, services.corpus)
        file = await asyncio.to_thread(add_sent, draft.sent, folder, draft.replaces)
    except (OSError, WebError) as error:
        # The draft stays: it can be added when that is mended.
        reason = why_not(translator, services.corpus, error)
        refused = admin_texts.refused(translator, "admin_cannot", reason)
        await services.messenger.send(message, refused)
        return
    services.desk.drafts.forget(key)
    if file is None:
        shown = OutgoingMessage(translator.text("admin_too_late"))
        await services.messenger.edit(message, shown)
        return
    verb = "added" if draft.replaces is None else "replaced"
    log.info("Admin %s %s %s (%s).", query.from_user.id, verb, file.name, draft.article.id)
    in_use = await _in_use(context, file, draft.article)
    shown = admin_texts.added(
        translator,
        in_use or draft.article,
        is_new=draft.replaces is None,
        in_use=in_use is not None,
        can_publish=services.desk.publish_to is not None,
    )
    await services.messenger.edit(message, shown)


async def _in_use(context: Context, file: Path, article: Article) -> Article | None:
    """Wait until the bot answers from a file that was written; return its article then.

    An id may be another one than in the preview: an article keeps that under which it has votes.
    """
    await context.services.desk.look()
    # Those of now, not those with which this handler began.
    for each in context.bot_data.services.corpus.located:
        if each.file == file and each.article.version == article.version:
            return each.article
    return None


async def cancel(query: CallbackQuery, context: Context, key: str) -> None:
    """Forget a preview."""
    services, message = context.services, query.message
    translator = services.languages.of(query.from_user.language_code)
    if services.desk.drafts.of(key, query.from_user.id) is None:
        await services.sender.answer_button(query, translator.text("admin_too_late"))
        return
    services.desk.drafts.forget(key)
    await services.sender.answer_button(query)
    if isinstance(message, Message):
        cancelled = OutgoingMessage(translator.text("admin_cancelled"))
        await services.messenger.edit(message, cancelled)
