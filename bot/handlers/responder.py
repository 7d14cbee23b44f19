"""From a question to its answer: what is meant, what was asked before, and what an article says."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from telegram import Chat, Update
from telegram.constants import ChatType

from bot.corpus.article import Article
from bot.corpus.loader import Corpus
from bot.delivery.metrics import Metrics
from bot.handlers.article_refs import ArticleResolver
from bot.handlers.chat_state import ChatState
from bot.handlers.conversations import Asker, Conversations, asker_of
from bot.handlers.mentions import AddressedQuestion
from bot.handlers.surfaces import Surface, username
from bot.handlers.targets import Ask, Show, Targets
from bot.logs import FailureLog
from bot.retrieval.answer import Answer, Verdict
from bot.retrieval.follow_ups import Exchange, after, completed, is_better, language_of
from bot.retrieval.index import Index
from bot.retrieval.intents import Intent
from bot.retrieval.query import Query, parse_query
from bot.retrieval.question_language import is_other_language
from bot.store.base import NO_VOTES, Store, VoteCounts
from bot.store.voters import Voters
from bot.views import chat_texts, small_talk
from bot.views.answers import ArticleView, Scope
from bot.views.i18n import Translator
from bot.views.outgoing import OutgoingMessage, with_question

MAX_DIRECT = 50
"""Passages of a single article up to which handing a search to a thread takes longer than it."""

_LINK = re.compile(r"https?://\S+")


@dataclass(frozen=True)
class Responder:
    """Answers questions, in the same way on every surface."""

    corpus: Corpus
    index: Index
    store: Store
    articles: ArticleResolver
    chats: ChatState
    targets: Targets
    conversations: Conversations
    voters: Voters
    failures: FailureLog
    metrics: Metrics

    async def respond(self, update: Update, question: AddressedQuestion) -> OutgoingMessage:
        """Return the answer to a message that is addressed to the bot."""
        translator, asker = await self.chats.translator_for(update), asker_of(update)
        query = parse_query(question.text)
        match await self.targets.of(update, question, query):
            case Show(article):
                return await self._show(question.message.chat, article, translator, asker)
            case Ask(article, is_named):
                message = await self.answer(query, translator, article, asker)
                is_unanswered = message.is_answer and message.article_id is None
                if article is not None and is_named and is_unanswered:
                    return await self._show(question.message.chat, article, translator, asker)
                return message
            case None if asker.surface is Surface.PRIVATE:
                return OutgoingMessage(translator.text("ask_what_private"))
            case None:
                return chat_texts.what_to_ask(translator, username(question.message.get_bot()))

    async def answer(
        self,
        question: str | Query,
        translator: Translator,
        article: Article | None,
        asker: Asker,
        offer_all: bool = True,
    ) -> OutgoingMessage:
        """Return the answer to a question.

        Args:
            question: The question.
            translator: The language to speak.
            article: The article to ask; None for all.
            asker: Who asks, and where.
            offer_all: Whether a button may offer to search all articles.
        """
        query = parse_query(question) if isinstance(question, str) else question
        query = self._without_links(query)
        scope = self.scope(article, offer_all and asker.surface is not Surface.GUEST)
        exchange = self._last(asker, article)
        if query.intent is None and query.words:
            return await self._answer(query, exchange, translator, article, asker, scope)
        if query.intent is Intent.MORE and exchange is not None:
            return await self._more(exchange, translator, asker, scope)
        articles = self.corpus.articles if article is None else (article,)
        if query.intent in (Intent.SUMMARY, Intent.MORE):
            return await self._summary(articles, exchange, translator, asker, scope)
        if query.intent in small_talk.FACTS:
            about = self._about(articles, exchange)
            if about is not None:
                return small_talk.fact(query.intent, translator, about)
            return chat_texts.article_list(translator, articles)
        # /article does not work in guest mode, so only one article is mentioned.
        named = articles[:1] if asker.surface is Surface.GUEST else articles
        return small_talk.reply(query.intent, translator, named, query.text)

    async def _answer(
        self,
        query: Query,
        exchange: Exchange | None,
        translator: Translator,
        article: Article | None,
        asker: Asker,
        scope: Scope,
    ) -> OutgoingMessage:
        """Return what the articles say to a question that has words."""
        found, asked = await self._search_on(query, exchange, article, translator.code)
        self.metrics.answers.add(found.verdict.value)
        view = await self.view(found.article, translator, scope, asker)
        is_other = (
            found.verdict is not Verdict.ANSWERED
            and not found.is_other_language
            and is_other_language(asked.text, found.article)
        )
        message = view.answer(found, asked.text, is_other)
        if found.verdict is not Verdict.NOT_IN_ARTICLE and not is_other:
            shown = tuple(match.passage.position for match in found.matches[:1])
            language = translator.code if found.is_other_language else found.article.language
            exchange = after(asked, found.article.id, language, shown)
            self.conversations.remember(asker, exchange)
            if asked.previous:
                previous = translator.text(
                    "follow_up", previous=asked.previous, question=asked.text
                )
                return with_question(message, previous)
        return message

    async def _search_on(
        self, query: Query, exchange: Exchange | None, article: Article | None, code: str
    ) -> tuple[Answer, Query]:
        """Return the answer to a question that may go on from the one before it.

        With several articles, the conversation stays with its article unless the question fits
        another one clearly better.

        Returns:
            The answer, and the question as it was understood.
        """
        if exchange is None or (last := self.articles.by_id(exchange.article_id)) is None:
            return await self._found(query, article), query
        language = language_of(query, last, code) if self.index.is_semantic else last.language
        asked = completed(query, exchange, language) or query
        stayed = await self._found(asked, last)
        if article is not None or not self.articles.has_several:
            return stayed, asked
        anywhere = await self._found(query, None)
        if anywhere.article == last or not is_better(anywhere, stayed, asked):
            return stayed, asked
        return anywhere, query

    async def _found(self, query: Query, article: Article | None) -> Answer:
        found = await self.search(query, article)
        assert found is not None, "a question with words finds something"
        return found

    async def _more(
        self, exchange: Exchange, translator: Translator, asker: Asker, scope: Scope
    ) -> OutgoingMessage:
        """Return the passage that follows those that were shown, or that there is none."""
        article = self.articles.by_id(exchange.article_id)
        assert article is not None, "an exchange is only returned with its article"
        positions = range(1, article.passage_count + 1)
        start = exchange.shown[-1] if exchange.shown else 0
        following = [n for n in (*positions[start:], *positions[:start]) if n not in exchange.shown]
        match = self.index.match_at(article.id, following[0], 0) if following else None
        if match is None:
            return OutgoingMessage(translator.text("that_is_all"))
        shown = (*exchange.shown, match.passage.position)
        self.conversations.remember(asker, replace(exchange, shown=shown))
        return (await self.view(article, translator, scope, asker)).passage([match], 0, bold=False)

    async def _summary(
        self,
        articles: Sequence[Article],
        exchange: Exchange | None,
        translator: Translator,
        asker: Asker,
        scope: Scope,
    ) -> OutgoingMessage:
        """Return what an article is about, or a list of articles if it is not clear which."""
        article = self._about(articles, exchange)
        if article is None:
            in_group = asker.surface is not Surface.PRIVATE
            return chat_texts.start(translator, articles, in_group=in_group)
        shown = (1,) if article.passages[0].text == article.lead else ()
        self.conversations.remember(asker, Exchange(article.id, article.title, (), shown))
        return (await self.view(article, translator, scope, asker)).about(is_answer=True)

    def _about(self, articles: Sequence[Article], exchange: Exchange | None) -> Article | None:
        """Return the article that is talked about; None if that is not clear."""
        if len(articles) == 1:
            return articles[0]
        return self.articles.by_id(exchange.article_id) if exchange else None

    def _last(self, asker: Asker, article: Article | None) -> Exchange | None:
        """Return the reader's last exchange, if it is about the article that is asked."""
        last = self.conversations.last(asker)
        if last is None or self.articles.by_id(last.article_id) is None:
            return None
        return last if article is None or last.article_id == article.id else None

    async def search(self, query: Query, article: Article | None) -> Answer | None:
        """Return what the articles say; None if the question contains no word.

        Args:
            query: The question.
            article: The article to ask; None for all.
        """
        asked, articles = article.id if article else None, self.corpus.articles
        is_short = len(articles) == 1 and articles[0].passage_count <= MAX_DIRECT
        if is_short and not self.index.is_semantic:
            return self.index.answer(query, asked)
        # In a thread: a search in many articles, or by meaning, would delay everything else.
        return await asyncio.to_thread(self.index.answer, query, asked)

    async def counts(self, article: Article, asker: Asker | None = None) -> VoteCounts:
        """Return an article's counts; none if the database fails.

        Args:
            article: The article.
            asker: Whose own vote is wanted, in a private chat; None for nobody's.
        """
        own = asker.own_chat if asker else None
        voter = self.voters.code(own) if own is not None else None
        return await self.failures.value_or(NO_VOTES, self.store.counts(article.id, voter))

    def scope(self, article: Article | None, offer_all: bool = True) -> Scope:
        """Return the scope of a search in one article, or in all for None."""
        if not self.articles.has_several:
            return Scope.ONE
        if article is None:
            return Scope.ALL
        return Scope.ONE_OF_SEVERAL if offer_all else Scope.ONE

    async def view(
        self,
        article: Article,
        translator: Translator,
        scope: Scope = Scope.ONE,
        asker: Asker | None = None,
    ) -> ArticleView:
        """Return what renders an article with its present counts."""
        counts = await self.counts(article, asker)
        return ArticleView(translator, self.corpus.reactions, article, counts, scope)

    async def open(self, chat: Chat, article: Article, translator: Translator) -> OutgoingMessage:
        """Return the message that shows an article; a private chat is about it from then on."""
        is_private, opening, scope = chat.type == ChatType.PRIVATE, "", Scope.ONE
        if is_private and not self.articles.has_several:
            opening = translator.text("start_how")
        elif is_private:
            is_open = await self.chats.open_article(chat.id, article)
            opening = translator.text("opened" if is_open else "could_not_save")
            scope = self.scope(article, offer_all=is_open)
        asker = Asker(Surface.PRIVATE if is_private else Surface.GROUP, chat.id, 0)
        view = await self.view(article, translator, scope, asker)
        return view.opened(opening, in_group=not is_private)

    async def _show(
        self, chat: Chat, article: Article, translator: Translator, asker: Asker
    ) -> OutgoingMessage:
        if asker.surface is Surface.PRIVATE:
            return await self.open(chat, article, translator)
        return (await self.view(article, translator)).about()

    def _without_links(self, query: Query) -> Query:
        if "://" not in query.text:
            return query
        text = _LINK.sub(" ", query.text).strip()
        return parse_query(text) if text else query
