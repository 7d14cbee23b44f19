"""Two aligned question sets -> the questions of the first, about the articles of the second.

    python -m tests.benchmarks.other_language QUESTIONS ARTICLES OUTPUT

Both are in SQuAD's format, the same articles and questions in two languages, in the same order, as
XQuAD's files are. Where the answer is in its paragraph is that of the second file. Questions of the
first file that are marked as impossible need not be in the second.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any


def combined(questions: Any, articles: Any) -> dict[str, Any]:
    """Return the set; ValueError if the two are not aligned."""
    data = []
    for asked, told in zip(questions["data"], articles["data"], strict=True):
        pairs = zip(asked["paragraphs"], told["paragraphs"], strict=True)
        paragraphs = [{"context": b["context"], "qas": _questions(a, b)} for a, b in pairs]
        data.append({"title": told.get("title", ""), "paragraphs": paragraphs})
    return {"version": articles.get("version", ""), "data": data}


def _questions(asked: Any, told: Any) -> list[dict[str, Any]]:
    impossible = [each for each in asked["qas"] if each.get("is_impossible")]
    possible, answers = (
        [each for each in side["qas"] if not each.get("is_impossible")] for side in (asked, told)
    )
    pairs = list(zip(possible, answers, strict=True))
    if any(a.get("id") != b.get("id") for a, b in pairs):
        raise ValueError("The questions have other ids.")
    return [b | {"question": a["question"]} for a, b in pairs] + impossible


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("questions", type=Path, help="a set whose questions are asked")
    parser.add_argument("articles", type=Path, help="the set whose articles are asked")
    parser.add_argument("output", type=Path, help="the file to write")
    arguments = parser.parse_args()
    sets = [
        json.loads(file.read_text("utf-8")) for file in (arguments.questions, arguments.articles)
    ]
    try:
        found = combined(*sets)
    except ValueError as error:
        sys.exit(f"{arguments.questions} and {arguments.articles} are not aligned. {error}")
    arguments.output.write_text(json.dumps(found, ensure_ascii=False), "utf-8")


if __name__ == "__main__":
    main()
