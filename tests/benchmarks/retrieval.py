"""Our retrieval beside others', on question sets in SQuAD's format, in one run.

    python -m tests.benchmarks.retrieval FILE... [--tables systems curve parts meaning]

Prints Markdown: top-1 of every system on every file, clean and misspelled, and milliseconds a
question (systems); the curve of answered against falsely answered (curve); what each part of ours
adds (parts), and each part of comparing by meaning (meaning). The others come with the ``bench``
extra, and ours by meaning with ``semantic``. Each article is an index of its own, for every system.
"""

import argparse
import random
import re
import sqlite3
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import bm25s
import numpy as np
import Stemmer
import tantivy
from rank_bm25 import BM25Okapi

from bot.corpus.aliases import read_aliases
from bot.corpus.article import Article
from bot.corpus.loader import DATA
from bot.retrieval.article_index import index_article
from bot.retrieval.encoder import open_encoder
from bot.retrieval.evaluation import evaluate
from bot.retrieval.params import DEFAULT_PARAMS
from bot.retrieval.query import parse_query
from bot.retrieval.question_sets import QuestionSet, misspelled, read_set
from bot.retrieval.semantic import Comparison
from tests.benchmarks.remembering import RememberingEncoder

ALIASES = read_aliases(DATA / "aliases.yaml")

Search = Callable[[str], int | None]
"""A question -> the number of the paragraph put first, from 1; None for no paragraph."""


def ours(article: Article) -> Search:
    index = index_article(article, ALIASES)

    def search(question: str) -> int | None:
        matches = index.rank(parse_query(question), 1)
        return matches[0].passage.position if matches else None

    return search


def semantic(article: Article) -> Search:
    """Ours with the extra ``semantic``."""
    index = index_article(article, ALIASES, comparison=comparison())

    def search(question: str) -> int | None:
        matches = index.rank(parse_query(question), 1)
        return matches[0].passage.position if matches else None

    return search


@lru_cache
def comparison() -> Comparison:
    return Comparison(open_encoder())


def rank_bm25_readme(article: Article) -> Search:
    """As its README shows it: BM25Okapi and split(" ")."""
    index = BM25Okapi([text.split(" ") for text in article.paragraphs])
    return lambda question: int(np.argmax(index.get_scores(question.split(" ")))) + 1


def bm25s_snowball(article: Article) -> Search:
    """With its English stop words and Snowball's stemmer, as its README recommends."""
    stemmer = Stemmer.Stemmer("english")
    index = bm25s.BM25()
    tokens = bm25s.tokenize(
        list(article.paragraphs), stopwords="en", stemmer=stemmer, show_progress=False
    )
    index.index(tokens, show_progress=False)

    def search(question: str) -> int | None:
        asked = bm25s.tokenize(question, stopwords="en", stemmer=stemmer, show_progress=False)
        found, _ = index.retrieve(asked, k=1, show_progress=False)
        return int(found[0][0]) + 1

    return search


def tantivy_stem(article: Article) -> Search:
    """With its English stemmer."""
    schema = tantivy.SchemaBuilder()
    schema.add_integer_field("number", stored=True)
    schema.add_text_field("text", tokenizer_name="en_stem")
    index = tantivy.Index(schema.build())
    writer = index.writer(heap_size=15_000_000, num_threads=1)
    for number, text in enumerate(article.paragraphs, 1):
        writer.add_document(tantivy.Document(number=number, text=text))
    writer.commit()
    index.reload()
    searcher = index.searcher()

    def search(question: str) -> int | None:
        # In small letters: AND, OR and NOT would be taken for operators.
        terms = " ".join(re.findall(r"\w+", question)).lower()
        try:
            hits = searcher.search(index.parse_query(terms, ["text"]), 1).hits
        except ValueError:  # nothing of the question is left for it to look for
            return None
        return int(searcher.doc(hits[0][1])["number"][0]) if hits else None

    return search


def sqlite_fts5(article: Article) -> Search:
    """With its porter tokenizer; the question's words joined by OR."""
    db = sqlite3.connect(":memory:")
    db.execute("CREATE VIRTUAL TABLE passages USING fts5(text, tokenize = 'porter unicode61')")
    db.executemany("INSERT INTO passages (text) VALUES (?)", [(t,) for t in article.paragraphs])

    def search(question: str) -> int | None:
        terms = " OR ".join(f'"{word}"' for word in re.findall(r"\w+", question))
        if not terms:
            return None
        row = db.execute(
            "SELECT rowid FROM passages WHERE passages MATCH ? ORDER BY rank LIMIT 1", (terms,)
        ).fetchone()
        return row[0] if row else None

    return search


SYSTEMS: dict[str, Callable[[Article], Search]] = {
    "rank_bm25, as its README shows it": rank_bm25_readme,
    "SQLite FTS5, porter": sqlite_fts5,
    "tantivy, en_stem": tantivy_stem,
    "bm25s, stop words and Snowball": bm25s_snowball,
    "article bot": ours,
    "article bot, semantic": semantic,
}


def measure(
    build: Callable[[Article], Search], questions: QuestionSet, typos: bool
) -> tuple[float, float]:
    """Return top-1, and the median of milliseconds a question."""
    chance = random.Random(0)
    alphabet = questions.alphabet
    right, times = [], []
    for article, own in questions.articles:
        search = build(article)
        for question in own:
            asked = misspelled(question.text, alphabet, chance) if typos else question.text
            started = time.perf_counter()
            found = search(asked)
            times.append(time.perf_counter() - started)
            right.append(found == question.paragraph)
    return sum(right) / len(right), statistics.median(times) * 1000


