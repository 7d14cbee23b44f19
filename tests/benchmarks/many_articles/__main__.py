"""Many articles: how fast an index is built, opened and searched, its memory, and what is found.

    python -m tests.benchmarks.many_articles FILE... [--articles 1 1000 10000 50000]

The articles are made of the paragraphs of question sets in SQuAD's format, six to an article; the
questions are the sets' own. Prints a table in Markdown, of the article bot and of other search
libraries, which come with the ``bench`` extra. Each is measured in processes of its own.
"""

import argparse
import json
import os
import platform
import sys
import tempfile
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from bot.corpus.article import Article
from bot.retrieval.question_sets import read_set
from tests.benchmarks.many_articles import made
from tests.benchmarks.many_articles.measured import QUESTIONS, ask, build
from tests.benchmarks.many_articles.systems import CORPUS, SYSTEMS, System, write_passages

ASKED = 500
HEADINGS = (
    *("articles", "system", "build", "ready", "memory"),
    *("a question, median", "95th", "article found"),
)
CAPTION = """
build: from the start of a process until the index is built and saved, for the first time.
ready: from the start of a process to its first answer, with everything built before.
memory: resident after all questions; pages of mapped files count.
article found: of the questions about one of the articles.
rank_bm25 (BM25+) and bm25s search the bot's tokens, tantivy words with its English stemmer; they
search passages, and do not know the titles. rank_bm25 keeps no index, so that it is built at every
start; with more than {most} articles it is not measured ("-"), nor is article-bot[semantic], whose
vectors of sentences that occur in several articles were made once.
Python {python}, {versions}.
{cores} cores: the article bot builds with as many processes, tantivy with as many threads, the
others with one."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--articles", nargs="+", type=int, default=[1, 1_000, 10_000, 50_000])
    names = [system.name for system in SYSTEMS]
    parser.add_argument("--systems", nargs="+", choices=names, default=names)
    given = parser.parse_args()
    sets = [read_set(file) for file in given.files]
    asked = made.questions(sets, ASKED + 1)
    print("|", " | ".join(HEADINGS), "|")
    print("|" + "---|" * len(HEADINGS))
    for count in given.articles:
        articles = made.make(made.sources(sets), count)
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            made.write_corpus(articles, folder / CORPUS)
            write_passages(articles, folder)
            (folder / QUESTIONS).write_text(json.dumps([question.text for question in asked]))
            for system in SYSTEMS:
                if system.name in given.systems:
                    cells = row(system, articles, folder, asked[1:])
                    print("|", " | ".join(cells), "|", flush=True)
    print(caption())


def row(
    system: System, articles: Sequence[Article], folder: Path, asked: Sequence[made.Asked]
) -> tuple[str, ...]:
    """Measure a system, and return its row of the table.

    Args:
        system: The system.
        articles: The articles.
        folder: Has the articles and the questions.
        asked: The questions that are counted.
    """
    count = len(articles)
    if system.most is not None and count > system.most:
        return (f"{count:,}", system.name, *"------")
    built = build(system, folder) if system.build else None
    measured = ask(system, folder)
    load = f"load of the machine in the last minute: {os.getloadavg()[0]:.1f}"
    print(f"{count:,} articles, {system.name}; {load}", file=sys.stderr)
    titles = {article.title for article in articles}
    right = [
        number is not None and articles[number].title == question.title
        for question, number in zip(asked, measured.found, strict=True)
        if question.title in titles
    ]
    return (
        *(f"{count:,}", system.name),
        *(f"{measured.ready if built is None else built:.1f} s", f"{measured.ready:.2f} s"),
        f"{measured.memory:,.0f} MB",
        *(f"{measured.median:.2f} ms", f"{measured.slow:.2f} ms"),
        f"{sum(right) / len(right):.1%}" if right else "-",
    )


def caption() -> str:
    """Return what the columns mean, and what was measured with what."""
    libraries = [system for system in SYSTEMS if not system.name.startswith("article-bot")]
    return CAPTION.format(
        most=f"{min(system.most for system in SYSTEMS if system.most):,}",
        python=platform.python_version(),
        versions=", ".join(f"{system.name} {version(system.name)}" for system in libraries),
        cores=os.cpu_count(),
    )


if __name__ == "__main__":
    main()
