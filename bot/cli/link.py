"""``article-bot link``: links that open the bot on an article."""

import argparse
import asyncio

from bot.cli.corpus import read_corpus
from bot.config import Settings
from bot.logs import set_up_logging


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments to its parser."""
    parser.add_argument("article", help="the article's id, which is its file's name without .md")


def run(settings: Settings, arguments: argparse.Namespace) -> int:
    """Print the links that open the bot on an article.

    One opens the chat with the bot, the other adds the bot to a group and shows the
    article there. Needs BOT_TOKEN.

    Examples:
        article-bot link us-ukraine-security-guarantees
    """
    from bot.delivery.channel_posts import bot_links  # noqa: PLC0415

    set_up_logging(settings.log_level, settings.secrets, settings.log_format)
    corpus = read_corpus(settings)
    chat, group = asyncio.run(bot_links(settings, corpus, arguments.article))
    print(f"In the chat with the bot:  {chat}\nIn a group, which it joins: {group}")
    return 0
