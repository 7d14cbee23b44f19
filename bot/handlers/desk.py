"""What the handlers of all surfaces share: one way to an answer, one way to send it."""

import asyncio
import contextlib
import logging
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Protocol

from telegram import Bot, MaybeInaccessibleMessage, Message, ReplyParameters, Update, User
from telegram.constants import ChatAction, ChatType
from telegram.error import BadRequest, ChatMigrated, Forbidden, TelegramError

from bot import messages, talk
from bot.address import Call
from bot.article import Article
from bot.chats import ChatStore, Choices
from bot.copies import Copy
from bot.corpus import Corpus
from bot.errors import StoreError
from bot.live import LiveCounts
from bot.logs import Trouble
from bot.messages import Rendered, Setting
from bot.pace import Rank
from bot.passages import Answer
from bot.phrases import Phrases
from bot.reactions import NO_VOTES, ReactionStore, Tally
from bot.search import Index
from bot.sender import Sender, sending
from bot.shown import ShownArticles
from bot.voters import Voters
from bot.words import Languages, Words

TYPING_AFTER = 0.5
"""Seconds without an answer after which the reader sees that one is on its way."""
TYPING_AGAIN = 4.0
"""Seconds; clients show the indicator for five."""

_LINK = re.compile(r"https?://\S+")
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Reply:
    """What is said to a question.

    render: makes the message; given the question it shows that too, which is None where the chat
    shows it already. tally: the counts in the message.
    """

    render: Callable[[str | None], Rendered]
    tally: Tally = NO_VOTES


def plain(rendered: Rendered, tally: Tally = NO_VOTES) -> Reply:
    """Return a reply that shows no question."""
    return Reply(lambda _: rendered, tally)


class Store(ReactionStore, ChatStore, Protocol):
    """What is needed of a store."""


