"""Telegram's updates -> calls -> messages. Each handler reads, calls, renders and sends."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from telegram import CallbackQuery, LinkPreviewOptions, MaybeInaccessibleMessage, Message, Update
from telegram.constants import ChatAction
from telegram.error import ChatMigrated, Forbidden, TelegramError
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
from bot.copies import Copy
from bot.corpus import Corpus
from bot.errors import StoreError
from bot.live import LiveCounts
from bot.logs import Trouble
from bot.pace import Rank
from bot.passages import Answer
from bot.phrases import Phrases
from bot.reactions import NO_VOTES, ReactionStore, Tally
from bot.search import Index
from bot.sender import Sender
from bot.voters import Voters

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
    sender: Sender
    live: LiveCounts
    phrases: Phrases
    trouble: Trouble

    async def start(self, update: Update, _: Context) -> None:
        """/start: what the bot is about."""
        await self._reply(update, messages.start(self.corpus.articles))

    async def help(self, update: Update, _: Context) -> None:
        """/help: how to ask and react."""
        await self._reply(update, messages.help_text(self.corpus.reactions))

    async def article(self, update: Update, _: Context) -> None:
        """/article: headline, standfirst and reactions, or a list where there are several."""
        articles = self.corpus.articles
        if len(articles) > 1:
            await self._reply(update, messages.article_list(articles))
        else:
            await self._reply(update, *await self._about(articles[0]))

    async def privacy(self, update: Update, _: Context) -> None:
        """/privacy: what is stored."""
        await self._reply(update, messages.PRIVACY)

    async def forget(self, update: Update, _: Context) -> None:
        """/forget: remove the reader's votes."""
        user, chat = update.effective_user, update.effective_chat
        if user is None or chat is None:
            return
        try:
            votes = await self.store.forget(self.voters.voter(user.id))
        except StoreError as error:
            self.trouble.failed(str(error))
            await self._reply(update, messages.Rendered(messages.COULD_NOT_FORGET))
            return
        if chat.type == "private":
            await self.live.gone(chat.id)
        await self._reply(update, messages.forgotten(votes))

    async def unknown_command(self, update: Update, _: Context) -> None:
        """Any other command."""
        await self._reply(update, messages.UNKNOWN_COMMAND)

    async def question(self, update: Update, _: Context) -> None:
        """A text, or the caption of a picture: answer it."""
        message = update.effective_message
        if message is None:
            return
        text = message.text or message.caption or ""
        articles = self.corpus.articles
        kind = self.phrases.kind(text)
        if kind in ("greeting", "thanks"):
            await self._reply(update, messages.small_talk(kind, articles))
            return
        if kind == "overview" and len(articles) > 1:
            await self._reply(update, messages.start(articles))
            return
        async with _typing_if_slow(message):
            found = await self._answer(text)
            rendered, tally = messages.small_talk(None, articles), NO_VOTES
            if found is not None:
                rendered, tally = await self._render(found)
        await self._reply(update, rendered, tally)

    async def not_a_question(self, update: Update, _: Context) -> None:
        """A picture, a sticker and the like."""
        await self._reply(update, messages.small_talk(None, self.corpus.articles))

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
                await self.sender.answer_button(query, messages.OLD_BUTTON)

    async def error(self, update: object, context: Context) -> None:
        """Something failed: log it, and let the reader know where that is possible."""
        log.error("An update could not be handled", exc_info=context.error)
        if not isinstance(update, Update):
            return
        with contextlib.suppress(TelegramError):
            if update.callback_query is not None:
                await self.sender.answer_button(update.callback_query, messages.FAILED)
            elif update.effective_chat is not None and update.effective_chat.type == "private":
                await self._reply(update, messages.Rendered(messages.FAILED))

    async def _react(self, query: CallbackQuery, article_id: str, reaction_id: str) -> None:
        article = self._find(article_id)
        if article is None:
            await self.sender.answer_button(query, messages.OLD_BUTTON)
            return
        shown = query.message.reply_markup if isinstance(query.message, Message) else None
        if all(reaction.id != reaction_id for reaction in self.corpus.reactions):
            # An earlier set of reactions had it; the message gets the present ones.
            await self.sender.answer_button(query, messages.OLD_REACTION)
            tally = await self._tally(article)
            await self.live.pressed(query.get_bot(), _copy(query), article_id, shown, tally)
            return
        voter = self.voters.voter(query.from_user.id)
        try:
            press = await self.store.press(article_id, voter, reaction_id, query.id)
        except StoreError as error:
            self.trouble.failed(str(error))
            await self.sender.answer_button(query, messages.COULD_NOT_COUNT)
            return
        self.trouble.over("Votes are counted again.")
        await self.sender.answer_button(query, messages.toast(press, self.corpus.reactions))
        await self.live.pressed(query.get_bot(), _copy(query), article_id, shown, press.tally)

    async def _ask_sample(self, query: CallbackQuery, article_id: str, key: str) -> None:
        article = self._find(article_id)
        question = next(
            (q for q in (article.questions if article else ()) if question_key(q) == key), None
        )
        found = await self._answer(question) if question is not None else None
        if found is None:
            await self.sender.answer_button(query, messages.OLD_BUTTON)
            return
        await self.sender.answer_button(query)
        await self._send_beside(query, *await self._render(found, asked=question))

    async def _show_article(self, query: CallbackQuery, article_id: str) -> None:
        article = self._find(article_id)
        if article is None:
            await self.sender.answer_button(query, messages.OLD_BUTTON)
            return
        await self.sender.answer_button(query)
        await self._send_beside(query, *await self._about(article))

    async def _turn(self, query: CallbackQuery, button: TurnButton) -> None:
        article = self._find(button.article_id)
        places = (self.index.match_at(button.article_id, *place) for place in button.places)
        matches = [match for match in places if match is not None]
        if article is None or len(matches) < len(button.places):
            await self.sender.answer_button(query, messages.OLD_BUTTON)
            return
        await self.sender.answer_button(query)
        text = (query.message.text or "") if isinstance(query.message, Message) else ""
        asked = messages.asked_above(text, article)

        def render(tally: Tally) -> messages.Rendered:
            return messages.matched(
                article, matches, button.position, self.corpus.reactions, tally.votes, asked
            )

        try:
            await self.live.replace(query.get_bot(), _copy(query), article.id, render)
        except StoreError as error:
            self.trouble.failed(str(error))
        except TelegramError as error:
            log.warning("A passage could not be turned to: %s", error.message)

    def _find(self, article_id: str) -> Article | None:
        return next((a for a in self.corpus.articles if a.id == article_id), None)

    async def _answer(self, question: str) -> Answer | None:
        # On a thread: a search over many articles must not hold up everybody's buttons.
        return await asyncio.to_thread(self.index.answer, question)

    async def _tally(self, article: Article) -> Tally:
        """Return an article's counts, or none when the database fails: readers get an answer."""
        try:
            return await self.store.tally(article.id)
        except StoreError as error:
            self.trouble.failed(str(error))
            return NO_VOTES

    async def _about(self, article: Article) -> tuple[messages.Rendered, Tally]:
        tally = await self._tally(article)
        return messages.about(article, self.corpus.reactions, tally.votes), tally

    async def _render(
        self, found: Answer, asked: str | None = None
    ) -> tuple[messages.Rendered, Tally]:
        tally = await self._tally(found.article)
        several = len(self.corpus.articles) > 1
        return messages.answer(found, self.corpus.reactions, tally.votes, asked, several), tally

    async def _reply(
        self, update: Update, rendered: messages.Rendered, tally: Tally = NO_VOTES
    ) -> None:
        if update.effective_message is not None:
            await self._send(update.effective_message, rendered, tally)

    async def _send_beside(
        self, query: CallbackQuery, rendered: messages.Rendered, tally: Tally
    ) -> None:
        if query.message is not None:
            await self._send(query.message, rendered, tally)

    async def _send(
        self, beside: MaybeInaccessibleMessage, rendered: messages.Rendered, tally: Tally
    ) -> None:
        """Send to the chat, and the topic in it, of a message, which may be too old to reply to.

        tally: the counts that the keyboard shows.
        """
        bot, chat_id = beside.get_bot(), beside.chat.id
        topic = isinstance(beside, Message) and beside.is_topic_message
        thread = beside.message_thread_id if topic and isinstance(beside, Message) else None

        async def make() -> Message:
            try:
                return await bot.send_message(
                    chat_id, message_thread_id=thread, **_sending(rendered)
                )
            except ChatMigrated as error:
                return await bot.send_message(error.new_chat_id, **_sending(rendered))

        try:
            sent = await self.sender.call(chat_id, Rank.ANSWER, make)
        except Forbidden:
            await self.live.gone(chat_id)
        except TelegramError as error:
            log.warning("An answer could not be sent: %s", error.message)
        else:
            if rendered.article_id is not None and rendered.keyboard is not None:
                copy = Copy(sent.chat.id, sent.message_id)
                await self.live.sent(copy, rendered.article_id, rendered.keyboard, tally.version)


def _copy(query: CallbackQuery) -> Copy:
    if query.message is None:
        return Copy(inline_message_id=query.inline_message_id)
    return Copy(query.message.chat.id, query.message.message_id)


def _sending(rendered: messages.Rendered) -> dict[str, Any]:
    return {
        "text": rendered.text,
        "entities": rendered.entities,
        "reply_markup": rendered.keyboard,
        "link_preview_options": LinkPreviewOptions(is_disabled=True),
    }


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
