"""Telegram's updates -> calls -> messages. Each handler reads, calls, renders and sends."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

from telegram import CallbackQuery, LinkPreviewOptions, Message, Update
from telegram.constants import ChatAction
from telegram.error import TelegramError
from telegram.ext import ContextTypes

from bot import messages
from bot.article import Article
from bot.callbacks import (
    ArticleButton,
    QuestionButton,
    ReactionButton,
    TurnButton,
    parse,
    question_key,
)
from bot.corpus import Corpus
from bot.errors import StoreError
from bot.live import Copy, LiveCounts
from bot.passages import Answer
from bot.phrases import Phrases
from bot.reactions import ReactionStore, Voters
from bot.search import Index

TYPING_AFTER = 0.5
"""Seconds without an answer after which the reader sees that one is on its way."""
TYPING_AGAIN = 4.0
"""Seconds; clients show the indicator for five."""

Context = ContextTypes.DEFAULT_TYPE
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Handlers:
    """What the bot does for each kind of update."""

    corpus: Corpus
    index: Index
    store: ReactionStore
    voters: Voters
    live: LiveCounts
    phrases: Phrases

    async def start(self, update: Update, _: Context) -> None:
        """/start: what the bot is about."""
        await _reply(update, messages.start(self.corpus.articles))

    async def help(self, update: Update, _: Context) -> None:
        """/help: how to ask and react."""
        await _reply(update, messages.help_text(self.corpus.reactions))

    async def article(self, update: Update, _: Context) -> None:
        """/article: headline, standfirst and reactions, or a list where there are several."""
        articles = self.corpus.articles
        if len(articles) > 1:
            await _reply(update, messages.article_list(articles))
        else:
            await _reply(update, await self._about(articles[0]))

    async def privacy(self, update: Update, _: Context) -> None:
        """/privacy: what is stored."""
        await _reply(update, messages.PRIVACY)

    async def forget(self, update: Update, _: Context) -> None:
        """/forget: remove the reader's votes."""
        if update.effective_user is not None:
            votes = await self.store.forget(self.voters.voter(update.effective_user.id))
            await _reply(update, messages.forgotten(votes))

    async def unknown_command(self, update: Update, _: Context) -> None:
        """Any other command."""
        await _reply(update, messages.UNKNOWN_COMMAND)

    async def question(self, update: Update, _: Context) -> None:
        """A text, or the caption of a picture: answer it."""
        message = update.effective_message
        if message is None:
            return
        text = message.text or message.caption or ""
        articles = self.corpus.articles
        kind = self.phrases.kind(text)
        if kind in ("greeting", "thanks"):
            await _reply(update, messages.small_talk(kind, articles))
            return
        if kind == "overview" and len(articles) > 1:
            await _reply(update, messages.start(articles))
            return
        async with _typing_if_slow(message):
            found = await self._answer(text)
            rendered = messages.small_talk(None, articles)
            if found is not None:
                rendered = await self._render(found)
        await _reply(update, rendered)

    async def not_a_question(self, update: Update, _: Context) -> None:
        """A picture, a sticker and the like."""
        await _reply(update, messages.small_talk(None, self.corpus.articles))

    async def press(self, update: Update, _: Context) -> None:
        """A button was pressed; its data may be forged, old or from elsewhere."""
        query = update.callback_query
        if query is None:
            return
        match parse(query.data):
            case ReactionButton(article_id, reaction_id):
                await self._react(query, article_id, reaction_id)
            case QuestionButton(article_id, key):
                await self._ask_sample(query, article_id, key)
            case ArticleButton(article_id):
                await self._show_article(query, article_id)
            case TurnButton() as button:
                await self._turn(query, button)
            case None:
                await _toast(query, messages.OLD_BUTTON)

    async def error(self, update: object, context: Context) -> None:
        """Something failed: log it, and let the reader know where that is possible."""
        log.error("An update could not be handled", exc_info=context.error)
        if not isinstance(update, Update):
            return
        with contextlib.suppress(TelegramError):
            if update.callback_query is not None:
                await _toast(update.callback_query, messages.FAILED)
            elif update.effective_chat is not None and update.effective_chat.type == "private":
                await _reply(update, messages.Rendered(messages.FAILED))

    async def _react(self, query: CallbackQuery, article_id: str, reaction_id: str) -> None:
        known = any(reaction.id == reaction_id for reaction in self.corpus.reactions)
        if self._find(article_id) is None or not known:
            await _toast(query, messages.OLD_BUTTON)
            return
        voter = self.voters.voter(query.from_user.id)
        try:
            press = await self.store.press(article_id, voter, reaction_id, query.id)
        except StoreError:
            log.exception("A vote could not be counted")
            await _toast(query, messages.COULD_NOT_COUNT)
            return
        await _toast(query, messages.toast(press, self.corpus.reactions))
        shown = query.message.reply_markup if isinstance(query.message, Message) else None
        try:
            await self.live.refresh(query.get_bot(), _copy(query), article_id, shown)
        except TelegramError as error:
            # The vote counts, and the next answer shows it: nothing for the reader to do again.
            log.warning("A message's counts could not be refreshed: %s", error.message)

    async def _ask_sample(self, query: CallbackQuery, article_id: str, key: str) -> None:
        article = self._find(article_id)
        question = next(
            (q for q in (article.questions if article else ()) if question_key(q) == key), None
        )
        found = await self._answer(question) if question is not None else None
        if found is None:
            await _toast(query, messages.OLD_BUTTON)
            return
        await _toast(query)
        await _send_beside(query, await self._render(found, asked=question))

    async def _show_article(self, query: CallbackQuery, article_id: str) -> None:
        article = self._find(article_id)
        if article is None:
            await _toast(query, messages.OLD_BUTTON)
            return
        await _toast(query)
        await _send_beside(query, await self._about(article))

    async def _turn(self, query: CallbackQuery, button: TurnButton) -> None:
        article = self._find(button.article_id)
        places = (self.index.match_at(button.article_id, *place) for place in button.places)
        matches = [match for match in places if match is not None]
        if article is None or len(matches) < len(button.places):
            await _toast(query, messages.OLD_BUTTON)
            return
        await _toast(query)
        text = (query.message.text or "") if isinstance(query.message, Message) else ""
        asked = messages.asked_above(text, article)

        def render(counts: Mapping[str, int]) -> messages.Rendered:
            return messages.matched(
                article, matches, button.position, self.corpus.reactions, counts, asked
            )

        await self.live.replace(query.get_bot(), _copy(query), article.id, render)

    def _find(self, article_id: str) -> Article | None:
        return next((a for a in self.corpus.articles if a.id == article_id), None)

    async def _answer(self, question: str) -> Answer | None:
        # On a thread: a search over many articles must not hold up everybody's buttons.
        return await asyncio.to_thread(self.index.answer, question)

    async def _about(self, article: Article) -> messages.Rendered:
        return messages.about(article, self.corpus.reactions, await self.store.counts(article.id))

    async def _render(self, found: Answer, asked: str | None = None) -> messages.Rendered:
        counts = await self.store.counts(found.article.id)
        several = len(self.corpus.articles) > 1
        return messages.answer(found, self.corpus.reactions, counts, asked, several)


