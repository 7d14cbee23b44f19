"""Articles in several languages, asked in each: which one is found, and what is claimed.

    python -m tests.benchmarks.several_languages FILE... [--articles 7] [--step 3]

The files are question sets in SQuAD's format, the same articles and questions in another language
each, in the same order, as XQuAD's are. Of the first article the version of the first file is
taken, of the second that of the second file, and so on; with ``--articles``, each so many are a
corpus of their own, which is asked the questions about the next corpus too. It needs the extra
``semantic``. Prints a table in Markdown.
"""

import argparse
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from bot.corpus.article import Article
from bot.retrieval.answer import Verdict
from bot.retrieval.encoder import Encoder, open_encoder
from bot.retrieval.index import Index
from bot.retrieval.query import parse_query
from bot.retrieval.question_sets import Question, QuestionSet, read_set

KINDS = (
    "in the article's language",
    "in another one of the corpus",
    "about no article of the corpus",
)
HEADINGS = ("question", "asked", "article found", "passage found", "claimed", "claimed wrongly")

Asked = tuple[str, Article | None, Question]
"""The kind of a question, the article that it is about if it is there, and the question."""


def corpora(count: int, size: int) -> list[range]:
    """Return the numbers of the articles of each corpus."""
    return [range(first, min(count, first + size)) for first in range(0, count, size)]


def questions(
    sets: Sequence[QuestionSet], own: range, others: range | None, step: int
) -> Iterator[Asked]:
    """Yield the questions to a corpus, in all languages, every ``step``-th one."""
    for number, asked in enumerate(sets):
        for at in own:
            language = at % len(sets)
            for question in asked.articles[at][1][::step]:
                yield KINDS[number != language], sets[language].articles[at][0], question
        for at in others or ():
            for question in asked.articles[at][1][::step]:
                yield KINDS[2], None, question


def figures(
    sets: Sequence[QuestionSet], size: int, step: int, encoder: Encoder
) -> dict[str, list[int]]:
    """Return by kind of question how often it was asked, and the columns after that."""
    tally: dict[str, list[int]] = defaultdict(lambda: [0] * 5)
    groups = corpora(len(sets[0].articles), size)
    for number, own in enumerate(groups):
        articles = [sets[at % len(sets)].articles[at][0] for at in own]
        index = Index(articles, {}, encoder=encoder)
        others = groups[(number + 1) % len(groups)] if len(groups) > 1 else None
        for kind, right, question in questions(sets, own, others, step):
            answer = index.answer(parse_query(question.text))
            is_right = answer is not None and answer.article is right
            is_claimed = answer is not None and answer.verdict is Verdict.ANSWERED
            place = answer.best.passage.position if answer is not None else 0
            is_passage = is_right and place == question.paragraph
            row = (True, is_right, is_passage, is_claimed, is_claimed and not is_right)
            tally[kind] = [sum(pair) for pair in zip(tally[kind], row, strict=True)]
    return tally


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--articles", type=int, help="articles of a corpus (all in one)")
    parser.add_argument("--step", type=int, default=1, help="ask every so many questions (1)")
    given = parser.parse_args()
    sets = [read_set(file) for file in given.files]
    size = given.articles or len(sets[0].articles)
    found = figures(sets, size, given.step, open_encoder())
    print("|", " | ".join(HEADINGS), "|")
    print("|" + "---|" * len(HEADINGS))
    for kind in filter(found.__contains__, KINDS):
        asked, *counts = found[kind]
        shares = " | ".join(f"{count / asked:.1%}" for count in counts)
        print(f"| {kind} | {asked:,} | {shares} |")


if __name__ == "__main__":
    main()
