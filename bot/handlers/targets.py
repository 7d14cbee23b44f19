"""Which article a message asks, or shows without asking anything."""

from dataclasses import dataclass

from telegram import Update

from bot.corpus.article import Article
from bot.handlers.article_refs import ArticleResolver
from bot.handlers.chat_state import ChatState
from bot.handlers.mentions import AddressedQuestion
from bot.handlers.surfaces import Surface, surface_of, username
from bot.retrieval.query import Query


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
class Targets:
    """Finds the article that a message is about."""

    articles: ArticleResolver
    chats: ChatState

    async def of(
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
        named = self.articles.named(query.text, query.written) or self.articles.linked(
            message, bot_name
        )
        if named is not None:
            if is_private:
                await self.chats.open_article(message.chat.id, named)
            if asks_nothing or self.articles.is_only_name(query.text, query.written, named):
                return Show(named)
            return Ask(named, is_named=True)
        replied = self.articles.replied(update.effective_message or message, bot_name)
        if replied is None and is_private:
            replied = await self.chats.opened_article(message.chat.id)
        if replied is not None:
            return Show(replied) if asks_nothing else Ask(replied)
        return Ask(None) if question.text else None
