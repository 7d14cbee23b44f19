"""A corpus of many articles: build time, memory, milliseconds a question, and what is found.

    python -m tests.benchmarks.many_articles [--articles 1000] FILE...

The articles are made of the question sets' paragraphs (SQuAD's format), six to an article and
shuffled within their own article, as often as it takes; the questions are the sets' own.
"""

import argparse
import random
import resource
import statistics
import time
from dataclasses import replace
from pathlib import Path

from bot.corpus.aliases import read_aliases
from bot.corpus.article import Article
from bot.corpus.loader import DATA
from bot.retrieval.evaluation import QuestionSet, read_set
from bot.retrieval.index import Index
from bot.retrieval.query import parse_query

PARAGRAPHS = 6


def make(sets: list[QuestionSet], count: int) -> list[Article]:
    """Return so many articles, the same ones for the same sets."""
    chance = random.Random(0)
    sources = [article for questions in sets for article, _ in questions.articles]
    made = []
    for number in range(count):
        source = sources[number % len(sources)]
        paragraphs = list(source.paragraphs)
        chance.shuffle(paragraphs)
        kept = tuple(paragraphs[:PARAGRAPHS])
        made.append(replace(source, id=f"made-{number}", standfirst=kept[0][:200], paragraphs=kept))
    return made


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--articles", type=int, default=1_000)
    arguments = parser.parse_args()
    sets = [read_set(file) for file in arguments.files]
    articles = make(sets, arguments.articles)
    started = time.perf_counter()
    index = Index(articles, read_aliases(DATA / "aliases.yaml"))
    built = time.perf_counter() - started
    asked = [
        (question.text, article.title)
        for questions in sets
        for article, own in questions.articles
        for question in own
    ]
    random.Random(1).shuffle(asked)
    times, right = [], []
    for text, title in asked[:500]:
        started = time.perf_counter()
        found = index.answer(parse_query(text))
        times.append((time.perf_counter() - started) * 1000)
        right.append(found is not None and found.article.title == title)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print("| articles | passages | built in | peak memory | a question, median | 95th | article |")
    print("|---|---|---|---|---|---|---|")
    print(
        f"| {len(articles)} | {sum(len(a.passages) for a in articles)} | {built:.1f} s "
        f"| {peak:.0f} MB | {statistics.median(times):.1f} ms "
        f"| {statistics.quantiles(times, n=20)[-1]:.1f} ms | {sum(right) / len(right):.1%} |"
    )


if __name__ == "__main__":
    main()
