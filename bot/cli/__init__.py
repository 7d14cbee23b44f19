"""The commands; the only place that prints and exits."""

import argparse
import sys
from importlib.metadata import version
from pathlib import Path

from bot.cli import ask as asking
from bot.cli import publish as publishing
from bot.cli import run as running
from bot.cli import votes
from bot.config import read_settings
from bot.errors import BotError


def main() -> None:
    """Run the command line: 0 when all is well, 1 for faults found by check, 2 for errors."""
    arguments = _parser().parse_args()
    try:
        settings = read_settings()
        sys.exit(arguments.command(settings, arguments))
    except BotError as error:
        print(error, file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        # Whoever read the output has seen enough.
        sys.stderr.close()
        sys.exit(0)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="article-bot", description="Answers questions about an article, and counts reactions."
    )
    parser.add_argument("--version", action="version", version=version("article-bot"))
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    run_ = commands.add_parser("run", help="run the bot on Telegram (needs BOT_TOKEN)")
    run_.set_defaults(command=running.run)

    sandbox = commands.add_parser("sandbox", help="try the bot on this machine, without Telegram")
    sandbox.add_argument(
        "--port",
        type=_port,
        help=f"the page's port (default: {running.SANDBOX_PORT}, or the next that is free)",
    )
    sandbox.add_argument("--no-browser", action="store_true", help="open no browser")
    what = sandbox.add_mutually_exclusive_group()
    what.add_argument("--demo", action="store_true", help="begin with a short scene to watch")
    what.add_argument(
        "--api-only", action="store_true", help="no bot: a Bot API server to test your own with"
    )
    sandbox.set_defaults(command=running.sandbox)

    ask = commands.add_parser("ask", help="answer a question in the terminal")
    ask.add_argument("question", nargs="+", help="the question, with or without quotes")
    ask.add_argument("--json", action="store_true", help="answer for programs")
    ask.set_defaults(command=asking.ask)

    link = commands.add_parser("link", help="print the links that open the bot on an article")
    link.add_argument("article", help="the article's id")
    link.set_defaults(command=publishing.link)

    publish_ = commands.add_parser("publish", help="post an article in a channel, or edit its post")
    publish_.add_argument("article", help="the article's id")
    publish_.add_argument("--to", required=True, metavar="CHANNEL", help="as @channel, or its id")
    publish_.add_argument("--again", action="store_true", help="post anew instead of editing")
    publish_.set_defaults(command=publishing.publish)

    stats = commands.add_parser("stats", help="count the votes of each article")
    stats.add_argument("--json", action="store_true", help="counts for programs")
    stats.set_defaults(command=votes.stats)

    backup = commands.add_parser("backup", help="copy the SQLite database, also while the bot runs")
    backup.add_argument("file", type=Path, metavar="FILE", help="the copy, which is not there yet")
    backup.set_defaults(command=votes.backup)

    restore_ = commands.add_parser("restore", help="put a backup in the place of the database")
    restore_.add_argument("file", type=Path, metavar="FILE", help="the backup")
    restore_.add_argument("--replace", action="store_true", help="lose the votes that are there")
    restore_.set_defaults(command=votes.restore)

    check = commands.add_parser("check", help="look for faults in the corpus")
    check.set_defaults(command=asking.check)

    measure = commands.add_parser("evaluate", help="measure retrieval on question sets")
    measure.add_argument("files", nargs="+", type=Path, metavar="FILE", help="in SQuAD's format")
    measure.add_argument("--typos", action="store_true", help="misspell every longer word once")
    measure.add_argument("--seed", type=int, default=0, help="of typos and samples (default: 0)")
    measure.add_argument("--json", action="store_true", help="figures for programs, as fractions")
    measure.set_defaults(command=asking.evaluate)
    return parser


def _port(text: str) -> int:
    if not text.isdigit() or not 0 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port: give a number from 0 to 65535")
    return int(text)
