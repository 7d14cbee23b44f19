"""From a question to its answer: which article it is about, and what that article says."""

import asyncio
import re
from dataclasses import dataclass

from telegram import Chat, Update
from telegram.constants import ChatType

from bot.corpus.article import Article
from bot.corpus.loader import Corpus
from bot.handlers.article_refs import ArticleResolver
from bot.handlers.chat_state import ChatState
from bot.handlers.mentions import AddressedQuestion
from bot.handlers.surfaces import Surface, surface_of, username
from bot.logs import FailureLog
from bot.retrieval.answer import Answer
from bot.retrieval.index import Index
from bot.retrieval.intents import Intent
from bot.retrieval.query import Query, parse_query
from bot.store.base import NO_VOTES, Store, VoteCounts
from bot.views import chat_texts
from bot.views.answers import ArticleView, Scope
from bot.views.i18n import Translator
from bot.views.outgoing import OutgoingMessage

_LINK = re.compile(r"https?://\S+")


@dataclass(frozen=True)
class Show:
    """A message that asks nothing but refers to an article, which is shown."""

    article: Article


@dataclass(frozen=True)
class Ask:
    """A question.

    Attributes:
        article: The article to ask; None for all.
        is_named: Whether the message itself names or links to the article. If so, the article is
            shown if it has no answer: "Read this: https://..." is not really a question.
    """

    article: Article | None
    is_named: bool = False


@dataclass(frozen=True)
class Responder:
    """Answers questions, in the same way on every surface."""

    corpus: Corpus
    index: Index
    store: Store
    articles: ArticleResolver
    chats: ChatState
    failures: FailureLog

    async def respond(self, update: Update, question: AddressedQuestion) -> OutgoingMessage:
        """Return the answer to a message that is addressed to the bot."""
        translator, surface = await self.chats.translator_for(update), surface_of(update)
        query = parse_query(question.text)
        match await self._target(update, question, query):
            case Show(article):
                return await self._show(question.message.chat, article, translator, surface)
            case Ask(article, is_named):
                message = await self.answer(query, translator, article, surface)
                is_unanswered = message.is_answer and message.article_id is None
                if article is not None and is_named and is_unanswered:
                    return await self._show(question.message.chat, article, translator, surface)
                return message
            case None:
                return chat_texts.what_to_ask(translator, username(question.message.get_bot()))

    async def answer(
        self,
        question: str | Query,
        translator: Translator,
        article: Article | None,
        surface: Surface,
        offer_all: bool = True,
    ) -> OutgoingMessage:
        """Return the answer to a question.

        Args:
            question: The question.
            translator: The language to speak.
            article: The article to ask; None for all.
            surface: Where it is asked.
            offer_all: Whether a button may offer to search all articles.
        """
        query = parse_query(question) if isinstance(question, str) else question
        query = self._without_links(query)
        articles = self.corpus.articles if article is None else (article,)
        # /article does not work in guest mode, so only one article is mentioned.
        named = articles[:1] if surface is Surface.GUEST else articles
        match query.intent:
            case Intent.GREETING:
                return chat_texts.greeting(translator, named)
            case Intent.THANKS:
                return chat_texts.thanks(translator)
            case Intent.OVERVIEW if len(articles) > 1:
                in_group = surface is not Surface.PRIVATE
                return chat_texts.start(translator, articles, in_group=in_group)
        found = await self.search(query, article)
        if found is None:
            return chat_texts.only_words(translator, named)
        scope = self.scope(article, offer_all and surface is not Surface.GUEST)
        return (await self.view(found.article, translator, scope)).answer(found)

    async def search(self, query: Query, article: Article | None) -> Answer | None:
        """Return what the articles say; None if the question contains no word.

        Args:
            query: The question.
            article: The article to ask; None for all.
        """
        # In a thread: a search in many articles would delay everything else.
        return await asyncio.to_thread(self.index.answer, query, article.id if article else None)

    async def counts(self, article: Article) -> VoteCounts:
        """Return an article's counts; none if the database fails."""
        return await self.failures.value_or(NO_VOTES, self.store.counts(article.id))

    def scope(self, article: Article | None, offer_all: bool = True) -> Scope:
        """Return the scope of a search in one article, or in all for None."""
        if not self.articles.has_several:
            return Scope.ONE
        if article is None:
            return Scope.ALL
        return Scope.ONE_OF_SEVERAL if offer_all else Scope.ONE

    async def view(
        self, article: Article, translator: Translator, scope: Scope = Scope.ONE
    ) -> ArticleView:
        """Return what renders an article with its present counts."""
        counts = await self.counts(article)
        return ArticleView(translator, self.corpus.reactions, article, counts, scope)

    async def open(self, chat: Chat, article: Article, translator: Translator) -> OutgoingMessage:
        """Return the message that shows an article; a private chat is about it from then on."""
        key, scope = "opened_here", Scope.ONE
        if chat.type == ChatType.PRIVATE and not self.articles.has_several:
            key = "start_how"
        elif chat.type == ChatType.PRIVATE:
            is_open = await self.chats.open_article(chat.id, article)
            key = "opened" if is_open else "could_not_save"
            scope = self.scope(article, offer_all=is_open)
        return (await self.view(article, translator, scope)).about(translator.text(key))

    async def _show(
        self, chat: Chat, article: Article, translator: Translator, surface: Surface
    ) -> OutgoingMessage:
        if surface is Surface.PRIVATE:
            return await self.open(chat, article, translator)
        return (await self.view(article, translator)).about()

    async def _target(
        self, update: Update, question: AddressedQuestion, query: Query
    ) -> Show | Ask | None:
        """Return what a message asks for. In a private chat, also open the article that it names.

        Returns:
            None if the message asks nothing and refers to no article.
        """
        message, bot_name = question.message, username(question.message.get_bot())
        is_private = surface_of(update) is Surface.PRIVATE
        if message.forward_origin is not None:
            forwarded = self.articles.in_message(message, bot_name)
            if forwarded is not None:
                return Show(forwarded)
        if is_private and not self.articles.has_several:
            return Ask(None) if question.text else None
        # A mention in reply to a message that shows an article refers to that article.
        asks_nothing = not question.text or message is not update.effective_message
        named = self.articles.named(query.text, query.words) or self.articles.linked(
            message, bot_name
        )
        if named is not None:
            if is_private:
                await self.chats.open_article(message.chat.id, named)
            if asks_nothing or self.articles.is_only_name(query.text, query.words, named):
                return Show(named)
            return Ask(named, is_named=True)
        replied = self.articles.replied(update.effective_message or message, bot_name)
        if replied is None and is_private:
            replied = await self.chats.opened_article(message.chat.id)
        if replied is not None:
            return Show(replied) if asks_nothing else Ask(replied)
        return Ask(None) if question.text else None

    def _without_links(self, query: Query) -> Query:
        if "://" not in query.text:
            return query
        text = _LINK.sub(" ", query.text).strip()
        return parse_query(text) if text else query
