"""The dearest questions on a long article: milliseconds each, on one core.

    python -m tests.benchmarks.long_questions FILE...

FILE is a question set in SQuAD's format; 300 of the paragraphs of all files make one article.
"""

import argparse
import random
import statistics
import time
from pathlib import Path

from bot.corpus.aliases import read_aliases
from bot.corpus.article import Article
from bot.corpus.loader import DATA
from bot.retrieval.article_index import ArticleIndex
from bot.retrieval.query import parse_query
from bot.retrieval.question_sets import read_set

PARAGRAPHS = 300
LENGTH = 4_000
"""Characters of a question; Telegram's messages have 4,096 at most."""
RUNS = 9


def questions(paragraphs: tuple[str, ...]) -> dict[str, str]:
    """Return questions that are dear in different ways."""
    chance = random.Random(0)
    known = sorted({word for text in paragraphs for word in text.split() if word.isalpha()})
    long_ones = chance.sample([word for word in known if len(word) > 4], 600)
    return {
        "a usual one": "what did they build there in the end?",
        "its own text": " ".join(paragraphs),
        "misspelled words": " ".join(f"{word[:2]}q{word[2:]}" for word in long_ones),
        "a character that grows 18-fold": "\ufdfa" * LENGTH,
        "two-letter words": " ".join(f"{n:x}" for n in range(16, 256)) * 9,
        "Chinese": "".join(chr(0x4E00 + chance.randrange(3_000)) for _ in range(LENGTH)),
        "one long word": "abcdefghijklmnopqrstuvwxyz" * 200,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("files", nargs="+", type=Path)
    sets = map(read_set, parser.parse_args().files)
    found = [text for each in sets for article, _ in each.articles for text in article.paragraphs]
    paragraphs = tuple(found[:PARAGRAPHS])
    index = ArticleIndex(
        Article("long", "", "", "en", (), paragraphs), read_aliases(DATA / "aliases.yaml")
    )
    print(f"{len(paragraphs)} paragraphs; median and most of {RUNS} runs, in milliseconds")
    for name, text in questions(paragraphs).items():
        times = []
        for _ in range(RUNS):
            started = time.perf_counter()
            index.rank(parse_query(text[:LENGTH]))
            times.append((time.perf_counter() - started) * 1_000)
        print(f"{name}: {statistics.median(times):.1f}, {max(times):.1f}")


if __name__ == "__main__":
    main()
