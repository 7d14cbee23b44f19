"""``article-bot publish``: an article's post in a channel."""

import argparse
import asyncio

from bot.cli.corpus import read_corpus
from bot.config import Settings
from bot.logs import set_up_logging


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments to its parser."""
    parser.add_argument("article", help="the article's id, which is its file's name without .md")
    parser.add_argument(
        "--to", required=True, metavar="CHANNEL", help="@channel, a link to it, or its numeric id"
    )
    parser.add_argument(
        "--again", action="store_true", help="post a new message even if there is a post already"
    )


def run(settings: Settings, arguments: argparse.Namespace) -> int:
    """Post an article in a channel, or edit its post.

    The post shows the article's headline, standfirst and reactions. It can be in a
    group too. The bot must be an administrator who may post messages. Needs
    BOT_TOKEN and the settings of the running bot.

    Examples:
        article-bot publish us-ukraine-security-guarantees --to @your_channel
    """
    from bot.delivery.channel_posts import publish  # noqa: PLC0415

    set_up_logging(settings.log_level, settings.secrets, settings.log_format)
    corpus = read_corpus(settings)
    posted = publish(settings, corpus, arguments.article, arguments.to, arguments.again)
    print(asyncio.run(posted))
    return 0
