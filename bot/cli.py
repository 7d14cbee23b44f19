"""The commands; the only place that prints and exits."""

import argparse
import asyncio
import contextlib
import json
import logging
import signal
import sys
import tempfile
import webbrowser
from collections.abc import Mapping
from dataclasses import asdict, replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from bot.article import Article
from bot.config import Settings, read_settings
from bot.corpus import DATA, Corpus, find_corpus, load_corpus, read_aliases
from bot.errors import BotError, CorpusError, Fault, SettingsError
from bot.evaluate import evaluate, read_set
from bot.logs import set_up_logging
from bot.passages import Answer, Verdict
from bot.phrases import read_phrases
from bot.search import Index
from bot.store.backup import back_up, restore
from bot.terminal import answer_json, answer_text, report_table, stats_json, stats_table

if TYPE_CHECKING:
    from bot.sandbox.scene import Scene
    from bot.sandbox.server import SandboxServer

SANDBOX_TOKEN = "1000000:test-token-of-the-sandbox"
SANDBOX_PORT = 8090
PORTS_TRIED = 20


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
    run_.set_defaults(command=_run)

    sandbox = commands.add_parser("sandbox", help="try the bot on this machine, without Telegram")
    sandbox.add_argument(
        "--port",
        type=_port,
        help=f"the page's port (default: {SANDBOX_PORT}, or the next that is free)",
    )
    sandbox.add_argument("--no-browser", action="store_true", help="open no browser")
    what = sandbox.add_mutually_exclusive_group()
    what.add_argument("--demo", action="store_true", help="begin with a short scene to watch")
    what.add_argument(
        "--api-only", action="store_true", help="no bot: a Bot API server to test your own with"
    )
    sandbox.set_defaults(command=_sandbox)

    ask = commands.add_parser("ask", help="answer a question in the terminal")
    ask.add_argument("question", nargs="+", help="the question, with or without quotes")
    ask.add_argument("--json", action="store_true", help="answer for programs")
    ask.set_defaults(command=_ask)

    link = commands.add_parser("link", help="print the links that open the bot on an article")
    link.add_argument("article", help="the article's id")
    link.set_defaults(command=_link)

    publish_ = commands.add_parser("publish", help="post an article in a channel, or edit its post")
    publish_.add_argument("article", help="the article's id")
    publish_.add_argument("--to", required=True, metavar="CHANNEL", help="as @channel, or its id")
    publish_.add_argument("--again", action="store_true", help="post anew instead of editing")
    publish_.set_defaults(command=_publish)

    stats = commands.add_parser("stats", help="count the votes of each article")
    stats.add_argument("--json", action="store_true", help="counts for programs")
    stats.set_defaults(command=_stats)

    backup = commands.add_parser("backup", help="copy the SQLite database, also while the bot runs")
    backup.add_argument("file", type=Path, metavar="FILE", help="the copy, which is not there yet")
    backup.set_defaults(command=_backup)

    restore_ = commands.add_parser("restore", help="put a backup in the place of the database")
    restore_.add_argument("file", type=Path, metavar="FILE", help="the backup")
    restore_.add_argument("--replace", action="store_true", help="lose the votes that are there")
    restore_.set_defaults(command=_restore)

    check = commands.add_parser("check", help="look for faults in the corpus")
    check.set_defaults(command=_check)

    measure = commands.add_parser("evaluate", help="measure retrieval on question sets")
    measure.add_argument("files", nargs="+", type=Path, metavar="FILE", help="in SQuAD's format")
    measure.add_argument("--typos", action="store_true", help="misspell every longer word once")
    measure.add_argument("--seed", type=int, default=0, help="of typos and samples (default: 0)")
    measure.add_argument("--json", action="store_true", help="figures for programs, as fractions")
    measure.set_defaults(command=_evaluate)
    return parser


def _port(text: str) -> int:
    if not text.isdigit() or not 0 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port: give a number from 0 to 65535")
    return int(text)


def _run(settings: Settings, _: argparse.Namespace) -> int:
    if settings.bot_token is None:
        raise SettingsError(
            "BOT_TOKEN is not set: get a token from @BotFather and put it into .env, "
            "or try the bot without one: article-bot sandbox."
        )
    set_up_logging(settings.log_level, settings.secrets)
    corpus = load_corpus(find_corpus(settings.corpus_dir))
    asyncio.run(_until_interrupted(settings, corpus))
    return 0


