"""A reader's own chat with the bot: whatever is written there is meant for it."""

from dataclasses import dataclass

from telegram import Message, Update
from telegram.ext import ContextTypes

from bot import talk
from bot.address import Call, content
from bot.article import Article
from bot.handlers.desk import Desk, me, plain, typing_if_slow

Context = ContextTypes.DEFAULT_TYPE


@dataclass(frozen=True)
class PrivateChats:
    """Answers what readers write."""

    desk: Desk

    async def question(self, update: Update, _: Context) -> None:
        """A text, or the caption of a picture: answer it."""
        message = update.effective_message
        if message is None or _is_from_here(message):
            return
        text, _entities = content(message)
        async with typing_if_slow(message):
            article = await self._article(message, text)
            words = await self.desk.words_for(update)
            if article is not None and self.desk.shown.is_no_more_than(text, article):
                opened = words.text("opened")
                reply = await self.desk.about(article, words, opened, alone=self.desk.several)
            else:
                reply = await self.desk.answer(text, words, article)
        if article is not None:
            # Asked of one article only: a reply, from which all others can be asked the same.
            await self.desk.send_reply(Call(text, message, None), reply)
        else:
            await self.desk.send(message, reply, None)

    async def not_a_question(self, update: Update, _: Context) -> None:
        """A picture, a sticker and the like."""
        message = update.effective_message
        if message is None or _is_from_here(message):
            return
        words = await self.desk.words_for(update)
        said = talk.small_talk(words, None, self.desk.corpus.articles)
        await self.desk.send(message, plain(said), None)

    async def _article(self, message: Message, text: str) -> Article | None:
        """Return the article that a message is about; None for all.

        One that it names or links to is opened, and stays so; one that it replies to is not.
        """
        if not self.desk.several:
            return None
        username = me(message.get_bot()).username or ""
        shown = self.desk.shown
        if (named := shown.named(text) or shown.linked(message, username)) is not None:
            await self.desk.open(message.chat.id, named)
            return named
        return shown.replied(message, username) or await self.desk.opened(message.chat.id)


def _is_from_here(message: Message) -> bool:
    """Whether a reader sent one of the bot's own passages inline, which asks nothing."""
    return message.via_bot is not None and message.via_bot.id == me(message.get_bot()).id
