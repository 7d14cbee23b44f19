"""What the handlers of all surfaces share: one way to an answer, one way to send it."""

import asyncio
import contextlib
import logging
import re
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from enum import Enum

from telegram import Bot, MaybeInaccessibleMessage, Message, ReplyParameters, Update, User
from telegram.constants import ChatAction, ChatType
from telegram.error import BadRequest, ChatMigrated, Forbidden, TelegramError

from bot.corpus.article import Article
from bot.corpus.loader import Corpus
from bot.delivery.live_counts import LiveCounts
from bot.delivery.rate_limiter import Priority
from bot.delivery.sender import Sender, sending
from bot.errors import StoreError
from bot.handlers.article_refs import ArticleResolver
from bot.handlers.mentions import AddressedQuestion
from bot.logs import FailureLog
from bot.retrieval.article_index import Answer, Verdict
from bot.retrieval.index import Index
from bot.retrieval.intents import Phrases
from bot.store.base import NO_VOTES, ChatSettings, MessageRef, Store, VoteCounts
from bot.store.voters import Voters
from bot.views import answers, chat_texts
from bot.views.answers import OutgoingMessage, RenderOptions
from bot.views.i18n import Languages, Translator

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
    shows it already. tally: the counts in the message. answers: whether an article does say it.
    offers_all: whether a button asks all articles.
    """

    render: Callable[[str | None], OutgoingMessage]
    counts: VoteCounts = NO_VOTES
    answers: bool = True
    offers_all: bool = False


class Where(Enum):
    """Where something is asked, and so what may be offered there."""

    PRIVATE = "private"
    GROUP = "group"
    GUEST = "guest"
    """A chat that the bot is no member of: nothing more can be sent there."""


def plain(rendered: OutgoingMessage) -> Reply:
    """Return a reply that shows no question and no counts."""
    return Reply(lambda _: rendered)


@dataclass(frozen=True)
class Services:
    """Everything that handlers work with."""

    corpus: Corpus
    index: Index
    store: Store
    voters: Voters
    sender: Sender
    live: LiveCounts
    phrases: Phrases
    languages: Languages
    shown: ArticleResolver
    trouble: FailureLog

    @property
    def several(self) -> bool:
        """Whether the corpus has more than one article; with one, none is ever chosen."""
        return len(self.corpus.articles) > 1

    async def chat_settings(self, chat_id: int) -> ChatSettings:
        """Return what a chat chose; nothing when the database fails: readers get an answer."""
        try:
            return await self.store.chat_settings(self.voters.voter(chat_id))
        except StoreError as error:
            self.trouble.failed(str(error))
            return ChatSettings()

    async def words(self, chat_id: int, chat_type: str, reader: User | None) -> Translator:
        """Return the language to speak: a reader's own in private, else what a group chose."""
        if chat_type in (ChatType.PRIVATE, ChatType.SENDER):
            return self.languages.of(reader.language_code if reader else None)
        return self.languages.of((await self.chat_settings(chat_id)).language)

    async def words_for(self, update: Update) -> Translator:
        """Return the language to speak in the chat of an update; English without a chat."""
        chat = update.effective_chat
        if chat is None:
            return self.languages.english
        return await self.words(chat.id, chat.type, update.effective_user)

    async def opened(self, chat_id: int) -> Article | None:
        """Return the article that a private chat is about; None for all."""
        if not self.several:
            return None
        return self.shown.by_id((await self.chat_settings(chat_id)).article)

    async def open(self, chat_id: int, article: Article | None) -> bool:
        """Have a private chat be about an article from now on; None for all.

        False when the database fails.
        """
        try:
            code = self.voters.voter(chat_id)
            await self.store.set_article(code, article.id if article else None)
        except StoreError as error:
            self.trouble.failed(str(error))
            return False
        return True

    async def close(self, chat_id: int) -> None:
        """Have a private chat be about all articles again, if it is about one."""
        if await self.opened(chat_id) is not None:
            await self.open(chat_id, None)

    def setting(
        self, words: Translator, only: Article | None = None, offer_all: bool = True
    ) -> RenderOptions:
        """Return what answers depend on.

        only: the article that is asked alone; None for all. offer_all: whether a button may ask
        all of them then.
        """
        alone = self.several and only is not None
        return RenderOptions(
            words, self.corpus.reactions, self.several and not alone, alone and offer_all
        )

    async def counts(self, article: Article) -> VoteCounts:
        """Return an article's counts, or none when the database fails."""
        try:
            return await self.store.counts(article.id)
        except StoreError as error:
            self.trouble.failed(str(error))
            return NO_VOTES

    async def find(self, question: str, only: Article | None = None) -> Answer | None:
        """Return what the articles say. only: the article to ask; None for all."""
        # On a thread: a search over many articles must not hold up everybody's buttons.
        return await asyncio.to_thread(self.index.answer, question, only.id if only else None)

    async def answer(
        self,
        question: str,
        words: Translator,
        only: Article | None,
        where: Where,
        offer: bool = True,
    ) -> Reply:
        """Return what is said to a question.

        only: the article to ask; None for all. offer: whether asking all may be offered.
        """
        question = _LINK.sub(" ", question).strip() or question
        articles = (only,) if only is not None else self.corpus.articles
        kind = self.phrases.kind(question)
        if kind in ("greeting", "thanks"):
            return plain(self._small_talk(words, kind, articles, where))
        if kind == "overview" and len(articles) > 1:
            return plain(chat_texts.start(words, articles, group=where is not Where.PRIVATE))
        found = await self.find(question, only)
        if found is None:
            return plain(self._small_talk(words, None, articles, where))
        tally = await self.counts(found.article)
        setting = self.setting(words, only, offer and where is not Where.GUEST)
        return Reply(
            lambda asked: answers.answer(setting, found, tally.votes, asked),
            tally,
            answers=found.verdict is not Verdict.NOT_IN_ARTICLE,
            offers_all=setting.offers_all,
        )

    @staticmethod
    def _small_talk(
        words: Translator, kind: str | None, articles: Sequence[Article], where: Where
    ) -> OutgoingMessage:
        # A guest cannot follow /article, so it speaks of one only.
        return chat_texts.small_talk(
            words, kind, articles[:1] if where is Where.GUEST else articles
        )

    async def about(
        self, article: Article, words: Translator, invite: str | None = None, alone: bool = False
    ) -> Reply:
        """Return an article's headline, standfirst and reactions.

        invite: see messages.about. alone: whether it is now the only one that is asked.
        """
        tally = await self.counts(article)
        setting = self.setting(words, article if alone else None)
        said = answers.about(setting, article, tally.votes, invite)
        return Reply(lambda _: said, tally, offers_all=setting.offers_all)

    async def send(self, beside: MaybeInaccessibleMessage, reply: Reply, asked: str | None) -> None:
        """Send to the chat, and the topic or thread in it, of a message; see Reply for asked."""
        thread = None
        if isinstance(beside, Message) and beside.message_thread_id and _topic(beside) is None:
            # As in the comments below a channel's post: who reads them sees replies only.
            thread = ReplyParameters(beside.message_id, allow_sending_without_reply=True)
        await self._send(beside, reply.render(asked), reply.counts, thread)

    async def send_reply(self, call: AddressedQuestion, reply: Reply) -> None:
        """Send as a reply that quotes the question, or shows it when that was deleted."""
        message = call.message
        try:
            await self._send(message, reply.render(None), reply.counts, call.reply(), strict=True)
        except BadRequest as error:
            # Edited or deleted meanwhile, or with something in it that cannot be quoted.
            log.debug("No reply to a message: %s", error.message)
            root = message.message_thread_id if _topic(message) is None else None
            thread = ReplyParameters(root, allow_sending_without_reply=True) if root else None
            await self._send(message, reply.render(call.question or None), reply.counts, thread)

    async def _send(
        self,
        beside: MaybeInaccessibleMessage,
        rendered: OutgoingMessage,
        tally: VoteCounts,
        reply: ReplyParameters | None,
        strict: bool = False,
    ) -> None:
        """Send. strict: whether to raise BadRequest, which else is logged as all refusals are."""
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
            sent = await self.sender.call(chat_id, Priority.ANSWER, make)
        except Forbidden:
            await self.live.gone(chat_id)
        except TelegramError as error:
            if strict and isinstance(error, BadRequest):
                raise
            log.warning("An answer could not be sent: %s", error.message)
        else:
            await self.register(MessageRef(sent.chat.id, sent.message_id), rendered, tally)

    async def replace_text(self, message: Message, rendered: OutgoingMessage) -> None:
        """Have a message that shows no counts say something else."""
        try:
            await self.sender.call(
                message.chat.id, Priority.ANSWER, lambda: message.edit_text(**sending(rendered))
            )
        except TelegramError as error:
            log.info("A message is left as it is: %s", error.message)

    async def register(
        self, copy: MessageRef, rendered: OutgoingMessage, tally: VoteCounts
    ) -> None:
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