# Telegram's client and the web server are imported where they are needed: a question in the
# terminal is answered in half the time without them.


async def _until_interrupted(settings: Settings, corpus: Corpus) -> None:
    from bot.app import run  # noqa: PLC0415

    stop = _stop_on_signals()

    def ready(username: str) -> None:
        print(f"@{username} answers questions about {_articles(corpus)}. Ctrl-C stops.", flush=True)

    await run(settings, corpus, stop, ready)


def _stop_on_signals() -> asyncio.Event:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(number, stop.set)
        except NotImplementedError:  # Windows
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop.set))
    return stop


def _sandbox(settings: Settings, arguments: argparse.Namespace) -> int:
    set_up_logging(settings.log_level, replace(settings, bot_token=SANDBOX_TOKEN).secrets)
    if arguments.api_only:
        asyncio.run(_serve_api(arguments.port))
        return 0
    corpus = load_corpus(find_corpus(settings.corpus_dir))
    with tempfile.TemporaryDirectory(prefix="article-bot-") as folder:
        # Taps of the sandbox never reach the votes of readers, whatever the settings say.
        own = replace(
            settings,
            bot_token=SANDBOX_TOKEN,
            telegram_test_environment=False,
            database_url=f"sqlite:///{Path(folder) / 'votes.db'}",
            voter_key=None,
        )
        asyncio.run(_serve_sandbox(own, corpus, arguments))
    return 0


async def _serve_sandbox(settings: Settings, corpus: Corpus, arguments: argparse.Namespace) -> None:
    from bot.sandbox.running import run_sandbox  # noqa: PLC0415
    from bot.sandbox.scene import Scene  # noqa: PLC0415

    stop = _stop_on_signals()
    server = await _start_server(
        arguments.port, Scene(corpus.articles[0].id, settings.database_url)
    )
    url = server.url + ("/?demo" if arguments.demo else "")

    def ready() -> None:
        print(f"The sandbox is ready: {url}\nCtrl-C stops it.", flush=True)
        if not arguments.no_browser:
            _open_browser(url)

    try:
        await run_sandbox(settings, corpus, server, stop, ready)
    finally:
        await server.stop()


async def _serve_api(port: int | None) -> None:
    stop = _stop_on_signals()
    server = await _start_server(port)
    print(
        f"The Bot API is at {server.url}/bot<token>/<method>, with the token {SANDBOX_TOKEN}\n"
        f"The page of its readers: {server.url}\nCtrl-C stops it.",
        flush=True,
    )
    await stop.wait()
    await server.stop()


async def _start_server(port: int | None, scene: "Scene | None" = None) -> "SandboxServer":
    from bot.sandbox.server import SandboxServer  # noqa: PLC0415

    tries = [port] if port is not None else range(SANDBOX_PORT, SANDBOX_PORT + PORTS_TRIED)
    for number in tries:
        server = SandboxServer(SANDBOX_TOKEN, number, scene)
        try:
            await server.start()
        except OSError:
            continue
        return server
    what = f"Port {port} is" if port is not None else f"Ports {tries[0]} to {tries[-1]} are"
    raise SettingsError(f"{what} taken or not allowed: choose another with --port, or --port 0.")


def _open_browser(url: str) -> None:
    # Only a desktop's browser: one that runs in the terminal would take the terminal over.
    with contextlib.suppress(webbrowser.Error):
        found = webbrowser.get()
        if not isinstance(found, webbrowser.GenericBrowser) or isinstance(
            found, webbrowser.BackgroundBrowser
        ):
            found.open(url)


def _ask(settings: Settings, arguments: argparse.Namespace) -> int:
    logging.basicConfig(level=logging.WARNING)
    question = " ".join(arguments.question)
    corpus = load_corpus(find_corpus(settings.corpus_dir))
    found = Index(corpus.articles, corpus.aliases, read_phrases()).answer(question)
    if arguments.json:
        print(json.dumps(answer_json(question, found), ensure_ascii=False, indent=2))
    else:
        print(answer_text(found, corpus, bold=sys.stdout.isatty()))
    return 0


