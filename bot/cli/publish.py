"""The commands that bring articles to readers: links and posts in channels."""

import argparse
import asyncio

from bot.config import Settings
from bot.corpus.loader import find_corpus, load_corpus
from bot.logs import set_up_logging


def link(settings: Settings, arguments: argparse.Namespace) -> int:
    """Print the links that open the bot on an article."""
    from bot.channel_posts import bot_links  # noqa: PLC0415

    set_up_logging(settings.log_level, settings.secrets)
    corpus = load_corpus(find_corpus(settings.corpus_dir))
    chat, group = asyncio.run(bot_links(settings, corpus, arguments.article))
    print(f"In the chat with the bot:  {chat}\nIn a group, which it joins: {group}")
    return 0


def publish(settings: Settings, arguments: argparse.Namespace) -> int:
    """Post an article in a channel, or edit its post."""
    from bot.channel_posts import publish as post  # noqa: PLC0415

    set_up_logging(settings.log_level, settings.secrets)
    corpus = load_corpus(find_corpus(settings.corpus_dir))
    posted = post(settings, corpus, arguments.article, arguments.to, arguments.again)
    print(asyncio.run(posted))
    return 0
