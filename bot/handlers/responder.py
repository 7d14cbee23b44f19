"""One way to an answer for every chat: which article a question is about, and what that says."""

from dataclasses import dataclass

from telegram import Update
from telegram.constants import ChatType

from bot.corpus.article import Article
from bot.handlers.mentions import AddressedQuestion
from bot.handlers.services import Reply, Services, Where, me, plain
from bot.views import chat_texts
from bot.views.i18n import Translator


@dataclass(frozen=True)
class Subject:
    """What a message is about.

    article: the one to ask; None for all. is_named: whether the message itself names or links to
    it, and does not only reply to it or stand in a chat that is about it. is_pointed_at: whether
    nothing is asked, and the article is what is meant.
    """

    article: Article | None
    is_named: bool = False
    is_pointed_at: bool = False


async def respond(desk: Services, update: Update, call: AddressedQuestion) -> Reply:
    """Return what is said to a message that asks something, wherever that is."""
    words, subject = await desk.words_for(update), await _subject(desk, update, call)
    article, where = subject.article, where_is(update)
    if article is None:
        if not call.question:
            return plain(chat_texts.what_to_ask(words, me(call.message.get_bot()).username or ""))
        return await desk.answer(call.question, words, None, where)
    says_no_more = subject.is_named and desk.shown.is_no_more_than(call.question, article)
    if subject.is_pointed_at or says_no_more:
        return await _shown(desk, update, article, words)
    reply = await desk.answer(call.question, words, article if desk.several else None, where)
    if subject.is_named and not reply.answers:
        # "Read this: https://..." asks nothing, and is no question that it fails to answer.
        return await _shown(desk, update, article, words)
    return reply


def where_is(update: Update) -> Where:
    """Return the kind of chat that an update came from."""
    if update.guest_message is not None:
        return Where.GUEST
    chat = update.effective_chat
    return Where.PRIVATE if chat is None or chat.type == ChatType.PRIVATE else Where.GROUP


async def _subject(desk: Services, update: Update, call: AddressedQuestion) -> Subject:
    """Return what a message is about; one that is named in a private chat is opened there."""
    message, username = call.message, me(call.message.get_bot()).username or ""
    private = where_is(update) is Where.PRIVATE
    if message.forward_origin is not None:
        forwarded = desk.shown.in_message(message, username)
        if forwarded is not None:
            return Subject(forwarded, is_named=True, is_pointed_at=True)
    if private and not desk.several:
        return Subject(None)
    # Nothing but a mention, in reply to a message that shows an article: that is what is meant.
    points = not call.question or message is not update.effective_message
    named = desk.shown.named(call.question) or desk.shown.linked(message, username)
    if named is not None:
        if private:
            await desk.open(message.chat.id, named)
        return Subject(named, is_named=True, is_pointed_at=points)
    replied = desk.shown.replied(update.effective_message or message, username)
    if replied is None and private:
        replied = await desk.opened(message.chat.id)
    return Subject(replied, is_pointed_at=points)


async def _shown(desk: Services, update: Update, article: Article, words: Translator) -> Reply:
    if where_is(update) is not Where.PRIVATE or update.effective_chat is None:
        return await desk.about(article, words)
    return await open_in_private(desk, update.effective_chat.id, article, words)


async def open_in_private(
    desk: Services, chat_id: int, article: Article, words: Translator
) -> Reply:
    """Have a private chat be about an article, and return what shows that."""
    if not desk.several:
        return await desk.about(article, words, words.text("start_how"))
    saved = await desk.open(chat_id, article)
    invite = words.text("opened" if saved else "could_not_save")
    return await desk.about(article, words, invite, alone=saved)
