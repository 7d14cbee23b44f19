"""Questions in another language in which a name is exchanged: how many are still claimed.

    python -m tests.benchmarks.exchanged_names FILE... [--step 3]

The files are those of tests.benchmarks.other_language. Of the questions with a name of one word
that their article does not write, each is asked as it is, and with such a name of a question about
another article in its place.
Both are asked with and without the rule that refuses names: the confidence alone refuses many. It
needs the extra ``semantic``. Prints a table in Markdown.
"""

import argparse
import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from bot.corpus.article import Article
from bot.retrieval.answer import Verdict
from bot.retrieval.encoder import Encoder, open_encoder
from bot.retrieval.index import Index
from bot.retrieval.names import written_names
from bot.retrieval.params import DEFAULT_PARAMS
from bot.retrieval.query import parse_query
from bot.retrieval.question_language import detected_language, is_other_script
from bot.retrieval.question_names import QuestionNames
from bot.retrieval.question_sets import QuestionSet, read_set

SEED = 1
ANY_NAME = replace(DEFAULT_PARAMS, other_language_names=float("inf"))
HEADINGS = ("file", "questions", "with the rule", "without it", "exchanged, with it", "without it")

Named = tuple[Article, str, str]
"""An article, a question about it, and a name in the question that the article does not write."""


def named_questions(questions: QuestionSet, step: int) -> Iterator[Named]:
    """Yield those of every ``step``-th question."""
    for article, own in questions.articles:
        texts = [passage.text for passage in article.passages]
        written = written_names(texts, article.language)
        for question in own[::step]:
            language, _ = detected_language(question.text)
            is_other = is_other_script(question.text, article)
            names = QuestionNames(question.text, language, is_other, written).unknown()
            folded = next(names, None)
            for word in question.text.split() if folded is not None else ():
                if word.lower().strip("?,.") == " ".join(folded or ()):
                    yield article, question.text, word.strip("?,.")
                    break


def exchanged(named: Sequence[Named]) -> Iterator[Named]:
    """Yield the questions with the name of one about another article."""
    chance = random.Random(SEED)
    for article, text, name in named:
        others = [other for its_article, _, other in named if its_article is not article]
        yield article, text.replace(name, chance.choice(others)), name


def claimed(named: Sequence[Named], indexes: dict[str, Index]) -> float:
    """Return the share of the questions that are claimed."""
    answers = (indexes[article.id].answer(parse_query(text)) for article, text, _ in named)
    return sum(a is not None and a.verdict is Verdict.ANSWERED for a in answers) / len(named)


def figures(questions: QuestionSet, step: int, encoder: Encoder) -> tuple[int, list[float]]:
    """Return how many questions there are, and the columns after that."""
    own = list(named_questions(questions, step))
    articles = [article for article, _ in questions.articles]
    shares = []
    indexes = [
        {each.id: Index([each], {}, params, encoder=encoder) for each in articles}
        for params in (DEFAULT_PARAMS, ANY_NAME)
    ]
    for named in (own, list(exchanged(own))):
        shares += [claimed(named, each) for each in indexes]
    return len(own), shares


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--step", type=int, default=1, help="take every so many questions (1)")
    given = parser.parse_args()
    encoder = open_encoder()
    print("|", " | ".join(HEADINGS), "|")
    print("|" + "---|" * len(HEADINGS))
    for file in given.files:
        count, shares = figures(read_set(file), given.step, encoder)
        print(f"| {file.stem} | {count} |", " | ".join(f"{each:.1%}" for each in shares), "|")


if __name__ == "__main__":
    main()
