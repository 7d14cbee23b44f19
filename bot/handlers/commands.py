"""Commands, in any chat. In a group their answer is a reply."""

from dataclasses import dataclass

from telegram import Update
from telegram.constants import ChatType
from telegram.ext import ContextTypes

from bot.delivery.identity import actor_id
from bot.errors import StoreError
from bot.handlers.language import GroupLanguage
from bot.handlers.mentions import AddressedQuestion, command_question
from bot.handlers.responder import open_in_private, respond, where_is
from bot.handlers.services import Reply, Services, Where, me, plain, typing_if_slow
from bot.views import chat_texts
from bot.views.answers import OutgoingMessage
from bot.views.i18n import Translator
from bot.views.links import ArticleLink, KeptQuestionLink, QuestionLink, parse_payload

Context = ContextTypes.DEFAULT_TYPE


@dataclass(frozen=True)
class CommandHandlers:
    """What each command does."""

    desk: Services
    language_of_group: GroupLanguage

    async def start(self, update: Update, context: Context) -> None:
        """/start, or a link with something after it: an article to open, a question to answer."""
        words = await self.desk.words_for(update)
        group = where_is(update) is Where.GROUP
        link = parse_payload(context.args[0]) if context.args else None
        note: str | None = None
        match link:
            case ArticleLink(article_id):
                await self._open(update, words, article_id)
                return
            case QuestionLink(question):
                await self._close(update)
                await self._ask(update, words, question)
                return
            case KeptQuestionLink(key):
                if (kept := await self._kept(key)) is not None:
                    await self._close(update)
                    await self._ask(update, words, kept)
                    return
                note = words.text("question_is_old")
        await self._close(update)
        await self._say(update, chat_texts.start(words, self.desk.corpus.articles, note, group))

    async def help(self, update: Update, context: Context) -> None:
        """/help: how to ask and react."""
        words, account = await self.desk.words_for(update), me(context.bot)
        inline = bool(account.supports_inline_queries)
        reactions = self.desk.corpus.reactions
        group = where_is(update) is Where.GROUP
        said = chat_texts.help_text(words, reactions, account.username or "", inline, group)
        await self._say(update, said)

    async def article(self, update: Update, context: Context) -> None:
        """/article: headline, standfirst and reactions, or a list where there are several.

        With words after it, the article that has them for its headline or id.
        """
        words, articles = await self.desk.words_for(update), self.desk.corpus.articles
        named = self.desk.shown.named(" ".join(context.args or ()))
        if named is not None:
            await self._open(update, words, named.id)
        elif len(articles) > 1:
            await self._say(update, chat_texts.article_list(words, articles))
        else:
            await self._reply(update, await self.desk.about(articles[0], words))

    async def ask(self, update: Update, _: Context) -> None:
        """/ask and a question, or in reply to a message that is one."""
        message = update.effective_message
        if message is None:
            return
        call = command_question(message, me(message.get_bot()))
        async with typing_if_slow(message):
            reply = await respond(self.desk, update, call)
        await self.desk.send_reply(call, reply)

    async def privacy(self, update: Update, _: Context) -> None:
        """/privacy: what is stored."""
        await self._say(update, chat_texts.privacy(await self.desk.words_for(update)))

    async def forget(self, update: Update, _: Context) -> None:
        """/forget: remove the reader's votes, and in private what is kept of the chat."""
        words, chat = await self.desk.words_for(update), update.effective_chat
        try:
            votes = await self.desk.store.forget_voter(self.desk.voters.voter(actor_id(update)))
        except StoreError as error:
            self.desk.trouble.failed(str(error))
            await self._say(update, OutgoingMessage(words.text("could_not_forget")))
            return
        if chat is not None and chat.type == ChatType.PRIVATE:
            await self.desk.live.gone(chat.id)
        await self._say(update, chat_texts.forgotten(words, votes))

    async def language(self, update: Update, context: Context) -> None:
        """/language: choose what is spoken in a group."""
        message = update.effective_message
        if message is None:
            return
        if where_is(update) is Where.PRIVATE:
            words = await self.desk.words_for(update)
            await self._say(update, OutgoingMessage(words.text("language_private")))
            return
        said = await self.language_of_group.command(message, " ".join(context.args or ()))
        await self._say(update, said)

    async def unknown(self, update: Update, _: Context) -> None:
        """Any other command."""
        words = await self.desk.words_for(update)
        await self._say(update, OutgoingMessage(words.text("unknown_command")))

    async def _open(self, update: Update, words: Translator, article_id: str) -> None:
        """Show an article; from then on a private chat is about it."""
        article, group = self.desk.shown.by_id(article_id), where_is(update) is Where.GROUP
        if article is None:
            await self._close(update)
            said = chat_texts.start(
                words, self.desk.corpus.articles, words.text("link_is_old"), group
            )
            await self._say(update, said)
        elif not group and update.effective_chat is not None:
            chat_id = update.effective_chat.id
            await self._reply(update, await open_in_private(self.desk, chat_id, article, words))
        else:
            invite = words.text("opened_here")
            await self._reply(update, await self.desk.about(article, words, invite))

    async def _close(self, update: Update) -> None:
        """Have a private chat be about all articles, as what is said next speaks of all."""
        if update.effective_chat is not None and where_is(update) is Where.PRIVATE:
            await self.desk.close(update.effective_chat.id)

    async def _ask(self, update: Update, words: Translator, question: str) -> None:
        if update.effective_message is not None:
            reply = await self.desk.answer(question, words, None, where_is(update))
            await self.desk.send(update.effective_message, reply, question)

    async def _kept(self, key: str) -> str | None:
        try:
            return await self.desk.store.saved_question(key)
        except StoreError as error:
            self.desk.trouble.failed(str(error))
            return None

    async def _say(self, update: Update, said: OutgoingMessage) -> None:
        await self._reply(update, plain(said))

    async def _reply(self, update: Update, reply: Reply) -> None:
        message = update.effective_message
        if message is None:
            return
        if where_is(update) is Where.PRIVATE:
            await self.desk.send(message, reply, None)
        else:
            await self.desk.send_reply(AddressedQuestion("", message, None), reply)
