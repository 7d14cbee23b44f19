"""Question sets in SQuAD's format, to measure retrieval with.

The format: https://rajpurkar.github.io/SQuAD-explorer/ (``data`` lists articles, their
``paragraphs`` with a ``context`` and ``qas``).
"""

import json
import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.corpus.article import Article
from bot.corpus.language_detection import guess_language
from bot.errors import QuestionSetError

LANGUAGE_SAMPLE = 20_000
"""Characters from which a file's language is guessed."""

_LONG_WORD = re.compile(r"[^\W\d_]{5,}")


@dataclass(frozen=True)
class Question:
    """A question of a set.

    Attributes:
        text: As asked.
        paragraph: Number of the paragraph that holds the answer, from 1.
        start: Where the first answer begins in that paragraph, in characters.
    """

    text: str
    paragraph: int
    start: int


@dataclass(frozen=True)
class QuestionSet:
    """A file of questions.

    Attributes:
        file: Its name.
        articles: Its articles, each with the questions that it answers.
        impossible: Article id -> the questions about the article that it does not answer.
    """

    file: str
    articles: tuple[tuple[Article, tuple[Question, ...]], ...]
    impossible: Mapping[str, Sequence[str]]

    @property
    def alphabet(self) -> list[str]:
        """The lower-case letters of the questions, sorted."""
        used = {char for _, own in self.articles for q in own for char in q.text.lower()}
        return sorted(char for char in used if char.isalpha())


def read_set(file: Path) -> QuestionSet:
    """Return the question set of a file.

    Raises:
        QuestionSetError: The file cannot be read, has another format or holds no question.
    """
    try:
        data = json.loads(file.read_text(encoding="utf-8"))["data"]
        contexts = [p["context"] for article in data for p in article["paragraphs"]]
        language = guess_language(" ".join(contexts)[:LANGUAGE_SAMPLE])
        pairs = [(_article(n, raw, language), raw) for n, raw in enumerate(data)]
        articles = tuple((article, _questions(raw)) for article, raw in pairs)
        impossible = {article.id: _impossible(raw) for article, raw in pairs}
    except OSError as error:
        raise QuestionSetError(f"{file} cannot be read ({error.strerror}).") from None
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError):
        raise QuestionSetError(f"{file} is not a question set in SQuAD's format (JSON).") from None
    if not any(questions for _, questions in articles):
        raise QuestionSetError(f"{file} holds no question with an answer.")
    return QuestionSet(str(file), tuple(pair for pair in articles if pair[1]), impossible)


def _article(number: int, raw: Mapping[str, Any], language: str) -> Article:
    title = str(raw.get("title", "")).replace("_", " ")
    paragraphs = tuple(paragraph["context"] for paragraph in raw["paragraphs"])
    return Article(f"article-{number}", title, "", language, (), paragraphs)


def _questions(raw: Mapping[str, Any]) -> tuple[Question, ...]:
    return tuple(
        Question(str(qa["question"]), number, int(qa["answers"][0]["answer_start"]))
        for number, paragraph in enumerate(raw["paragraphs"], 1)
        for qa in paragraph["qas"]
        if not qa.get("is_impossible") and qa["answers"]
    )


def _impossible(raw: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(
        str(qa["question"])
        for paragraph in raw["paragraphs"]
        for qa in paragraph["qas"]
        if qa.get("is_impossible")
    )


def misspelled(text: str, alphabet: Sequence[str], rng: random.Random) -> str:
    """Return the text with one typing error in every word of five or more letters.

    An inner letter is dropped, swapped with the next inner one, replaced by another of the
    alphabet, or doubled, each with the same probability.
    """

    def slip(match: re.Match[str]) -> str:
        word = match[0]
        at = rng.randrange(1, len(word) - 1)
        kind = rng.randrange(4)
        if kind == 0:
            return word[:at] + word[at + 1 :]
        if kind == 1:
            at = min(at, len(word) - 3)
            return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        if kind == 2:
            others = [letter for letter in alphabet if letter != word[at]]
            return word[:at] + (rng.choice(others) if others else word[at]) + word[at + 1 :]
        return word[: at + 1] + word[at:]

    return _LONG_WORD.sub(slip, text)
