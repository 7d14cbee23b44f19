"""Inline mode: "@bot question" in any chat lists passages to send there."""

import asyncio
import logging
from collections.abc import Iterator, Sequence

from telegram import InlineQuery, InlineQueryResultArticle, InlineQueryResultsButton, Update
from telegram.error import BadRequest, TelegramError

from bot.corpus.article import Article
from bot.delivery.telegram_errors import Refusal, refusal_of
from bot.handlers.services import Context, Services
from bot.retrieval.answer import Match
from bot.retrieval.intents import Intent
from bot.retrieval.query import parse_query
from bot.store.base import VERSION_UNKNOWN, MessageRef
from bot.views.callback_data import question_key
from bot.views.inline_results import (
    SENTENCE_LIMIT,
    list_item,
    page_at,
    parse_result_id,
    was_cut,
)
from bot.views.links import question_payload, saved_payload
from bot.views.outgoing import with_question
from bot.views.places import place_in
from bot.views.rich_text import cut_at_word

CACHE_TIME = 20
"""Seconds for which Telegram may show a list again, with the counts that it had."""
TIMEOUT = 5.0
"""Seconds for each attempt to answer."""
ATTEMPTS = 2
"""Attempts to answer; after these the reader has typed on and needs another list."""

log = logging.getLogger(__name__)


async def query(update: Update, context: Context) -> None:
    """List what can be sent for what a reader has typed after the bot's name."""
    typed, services = update.inline_query, context.services
    assert typed is not None
    question = parse_query(typed.query.strip())
    if question.text and question.intent in (None, Intent.SUMMARY, Intent.MORE):
        found = await asyncio.to_thread(services.responder.index.passages, question)
        shown, next_offset = page_at(typed.offset, found)
        results = [await _passage_result(services, *each) for each in shown]
        nothing = not results and not typed.offset
        button = await _ask_in_chat_button(typed, services, question.text, nothing)
    else:
        offers, next_offset = page_at(typed.offset, _offers(services))
        results = [await _offer_result(services, *each) for each in offers]
        button = None
    await _answer(typed, results, next_offset, button)


async def chosen(update: Update, context: Context) -> None:
    """Track a result that was sent, so that its counts are kept up to date."""
    result, services = update.chosen_inline_result, context.services
    if result is None or result.inline_message_id is None:
        return
    parsed = parse_result_id(result.result_id)
    article = services.articles.by_id(parsed[0]) if parsed else None
    if parsed is None or article is None:
        return
    # Every result of an article has the same keyboard.
    message = (await services.responder.view(article, services.languages.english)).about()
    # A vote may have come in since the list was shown; then the message must be edited.
    version = parsed[1] if parsed[1] == message.counts_version else VERSION_UNKNOWN
    ref = MessageRef(inline_message_id=result.inline_message_id)
    await services.live_counts.track(ref, article.id, message.keyboard, version)


async def _passage_result(
    services: Services, article: Article, match: Match, is_sure: bool
) -> InlineQueryResultArticle:
    view = await services.responder.view(article, services.languages.english)
    name = f"{match.passage.position}.{match.sentence_number}"
    message = view.inline_passage(match, is_sure)
    title = cut_at_word(_sentence(match), SENTENCE_LIMIT)
    return list_item(title, place_in(article, match.passage), message, name)


def _sentence(match: Match) -> str:
    start, end = match.sentence
    return " ".join(match.passage.text[start:end].split())


def _offers(services: Services) -> Iterator[tuple[Article, str | None]]:
    """Yield what can be sent without a question: each article and its sample questions."""
    for located in services.corpus.located:
        for question in (None, *located.article.questions):
            yield located.article, question


async def _offer_result(
    services: Services, article: Article, question: str | None
) -> InlineQueryResultArticle:
    responder = services.responder
    view = await responder.view(article, services.languages.english)
    if question is not None:
        found = await responder.search(parse_query(question), article)
        if found is not None:
            message = with_question(view.inline_passage(found.best), question)
            return list_item(question, _sentence(found.best), message, question_key(question))
    return list_item(article.title, article.lead, view.inline_about(), "about")


async def _ask_in_chat_button(
    typed: InlineQuery, services: Services, question: str, nothing_found: bool
) -> InlineQueryResultsButton | None:
    """Return a button into the chat with the bot, where the question can be asked too."""
    is_cut = was_cut(typed.query)
    if not nothing_found and not is_cut:
        return None
    translator = services.languages.of(typed.from_user.language_code)
    payload = question_payload(question)
    if payload is None:
        payload, key = saved_payload(question)
        await services.failures.succeeds(services.store.save_question(key, question))
    text = translator.text("inline_cut" if is_cut else "inline_nothing")
    return InlineQueryResultsButton(text, start_parameter=payload)


async def _answer(
    typed: InlineQuery,
    results: Sequence[InlineQueryResultArticle],
    next_offset: str,
    button: InlineQueryResultsButton | None,
) -> None:
    for attempts_left in reversed(range(ATTEMPTS)):
        try:
            await typed.answer(
                results,
                cache_time=CACHE_TIME,
                # Only the button depends on the reader: it is in the reader's language.
                is_personal=button is not None,
                next_offset=next_offset,
                button=button,
                read_timeout=TIMEOUT,
            )
            return
        except TelegramError as error:
            # Telegram soon gives up on a query, as does a reader who types on.
            if refusal_of(error) is Refusal.QUERY_EXPIRED:
                return
            if isinstance(error, BadRequest) or not attempts_left:
                log.warning("An inline query could not be answered: %s", error.message)
                return
