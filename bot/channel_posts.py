"""Posts of articles in channels, and links to them: what an operator does from the command line."""

import difflib
import re
from dataclasses import dataclass

from telegram import Bot, ChatFullInfo
from telegram.constants import ChatType
from telegram.error import BadRequest, ChatMigrated, Forbidden, NetworkError, TelegramError

from bot.app import connected, open_database
from bot.config import Settings
from bot.corpus.article import Article
from bot.corpus.loader import Corpus
from bot.delivery.live_counts import GONE
from bot.delivery.rate_limiter import Limits, Priority, RateLimiter
from bot.delivery.sender import Sender, outcome_unknown, sending
from bot.errors import PublishError
from bot.store.base import VERSION_UNKNOWN, MessageRef, Store, TrackedMessage
from bot.views.answers import OutgoingMessage, RenderOptions, post
from bot.views.i18n import read_languages
from bot.views.links import start_link

_ADDRESS = re.compile(r"(?:https?://)?(?:t\.me/)?@?([A-Za-z]\w{3,31})", re.ASCII)
_NO_RIGHT = ("not enough rights", "need administrator rights", "chat_admin_required")


async def links(settings: Settings, corpus: Corpus, article_id: str) -> tuple[str, str]:
    """Return the link that opens the bot's chat on an article, and the one for a group.

    Raises:
        PublishError: there is no such article.
        SettingsError, ConnectError: see bot.app.connected.
    """
    article = _find(corpus, article_id)
    async with connected(settings) as bot:
        return (
            start_link(bot.username, article.id),
            start_link(bot.username, article.id, group=True),
        )


async def publish(
    settings: Settings, corpus: Corpus, article_id: str, to: str, again: bool = False
) -> str:
    """Post an article in a channel or group, or edit its post there; return what was done.

    to: the channel, as "@name", a link to it, or its id. again: post anew in any case.

    Raises:
        PublishError: there is no such article or channel, or the bot may not post there.
        SettingsError, StoreError, ConnectError: see bot.app.connected and open_database.
    """
    article = _find(corpus, article_id)
    async with open_database(settings) as (database, _), connected(settings) as bot:
        publisher = _Publisher(bot, database, Sender(RateLimiter(Limits())))
        chat = await publisher.chat(to)
        tally = await database.counts(article.id)
        setting = RenderOptions(read_languages().of(article.language), corpus.reactions)
        rendered = post(setting, article, tally.votes, start_link(bot.username, article.id))
        old = None if again else await database.channel_post(chat.id, article.id)
        if old is not None and await publisher.edit(MessageRef(chat.id, old), rendered):
            return f"The post of {article.id!r} in {_name(chat)} is up to date."
        known = await publisher.send(chat, rendered, tally.version)
        await database.track(known)
        await database.save_channel_post(chat.id, article.id, known.ref.message_id or 0)
        return f"{article.id!r} is posted in {_name(chat)}."


def _find(corpus: Corpus, article_id: str) -> Article:
    ids = [article.id for article in corpus.articles]
    for article in corpus.articles:
        if article.id == article_id:
            return article
    near = difflib.get_close_matches(article_id, ids, 1)
    known = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(ids[:10])}."
    raise PublishError(f"There is no article {article_id!r}: {known}")


@dataclass(frozen=True)
class _Publisher:
    """Makes the calls."""

    bot: Bot
    database: Store
    sender: Sender

    async def chat(self, to: str) -> ChatFullInfo:
        """Return the channel or group that is named; raises PublishError when there is none."""
        match = _ADDRESS.fullmatch(to)
        if match is None and not to.lstrip("-").isdigit():
            raise PublishError(
                f"{to!r} is no channel: give @name, or its id such as -1001234567890."
            )
        name = f"@{match[1]}" if match is not None else to
        try:
            chat = await self.bot.get_chat(name)
        except ChatMigrated as error:
            raise _moved(error) from None
        except (BadRequest, Forbidden):
            raise PublishError(
                f"The bot sees no channel {name}: check the name, and make the bot an "
                "administrator of the channel."
            ) from None
        if chat.type == ChatType.PRIVATE:
            raise PublishError(f"{name} is a person: publish to a channel or a group.")
        return chat

    async def edit(self, copy: MessageRef, rendered: OutgoingMessage) -> bool:
        """Edit a post; False when it is no more."""
        keyboard = rendered.keyboard.to_json() if rendered.keyboard else "{}"
        # Whoever taps meanwhile has the running bot edit it too, and nobody knows which edit came
        # last; so the running bot makes sure.
        known = TrackedMessage(copy, rendered.article_id or "", keyboard, VERSION_UNKNOWN)
        await self.database.track(known)
        parts = {"chat_id": copy.chat_id, "message_id": copy.message_id, **sending(rendered)}
        try:
            await self.sender.call(
                copy.chat_id or 0, Priority.ANSWER, lambda: self.bot.edit_message_text(**parts)
            )
        except ChatMigrated as error:
            raise _moved(error) from None
        except (BadRequest, Forbidden) as error:
            text = error.message.lower()
            if "message is not modified" in text:
                return True
            if any(part in text for part in GONE):
                await self.database.forget_message(copy)
                return False
            raise _refused(error, str(copy.chat_id)) from None
        await self.database.track(known)
        return True

    async def send(
        self, chat: ChatFullInfo, rendered: OutgoingMessage, version: int
    ) -> TrackedMessage:
        """Post; raises PublishError when that is refused."""
        try:
            sent = await self.sender.call(
                chat.id,
                Priority.ANSWER,
                lambda: self.bot.send_message(chat.id, **sending(rendered)),
                # Nobody wants it twice in a channel.
                unheard_at_most=1,
            )
        except ChatMigrated as error:
            raise _moved(error) from None
        except (BadRequest, Forbidden) as error:
            raise _refused(error, _name(chat)) from None
        except NetworkError as error:
            if not outcome_unknown(error):
                raise
            raise PublishError(
                f"Telegram gave no answer: look into {_name(chat)} whether the post is there. If "
                "not, publish again; if it is, it counts from its first tap on."
            ) from None
        keyboard = rendered.keyboard.to_json() if rendered.keyboard else "{}"
        copy = MessageRef(sent.chat.id, sent.message_id)
        return TrackedMessage(copy, rendered.article_id or "", keyboard, version)


def _moved(error: ChatMigrated) -> PublishError:
    return PublishError(
        f"The group has become a supergroup: publish to {error.new_chat_id} instead."
    )


def _refused(error: TelegramError, name: str) -> Exception:
    text = error.message.lower()
    if isinstance(error, Forbidden) or any(part in text for part in _NO_RIGHT):
        return PublishError(
            f"The bot may not post in {name}: make it an administrator who may post messages."
        )
    return PublishError(f"Telegram does not take the post in {name}: {error.message}.")


def _name(chat: ChatFullInfo) -> str:
    return f"@{chat.username}" if chat.username else chat.title or str(chat.id)
