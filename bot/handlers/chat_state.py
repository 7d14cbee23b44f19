"""Settings of a chat: its language, and the article that it is about."""

from dataclasses import dataclass

from telegram import Update, User
from telegram.constants import ChatType

from bot.corpus.article import Article
from bot.handlers.article_refs import ArticleResolver
from bot.logs import FailureLog
from bot.store.base import ChatSettings, Store
from bot.store.voters import Voters
from bot.views.i18n import Languages, Translator


@dataclass(frozen=True)
class ChatState:
    """Reads and changes settings of chats; if the database fails, the defaults apply."""

    store: Store
    voters: Voters
    languages: Languages
    articles: ArticleResolver
    failures: FailureLog

    async def translator(self, chat_id: int, chat_type: str, reader: User | None) -> Translator:
        """Return the language to speak: a reader's own in private, a group's setting elsewhere.

        Args:
            chat_id: The chat.
            chat_type: Its type, one of ``telegram.constants.ChatType``.
            reader: Who is spoken to; None if not known.
        """
        if chat_type in (ChatType.PRIVATE, ChatType.SENDER):
            return self.languages.of(reader.language_code if reader else None)
        return self.languages.of((await self._settings(chat_id)).language)

    async def translator_for(self, update: Update) -> Translator:
        """Return the language to speak in an update's chat; English if it has no chat."""
        chat = update.effective_chat
        if chat is None:
            return self.languages.english
        return await self.translator(chat.id, chat.type, update.effective_user)

    async def opened_article(self, chat_id: int) -> Article | None:
        """Return the article that a private chat is about; None for all articles."""
        if not self.articles.has_several:
            return None
        return self.articles.by_id((await self._settings(chat_id)).article)

    async def open_article(self, chat_id: int, article: Article) -> bool:
        """Set the article that a private chat is about.

        Returns:
            False if the database failed.
        """
        return await self._set_article(chat_id, article.id)

    async def close_article(self, chat_id: int) -> None:
        """Make a private chat be about all articles again."""
        if await self.opened_article(chat_id) is not None:
            await self._set_article(chat_id, None)

    async def set_language(self, chat_id: int, language: str) -> bool:
        """Set a group's language (a BCP 47 code); return False if the database failed."""
        key = self.voters.code(chat_id)
        return await self.failures.succeeds(self.store.set_language(key, language))

    async def move(self, old_chat_id: int, new_chat_id: int) -> None:
        """Move settings along with a group that became a supergroup."""
        old, new = self.voters.code(old_chat_id), self.voters.code(new_chat_id)
        await self.failures.succeeds(self.store.move_chat_settings(old, new))

    async def forget(self, chat_id: int) -> None:
        """Delete the settings of a chat."""
        key = self.voters.code(chat_id)
        await self.failures.succeeds(self.store.forget_chat_settings(key))

    async def _settings(self, chat_id: int) -> ChatSettings:
        settings = self.store.chat_settings(self.voters.code(chat_id))
        return await self.failures.value_or(ChatSettings(), settings)

    async def _set_article(self, chat_id: int, article_id: str | None) -> bool:
        key = self.voters.code(chat_id)
        return await self.failures.succeeds(self.store.set_article(key, article_id))