@dataclass(frozen=True)
class Desk:
    """Everything that handlers work with."""

    corpus: Corpus
    index: Index
    store: Store
    voters: Voters
    sender: Sender
    live: LiveCounts
    phrases: Phrases
    languages: Languages
    shown: ShownArticles
    trouble: Trouble

    @property
    def several(self) -> bool:
        """Whether the corpus has more than one article; with one, none is ever chosen."""
        return len(self.corpus.articles) > 1

    async def choices(self, chat_id: int) -> Choices:
        """Return what a chat chose; nothing when the database fails: readers get an answer."""
        try:
            return await self.store.choices(self.voters.voter(chat_id))
        except StoreError as error:
            self.trouble.failed(str(error))
            return Choices()

    async def words(self, chat_id: int, chat_type: str, reader: User | None) -> Words:
        """Return the language to speak: a reader's own in private, else what a group chose."""
        if chat_type in (ChatType.PRIVATE, ChatType.SENDER):
            return self.languages.of(reader.language_code if reader else None)
        return self.languages.of((await self.choices(chat_id)).language)

    async def words_for(self, update: Update) -> Words:
        """Return the language to speak in the chat of an update; English without a chat."""
        chat = update.effective_chat
        if chat is None:
            return self.languages.english
        return await self.words(chat.id, chat.type, update.effective_user)

    async def opened(self, chat_id: int) -> Article | None:
        """Return the article that a private chat is about; None for all."""
        if not self.several:
            return None
        return self.shown.by_id((await self.choices(chat_id)).article)

    async def open(self, chat_id: int, article: Article | None) -> None:
        """Have a private chat be about an article from now on; None for all."""
        if self.several:
            try:
                code = self.voters.voter(chat_id)
                await self.store.choose_article(code, article.id if article else None)
            except StoreError as error:
                self.trouble.failed(str(error))

    def setting(self, words: Words, only: Article | None = None, offer_all: bool = True) -> Setting:
        """Return what answers depend on.

        only: the article that is asked alone; None for all. offer_all: whether a button may ask
        all of them then.
        """
        alone = self.several and only is not None
        return Setting(
            words, self.corpus.reactions, self.several and not alone, alone and offer_all
        )

    async def tally(self, article: Article) -> Tally:
        """Return an article's counts, or none when the database fails."""
        try:
            return await self.store.tally(article.id)
        except StoreError as error:
            self.trouble.failed(str(error))
            return NO_VOTES

    async def find(self, question: str, only: Article | None = None) -> Answer | None:
        """Return what the articles say. only: the article to ask; None for all."""
        # On a thread: a search over many articles must not hold up everybody's buttons.
        return await asyncio.to_thread(self.index.answer, question, only.id if only else None)

    async def answer(
        self, question: str, words: Words, only: Article | None = None, offer_all: bool = True
    ) -> Reply:
        """Return what is said to a question, wherever it was asked.

        only: the article to ask; None for all. offer_all: whether a button may ask all of them.
        """
        question = _LINK.sub(" ", question).strip() or question
        articles = (only,) if only is not None else self.corpus.articles
        kind = self.phrases.kind(question)
        if kind in ("greeting", "thanks"):
            return plain(talk.small_talk(words, kind, articles))
        if kind == "overview" and len(articles) > 1:
            return plain(talk.start(words, articles))
        found = await self.find(question, only)
        if found is None:
            return plain(talk.small_talk(words, None, articles))
        tally, setting = await self.tally(found.article), self.setting(words, only, offer_all)
        return Reply(lambda asked: messages.answer(setting, found, tally.votes, asked), tally)

    async def about(
        self, article: Article, words: Words, invite: str | None = None, alone: bool = False
    ) -> Reply:
        """Return an article's headline, standfirst and reactions.

        invite: see messages.about. alone: whether it is now the only one that is asked.
        """
        tally = await self.tally(article)
        setting = self.setting(words, article if alone else None)
        return plain(messages.about(setting, article, tally.votes, invite), tally)

    async def send(self, beside: MaybeInaccessibleMessage, reply: Reply, asked: str | None) -> None:
        """Send to the chat, and the topic in it, of a message; see Reply for asked."""
        await self._send(beside, reply.render(asked), reply.tally, None)

    async def send_reply(self, call: Call, reply: Reply) -> None:
        """Send as a reply that quotes the question, or shows it when that was deleted."""
        parameters = call.reply()
        rendered = reply.render(None)
        try:
            await self._send(call.message, rendered, reply.tally, parameters)
        except BadRequest as error:
            # Edited or deleted meanwhile.
            log.debug("No reply to a message: %s", error.message)
            await self._send(call.message, reply.render(call.question or None), reply.tally, None)

    async def _send(
        self,
        beside: MaybeInaccessibleMessage,
        rendered: Rendered,
        tally: Tally,
        reply: ReplyParameters | None,
    ) -> None:
        """Send; raises BadRequest only for a reply to a message that cannot be replied to."""
        bot, chat_id = beside.get_bot(), beside.chat.id
        thread = _topic(beside)

        async def make() -> Message:
            try:
                return await bot.send_message(
                    chat_id,
                    message_thread_id=thread,
                    reply_parameters=reply,
                    **sending(rendered),
                )
            except ChatMigrated as error:
                return await bot.send_message(error.new_chat_id, **sending(rendered))

        try:
            sent = await self.sender.call(chat_id, Rank.ANSWER, make)
        except Forbidden:
            await self.live.gone(chat_id)
        except TelegramError as error:
            if reply is not None and _cannot_be_replied_to(error):
                raise
            log.warning("An answer could not be sent: %s", error.message)
        else:
            await self.register(Copy(sent.chat.id, sent.message_id), rendered, tally)

    async def replace_text(self, message: Message, rendered: Rendered) -> None:
        """Have a message that shows no counts say something else."""
        try:
            await self.sender.call(
                message.chat.id, Rank.ANSWER, lambda: message.edit_text(**sending(rendered))
            )
        except TelegramError as error:
            log.info("A message is left as it is: %s", error.message)

    async def register(self, copy: Copy, rendered: Rendered, tally: Tally) -> None:
        """Remember a message that was sent, if it shows counts."""
        if rendered.article_id is not None and rendered.keyboard is not None:
            await self.live.sent(copy, rendered.article_id, rendered.keyboard, tally.version)


def me(bot: Bot) -> User:
    """Return the bot's own account."""
    return bot.bot


def _topic(message: MaybeInaccessibleMessage) -> int | None:
    if not isinstance(message, Message) or not message.is_topic_message:
        return None
    return message.message_thread_id


def _cannot_be_replied_to(error: TelegramError) -> bool:
    text = error.message.lower()
    return isinstance(error, BadRequest) and ("replied" in text or "quote" in text)


@contextlib.asynccontextmanager
async def typing_if_slow(message: Message) -> AsyncIterator[None]:
    """Show that an answer is on its way, when it takes long."""

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
