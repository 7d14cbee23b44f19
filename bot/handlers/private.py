"""A reader's own chat with the bot: whatever is written there is meant for it."""

from dataclasses import dataclass

from telegram import Message, Update
from telegram.ext import ContextTypes

from bot.handlers.mentions import AddressedQuestion, content
from bot.handlers.responder import respond
from bot.handlers.services import Services, me, plain, typing_if_slow
from bot.views import chat_texts

Context = ContextTypes.DEFAULT_TYPE


@dataclass(frozen=True)
class PrivateHandlers:
    """Answers what readers write."""

    desk: Services

    async def question(self, update: Update, _: Context) -> None:
        """A text, or the caption of a picture: answer it."""
        message = update.effective_message
        if message is None or _is_from_here(message):
            return
        call = AddressedQuestion(content(message)[0], message, None)
        async with typing_if_slow(message):
            reply = await respond(self.desk, update, call)
        if reply.offers_all:
            # A reply, as its button must know what to ask of all articles.
            await self.desk.send_reply(call, reply)
        else:
            await self.desk.send(message, reply, None)

    async def not_a_question(self, update: Update, _: Context) -> None:
        """A picture, a sticker and the like."""
        message = update.effective_message
        if message is None or _is_from_here(message):
            return
        words = await self.desk.words_for(update)
        said = chat_texts.small_talk(words, None, self.desk.corpus.articles)
        await self.desk.send(message, plain(said), None)


def _is_from_here(message: Message) -> bool:
    """Whether a reader sent one of the bot's own passages inline, which asks nothing."""
    return message.via_bot is not None and message.via_bot.id == me(message.get_bot()).id
