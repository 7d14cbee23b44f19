"""``article-bot ask``: an answer in the terminal."""

import argparse
import logging
import sys

from bot.cli.corpus import build_index, read_corpus
from bot.cli.output import print_json
from bot.config import Settings
from bot.retrieval.intents import Intent
from bot.retrieval.query import parse_query
from bot.views.i18n import read_languages
from bot.views.terminal import answer_json, answer_text


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments to its parser."""
    parser.add_argument("question", nargs="+", help="the question, with or without quotes")
    parser.add_argument("--json", action="store_true", help="print the answer as JSON")


def run(settings: Settings, arguments: argparse.Namespace) -> int:
    """Answer a question in the terminal.

    The question is answered from the articles, without Telegram. Prints what the
    bot says in a private chat, with the answering sentence marked.

    Examples:
        article-bot ask "what did the US agree to?"
        article-bot ask --json "what did the US agree to?"
    """
    logging.basicConfig(level=logging.WARNING)
    # Bytes that are no text in the terminal's encoding would fail wherever they are encoded.
    question = " ".join(arguments.question).encode(errors="replace").decode()
    query = parse_query(question)
    corpus = read_corpus(settings)
    found = None
    if query.intent in (None, Intent.SUMMARY):
        found = build_index(settings, corpus).answer(query)
    if arguments.json:
        print_json(answer_json(question, query.intent, found))
    else:
        english = read_languages().english
        print(answer_text(query, found, corpus, english, bold=sys.stdout.isatty()))
    return 0
