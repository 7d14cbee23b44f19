"""Whether two versions of the code give the same answers, and where they differ.

    python -m tests.benchmarks.same_answers --against FOLDER FILE... [--distinct]

FOLDER is another checkout of the project, FILE a question set in SQuAD's format. Of the sets,
articles are made and questions chosen: most are answered by an article; some are misspelled, and
some are about articles that were left out. Prints how many answers differ in what, and each
difference. Made articles are shuffled copies of the same sources, so another copy may hold the same
passage; with --distinct the articles are cut from the sets, and no paragraph occurs twice.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

# Only what both checkouts have: this file is run for the other one, too.
import bot
from bot.corpus.aliases import read_aliases
from bot.corpus.article import Article
from bot.retrieval.index import Index
from bot.retrieval.query import parse_query

ROOT = Path(__file__).resolve().parents[2]
LEFT_OUT = 10
"""One of so many sources is left out of the articles, so that its questions are foreign."""
MISSPELLED = 5
"""One of so many questions is misspelled."""
SMALL = 1e-6
"""A difference of confidences that is none."""
PARTS = ("verdict", "article", "passages", "sentences", "confidences")


@dataclass(frozen=True)
class Given:
    """An answer of a version; empty if it gave none.

    Attributes:
        verdict: The verdict; "none" if there is no answer.
        article: The article's id.
        passages: The positions of all matches' passages, best first.
        sentences: Where each one's marked sentence begins and ends.
        confidences: The confidence of each.
    """

    verdict: str = "none"
    article: str = ""
    passages: Sequence[int] = ()
    sentences: Sequence[Sequence[int]] = ()
    confidences: Sequence[float] = ()


def give(file: Path) -> None:
    """Print the answers of this version to a file's questions about its articles, as JSON."""
    read = json.loads(file.read_text(encoding="utf-8"))
    articles = [_article(fields) for fields in read["articles"]]
    package = Path(bot.__file__).parent
    index = Index(articles, read_aliases(package / "data" / "aliases.yaml"))
    answers = [asdict(_given(index, question)) for question in read["questions"]]
    print(json.dumps({"package": str(package), "answers": answers}))


def _article(fields: Mapping[str, Any]) -> Article:
    texts = (fields[name] for name in ("id", "title", "standfirst", "language"))
    return Article(*texts, questions=(), paragraphs=tuple(fields["paragraphs"]))


def _given(index: Index, question: str) -> Given:
    answer = index.answer(parse_query(question))
    if answer is None:
        return Given()
    return Given(
        str(answer.verdict),
        answer.article.id,
        [match.passage.position for match in answer.matches],
        [list(match.sentence) for match in answer.matches],
        [match.confidence for match in answer.matches],
    )


def answers_of(checkout: Path, file: Path) -> list[Given]:
    """Return what a checkout of the project answers to a file's questions."""
    done = subprocess.run(
        # Without the folder of this file on the path, whose names are not meant there.
        [sys.executable, "-P", str(Path(__file__).resolve()), "--give", str(file)],
        cwd=checkout,
        env={**os.environ, "PYTHONPATH": str(checkout)},
        stdout=subprocess.PIPE,
        check=True,
    )
    read = json.loads(done.stdout)
    if Path(read["package"]).resolve() != checkout / "bot":
        sys.exit(f"{checkout} is no checkout of the project: {read['package']} was asked.")
    return [Given(**answer) for answer in read["answers"]]


def differing(one: Given, other: Given) -> list[str]:
    """Return in which PARTS two answers differ."""
    parts = [part for part in PARTS[:-1] if getattr(one, part) != getattr(other, part)]
    return parts + [PARTS[-1]] * (confidence_change(one, other) > SMALL)


def confidence_change(one: Given, other: Given) -> float:
    """Return the largest difference between two answers' confidences in the same passage."""
    if one.article != other.article:
        return 0.0
    confidences = dict(zip(other.passages, other.confidences, strict=True))
    pairs = zip(one.passages, one.confidences, strict=True)
    return max((abs(c - confidences[p]) for p, c in pairs if p in confidences), default=0.0)


