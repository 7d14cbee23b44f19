"""Commands, in any chat. In a group they are answered by a reply."""

from telegram import Update
from telegram.constants import ChatType

from bot.delivery.identity import actor_id
from bot.handlers.conversations import asker_of
from bot.handlers.mentions import command_question
from bot.handlers.messenger import typing_if_slow
from bot.handlers.services import Context
from bot.handlers.surfaces import Surface, account, message_of, surface_of, username
from bot.views import chat_texts
from bot.views.i18n import Translator
from bot.views.links import ArticleLink, QuestionLink, SavedQuestionLink, parse_payload
from bot.views.outgoing import OutgoingMessage, with_question


async def start(update: Update, context: Context) -> None:
    """/start: introduce the bot, or follow a link that opens an article or asks a question."""
    services, note = context.services, None
    translator = await services.chats.translator_for(update)
    match parse_payload(context.args[0]) if context.args else None:
        case ArticleLink(article_id):
            article = services.articles.by_id(article_id)
            if article is not None:
                text = await services.responder.open(message_of(update).chat, article, translator)
                await _send(update, context, text)
                return
            note = translator.text("link_is_old")
        case QuestionLink(question):
            await _ask_all(update, context, translator, question)
            return
        case SavedQuestionLink(key):
            saved = await services.failures.value_or(None, services.store.saved_question(key))
            if saved is not None:
                await _ask_all(update, context, translator, saved)
                return
            note = translator.text("question_is_old")
    await _close(update, context)
    in_group = surface_of(update) is Surface.GROUP
    text = chat_texts.start(translator, services.corpus.articles, note, in_group)
    await _send(update, context, text)


async def show_help(update: Update, context: Context) -> None:
    """/help: explain how to ask and react."""
    services = context.services
    text = chat_texts.help_text(
        await services.chats.translator_for(update),
        services.corpus.reactions,
        username(context.bot),
        has_inline_mode=bool(account(context.bot).supports_inline_queries),
        in_group=surface_of(update) is Surface.GROUP,
        is_admin=services.desk.is_admin(message_of(update)),
    )
    await _send(update, context, text)


async def article(update: Update, context: Context) -> None:
    """/article: show the article, the one that is named or linked, or a list of all articles."""
    services, message = context.services, message_of(update)
    translator, articles = await services.chats.translator_for(update), services.corpus.articles
    name = " ".join(context.args or ())
    named = services.articles.named(name) or services.articles.linked(
        message, username(context.bot)
    )
    if named is not None:
        text = await services.responder.open(message.chat, named, translator)
    elif name or len(articles) > 1:
        text = chat_texts.article_list(translator, articles, unknown=name)
    else:
        asker = asker_of(update)
        text = (await services.responder.view(articles[0], translator, asker=asker)).about()
    await _send(update, context, text)


async def ask(update: Update, context: Context) -> None:
    """/ask: answer the question after it, or the one that it replies to."""
    message = message_of(update)
    question = command_question(message, account(context.bot))
    async with typing_if_slow(message):
        answer = await context.services.responder.respond(update, question)
    await context.services.messenger.reply(question, answer)


async def privacy(update: Update, context: Context) -> None:
    """/privacy: tell what is stored."""
    translator = await context.services.chats.translator_for(update)
    await _send(update, context, chat_texts.privacy(translator))


async def forget(update: Update, context: Context) -> None:
    """/forget: delete the reader's votes, and in private what is stored about the chat."""
    services, chat = context.services, message_of(update).chat
    translator = await services.chats.translator_for(update)
    voter = services.voters.code(actor_id(update))
    votes = await services.failures.value_or(None, services.store.forget_voter(voter))
    if votes is None:
        await _send(update, context, OutgoingMessage(translator.text("could_not_forget")))
        return
    services.conversations.forget(asker_of(update))
    if chat.type == ChatType.PRIVATE:
        await services.live_counts.forget_private_chat(chat.id)
        await services.chats.forget(chat.id)
    await _send(update, context, chat_texts.forgotten(translator, votes))


async def unknown(update: Update, context: Context) -> None:
    """Answer any other command in a private chat."""
    translator = await context.services.chats.translator_for(update)
    await _send(update, context, OutgoingMessage(translator.text("unknown_command")))


async def _close(update: Update, context: Context) -> None:
    """Make a private chat be about all articles again: what follows is not about one of them."""
    if surface_of(update) is Surface.PRIVATE:
        await context.services.chats.close_article(message_of(update).chat.id)


async def _ask_all(update: Update, context: Context, translator: Translator, question: str) -> None:
    await _close(update, context)
    responder, asker = context.services.responder, asker_of(update)
    answer = await responder.answer(question, translator, None, asker)
    await context.services.messenger.send(message_of(update), with_question(answer, question))


async def _send(update: Update, context: Context, text: OutgoingMessage) -> None:
    await context.services.messenger.send_or_reply(message_of(update), text)
