"""Articles and questions that are made of question sets in SQuAD's format."""

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bot.corpus.article import Article
from bot.retrieval.question_sets import QuestionSet

PARAGRAPHS = 6
"""Paragraphs of an article; fewer if its source has fewer."""
STANDFIRST = 200
"""Characters of the first paragraph that make the standfirst."""


@dataclass(frozen=True)
class Asked:
    """A question of a set.

    Attributes:
        text: As asked.
        title: Title of the article that answers it.
    """

    text: str
    title: str


def sources(sets: Sequence[QuestionSet]) -> list[Article]:
    """Return the articles of the sets."""
    return [article for questions in sets for article, _ in questions.articles]


def make(given: Sequence[Article], count: int) -> list[Article]:
    """Return so many articles, always the same ones for the same sources.

    Each has paragraphs of one source, shuffled; sources are used as often as it takes.

    Args:
        given: The sources; at least one.
        count: How many articles to make.
    """
    rng = random.Random(0)
    made = []
    for number in range(count):
        source = given[number % len(given)]
        paragraphs = list(source.paragraphs)
        rng.shuffle(paragraphs)
        kept = tuple(paragraphs[:PARAGRAPHS])
        standfirst = kept[0][:STANDFIRST]
        made.append(
            replace(source, id=f"made-{number}", standfirst=standfirst, paragraphs=kept, layouts=())
        )
    return made


def cut(given: Sequence[Article]) -> list[Article]:
    """Return articles of two or three paragraphs, none of which occurs twice.

    A paragraph that is left over is the only one of its article.
    """
    seen: set[str] = set()
    made: list[Article] = []
    for source in given:
        own = [text for text in dict.fromkeys(source.paragraphs) if text not in seen]
        seen.update(own)
        while own:
            size = 2 if len(own) in (2, 4) else 3
            kept, own = tuple(own[:size]), own[size:]
            made.append(replace(source, id=f"made-{len(made)}", paragraphs=kept, layouts=()))
    return made


def questions(sets: Sequence[QuestionSet], count: int) -> list[Asked]:
    """Return a sample of the sets' own questions, the same for the same sets.

    Args:
        sets: The sets.
        count: How many questions to return; all, if there are fewer.
    """
    found = [
        Asked(question.text, article.title)
        for each in sets
        for article, own in each.articles
        for question in own
    ]
    random.Random(1).shuffle(found)
    return found[:count]


def write_corpus(articles: Sequence[Article], folder: Path) -> None:
    """Write articles as Markdown files, named as their ids."""
    folder.mkdir()
    for article in articles:
        # JSON's strings are YAML's, too.
        fields = {"title": article.title, "standfirst": article.standfirst}
        lines = (f"{key}: {json.dumps(text, ensure_ascii=False)}" for key, text in fields.items())
        text = "\n".join(("---", *lines, "---", "\n\n".join(article.paragraphs), ""))
        (folder / f"{article.id}.md").write_text(text, encoding="utf-8")