def is_copy(one: Given, other: Given, articles: Mapping[str, Article]) -> bool:
    """Return whether two answers say the same with the same passage of another article's copy."""
    if not one.article or not other.article or one.article == other.article:
        return False
    same_title = articles[one.article].title == articles[other.article].title
    same_text = best_text(one, articles) == best_text(other, articles)
    return one.verdict == other.verdict and same_title and same_text


def best_text(given: Given, articles: Mapping[str, Article]) -> str:
    """Return the text of the passage that was put first."""
    return articles[given.article].passages[given.passages[0] - 1].text


def shown(given: Given, articles: Mapping[str, Article]) -> str:
    """Return an answer as a line."""
    if not given.article:
        return "no answer"
    start, end = given.sentences[0]
    confidences = " ".join(f"{confidence:.7f}" for confidence in given.confidences)
    return (
        f"{given.verdict}, {given.article} ({articles[given.article].title}), passages "
        f"{' '.join(map(str, given.passages))}, confidences {confidences}, "
        f"marked: {best_text(given, articles)[start:end]}"
    )


def report(
    questions: Sequence[str],
    ours: Iterable[Given],
    theirs: Iterable[Given],
    articles: Mapping[str, Article],
) -> None:
    """Print what differs."""
    found = [
        (question, one, other, parts, is_copy(one, other, articles))
        for question, one, other in zip(questions, ours, theirs, strict=True)
        if (parts := differing(one, other))
    ]
    copies = sum(each[-1] for each in found)
    print(
        f"{len(questions)} questions, {len(articles)} articles: {len(questions) - len(found)} "
        f"answers are the same, {copies} are the same by another copy, "
        f"{len(found) - copies} differ.\n"
    )
    counts = Counter(part for *_, parts, by_copy in found if not by_copy for part in parts)
    print("| differ in |", " | ".join(PARTS), "|")
    print("|---|" + "---|" * len(PARTS))
    print("| answers |", " | ".join(str(counts[part]) for part in PARTS), "|")
    largest = max((confidence_change(one, other) for _, one, other, *_ in found), default=0.0)
    print(f"\nThe largest difference of confidences in the same passage: {largest:.2g}")
    # What matters most comes first.
    found.sort(key=lambda each: (each[-1], PARTS.index(each[-2][0])))
    for question, one, other, parts, by_copy in found:
        print(f"\n{'The same by another copy' if by_copy else ', '.join(parts)}: {question}")
        print("  this: ", shown(one, articles))
        print("  other:", shown(other, articles))


def main() -> None:
    """Ask both versions, and print what differs."""
    # Not at the top: the other checkout may not have them.
    from bot.retrieval.question_sets import misspelled, read_set
    from tests.benchmarks.many_articles import made

    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--against", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--articles", type=int, default=1_000)
    parser.add_argument("--questions", type=int, default=1_000)
    parser.add_argument("--distinct", action="store_true")
    given = parser.parse_args()
    sets = [read_set(file) for file in given.files]
    kept = [source for n, source in enumerate(made.sources(sets)) if n % LEFT_OUT]
    articles = made.cut(kept) if given.distinct else made.make(kept, given.articles)
    rng = random.Random(0)
    alphabet = sorted({letter for each in sets for letter in each.alphabet})
    questions = [
        misspelled(asked.text, alphabet, rng) if number % MISSPELLED == 0 else asked.text
        for number, asked in enumerate(made.questions(sets, given.questions))
    ]
    with tempfile.TemporaryDirectory() as name:
        file = Path(name) / "asked.json"
        fields = ("id", "title", "standfirst", "language", "paragraphs")
        plain = [{field: getattr(article, field) for field in fields} for article in articles]
        file.write_text(json.dumps({"articles": plain, "questions": questions}), encoding="utf-8")
        ours, theirs = (answers_of(each, file) for each in (ROOT, given.against.resolve()))
    report(questions, ours, theirs, {article.id: article for article in articles})


if __name__ == "__main__":
    if sys.argv[1:2] == ["--give"]:
        give(Path(sys.argv[2]))
    else:
        main()