def systems_table(sets: Sequence[QuestionSet]) -> None:
    names = [Path(questions.file).stem for questions in sets]
    print("\nTop-1 (clean / a typo in every word of 5 letters or more), ms a question (median)\n")
    print("| |", " | ".join(names), "|")
    print("|---|" + "---|" * len(names))
    for name, build in SYSTEMS.items():
        cells = []
        for questions in sets:
            clean, median = measure(build, questions, typos=False)
            wrong, _ = measure(build, questions, typos=True)
            cells.append(f"{clean:.1%} / {wrong:.1%}, {median:.2f} ms")
        print(f"| {name} |", " | ".join(cells), "|", flush=True)


def ablation_table(sets: Sequence[QuestionSet]) -> None:
    """What each part adds: the figures without it."""
    print("\nWithout one part: top-1, marked sentence, AUROC; top-1 with typos\n")
    print("| |", " | ".join(Path(questions.file).stem for questions in sets), "|")
    print("|---|" + "---|" * len(sets))
    parts: dict[str, dict[str, Any]] = {
        "everything": {},
        "no correction": {"corrects_spelling": False},
        "no best sentence": {"sentence_weight": 0.0},
        "no answer type": {"answer_type_boost": 0.0},
        "numbers count once": {"number_weight": 1.0},
        "pronouns mean nothing": {"pronoun_weight": 0.0},
        "confidence without bigrams": {"bigram_weight": 0.0},
        "function words count in full": {"function_word_weight": 1.0},
        "function words dropped": {"function_word_weight": 1e-9},
        "no bigrams": {"query_bigram_weight": 1e-9},
        "3-grams": {"ngram_size": 3},
        "5-grams": {"ngram_size": 5},
    }
    for name, changed in parts.items():
        params = replace(DEFAULT_PARAMS, **changed)
        cells = []
        for questions in sets:
            clean = evaluate(questions, ALIASES, params=params)
            wrong = evaluate(questions, ALIASES, typos=True, params=params)
            cells.append(
                f"{clean.top1:.1%}, {clean.sentence_hit:.1%}, {clean.auroc or 0:.4f};"
                f" {wrong.top1:.1%}"
            )
        print(f"| {name} |", " | ".join(cells), "|", flush=True)


def meaning_table(sets: Sequence[QuestionSet]) -> None:
    """What each part of comparing by meaning adds: the figures without it."""
    print(
        "\nBy meaning, without one part: top-1, marked sentence; own / foreign questions answered\n"
    )
    print("| |", " | ".join(Path(questions.file).stem for questions in sets), "|")
    print("|---|" + "---|" * len(sets))
    alike = DEFAULT_PARAMS.semantic_weight
    parts: dict[str, dict[str, Any]] = {
        "everything": {},
        "no meaning in the order": {"semantic_weight": 0.0, "other_language_weight": 0.0},
        "no whole passage": {"passage_share": 0.0},
        "one weight in all languages": {"other_language_weight": alike},
        "three times the weight": {"semantic_weight": 3 * alike},
        "no meaning in the marked sentence": {"sentence_similarity_weight": 0.0},
        "no other words for what is asked": {"content_similarity": 99.0},
    }
    encoder = RememberingEncoder(open_encoder())
    for name, changed in parts.items():
        params = replace(DEFAULT_PARAMS, **changed)
        cells = []
        for questions in sets:
            found = evaluate(questions, ALIASES, params=params, encoder=encoder)
            cells.append(
                f"{found.top1:.1%}, {found.sentence_hit:.1%};"
                f" {found.answered_own:.1%} / {found.answered_foreign or 0:.1%}"
            )
        print(f"| {name} |", " | ".join(cells), "|", flush=True)


def confidence_curve(sets: Sequence[QuestionSet]) -> None:
    """Answered against falsely answered, at each threshold, and the one in use."""
    print("\nAnswered / falsely answered at a threshold of the confidence\n")
    thresholds = sorted(
        {0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, DEFAULT_PARAMS.answer_threshold}
    )
    print("| |", " | ".join(f"{t:.2f}" for t in thresholds), "|")
    print("|---|" + "---|" * len(thresholds))
    for questions in sets:
        own, foreign = confidences(questions)
        cells = [
            f"{sum(v >= t for v in own) / len(own):.1%} / "
            f"{sum(v >= t for v in foreign) / max(1, len(foreign)):.1%}"
            for t in thresholds
        ]
        print(f"| {Path(questions.file).stem} |", " | ".join(cells), "|", flush=True)
    print(f"\nIn use: {DEFAULT_PARAMS.answer_threshold}.")


def confidences(questions: QuestionSet) -> tuple[list[float], list[float]]:
    """Return the confidences of own questions, and of as many from other articles."""
    chance = random.Random(0)
    own: list[float] = []
    foreign: list[float] = []
    for article, asked in questions.articles:
        index = index_article(article, ALIASES)
        others = [q.text for other, qs in questions.articles if other is not article for q in qs]
        for question in asked:
            own += [match.confidence for match in index.rank(parse_query(question.text), 1)]
            if others:
                query = parse_query(chance.choice(others))
                foreign += [match.confidence for match in index.rank(query, 1)]
    return own, foreign


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--tables", nargs="+", choices=TABLES, default=list(TABLES))
    arguments = parser.parse_args()
    sets = [read_set(file) for file in arguments.files]
    print(f"Python {sys.version.split()[0]}")
    for name in arguments.tables:
        TABLES[name](sets)


TABLES: dict[str, Callable[[Sequence[QuestionSet]], None]] = {
    "systems": systems_table,
    "curve": confidence_curve,
    "parts": ablation_table,
    "meaning": meaning_table,
}


if __name__ == "__main__":
    main()
