"""Measures retrieval on question sets in SQuAD's format, with the code that answers readers.

The format: https://rajpurkar.github.io/SQuAD-explorer/ (``data`` lists articles, their
``paragraphs`` with a ``context`` and ``qas``). Each article is searched for its own questions, as
readers do, and for foreign ones (questions of the file's other articles) to measure the
confidence.
"""

import json
import random
import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.corpus.article import Article
from bot.errors import QuestionSetError
from bot.retrieval.analysis import guess_language
from bot.retrieval.answer import Match
from bot.retrieval.article_index import ArticleIndex
from bot.retrieval.params import DEFAULT_PARAMS, RetrievalParams
from bot.retrieval.query import Query, parse_query

FALSE_ANSWERS = 0.05
"""The share of foreign questions that may be answered."""
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
        articles: Its articles, each with its questions; questions without an answer are left out.
    """

    file: str
    articles: tuple[tuple[Article, tuple[Question, ...]], ...]

    @property
    def alphabet(self) -> list[str]:
        """The lower-case letters of the questions, sorted."""
        used = {char for _, own in self.articles for q in own for char in q.text.lower()}
        return sorted(char for char in used if char.isalpha())


@dataclass(frozen=True)
class Report:
    """The figures of a file; all but the first three are fractions, 0 to 1.

    Attributes:
        file: Its name.
        articles: How many articles it has.
        questions: How many questions it has.
        top1: The right paragraph is first.
        top3: The right paragraph is among the first three.
        mrr: Mean reciprocal rank of the right paragraph.
        sentence_hit: The right paragraph is first and its marked sentence holds the answer's start.
        sentence_hit_given_passage: The right paragraph's marked sentence holds the answer's start,
            wherever the paragraph ranked.
        auroc: Chance that an article's own question has a higher confidence than a foreign one,
            ties counting half. None if the file has one article only.
        answered_at_5_percent_false: Share of own questions above the confidence that 5 % of the
            foreign ones exceed. None if the file has one article only.
    """

    file: str
    articles: int
    questions: int
    top1: float
    top3: float
    mrr: float
    sentence_hit: float
    sentence_hit_given_passage: float
    auroc: float | None
    answered_at_5_percent_false: float | None


def read_set(file: Path) -> QuestionSet:
    """Return the question set of a file.

    Raises:
        QuestionSetError: The file cannot be read, has another format or holds no question.
    """
    try:
        data = json.loads(file.read_text(encoding="utf-8"))["data"]
        contexts = [p["context"] for article in data for p in article["paragraphs"]]
        language = guess_language(" ".join(contexts)[:LANGUAGE_SAMPLE])
        articles = tuple(
            (_article(number, raw, language), _questions(raw)) for number, raw in enumerate(data)
        )
    except OSError as error:
        raise QuestionSetError(f"{file} cannot be read ({error.strerror}).") from None
    except (ValueError, KeyError, TypeError, IndexError, AttributeError):
        raise QuestionSetError(f"{file} is not a question set in SQuAD's format (JSON).") from None
    if not any(questions for _, questions in articles):
        raise QuestionSetError(f"{file} holds no question with an answer.")
    return QuestionSet(str(file), tuple(pair for pair in articles if pair[1]))


def _article(number: int, raw: Mapping[str, Any], language: str) -> Article:
    title = str(raw.get("title", "")).replace("_", " ")
    paragraphs = tuple(paragraph["context"] for paragraph in raw["paragraphs"])
    return Article(f"article-{number}", title, "", language, (), paragraphs)


def _questions(raw: Mapping[str, Any]) -> tuple[Question, ...]:
    return tuple(
        Question(qa["question"], number, qa["answers"][0]["answer_start"])
        for number, paragraph in enumerate(raw["paragraphs"], 1)
        for qa in paragraph["qas"]
        if not qa.get("is_impossible") and qa["answers"]
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


def evaluate(
    questions: QuestionSet,
    aliases: Mapping[str, Sequence[str]],
    typos: bool = False,
    seed: int = 0,
    params: RetrievalParams = DEFAULT_PARAMS,
    progress: Callable[[float], None] = lambda _: None,
) -> Report:
    """Return the figures of a question set.

    Args:
        questions: The set.
        aliases: Name -> other names of the same thing.
        typos: Whether to misspell every question.
        seed: Of the misspellings and of the choice of foreign questions.
        params: Thresholds and weights.
        progress: Called with the share that is done, 0 to 1.
    """
    rng = random.Random(seed)
    alphabet = questions.alphabet

    def query(text: str) -> Query:
        return parse_query(misspelled(text, alphabet, rng) if typos else text)

    tally = _Tally()
    for done, (article, own) in enumerate(questions.articles):
        index = ArticleIndex(article, aliases, params)
        others = [q.text for other, qs in questions.articles if other is not article for q in qs]
        for question in own:
            tally.own(index.rank(query(question.text)), question)
            if others:
                tally.foreign(index.rank(query(rng.choice(others))))
        progress((done + 1) / len(questions.articles))
    return tally.report(questions)


class _Tally:
    """Collects the ranks and confidences of all questions."""

    def __init__(self) -> None:
        self.ranks: list[int | None] = []
        self.hits: list[bool] = []
        self.own_confidences: list[float] = []
        self.foreign_confidences: list[float] = []

    def own(self, matches: Sequence[Match], question: Question) -> None:
        right = [m.passage.number == question.paragraph for m in matches]
        rank = right.index(True) if True in right else None
        self.ranks.append(rank)
        start, end = matches[rank].sentence if rank is not None else (0, 0)
        self.hits.append(start <= question.start < end)
        self.own_confidences.append(matches[0].confidence if matches else 0.0)

    def foreign(self, matches: Sequence[Match]) -> None:
        self.foreign_confidences.append(matches[0].confidence if matches else 0.0)

    def report(self, questions: QuestionSet) -> Report:
        count = len(self.ranks)
        pairs = list(zip(self.ranks, self.hits, strict=True))
        return Report(
            file=questions.file,
            articles=len(questions.articles),
            questions=count,
            top1=sum(rank == 0 for rank in self.ranks) / count,
            top3=sum(rank is not None and rank < 3 for rank in self.ranks) / count,
            mrr=sum(1 / (rank + 1) for rank in self.ranks if rank is not None) / count,
            sentence_hit=sum(rank == 0 and hit for rank, hit in pairs) / count,
            sentence_hit_given_passage=sum(self.hits) / count,
            auroc=auroc(self.own_confidences, self.foreign_confidences),
            answered_at_5_percent_false=answered_at(
                self.own_confidences, self.foreign_confidences, FALSE_ANSWERS
            ),
        )


def auroc(own: Sequence[float], foreign: Sequence[float]) -> float | None:
    """Return the chance that one of own exceeds one of foreign, ties counting half.

    That is the Mann-Whitney U statistic over the number of pairs; None where one side is empty.
    """
    if not own or not foreign:
        return None
    ordered = sorted(foreign)
    wins = sum(bisect_left(ordered, value) + bisect_right(ordered, value) for value in own) / 2
    return wins / (len(own) * len(foreign))


def answered_at(own: Sequence[float], foreign: Sequence[float], share: float) -> float | None:
    """Return the share of own questions above a confidence; None where one side is empty.

    Args:
        own: Confidences of own questions.
        foreign: Confidences of foreign questions.
        share: The share of the foreign questions that may exceed the confidence.
    """
    if not own or not foreign:
        return None
    threshold = sorted(foreign)[min(len(foreign) - 1, int(len(foreign) * (1 - share)))]
    return sum(value > threshold for value in own) / len(own)
