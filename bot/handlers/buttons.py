"""Taps on buttons: votes, and everything else that buttons are for."""

from telegram import CallbackQuery, Message, MessageEntity, MessageOriginChannel, Update

from bot.corpus.article import Article
from bot.delivery.identity import tapper_id
from bot.errors import StoreError
from bot.handlers import language
from bot.handlers.mentions import addressed_question, command_question, content
from bot.handlers.services import Context, Services
from bot.handlers.surfaces import Surface, account, surface_of_message
from bot.retrieval.query import Query, parse_query
from bot.store.base import MessageRef, VoteCounts
from bot.views import answers, chat_texts
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
from bot.views.outgoing import OutgoingMessage, with_question
from bot.views.rich_text import fitting


async def tapped(update: Update, context: Context) -> None:
    """Do what a button is for; its data may be forged or outdated."""
    query, services = update.callback_query, context.services
    if query is None:
        return
    match parse(query.data):
        case ReactionButton(article_id, reaction_id) if article := _article(services, article_id):
            await _vote(query, services, article, reaction_id)
        case QuestionButton(article_id, key) if article := _article(services, article_id):
            await _ask_sample(query, services, article, key)
        case ArticleButton(article_id) if article := _article(services, article_id):
            await _open(query, services, article)
        case TurnButton() as button if article := _article(services, button.article_id):
            await _turn(query, services, article, button)
        case SearchAllButton():
            await _search_all(query, services)
        case LanguageButton(code):
            await language.button_tapped(query, code, services)
        case _:
            await _toast(query, services, "old_button")


def _article(services: Services, article_id: str) -> Article | None:
    return services.articles.by_id(article_id)


async def _vote(
    query: CallbackQuery, services: Services, article: Article, reaction_id: str
) -> None:
    ref, reactions = _ref(query), services.corpus.reactions
    shown = query.message.reply_markup if isinstance(query.message, Message) else None
    if all(reaction.id != reaction_id for reaction in reactions):
        # It is from an earlier set of reactions; the message is edited to show the current set.
        await _toast(query, services, "old_reaction")
        await services.live_counts.update(ref, article.id, shown)
        return
    voter = services.voters.voter(tapper_id(query))
    try:
        result = await services.store.vote(article.id, voter, reaction_id, query.id, ref)
    except StoreError as error:
        services.failures.failed(str(error))
        await _toast(query, services, "could_not_count")
        return
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
    if message is None:
        await _turn_into_answer(query, services, article, parsed, translator)
        return
    opened = await services.chats.opened_article(message.chat.id)
    answer = await responder.answer(
        parsed, translator, article, surface_of_message(message), offer_all=opened == article
    )
    await services.messenger.send(message, with_question(answer, question))


async def _turn_into_answer(
    query: CallbackQuery,
    services: Services,
    article: Article,
    question: Query,
    translator: Translator,
) -> None:
    """Replace a message that was sent inline, where the bot cannot send, by an answer."""
    responder, reactions = services.responder, services.corpus.reactions
    found = await responder.search(question, article)
    if found is None:
        return
    scope = responder.scope(None)

    def render(counts: VoteCounts) -> OutgoingMessage:
        answer = answers.answer(translator, reactions, found, counts, scope)
        return with_question(answer, question.text)

    await services.live_counts.replace(_ref(query), article.id, render)


async def _open(query: CallbackQuery, services: Services, article: Article) -> None:
    message = query.message
    if message is None:
        await _toast(query, services, "old_button")
        return
    await services.sender.answer_button(query)
    translator = await _translator(query, services)
    if surface_of_message(message) is Surface.PRIVATE:
        text = await services.responder.open(message.chat.id, article, translator)
    else:
        invitation = translator.text("opened_here")
        text = await services.responder.about(article, translator, invitation)
    await services.messenger.send(message, text)


async def _turn(
    query: CallbackQuery, services: Services, article: Article, button: TurnButton
) -> None:
    index = services.responder.index
    found = (index.match_at(article.id, *place) for place in button.places)
    matches = [match for match in found if match is not None]
    if len(matches) < len(button.places):
        await _toast(query, services, "old_button")
        return
    await services.sender.answer_button(query)
    translator = await _translator(query, services)
    message = query.message if isinstance(query.message, Message) else None
    question = _question_above(message) if message else None
    only_this = message is not None and _has_button(message, SearchAllButton())
    scope = services.responder.scope(article if only_this else None)

    def render(counts: VoteCounts) -> OutgoingMessage:
        reactions, position = services.corpus.reactions, button.position
        turned = answers.passage(translator, reactions, article, matches, position, counts, scope)
        return with_question(turned, question)

    await services.live_counts.replace(_ref(query), article.id, render)


async def _search_all(query: CallbackQuery, services: Services) -> None:
    """Ask all articles the same question; a private chat is about all of them from then on."""
    message = query.message
    if message is None:
        await _toast(query, services, "old_button")
        return
    surface = surface_of_message(message)
    if surface is Surface.PRIVATE:
        await services.chats.close_article(message.chat.id)
    translator = await _translator(query, services)
    question = _question_of(message) if isinstance(message, Message) else None
    if question is None:
        await services.sender.answer_button(query, translator.text("searching_all"))
        return
    await services.sender.answer_button(query)
    answer = await services.responder.answer(question, translator, None, surface)
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


def _ref(query: CallbackQuery) -> MessageRef:
    """Return the message whose counts change with a tap."""
    if query.message is None:
        return MessageRef(inline_message_id=query.inline_message_id)
    origin = query.message.forward_origin if isinstance(query.message, Message) else None
    if isinstance(origin, MessageOriginChannel):
        # The copy of a channel post in the discussion group cannot be edited; it follows the post.
        return MessageRef(origin.chat.id, origin.message_id)
    return MessageRef(query.message.chat.id, query.message.message_id)


def _has_button(message: Message, button: SearchAllButton) -> bool:
    keyboard = message.reply_markup.inline_keyboard if message.reply_markup else ()
    return any(each.callback_data == button.data for row in keyboard for each in row)


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
