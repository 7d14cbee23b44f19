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
from collections.abc import Sequence
from dataclasses import asdict, replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from bot.article import Article
from bot.config import Settings, read_settings
from bot.corpus import DATA, Corpus, find_corpus, load_corpus, read_aliases
from bot.errors import BotError, CorpusError, Fault, SettingsError
from bot.evaluate import Report, evaluate, read_set
from bot.logs import set_up_logging
from bot.passages import Answer, Match, Verdict
from bot.phrases import read_phrases
from bot.search import Index

if TYPE_CHECKING:
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
    sandbox.set_defaults(command=_sandbox)

    ask = commands.add_parser("ask", help="answer a question in the terminal")
    ask.add_argument("question", nargs="+", help="the question, with or without quotes")
    ask.add_argument("--json", action="store_true", help="answer for programs")
    ask.set_defaults(command=_ask)

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
    set_up_logging(settings.log_level, settings.bot_token, settings.voter_key)
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
    set_up_logging(settings.log_level, SANDBOX_TOKEN)
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
        asyncio.run(_serve_sandbox(own, corpus, arguments.port, not arguments.no_browser))
    return 0


async def _serve_sandbox(
    settings: Settings, corpus: Corpus, port: int | None, browser: bool
) -> None:
    from bot.app import run  # noqa: PLC0415

    stop = _stop_on_signals()
    server = await _start_server(port)

    def ready(_: str) -> None:
        print(f"The sandbox is ready: {server.url}\nCtrl-C stops it.", flush=True)
        if browser:
            _open_browser(server.url)

    try:
        await run(replace(settings, bot_api_url=server.url), corpus, stop, ready)
    finally:
        await server.stop()


async def _start_server(port: int | None) -> "SandboxServer":
    from bot.sandbox.server import SandboxServer  # noqa: PLC0415

    tries = [port] if port is not None else range(SANDBOX_PORT, SANDBOX_PORT + PORTS_TRIED)
    for number in tries:
        server = SandboxServer(SANDBOX_TOKEN, number)
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
        print(json.dumps(_as_json(question, found), ensure_ascii=False, indent=2))
    else:
        print(_as_text(found, corpus, bold=sys.stdout.isatty()))
    return 0


def _as_json(question: str, found: Answer | None) -> dict[str, object]:
    answer: dict[str, object] = {
        "question": question,
        "verdict": str(found.verdict if found else Verdict.NOT_IN_ARTICLE),
        **dict.fromkeys(("article", "passage", "sentence", "score")),
        "confidence": round(found.best.confidence, 3) if found else None,
    }
    if found is not None and found.verdict is not Verdict.NOT_IN_ARTICLE:
        passage, (start, end) = found.best.passage, found.best.sentence
        answer["article"] = {"id": found.article.id, "title": found.article.title}
        answer["passage"] = {"number": passage.number, "of": passage.of, "text": passage.text}
        answer["sentence"] = passage.text[start:end]
        answer["score"] = round(found.best.score, 3)
    return answer


def _as_text(found: Answer | None, corpus: Corpus, bold: bool) -> str:
    if found is None or found.verdict is Verdict.NOT_IN_ARTICLE:
        article = found.article if found else corpus.articles[0]
        asks = "".join(f"\n  {question}" for question in article.questions[:2])
        several = len(corpus.articles) > 1
        no = "No article here says that." if several else "The article does not say."
        about = "The nearest is about" if several else "It is about"
        return f"{no}\n\n{about}: {article.title}\nYou could ask:{asks}"
    if found.verdict is Verdict.UNSURE:
        closest = "\n\n".join(_passage(match, "", "") for match in found.matches)
        intro = "Not sure that the article answers this. The closest:"
        return f"{found.article.title}\n\n{intro}\n\n{closest}"
    marks = ("\033[1m", "\033[0m") if bold else ("**", "**")
    return f"{found.article.title}\n\n{_passage(found.best, *marks)}"


def _passage(match: Match, before: str, after: str) -> str:
    text, (start, end) = match.passage.text, match.sentence
    marked = text[:start] + before + text[start:end] + after + text[end:]
    return f"{marked}\n\nParagraph {match.passage.number} of {match.passage.of}"


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
        print(_as_table(reports))
    return 0


def _as_table(reports: Sequence[Report]) -> str:
    head = (
        "file articles questions top-1 top-3 MRR sentence given-passage AUROC answered-at-5%-false"
    )
    rows = [head.split()]
    for report in reports:
        shares = (
            report.top1,
            report.top3,
            report.mrr,
            report.sentence_hit,
            report.sentence_hit_given_passage,
            report.auroc,
            report.answered_at_5_percent_false,
        )
        shown = ["-" if share is None else f"{share:.1%}" for share in shares]
        shown[5] = "-" if report.auroc is None else f"{report.auroc:.4f}"
        rows.append([Path(report.file).name, str(report.articles), str(report.questions), *shown])
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if n else cell.ljust(width)
            for n, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    )


def _articles(corpus: Corpus) -> str:
    count = len(corpus.articles)
    return "1 article" if count == 1 else f"{count} articles"
