"""Taps on buttons: votes, and everything else that buttons are for."""

from telegram import (
    CallbackQuery,
    InlineKeyboardMarkup,
    Message,
    MessageEntity,
    MessageOriginChannel,
    Update,
)

from bot.corpus.article import Article
from bot.delivery.identity import tapper_id
from bot.errors import OutcomeUnknownError, StoreError
from bot.handlers import language
from bot.handlers.admin_buttons import admin_tapped
from bot.handlers.conversations import asker_of_tap
from bot.handlers.mentions import addressed_question, command_question, content
from bot.handlers.services import Context, Services
from bot.handlers.surfaces import Surface, account
from bot.retrieval.query import parse_query
from bot.store.base import MessageRef, VoteCounts
from bot.views import chat_texts
from bot.views.answers import ArticleView, language_note
from bot.views.callback_data import (
    ArticleButton,
    LanguageButton,
    QuestionButton,
    ReactionButton,
    SearchAllButton,
    TurnButton,
    parse,
    question_key,
)
from bot.views.i18n import Translator
from bot.views.keyboards import has_search_all
from bot.views.outgoing import OutgoingMessage, with_question
from bot.views.rich_text import fitting


async def tapped(update: Update, context: Context) -> None:
    """Do what a button is for; its data may be forged or outdated."""
    query, services = update.callback_query, context.services
    assert query is not None
    by_id, button = services.articles.by_id, parse(query.data)
    if not isinstance(button, ReactionButton):
        await services.live_counts.recognize(_ref(query), _shown(query))
    match button:
        case ReactionButton(article_id, reaction_id) if article := by_id(article_id):
            await _vote(query, services, article, reaction_id)
        case QuestionButton(article_id, key) if article := by_id(article_id):
            await _ask_sample(query, services, article, key)
        case ArticleButton(article_id) if article := by_id(article_id):
            await _open(query, services, article)
        case TurnButton() if article := by_id(button.article_id):
            await _turn(query, services, article, button)
        case SearchAllButton():
            await _search_all(query, services)
        case LanguageButton(code):
            await language.button_tapped(query, code, services)
        case _:
            if not await admin_tapped(query, context):
                await _toast(query, services, "old_button")


async def _vote(
    query: CallbackQuery, services: Services, article: Article, reaction_id: str
) -> None:
    ref, reactions = _ref(query), services.corpus.reactions
    shown = _shown(query)
    if all(reaction.id != reaction_id for reaction in reactions):
        # It is from an earlier set of reactions; the message is edited to show the current set.
        await _toast(query, services, "old_reaction")
        await services.live_counts.update(ref, article.id, shown)
        return
    voter = services.voters.code(tapper_id(query))
    vote = services.store.vote(article.id, voter, reaction_id, query.id, ref)
    try:
        result = await vote
    except StoreError as error:
        services.failures.failed(str(error))
        services.metrics.votes.add("failed")
        if isinstance(error, OutcomeUnknownError):
            # Whatever was said could be wrong, and make the reader take the vote back.
            await services.sender.answer_button(query)
        else:
            await _toast(query, services, "could_not_count")
        return
    services.metrics.votes.add(result.change)
    services.failures.recovered("Votes are counted again.")
    toast = chat_texts.toast(_readers_translator(query, services), result, reactions)
    await services.sender.answer_button(query, toast)
    await services.live_counts.voted(ref, article.id, shown, result)


async def _ask_sample(query: CallbackQuery, services: Services, article: Article, key: str) -> None:
    responder, message = services.responder, query.message
    question = next((q for q in article.questions if question_key(q) == key), "")
    parsed = parse_query(question)
    if not parsed.words:
        await _toast(query, services, "old_button")
        return
    await services.sender.answer_button(query)
    translator = await _translator(query, services)
    if message is not None:
        asker = asker_of_tap(query)
        offer_all = await services.chats.opened_article(message.chat.id) == article
        answer = await responder.answer(parsed, translator, article, asker, offer_all)
        await services.messenger.send(message, with_question(answer, question))
    elif found := await responder.search(parsed, article):
        # The bot cannot send where a message was sent inline, so the answer takes its place.
        reactions, scope = services.corpus.reactions, responder.scope(None)

        def render(counts: VoteCounts) -> OutgoingMessage:
            view = ArticleView(translator, reactions, article, counts, scope)
            return with_question(view.answer(found, question), question)

        await services.live_counts.replace(_ref(query), article.id, render)


