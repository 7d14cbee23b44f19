"""Buttons, wherever they are: one way for every vote, and for whatever else a button asks."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from telegram import (
    CallbackQuery,
    MaybeInaccessibleMessage,
    Message,
    MessageEntity,
    MessageOriginChannel,
    Update,
)
from telegram.constants import ChatType
from telegram.error import TelegramError
from telegram.ext import ContextTypes

from bot.delivery.identity import presser_id
from bot.errors import StoreError
from bot.handlers.language import GroupLanguage
from bot.handlers.mentions import addressed_question, command_question, content
from bot.handlers.responder import open_in_private
from bot.handlers.services import Services, Where, me
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
from bot.views.rich_text import fitting

Context = ContextTypes.DEFAULT_TYPE
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ButtonHandlers:
    """Does what buttons say; their data may be forged, old or from elsewhere."""

    desk: Services
    language_of_group: GroupLanguage

    async def press(self, update: Update, _: Context) -> None:
        """A button was pressed."""
        query = update.callback_query
        if query is None:
            return
        match parse(query.data):
            case ReactionButton(article_id, reaction_id):
                await self._react(query, article_id, reaction_id)
            case QuestionButton(article_id, key):
                await self._ask_sample(query, article_id, key)
            case ArticleButton(article_id):
                await self._open(query, article_id)
            case TurnButton() as button:
                await self._turn(query, button)
            case SearchAllButton():
                await self._search_all(query)
            case LanguageButton(code):
                await self.language_of_group.press(query, code)
            case None:
                await self._toast(query, "old_button")

    async def _react(self, query: CallbackQuery, article_id: str, reaction_id: str) -> None:
        desk, article = self.desk, self.desk.shown.by_id(article_id)
        if article is None:
            await self._toast(query, "old_button")
            return
        shown = query.message.reply_markup if isinstance(query.message, Message) else None
        if all(reaction.id != reaction_id for reaction in desk.corpus.reactions):
            # An earlier set of reactions had it; the message gets the present ones.
            await self._toast(query, "old_reaction")
            tally = await desk.counts(article)
            await desk.live.pressed(query.get_bot(), _copy(query), article_id, shown, tally)
            return
        voter = desk.voters.voter(presser_id(query))
        try:
            press = await desk.store.vote(article_id, voter, reaction_id, query.id)
        except StoreError as error:
            desk.trouble.failed(str(error))
            await self._toast(query, "could_not_count")
            return
        desk.trouble.recovered("Votes are counted again.")
        toast = chat_texts.toast(self._readers(query), press, desk.corpus.reactions)
        await desk.sender.answer_button(query, toast)
        await desk.live.pressed(query.get_bot(), _copy(query), article_id, shown, press.counts)

    async def _ask_sample(self, query: CallbackQuery, article_id: str, key: str) -> None:
        article = self.desk.shown.by_id(article_id)
        question = next(
            (q for q in (article.questions if article else ()) if question_key(q) == key), None
        )
        if article is None or question is None or await self.desk.find(question) is None:
            await self._toast(query, "old_button")
            return
        await self.desk.sender.answer_button(query)
        words = await self._words(query)
        if query.message is not None:
            opened = await self.desk.opened(query.message.chat.id)
            reply = await self.desk.answer(
                question, words, article, _where(query.message), offer=opened == article
            )
            await self.desk.send(query.message, reply, question)
            return
        # Where the bot may send nothing, its message turns into the answer.
        found = await self.desk.find(question, article)
        if found is not None:
            setting = self.desk.setting(words)
            await self._replace(
                query,
                article.id,
                lambda tally: answers.answer(setting, found, tally.votes, question),
            )

    async def _open(self, query: CallbackQuery, article_id: str) -> None:
        article = self.desk.shown.by_id(article_id)
        if article is None or query.message is None:
            await self._toast(query, "old_button")
            return
        await self.desk.sender.answer_button(query)
        words = await self._words(query)
        if _where(query.message) is Where.PRIVATE:
            reply = await open_in_private(self.desk, query.message.chat.id, article, words)
        else:
            reply = await self.desk.about(article, words, words.text("opened_here"))
        await self.desk.send(query.message, reply, None)

    async def _turn(self, query: CallbackQuery, button: TurnButton) -> None:
        article = self.desk.shown.by_id(button.article_id)
        places = (self.desk.index.match_at(button.article_id, *place) for place in button.places)
        matches = [match for match in places if match is not None]
        if article is None or len(matches) < len(button.places):
            await self._toast(query, "old_button")
            return
        await self.desk.sender.answer_button(query)
        message = query.message if isinstance(query.message, Message) else None
        asked = _asked_above(message) if message else None
        only = article if message and _has_button(message, SearchAllButton()) else None
        setting = self.desk.setting(await self._words(query), only)
        await self._replace(
            query,
            article.id,
            lambda tally: answers.matched(
                setting, article, matches, button.position, tally.votes, asked
            ),
        )

    async def _search_all(self, query: CallbackQuery) -> None:
        """Ask the question again, of all articles; a private chat is about all from then on."""
        message = query.message
        if message is None:
            await self._toast(query, "old_button")
            return
        if _where(message) is Where.PRIVATE:
            await self.desk.close(message.chat.id)
        question = _question_of(message) if isinstance(message, Message) else None
        words = await self._words(query)
        if question is None:
            await self.desk.sender.answer_button(query, words.text("searching_all"))
            return
        await self.desk.sender.answer_button(query)
        reply = await self.desk.answer(question, words, None, _where(message))
        await self.desk.send(message, reply, question)

    async def _replace(
        self,
        query: CallbackQuery,
        article_id: str,
        render: Callable[[VoteCounts], answers.OutgoingMessage],
    ) -> None:
        try:
            await self.desk.live.replace(query.get_bot(), _copy(query), article_id, render)
        except StoreError as error:
            self.desk.trouble.failed(str(error))
        except TelegramError as error:
            log.warning("A message could not be replaced: %s", error.message)

    def _readers(self, query: CallbackQuery) -> Translator:
        """Return the reader's own language: a toast is for nobody else."""
        return self.desk.languages.of(query.from_user.language_code)

    async def _toast(self, query: CallbackQuery, key: str) -> None:
        await self.desk.sender.answer_button(query, self._readers(query).text(key))

    async def _words(self, query: CallbackQuery) -> Translator:
        """Return the language of the chat; of who pressed, where it is not known."""
        if query.message is None:
            return self._readers(query)
        chat = query.message.chat
        return await self.desk.words(chat.id, chat.type, query.from_user)


