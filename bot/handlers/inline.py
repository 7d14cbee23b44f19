"""Inline mode: "@bot question" in any chat lists passages to send there."""

import asyncio
import logging
from dataclasses import dataclass

from telegram import InlineKeyboardMarkup, InlineQuery, InlineQueryResultsButton, Update
from telegram.error import BadRequest, TelegramError
from telegram.ext import ContextTypes

from bot.corpus.article import Article
from bot.errors import StoreError
from bot.handlers.services import Services
from bot.retrieval.article_index import Match
from bot.store.base import VERSION_UNKNOWN, MessageRef, VoteCounts
from bot.views import answers
from bot.views.callback_data import question_key
from bot.views.inline_results import Listed, page_at, parse_result_id, result, was_cut
from bot.views.keyboards import reaction_rows
from bot.views.links import kept_payload, question_payload

CACHED = 20
"""Seconds for which Telegram may give the same list again, with the counts that it had."""
TRIES = 2
"""Of an answer that failed; later the reader has typed on."""

Context = ContextTypes.DEFAULT_TYPE
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class InlineHandlers:
    """Answers inline queries, and learns which result was sent."""

    desk: Services

    async def query(self, update: Update, _: Context) -> None:
        """Something was typed after the bot's name: list what may be sent."""
        query = update.inline_query
        if query is None:
            return
        question = query.query.strip()
        if self.desk.phrases.kind(question) in ("greeting", "thanks"):
            question = ""
        if question:
            found = await asyncio.to_thread(self.desk.index.matches, question)
            shown, following = page_at(query.offset, len(found))
            listed = [await self._passage(*found[n]) for n in shown]
        else:
            offers = self._offers()
            shown, following = page_at(query.offset, len(offers))
            listed = [await self._offer(*offers[n]) for n in shown]
        button = await self._button(query, question, nothing=not listed and not query.offset)
        await self._answer(query, listed, following, button)

    async def chosen(self, update: Update, _: Context) -> None:
        """A result was sent: from now on its counts are kept fresh."""
        chosen = update.chosen_inline_result
        if chosen is None or chosen.inline_message_id is None:
            return
        parsed = parse_result_id(chosen.result_id)
        article = self.desk.shown.by_id(parsed[0]) if parsed else None
        if parsed is None or article is None:
            return
        tally = await self.desk.counts(article)
        # The list may have been shown before a vote came in; then the message must be edited.
        version = tally.version if tally.version == parsed[1] else VERSION_UNKNOWN
        rows = reaction_rows(article.id, self.desk.corpus.reactions, tally.votes)
        copy = MessageRef(inline_message_id=chosen.inline_message_id)
        await self.desk.live.sent(copy, article.id, InlineKeyboardMarkup(rows), version)

    async def _passage(self, article: Article, match: Match, sure: bool) -> Listed:
        tally = await self.desk.counts(article)
        return self._listed(article, match, sure, tally, article.title)

    def _listed(
        self,
        article: Article,
        match: Match,
        sure: bool,
        tally: VoteCounts,
        title: str,
        asked: str | None = None,
    ) -> Listed:
        reactions = self.desk.corpus.reactions
        rendered = answers.passage(article, match, reactions, tally.votes, sure, asked)
        start, end = match.sentence
        name = f"{match.passage.number}.{match.place}"
        if asked is not None:
            name = question_key(asked)
        return Listed(title, match.passage.text[start:end], rendered, name, tally.version)

    def _offers(self) -> list[tuple[Article, str | None]]:
        """Return what may be sent without a question: each article and its sample questions."""
        return [
            (article, question)
            for article in self.desk.corpus.articles
            for question in (None, *article.questions)
        ]

    async def _offer(self, article: Article, question: str | None) -> Listed:
        tally = await self.desk.counts(article)
        found = await self.desk.find(question, article) if question is not None else None
        if question is not None and found is not None:
            return self._listed(article, found.best, True, tally, question, asked=question)
        setting = self.desk.setting(self.desk.languages.english)
        rendered = answers.about(setting, article, tally.votes)
        return Listed(article.title, article.standfirst, rendered, "about", tally.version)

    async def _button(
        self, query: InlineQuery, question: str, nothing: bool
    ) -> InlineQueryResultsButton | None:
        """Return a button into the chat with the bot, where the question can be asked as well."""
        if not question or not (nothing or was_cut(query.query)):
            return None
        words = self.desk.languages.of(query.from_user.language_code)
        payload = question_payload(question)
        if payload is None:
            payload, key = kept_payload(question)
            try:
                await self.desk.store.save_question(key, question)
            except StoreError as error:
                self.desk.trouble.failed(str(error))
        text = words.text("inline_cut" if was_cut(query.query) else "inline_nothing")
        return InlineQueryResultsButton(text, start_parameter=payload)

    async def _answer(
        self,
        query: InlineQuery,
        listed: list[Listed],
        following: str,
        button: InlineQueryResultsButton | None,
    ) -> None:
        for tries_left in reversed(range(TRIES)):
            try:
                await query.answer(
                    [result(one) for one in listed],
                    cache_time=CACHED,
                    # Only the button speaks the reader's language; all else is equal for everyone.
                    is_personal=button is not None,
                    next_offset=following,
                    button=button,
                )
                return
            except BadRequest as error:
                # Telegram soon gives up on a query, as whoever types on does.
                if "query is too old" not in error.message.lower():
                    log.warning("An inline query could not be answered: %s", error.message)
                return
            except TelegramError as error:
                if not tries_left:
                    log.warning("An inline query could not be answered: %s", error.message)