async def _open(query: CallbackQuery, services: Services, article: Article) -> None:
    message = query.message
    if message is None:
        await _toast(query, services, "old_button")
        return
    await services.sender.answer_button(query)
    translator = await _translator(query, services)
    text = await services.responder.open(message.chat, article, translator)
    await services.messenger.send(message, text)


async def _turn(
    query: CallbackQuery, services: Services, article: Article, button: TurnButton
) -> None:
    if button.version != article.version:
        # The article was edited: the passages that matched are others now, or elsewhere.
        await _toast(query, services, "article_edited")
        return
    index = services.responder.index
    found = (index.match_at(article.id, *place) for place in button.places)
    matches = [match for match in found if match is not None]
    if len(matches) < len(button.places):
        await _toast(query, services, "old_button")
        return
    await services.sender.answer_button(query)
    translator, reactions = await _translator(query, services), services.corpus.reactions
    message = query.message if isinstance(query.message, Message) else None
    question = _question_above(message) if message else None
    note = language_note(translator, article)
    kept = note if message is not None and note in content(message)[0].splitlines() else ""
    only_this = message is not None and has_search_all(message.reply_markup)
    scope = services.responder.scope(article if only_this else None)

    def render(counts: VoteCounts) -> OutgoingMessage:
        view = ArticleView(translator, reactions, article, counts, scope)
        return with_question(view.passage(matches, button.position, note=kept), question)

    await services.live_counts.replace(_ref(query), article.id, render)


async def _search_all(query: CallbackQuery, services: Services) -> None:
    """Ask all articles the same question; a private chat is about all of them from then on."""
    message = query.message
    if message is None:
        await _toast(query, services, "old_button")
        return
    asker = asker_of_tap(query)
    if asker.surface is Surface.PRIVATE:
        await services.chats.close_article(message.chat.id)
    translator = await _translator(query, services)
    question = _question_of(message) if isinstance(message, Message) else None
    toast = translator.text("searching_all") if question is None else None
    await services.sender.answer_button(query, toast)
    if question is not None:
        answer = await services.responder.answer(question, translator, None, asker)
        await services.messenger.send(message, with_question(answer, question))


def _readers_translator(query: CallbackQuery, services: Services) -> Translator:
    """Return the reader's own language, as only the reader sees a toast."""
    return services.languages.of(query.from_user.language_code)


async def _toast(query: CallbackQuery, services: Services, key: str) -> None:
    await services.sender.answer_button(query, _readers_translator(query, services).text(key))


async def _translator(query: CallbackQuery, services: Services) -> Translator:
    """Return the language of the chat, or of the reader if the chat is not known."""
    if query.message is None:
        return _readers_translator(query, services)
    chat = query.message.chat
    return await services.chats.translator(chat.id, chat.type, query.from_user)


def _shown(query: CallbackQuery) -> InlineKeyboardMarkup | None:
    """Return the keyboard of the tapped message; None if it is not known."""
    return query.message.reply_markup if isinstance(query.message, Message) else None


def _ref(query: CallbackQuery) -> MessageRef:
    """Return the message to edit after a tap."""
    if query.message is None:
        return MessageRef(inline_message_id=query.inline_message_id)
    origin = query.message.forward_origin if isinstance(query.message, Message) else None
    if isinstance(origin, MessageOriginChannel):
        # The copy of a channel post in the discussion group cannot be edited; it follows the post.
        return MessageRef(origin.chat.id, origin.message_id)
    return MessageRef(query.message.chat.id, query.message.message_id)


def _question_above(message: Message) -> str | None:
    """Return the question that an answer shows above its headline; None for none."""
    text, entities = content(message)
    first = entities[0] if entities else None
    if first is None or (first.type, first.offset) != (MessageEntity.ITALIC, 0):
        return None
    return text[: fitting(text, first.length)].strip()


def _question_of(message: Message) -> str | None:
    """Return the question that one of the bot's messages answers; None if it cannot be told."""
    if (question := _question_above(message)) is not None:
        return question
    replied, bot = message.reply_to_message, account(message.get_bot())
    if replied is None:
        return None
    text = content(replied)[0]
    if text.startswith("/"):
        return command_question(replied, bot).text or None
    asked = addressed_question(replied, bot)
    return (asked.text if asked else text.strip()) or None