def _copy(query: CallbackQuery) -> Copy:
    if query.message is None:
        return Copy(inline_message_id=query.inline_message_id)
    return Copy(query.message.chat.id, query.message.message_id)


async def _reply(update: Update, rendered: messages.Rendered) -> None:
    if update.effective_message is not None:
        await update.effective_message.reply_text(do_quote=False, **_sending(rendered))


async def _send_beside(query: CallbackQuery, rendered: messages.Rendered) -> None:
    """Send to the chat of the pressed message, which may be too old to reply to."""
    if query.message is not None:
        await query.message.chat.send_message(**_sending(rendered))


def _sending(rendered: messages.Rendered) -> dict[str, Any]:
    return {
        "text": rendered.text,
        "entities": rendered.entities,
        "reply_markup": rendered.keyboard,
        "link_preview_options": LinkPreviewOptions(is_disabled=True),
    }


async def _toast(query: CallbackQuery, text: str | None = None) -> None:
    """Answer a press. What it asked for was done already, so a failure undoes nothing."""
    try:
        await query.answer(text)
    except TelegramError as error:
        # Telegram gives up on a press after a while, which is no trouble of ours.
        if "query is too old" not in error.message.lower():
            log.warning("A button could not be answered: %s", error.message)


@contextlib.asynccontextmanager
async def _typing_if_slow(message: Message) -> AsyncIterator[None]:
    async def show() -> None:
        await asyncio.sleep(TYPING_AFTER)
        with contextlib.suppress(TelegramError):
            while True:
                await message.reply_chat_action(ChatAction.TYPING)
                await asyncio.sleep(TYPING_AGAIN)

    task = asyncio.create_task(show())
    try:
        yield
    finally:
        task.cancel()
