"""``article-bot evaluate``: retrieval measured on question sets."""

import argparse
import json
import sys
from dataclasses import asdict, replace
from pathlib import Path

from bot.config import Settings
from bot.corpus.aliases import read_aliases
from bot.corpus.loader import DATA
from bot.retrieval.chosen_encoder import chosen_encoder
from bot.retrieval.encoder import Encoder
from bot.retrieval.evaluation import Report, evaluate
from bot.retrieval.question_sets import read_set
from bot.views.terminal import report_table


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments to its parser."""
    parser.add_argument(
        "files", nargs="+", type=Path, metavar="FILE", help="a question set in SQuAD's format"
    )
    parser.add_argument(
        "--typos", action="store_true", help="misspell every word of five or more letters once"
    )
    parser.add_argument(
        "--seed", type=int, default=0, help="random seed of typos and samples (default: 0)"
    )
    parser.add_argument(
        "--semantic",
        action="store_true",
        help="compare questions and sentences by their meaning too, as with SEMANTIC=yes",
    )
    parser.add_argument("--json", action="store_true", help="print JSON, with rates from 0 to 1")


def run(settings: Settings, arguments: argparse.Namespace) -> int:
    """Measure retrieval on question sets.

    The sets are in SQuAD's JSON format. Measures how often the right passage and
    sentence are found, and how well answerable questions are told from others.

    Examples:
        article-bot evaluate xquad.en.json
        article-bot evaluate --typos --seed 7 --json xquad.en.json xquad.de.json
    """
    is_semantic = settings.semantic or arguments.semantic
    encoder = chosen_encoder(replace(settings, semantic=is_semantic))
    typos, seed = arguments.typos, arguments.seed
    reports = [_report(file, typos, seed, encoder) for file in arguments.files]
    if arguments.json:
        print(json.dumps([asdict(report) for report in reports], indent=2))
    else:
        print(report_table(reports))
    return 0


def _report(file: Path, typos: bool, seed: int, encoder: Encoder | None) -> Report:
    """Measure on one file, with the progress shown if standard error is a terminal."""

    def progress(share: float) -> None:
        if sys.stderr.isatty():
            end = "\n" if share == 1 else ""
            print(f"\r{file.name}: {share:4.0%}", end=end, file=sys.stderr, flush=True)

    aliases = read_aliases(DATA / "aliases.yaml")
    return evaluate(read_set(file), aliases, typos, seed, progress=progress, encoder=encoder)