def _copy(query: CallbackQuery) -> MessageRef:
    """Return which message to keep fresh for a press."""
    if query.message is None:
        return MessageRef(inline_message_id=query.inline_message_id)
    origin = query.message.forward_origin if isinstance(query.message, Message) else None
    if isinstance(origin, MessageOriginChannel):
        # A channel's post in its discussion group follows the post, and cannot be edited itself.
        return MessageRef(origin.chat.id, origin.message_id)
    return MessageRef(query.message.chat.id, query.message.message_id)


def _has_button(message: Message, button: SearchAllButton) -> bool:
    keyboard = message.reply_markup.inline_keyboard if message.reply_markup else ()
    return any(each.callback_data == button.data for row in keyboard for each in row)


def _where(message: MaybeInaccessibleMessage) -> Where:
    return Where.PRIVATE if message.chat.type == ChatType.PRIVATE else Where.GROUP


def _asked_above(message: Message) -> str | None:
    """Return the question that an answer shows above its headline; None for none."""
    text, entities = content(message)
    first = entities[0] if entities else None
    if first is None or (first.type, first.offset) != (MessageEntity.ITALIC, 0):
        return None
    return text[: fitting(text, first.length)].strip()


def _question_of(message: Message) -> str | None:
    """Return the question that one of the bot's answers answers; None when it cannot be told."""
    if (asked := _asked_above(message)) is not None:
        return asked
    replied, account = message.reply_to_message, me(message.get_bot())
    if replied is None:
        return None
    text = content(replied)[0]
    if text.startswith("/"):
        return command_question(replied, account).question or None
    call = addressed_question(replied, account)
    return (call.question if call else text.strip()) or None
