"""Posts articles in channels, and makes links that open the bot on an article."""

import difflib

from bot.config import Settings
from bot.corpus.article import Article
from bot.corpus.loader import Corpus
from bot.delivery.channel_publisher import ChannelPublisher
from bot.delivery.client import connected
from bot.delivery.rate_limiter import Limits, RateLimiter
from bot.delivery.sender import Sender
from bot.errors import PublishError
from bot.store.kept_ids import KeptIds
from bot.store.open import open_store
from bot.views.i18n import read_languages
from bot.views.links import start_link


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
    async with open_store(settings) as (store, _), connected(settings) as bot:
        corpus = await KeptIds(store).apply(corpus)
        article = _find(corpus, article_id)
        sender, languages = Sender(RateLimiter(Limits())), read_languages()
        publisher = ChannelPublisher(bot, store, sender, languages, corpus.reactions)
        published = await publisher.publish(article, to, again)
        if published.is_new:
            return f"{article.id!r} is posted in {published.channel}."
        return f"The post of {article.id!r} in {published.channel} is up to date."


def _find(corpus: Corpus, article_id: str) -> Article:
    ids = [article.id for article in corpus.articles]
    for article in corpus.articles:
        if article.id == article_id:
            return article
    near = difflib.get_close_matches(article_id, ids, 1)
    known = f"did you mean {near[0]!r}?" if near else f"the articles are {', '.join(ids[:10])}."
    raise PublishError(f"There is no article {article_id!r}: {known}")
