"""tests/conversations.yaml, a set of what readers write and of what is right, holds together."""

from typing import Any

import yaml

from bot.corpus.article import Article
from bot.corpus.loader import load_corpus
from tests.support.corpora import ROOT

KINDS = {
    *("answer", "unsure", "not_found", "other_language", "summary"),
    *("author", "date", "source", "link", "full_text"),
    *("author_unknown", "date_unknown", "source_unknown", "link_unknown"),
    *("greeting", "thanks", "who", "help", "insult", "sorry", "small_talk"),
}


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def passages(article: dict[str, Any]) -> dict[str | int, str]:
    return {"standfirst": article["standfirst"], **dict(enumerate(article["paragraphs"], 1))}


def project_article(article: Article) -> dict[str, Any]:
    return {"standfirst": article.standfirst, "paragraphs": article.paragraphs}


def test_every_expectation_can_be_met() -> None:
    """Kinds are known, and the passages and sentences that are named exist."""
    data = yaml.safe_load((ROOT / "tests" / "conversations.yaml").read_text(encoding="utf-8"))
    own = load_corpus(ROOT / "corpus").articles
    articles = data["articles"] | {article.id: project_article(article) for article in own}
    for conversation in data["conversations"]:
        for turn in conversation["turns"]:
            kinds = as_list(turn["expect"])
            assert set(kinds) <= KINDS, turn
            assert ("answer" in kinds) == ("passage" in turn), turn
            there = passages(articles[turn.get("article", conversation["articles"][0])])
            named = [there[passage] for passage in as_list(turn.get("passage", []))]
            assert any(turn.get("sentence", "") in text for text in named) or not named, turn