def _check(settings: Settings, _: argparse.Namespace) -> int:
    folder = find_corpus(settings.corpus_dir)
    try:
        corpus = load_corpus(folder)
    except CorpusError as error:
        print(error)
        return 1
    index = Index(corpus.articles, corpus.aliases, read_phrases())
    faults = [
        Fault(
            located.file,
            line,
            f"The sample question {question!r} brings no answer.",
            "Ask in words that stand in the article, or add aliases.",
        )
        for located in corpus.located
        for question, line in zip(located.article.questions, located.question_lines, strict=True)
        if not _is_answered(index.answer(question), located.article)
    ]
    for fault in faults:
        print(fault)
    if not faults:
        print(f"{folder}: {_articles(corpus)}, no faults.")
    return 1 if faults else 0


def _is_answered(found: Answer | None, article: Article) -> bool:
    return (
        found is not None and found.verdict is Verdict.ANSWERED and found.article.id == article.id
    )


def _link(settings: Settings, arguments: argparse.Namespace) -> int:
    from bot.publish import links  # noqa: PLC0415

    set_up_logging(settings.log_level, settings.secrets)
    corpus = load_corpus(find_corpus(settings.corpus_dir))
    chat, group = asyncio.run(links(settings, corpus, arguments.article))
    print(f"In the chat with the bot:  {chat}\nIn a group, which it joins: {group}")
    return 0


def _publish(settings: Settings, arguments: argparse.Namespace) -> int:
    from bot.publish import publish  # noqa: PLC0415

    set_up_logging(settings.log_level, settings.secrets)
    corpus = load_corpus(find_corpus(settings.corpus_dir))
    published = publish(settings, corpus, arguments.article, arguments.to, arguments.again)
    print(asyncio.run(published))
    return 0


def _stats(settings: Settings, arguments: argparse.Namespace) -> int:
    set_up_logging(settings.log_level, settings.secrets)
    corpus = load_corpus(find_corpus(settings.corpus_dir))
    totals = asyncio.run(_totals(settings))
    if arguments.json:
        print(json.dumps(stats_json(totals, corpus), ensure_ascii=False, indent=2))
    else:
        print(stats_table(totals, corpus))
    return 0


async def _totals(settings: Settings) -> Mapping[str, Mapping[str, int]]:
    from bot.app import open_database  # noqa: PLC0415

    if settings.sqlite_file is not None and not settings.sqlite_file.is_file():
        # Nobody has voted, and a command that only looks makes no database.
        return {}
    async with open_database(settings) as (database, _):
        return await database.totals()


def _backup(settings: Settings, arguments: argparse.Namespace) -> int:
    if settings.sqlite_file is None:
        raise SettingsError(
            "article-bot backup copies SQLite only: for PostgreSQL use pg_dump, "
            "and keep VOTER_KEY with the copy."
        )
    made = back_up(settings.sqlite_file, arguments.file, with_key=settings.voter_key is None)
    print(f"Copied to {' and '.join(map(str, made))}.")
    if settings.voter_key is not None:
        print("Keep VOTER_KEY with it: without, its votes are of no use.")
    return 0


def _restore(settings: Settings, arguments: argparse.Namespace) -> int:
    if settings.sqlite_file is None:
        raise SettingsError(
            "article-bot restore is for SQLite only: for PostgreSQL use pg_restore or psql."
        )
    file = settings.sqlite_file
    votes = restore(arguments.file, file, settings.voter_key, arguments.replace)
    print(f"{file} holds the {votes} votes of {arguments.file}.")
    return 0


def _evaluate(_: Settings, arguments: argparse.Namespace) -> int:
    aliases = read_aliases(DATA / "aliases.yaml")
    reports = []
    for file in arguments.files:

        def progress(share: float, name: str = file.name) -> None:
            if sys.stderr.isatty():
                end = "\n" if share == 1 else ""
                print(f"\r{name}: {share:4.0%}", end=end, file=sys.stderr, flush=True)

        questions = read_set(file)
        reports.append(
            evaluate(questions, aliases, arguments.typos, arguments.seed, progress=progress)
        )
    if arguments.json:
        print(json.dumps([asdict(report) for report in reports], indent=2))
    else:
        print(report_table(reports))
    return 0


def _articles(corpus: Corpus) -> str:
    count = len(corpus.articles)
    return "1 article" if count == 1 else f"{count} articles"
