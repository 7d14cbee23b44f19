"""Conversations of readers with the bot, and what kind of answer each message got."""

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from bot.corpus.article import Article
from bot.views.i18n import Translator, read_languages
from tests.support.chat import buttons, marked
from tests.support.corpora import ROOT

SAID = {
    "unsure": ("unsure_one", "unsure_several"),
    "not_found": ("not_in_article", "not_in_any"),
    "other_language": ("could_ask_in",),
    "author": ("author_is",),
    "author_unknown": ("author_unknown",),
    "date": ("date_is",),
    "date_unknown": ("date_unknown",),
    "source": ("source_is",),
    "source_unknown": ("source_unknown",),
    "link": ("link_is",),
    "link_unknown": ("link_unknown",),
    "full_text": ("full_text_is", "full_text_unknown"),
    "greeting": ("hello_one", "hello_several"),
    "thanks": ("thanks",),
    "who": ("who",),
    "help": ("help_ask",),
    "insult": ("insult",),
    "sorry": ("sorry",),
    "small_talk": ("small_talk",),
    "summary": ("what_reaction", "start_one", "start_few"),
    "more": ("that_is_all",),
}
"""Kind of answer -> keys of the texts by which it is known."""


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def read_set() -> dict[str, Any]:
    text = (ROOT / "tests" / "conversations.yaml").read_text(encoding="utf-8")
    data: dict[str, Any] = yaml.safe_load(text)
    return data


def write_article(folder: Path, name: str, raw: dict[str, Any]) -> None:
    """Write an article of the set into a file, with sample questions that it surely answers."""
    front_matter = {key: value for key, value in raw.items() if key != "paragraphs"}
    front_matter["questions"] = [raw["paragraphs"][0].partition(".")[0][:110]]
    published = front_matter.get("published")
    if isinstance(published, dt.date):
        front_matter["published"] = published
    text = yaml.safe_dump(front_matter, allow_unicode=True)
    body = "\n\n".join(raw["paragraphs"])
    (folder / f"{name}.md").write_text(f"---\n{text}---\n{body}\n", encoding="utf-8")


def patterns(translator: Translator, key: str) -> Iterator[re.Pattern[str]]:
    """Yield a text of the bot as patterns, whatever is filled in."""
    mark = "\ufffe"
    names = ("title", "language", "author", "date", "source", "previous", "question")
    for count in (1, 2, 3, 5, 11):
        text = translator.text(key, count=count, **dict.fromkeys(names, mark))
        pattern = re.escape(text).replace(mark, ".+")
        yield re.compile(rf"(^|\n){re.sub('[0-9]+', '[0-9]+', pattern)}")


def kind_of(message: dict[str, Any], translator: Translator) -> str:
    """Return what kind of answer a message is."""
    for kind, keys in SAID.items():
        for key in keys:
            if any(each.search(message["text"]) for each in patterns(translator, key)):
                return kind
    return "answer" if buttons(message) else "?"


def passage_of(message: dict[str, Any], translator: Translator, article: Article) -> int | str:
    """Return the paragraph that an answer shows: its number, or "standfirst"."""
    total = len(article.paragraphs)
    shown = [
        number
        for number in range(1, total + 1)
        if translator.text("place", number=number, of=total) in message["text"]
    ]
    return shown[0] if shown else "standfirst"


def fault(
    turn: dict[str, Any], message: dict[str, Any], language: str, articles: dict[str, Article]
) -> str | None:
    """Return what is wrong with an answer; None if it is right."""
    translator = read_languages().of(language)
    kinds, kind = as_list(turn["expect"]), kind_of(message, translator)
    if kind not in kinds:
        return f"{kind} instead of {turn['expect']}"
    if turn.get("text", "") not in message["text"]:
        return f"{turn['text']!r} is missing"
    return wrong_place(turn, message, translator, articles) if kind == "answer" else None


def wrong_place(
    turn: dict[str, Any],
    message: dict[str, Any],
    translator: Translator,
    articles: dict[str, Article],
) -> str | None:
    """Return what is wrong with the passage of an answer; None if it is right."""
    rows = message["reply_markup"]["inline_keyboard"]
    article = articles[rows[0][0]["callback_data"].split(":")[1]]
    if turn.get("article", article.id) != article.id:
        return f"article {article.id}"
    passage = passage_of(message, translator, article)
    if passage not in as_list(turn["passage"]):
        return f"passage {passage} instead of {turn['passage']}"
    bold = " ".join(marked(message, "bold"))
    if turn.get("sentence", "") not in bold:
        return f"sentence {bold!r} instead of {turn['sentence']!r}"
    return None
