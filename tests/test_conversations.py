"""tests/conversations.yaml: what readers write, and whether the bot is right or honest."""

import itertools
import shutil
from pathlib import Path
from typing import Any

from bot.corpus.article import Article
from bot.corpus.loader import load_corpus
from tests.support.conversations import SAID, as_list, fault, read_set, write_article
from tests.support.corpora import ARTICLE, ROOT
from tests.support.stage import Stage

GOAL = 0.95
KINDS = {"answer", *SAID} - {"more"}


def passages(article: Article) -> dict[str | int, str]:
    return {"standfirst": article.standfirst, **dict(enumerate(article.paragraphs, 1))}


def write_corpus(folder: Path, data: dict[str, Any], names: list[str]) -> Path:
    folder.mkdir(parents=True)
    for name in names:
        if name == ARTICLE:
            shutil.copy(ROOT / "corpus" / f"{ARTICLE}.md", folder)
        else:
            write_article(folder, name, data["articles"][name])
    return folder


def test_every_expectation_can_be_met(tmp_path: Path) -> None:
    """Kinds are known, and the passages and sentences that are named exist."""
    data = read_set()
    folder = write_corpus(tmp_path / "all", data, [ARTICLE, *data["articles"]])
    articles = {article.id: article for article in load_corpus(folder).articles}
    for conversation in data["conversations"]:
        for turn in conversation["turns"]:
            kinds = as_list(turn["expect"])
            assert set(kinds) <= KINDS, turn
            assert ("answer" in kinds) == ("passage" in turn), turn
            there = passages(articles[turn.get("article", conversation["articles"][0])])
            named = [there[passage] for passage in as_list(turn.get("passage", []))]
            assert any(turn.get("sentence", "") in text for text in named) or not named, turn


async def test_conversations_go_right(stage: Stage, tmp_path: Path) -> None:
    """Written in private chats, as readers do, with all that was said before."""
    data, faults, turns = read_set(), [], 0
    conversations = sorted(data["conversations"], key=lambda each: str(each["articles"]))
    for names, group in itertools.groupby(conversations, key=lambda each: each["articles"]):
        folder = write_corpus(tmp_path / "-".join(names), data, names)
        articles = {article.id: article for article in load_corpus(folder).articles}
        database = f"sqlite:///{folder / 'votes.db'}"
        bot = await stage.bot(CORPUS_DIR=str(folder), DATABASE_URL=database)
        for conversation in group:
            language = conversation["language"]
            reader = await stage.reader(language_code=language)
            for turn in conversation["turns"]:
                message = await reader.send(turn["write"])
                wrong = fault(turn, message, language, articles)
                turns += 1
                if wrong is not None:
                    faults.append(f"{conversation['name']}: {turn['write']}: {wrong}")
        await stage.stop(bot)
    right = 1 - len(faults) / turns
    print(f"{turns - len(faults)} of {turns} right\n" + "\n".join(faults))
    assert right >= GOAL, "\n".join(faults)
