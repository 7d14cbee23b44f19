"""Posts articles in channels, and makes links that open the bot on an article."""

import difflib
import re
from dataclasses import dataclass

from telegram import Bot, ChatFullInfo
from telegram.constants import ChatType
from telegram.error import BadRequest, ChatMigrated, Forbidden, NetworkError, TelegramError

from bot.config import Settings
from bot.corpus.article import Article
from bot.corpus.loader import Corpus
from bot.delivery.client import connected
from bot.delivery.rate_limiter import Limits, Priority, RateLimiter
from bot.delivery.sender import Sender
from bot.delivery.telegram_errors import Refusal, outcome_unknown, refusal_of
from bot.errors import PublishError
from bot.store.base import VERSION_UNKNOWN, MessageRef, Store, TrackedMessage
from bot.store.open import open_store
from bot.views.answers import ArticleView
from bot.views.i18n import read_languages
from bot.views.links import start_link
from bot.views.outgoing import OutgoingMessage

_CHANNEL = re.compile(r"(?:https?://)?(?:t\.me/)?@?([A-Za-z]\w{3,31})", re.ASCII)


async def bot_links(settings: Settings, corpus: Corpus, article_id: str) -> tuple[str, str]:
    """Return the link that opens the bot's chat about an article, and the one for a group.

    Raises:
        PublishError: There is no such article.
        SettingsError: No token is set.
        ConnectError: Telegram cannot be reached, or refuses the token.
    """
    article = _find(corpus, article_id)
    async with connected(settings) as bot:
        name = bot.username
    return start_link(name, article.id), start_link(name, article.id, group=True)


async def publish(
    settings: Settings, corpus: Corpus, article_id: str, to: str, again: bool = False
) -> str:
    """Post an article in a channel or group, or edit its post there.

    Args:
        settings: The settings of the bot.
        corpus: The articles.
        article_id: The article's id.
        to: The channel: "@name", a link to it, or its id.
        again: Whether to post a new message even if there is a post.

    Returns:
        A sentence that says what was done.

    Raises:
        PublishError: There is no such article or channel, or the bot may not post there.
        SettingsError: A setting that is needed is missing.
        StoreError: The database cannot be used.
        ConnectError: Telegram cannot be reached, or refuses the token.
    """
    article = _find(corpus, article_id)
    async with open_store(settings) as (store, _), connected(settings) as bot:
        publisher = _Publisher(bot, store, Sender(RateLimiter(Limits())))
        chat = await publisher.find_chat(to)
        translator, counts = read_languages().of(article.language), await store.counts(article.id)
        view = ArticleView(translator, corpus.reactions, article, counts)
        message = view.channel_post(start_link(bot.username, article.id))
        old = None if again else await store.channel_post(chat.id, article.id)
        if old is not None and await publisher.edit(MessageRef(chat.id, old), message):
            return f"The post of {article.id!r} in {_name(chat)} is up to date."
        ref = await publisher.post(chat, message)
        await store.track(_tracked(ref, message, message.counts_version))
        await store.save_channel_post(chat.id, article.id, ref.message_id or 0)
        return f"{article.id!r} is posted in {_name(chat)}."


def _find(corpus: Corpus, article_id: str) -> Article:
    ids = [article.id for article in corpus.articles]
    for article in corpus.articles:
        if article.id == article_id:
            return article
    near = difflib.get_close_matches(article_id, ids, 1)
    known = f"did you mean {near[0]!r}?" if near else f"the articles are {', '.join(ids[:10])}."
    raise PublishError(f"There is no article {article_id!r}: {known}")


@dataclass(frozen=True)
class _Publisher:
    """Finds chats, posts and edits; what Telegram refuses becomes a PublishError."""

    bot: Bot
    store: Store
    sender: Sender

    async def find_chat(self, to: str) -> ChatFullInfo:
        """Return the channel or group that is named.

        Raises:
            PublishError: There is no such channel, or the bot cannot see it.
        """
        match = _CHANNEL.fullmatch(to)
        if match is None and not to.lstrip("-").isdigit():
            raise PublishError(
                f"{to!r} is not a channel: give @name, or its id such as -1001234567890."
            )
        name = f"@{match[1]}" if match is not None else to
        try:
            chat = await self.bot.get_chat(name)
        except ChatMigrated as error:
            raise _refused(error, name) from None
        except (BadRequest, Forbidden):
            raise PublishError(
                f"The bot cannot find the channel {name}: check the name, and make the bot an "
                "administrator of the channel."
            ) from None
        if chat.type == ChatType.PRIVATE:
            raise PublishError(f"{name} is a private chat: publish to a channel or a group.")
        return chat

    async def edit(self, ref: MessageRef, message: OutgoingMessage) -> bool:
        """Edit a post.

        Returns:
            False if it no longer exists.

        Raises:
            PublishError: Telegram does not accept the edit.
        """
        # The running bot may edit the post at the same time, after a tap, and it is not known which
        # edit comes last. So the version stays unknown, and the running bot edits it once more.
        tracked = _tracked(ref, message, VERSION_UNKNOWN)
        await self.store.track(tracked)
        try:
            await self.sender.call(
                ref.chat_id or 0,
                Priority.ANSWER,
                lambda: self.bot.edit_message_text(
                    chat_id=ref.chat_id, message_id=ref.message_id, **message.arguments
                ),
            )
        except (BadRequest, ChatMigrated, Forbidden) as error:
            refusal = refusal_of(error)
            if refusal is Refusal.MESSAGE_GONE:
                await self.store.forget_message(ref)
                return False
            if refusal is not Refusal.NOT_MODIFIED:
                raise _refused(error, str(ref.chat_id)) from None
        await self.store.track(tracked)
        return True

    async def post(self, chat: ChatFullInfo, message: OutgoingMessage) -> MessageRef:
        """Post a message.

        Returns:
            The post.

        Raises:
            PublishError: Telegram does not accept it, or did not answer.
        """
        try:
            sent = await self.sender.call(
                chat.id,
                Priority.ANSWER,
                lambda: self.bot.send_message(chat.id, **message.arguments),
                # A post that appears twice in a channel is worse than one that failed.
                max_unknown_outcomes=1,
            )
        except (BadRequest, ChatMigrated, Forbidden) as error:
            raise _refused(error, _name(chat)) from None
        except NetworkError as error:
            if not outcome_unknown(error):
                raise
            raise PublishError(
                f"Telegram gave no answer: check in {_name(chat)} whether the post is there. If "
                "not, publish again; if it is, its counts are kept up to date from its first tap."
            ) from None
        return MessageRef(sent.chat.id, sent.message_id)


def _tracked(ref: MessageRef, message: OutgoingMessage, version: int) -> TrackedMessage:
    keyboard = message.keyboard.to_json() if message.keyboard else "{}"
    return TrackedMessage(ref, message.article_id or "", keyboard, version)


def _refused(error: TelegramError, name: str) -> PublishError:
    if isinstance(error, ChatMigrated):
        return PublishError(
            f"The group has become a supergroup: publish to {error.new_chat_id} instead."
        )
    if refusal_of(error) in (Refusal.FORBIDDEN, Refusal.NO_RIGHTS):
        return PublishError(
            f"The bot may not post in {name}: make it an administrator who may post messages."
        )
    return PublishError(f"Telegram does not accept the post in {name}: {error.message}.")


def _name(chat: ChatFullInfo) -> str:
    return f"@{chat.username}" if chat.username else chat.title or str(chat.id)
