"""/articles: what there is, page by page; an admin publishes and removes articles there."""

import asyncio
import logging
from collections.abc import Sequence

from telegram import CallbackQuery, ChatFullInfo, Message, Update
from telegram.error import TelegramError

from bot.corpus.article import LocatedArticle
from bot.delivery.channel_publisher import ChannelPublisher, channel_name
from bot.delivery.telegram_errors import describe
from bot.errors import PublishError, StoreError, WebError
from bot.handlers.admin_adding import check_folder, why_not
from bot.handlers.services import Context, Services
from bot.handlers.surfaces import message_of
from bot.store.base import MessageRef
from bot.views import admin_texts
from bot.views.admin_texts import Post
from bot.views.i18n import Translator
from bot.views.outgoing import OutgoingMessage
from bot.web.removed_files import REMOVED, remove_file

MAX_POSTS = 5
"""Posts of an article that are named; Telegram is asked for the name of each one's channel."""

log = logging.getLogger(__name__)


async def articles(update: Update, context: Context) -> None:
    """/articles: the first page of all articles."""
    services = context.services
    translator = await services.chats.translator_for(update)
    shown = admin_texts.article_list(translator, services.articles.by_title, 0)
    await services.messenger.send(message_of(update), shown)


async def turn(query: CallbackQuery, services: Services, page: int) -> None:
    """Show another page of the list."""
    translator = services.languages.of(query.from_user.language_code)
    await services.sender.answer_button(query)
    await _show(
        query, services, admin_texts.article_list(translator, services.articles.by_title, page)
    )


async def manage(query: CallbackQuery, context: Context, article_id: str) -> None:
    """Show what is known of an article, and what can be done with it."""
    if located := await _found(query, context.services, article_id):
        await context.services.sender.answer_button(query)
        await _show_page(query, context, located)


async def publish(query: CallbackQuery, context: Context, article_id: str) -> None:
    """Post an article in the channel of the settings, or edit its post there."""
    services = context.services
    located = await _found(query, services, article_id)
    if located is None:
        return
    await services.sender.answer_button(query)
    translator = services.languages.of(query.from_user.language_code)
    to = services.desk.publish_to
    if to is None:
        note = translator.text("admin_publish_unset")
    else:
        note = await _published(query, context, translator, located, to)
    await _show_page(query, context, located, note)


async def _published(
    query: CallbackQuery,
    context: Context,
    translator: Translator,
    located: LocatedArticle,
    to: str,
) -> str:
    """Publish an article; return what became of it."""
    services, article = context.services, located.article
    publisher = ChannelPublisher(
        context.bot, services.store, services.sender, services.languages, services.corpus.reactions
    )
    try:
        async with services.desk.publishing:
            published = await publisher.publish(article, to)
    except (PublishError, StoreError) as error:
        reason = str(error)
    except TelegramError as error:
        reason = describe(error)
    else:
        log.info("Admin %s published %s in %s.", query.from_user.id, article.id, published.channel)
        key = "admin_posted" if published.is_new else "admin_post_updated"
        return translator.text(key, channel=published.channel)
    log.warning("%s could not be published: %s", article.id, reason)
    return translator.text("admin_not_published") + "\n" + reason


async def ask_removal(query: CallbackQuery, services: Services, article_id: str) -> None:
    """Ask whether to remove an article."""
    located = await _removable(query, services, article_id)
    if located is None:
        return
    translator = services.languages.of(query.from_user.language_code)
    shown = admin_texts.remove_question(
        translator, located.article, _file(located, services), f"{REMOVED}/"
    )
    await _show(query, services, shown)


async def remove(query: CallbackQuery, context: Context, article_id: str) -> None:
    """Move the file of an article to where the bot does not read it."""
    services, admin = context.services, query.from_user.id
    located = await _removable(query, services, article_id)
    if located is None:
        return
    translator = services.languages.of(query.from_user.language_code)
    try:
        folder = check_folder(translator, services.corpus)
        target = await asyncio.to_thread(remove_file, folder, located.file)
    except (OSError, WebError) as error:
        reason = why_not(translator, services.corpus, error)
        note = f"{translator.text('admin_not_removed')}\n{reason}"
        await _show_page(query, context, located, note)
        return
    place = str(target.relative_to(folder))
    log.info("Admin %s removed %s: its file is now %s.", admin, article_id, place)
    await services.desk.look()
    await _show(query, services, admin_texts.removed(translator, located.article, place))


async def _found(
    query: CallbackQuery, services: Services, article_id: str
) -> LocatedArticle | None:
    """Return an article; None, which is said, if it is gone."""
    for located in services.corpus.located:
        if located.article.id == article_id:
            return located
    translator = services.languages.of(query.from_user.language_code)
    await services.sender.answer_button(query, translator.text("admin_gone"))
    return None


async def _removable(
    query: CallbackQuery, services: Services, article_id: str
) -> LocatedArticle | None:
    """Return an article that may be removed; None, which is said, if it is gone or the only one."""
    located = await _found(query, services, article_id)
    if located is None:
        return None
    if len(services.corpus.located) > 1:
        await services.sender.answer_button(query)
        return located
    translator = services.languages.of(query.from_user.language_code)
    await services.sender.answer_button(query, translator.text("admin_only_one"))
    return None


def _file(located: LocatedArticle, services: Services) -> str:
    """Return an article's file as seen from the folder of the corpus."""
    folder, file = services.corpus.folder, located.file
    inside = folder is not None and file.is_relative_to(folder)
    return str(file.relative_to(folder)) if folder is not None and inside else str(file)


async def _show_page(
    query: CallbackQuery, context: Context, located: LocatedArticle, note: str = ""
) -> None:
    services, article = context.services, located.article
    counts = services.store.counts(article.id)
    votes = await services.failures.value_or(None, counts)
    refs = await services.failures.value_or(None, services.store.channel_posts(article.id))
    page = admin_texts.article_page(
        services.languages.of(query.from_user.language_code),
        article,
        _file(located, services),
        None if votes is None else sum(votes.votes.values()),
        None if refs is None else await _posts(context, refs),
        services.articles.by_title,
        note,
    )
    await _show(query, services, page)


async def _posts(context: Context, refs: Sequence[MessageRef]) -> list[Post]:
    """Return where posts are, with the names of their channels as far as Telegram tells them."""
    found = []
    for ref in refs[:MAX_POSTS]:
        try:
            chat = await context.bot.get_chat(ref.chat_id or 0)
        except TelegramError:
            found.append(Post(str(ref.chat_id)))
        else:
            found.append(Post(channel_name(chat), _address(chat, ref)))
    if len(refs) > MAX_POSTS:
        found.append(Post(f"… ({len(refs)})"))
    return found


def _address(chat: ChatFullInfo, ref: MessageRef) -> str | None:
    """Return the address of a post; None if it has none, as in a basic group."""
    if chat.username:
        return f"https://t.me/{chat.username}/{ref.message_id}"
    number = str(chat.id)
    return f"https://t.me/c/{number[4:]}/{ref.message_id}" if number.startswith("-100") else None


async def _show(query: CallbackQuery, services: Services, shown: OutgoingMessage) -> None:
    """Show something in the place of the message whose button was pressed, or below it."""
    if isinstance(query.message, Message):
        await services.messenger.edit(query.message, shown)
    elif query.message is not None:
        await services.messenger.send(query.message, shown)
