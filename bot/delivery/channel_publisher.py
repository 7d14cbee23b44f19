"""Finds channels, posts articles in them and edits these posts."""

import contextlib
import logging
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial

from telegram import Bot, ChatFullInfo, Message
from telegram.constants import ChatType
from telegram.error import BadRequest, ChatMigrated, Forbidden, NetworkError, TelegramError

from bot.corpus.article import Article
from bot.corpus.reactions import Reaction
from bot.delivery.rate_limiter import Priority
from bot.delivery.sender import Sender
from bot.delivery.telegram_errors import Refusal, outcome_unknown, refusal_of
from bot.errors import PublishError
from bot.store.base import VERSION_UNKNOWN, MessageRef, Store, TrackedMessage
from bot.views.answers import ArticleView
from bot.views.i18n import Languages
from bot.views.links import start_link
from bot.views.outgoing import OutgoingMessage

log = logging.getLogger(__name__)

_CHANNEL = re.compile(r"(?:https?://)?(?:t\.me/)?@?([A-Za-z]\w{3,31})", re.ASCII)


@dataclass(frozen=True)
class Published:
    """An article is in a channel.

    Attributes:
        channel: What messages call the channel.
        is_new: Whether it was posted; otherwise the post that was there is up to date.
    """

    channel: str
    is_new: bool


@dataclass(frozen=True)
class ChannelPublisher:
    """Finds channels, posts and edits; what Telegram refuses becomes a PublishError.

    Attributes:
        bot: The Bot API client, connected.
        store: Keeps the posts.
        sender: Makes the calls.
        languages: The bot's own words.
        reactions: What readers can tap below a post.
    """

    bot: Bot
    store: Store
    sender: Sender
    languages: Languages
    reactions: Sequence[Reaction]

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
            raise refused(error, name) from None
        except (BadRequest, Forbidden):
            raise PublishError(
                f"The bot cannot find the channel {name}: check the name, and make the bot an "
                "administrator of the channel."
            ) from None
        if chat.type == ChatType.PRIVATE:
            raise PublishError(f"{name} is a private chat: publish to a channel or a group.")
        return chat

    async def publish(self, article: Article, to: str, again: bool = False) -> Published:
        """Post an article in a channel or group, or edit its post there.

        Args:
            article: The article.
            to: The channel: "@name", a link to it, or its id.
            again: Whether to post a new message even if there is a post.

        Raises:
            PublishError: There is no such channel, or the bot may not post there.
            StoreError: The database cannot be used.
            TelegramError: Telegram cannot be reached.
        """
        chat = await self.find_chat(to)
        message, name = await self.render(article), channel_name(chat)
        old = None if again else await self.store.channel_post(chat.id, article.id)
        if old is not None and await self.edit(MessageRef(chat.id, old), message):
            return Published(name, is_new=False)
        ref = await self.post(chat, message)
        await self.store.track(tracked_post(ref, message, message.counts_version))
        await self.store.save_channel_post(chat.id, article.id, ref.message_id or 0)
        return Published(name, is_new=True)

    async def render(self, article: Article) -> OutgoingMessage:
        """Return an article's post, with its counts as they are now.

        Raises:
            StoreError: The counts cannot be read.
        """
        translator = self.languages.of(article.language)
        counts = await self.store.counts(article.id)
        view = ArticleView(translator, self.reactions, article, counts)
        return view.channel_post(start_link(self.bot.username, article.id))

    async def edit_posts(self, article: Article) -> None:
        """Edit all posts of an article; that one is not accepted is logged.

        Raises:
            StoreError: The database cannot be used.
            TelegramError: Telegram cannot be reached.
        """
        for ref in await self.store.channel_posts(article.id):
            try:
                await self.edit(ref, await self.render(article))
            except PublishError as error:
                log.warning("A post of %s is not edited: %s", article.id, error)

    async def close_posts(self, article_id: str) -> None:
        """Take the buttons off all posts of an article that the bot no longer has.

        Raises:
            StoreError: The database cannot be used.
            TelegramError: Telegram cannot be reached.
        """
        for ref in await self.store.channel_posts(article_id):
            await self.store.forget_message(ref)
            with contextlib.suppress(BadRequest, ChatMigrated, Forbidden):
                close = partial(self.bot.edit_message_reply_markup, ref.chat_id, ref.message_id)
                await self.sender.call(ref.chat_id or 0, Priority.ANSWER, close)

    async def edit(self, ref: MessageRef, message: OutgoingMessage) -> bool:
        """Edit a post.

        Returns:
            False if it no longer exists.

        Raises:
            PublishError: Telegram does not accept the edit.
        """
        # The running bot may edit the post at the same time, after a tap, and it is not known which
        # edit comes last. So the version stays unknown, and the running bot edits it once more.
        post = tracked_post(ref, message, VERSION_UNKNOWN)
        await self.store.track(post)
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
                raise refused(error, str(ref.chat_id)) from None
        await self.store.track(post)
        return True

    async def post(self, chat: ChatFullInfo, message: OutgoingMessage) -> MessageRef:
        """Post a message.

        Returns:
            The post.

        Raises:
            PublishError: Telegram does not accept it, or did not answer.
        """
        try:
            return await self.send(chat, message)
        except (BadRequest, ChatMigrated, Forbidden) as error:
            raise refused(error, channel_name(chat)) from None
        except NetworkError as error:
            if not outcome_unknown(error):
                raise
            raise PublishError(
                f"Telegram gave no answer: check in {channel_name(chat)} whether the post is "
                "there. If not, publish again; if it is, its counts are kept up to date from its "
                "first tap."
            ) from None

    async def send(
        self,
        chat: ChatFullInfo,
        message: OutgoingMessage,
        before: Callable[[], Awaitable[None]] | None = None,
    ) -> MessageRef:
        """Post a message, as ``post`` does, and let Telegram's errors pass.

        Args:
            chat: The channel or group.
            message: The post.
            before: Awaited before each call that may post it; if it raises, nothing is sent.

        Raises:
            TelegramError: Telegram does not accept it, did not answer, or cannot be reached.
        """

        async def call() -> Message:
            if before is not None:
                await before()
            return await self.bot.send_message(chat.id, **message.arguments)

        # A post that appears twice in a channel is worse than one that failed.
        sent = await self.sender.call(chat.id, Priority.ANSWER, call, max_unknown_outcomes=1)
        return MessageRef(sent.chat.id, sent.message_id)


def tracked_post(ref: MessageRef, message: OutgoingMessage, version: int) -> TrackedMessage:
    """Return what the store keeps of a post that shows a version of the counts."""
    keyboard = message.keyboard.to_json() if message.keyboard else "{}"
    return TrackedMessage(ref, message.article_id or "", keyboard, version)


def refused(error: TelegramError, name: str) -> PublishError:
    """Return what a refusal of Telegram means for posts in the channel of that name."""
    if isinstance(error, ChatMigrated):
        return PublishError(
            f"The group has become a supergroup: publish to {error.new_chat_id} instead."
        )
    if refusal_of(error) in (Refusal.FORBIDDEN, Refusal.NO_RIGHTS):
        return PublishError(
            f"The bot may not post in {name}: make it an administrator who may post messages."
        )
    return PublishError(f"Telegram does not accept the post in {name}: {error.message}.")


def channel_name(chat: ChatFullInfo) -> str:
    """Return what messages call a channel."""
    return f"@{chat.username}" if chat.username else chat.title or str(chat.id)
