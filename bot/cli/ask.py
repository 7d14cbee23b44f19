"""The commands that search articles: answer, check, measure."""

import argparse
import json
import logging
import sys
from dataclasses import asdict

from bot.config import Settings
from bot.corpus.article import Article
from bot.corpus.aliases import read_aliases
from bot.corpus.loader import DATA, find_corpus, load_corpus
from bot.errors import CorpusError, Fault
from bot.retrieval.answer import Answer, Verdict
from bot.retrieval.evaluation import evaluate as measure
from bot.retrieval.evaluation import read_set
from bot.retrieval.index import Index
from bot.retrieval.query import read_query_parser
from bot.views.terminal import answer_json, answer_text, count_of_articles, report_table


def ask(settings: Settings, arguments: argparse.Namespace) -> int:
    """Answer a question in the terminal."""
    logging.basicConfig(level=logging.WARNING)
    question = " ".join(arguments.question)
    corpus = load_corpus(find_corpus(settings.corpus_dir))
    query = read_query_parser().parse(question)
    found = Index(corpus.articles, corpus.aliases).answer(query)
    if arguments.json:
        print(json.dumps(answer_json(question, found), ensure_ascii=False, indent=2))
    else:
        print(answer_text(found, corpus, bold=sys.stdout.isatty()))
    return 0


def check(settings: Settings, _: argparse.Namespace) -> int:
    """Look for faults in the corpus."""
    folder = find_corpus(settings.corpus_dir)
    try:
        corpus = load_corpus(folder)
    except CorpusError as error:
        print(error)
        return 1
    index, parser = Index(corpus.articles, corpus.aliases), read_query_parser()
    faults = [
        Fault(
            located.file,
            line,
            f"The sample question {question!r} brings no answer.",
            "Ask in words that stand in the article, or add aliases.",
        )
        for located in corpus.located
        for question, line in zip(located.article.questions, located.question_lines, strict=True)
        if not _is_answered(index.answer(parser.parse(question)), located.article)
    ]
    for fault in faults:
        print(fault)
    if not faults:
        print(f"{folder}: {count_of_articles(corpus)}, no faults.")
    return 1 if faults else 0


def evaluate(_: Settings, arguments: argparse.Namespace) -> int:
    """Measure retrieval on question sets."""
    aliases = read_aliases(DATA / "aliases.yaml")
    reports = []
    for file in arguments.files:

        def progress(share: float, name: str = file.name) -> None:
            if sys.stderr.isatty():
                end = "\n" if share == 1 else ""
                print(f"\r{name}: {share:4.0%}", end=end, file=sys.stderr, flush=True)

        questions = read_set(file)
        reports.append(
            measure(questions, aliases, arguments.typos, arguments.seed, progress=progress)
        )
    if arguments.json:
        print(json.dumps([asdict(report) for report in reports], indent=2))
    else:
        print(report_table(reports))
    return 0


def _is_answered(found: Answer | None, article: Article) -> bool:
    return (
        found is not None and found.verdict is Verdict.ANSWERED and found.article.id == article.id
    )
