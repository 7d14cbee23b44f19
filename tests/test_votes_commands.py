"""article-bot stats and backup, as a person runs them."""

import json
import stat
from pathlib import Path

import pytest

from bot.corpus.loader import load_corpus
from bot.store.retention import CALLBACK_QUERY_KEPT
from tests.support.chat import Chat, buttons
from tests.support.corpora import ARTICLE, ROOT
from tests.support.processes import Process, article_bot
from tests.support.sentences import changed
from tests.support.stage import Stage
from tests.test_corpus import GOOD

LIKE, LOVE = f"r:{ARTICLE}:like", f"r:{ARTICLE}:love"
KEY = {"VOTER_KEY": "k" * 32}


async def with_votes(stage: Stage, **settings: str) -> tuple[Process, list[Chat]]:
    """A running bot with two likes and a love."""
    bot = await stage.bot(**settings)
    readers = [await stage.reader() for _ in range(3)]
    for reader, data in zip(readers, (LIKE, LIKE, LOVE), strict=True):
        await reader.tap(await reader.send("/article"), data)
    return bot, readers


def url(stage: Stage) -> str:
    return f"sqlite:///{stage.database}"


@pytest.mark.slow
async def test_stats(stage: Stage, database_url: str) -> None:
    """While the bot runs, on both engines; for people and for programs."""
    await with_votes(stage, DATABASE_URL=database_url)
    result = article_bot("stats", DATABASE_URL=database_url, **KEY)
    head, row, _, *kept = result.stdout.splitlines()
    assert head.split() == [
        *("article", "Like", "Dislike", "Love", "Funny", "Angry", "Sad", "Wow", "votes")
    ]
    assert row.split() == [ARTICLE, "2", "0", "1", "0", "0", "0", "0", "3"]
    assert kept[0].split("  ")[0] == "kept"
    assert ["votes", "3", "-", "-"] in [line.split() for line in kept]
    assert ["callback_queries", "3", "0", "min", "23", "h"] in [line.split() for line in kept]
    assert ["tracked_messages", "3", "0", "min", "90", "days"] in [line.split() for line in kept]
    [found] = json.loads(article_bot("stats", "--json", DATABASE_URL=database_url, **KEY).stdout)
    assert found["article"] == ARTICLE
    assert found["title"].startswith("US Offers Security Guarantees")
    assert found["votes"] == 3
    assert found["counts"]["like"] == 2
    assert found["counts"]["wow"] == 0
    only = article_bot("stats", "--kept", DATABASE_URL=database_url, **KEY).stdout.splitlines()
    assert [line.split()[:2] for line in only] == [line.split()[:2] for line in kept]
    as_json = article_bot("stats", "--kept", "--json", DATABASE_URL=database_url, **KEY).stdout
    taps = next(each for each in json.loads(as_json) if each["table"] == "callback_queries")
    assert (taps["rows"], taps["kept_for"]) == (3, CALLBACK_QUERY_KEPT)
    assert isinstance(taps["oldest"], float)


def test_a_corpus_of_many_articles_has_a_short_text() -> None:
    """asyncio.run() makes one of its result, which stats has of it, and throws it away."""
    assert len(repr(load_corpus(ROOT / "corpus"))) < 20_000
    assert "located" not in repr(load_corpus(ROOT / "corpus"))


async def test_stats_of_what_is_no_longer_offered(stage: Stage, tmp_path: Path) -> None:
    """Another corpus: votes of its articles are shown under their ids, old reactions too."""
    await with_votes(stage)
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "good.md").write_text(GOOD, encoding="utf-8")
    (corpus / "reactions.yaml").write_text("like: {label: Good, emoji: 👍, order: 1}\n")
    settings = {"DATABASE_URL": url(stage), "CORPUS_DIR": str(corpus), **KEY}
    result = article_bot("stats", **settings)
    assert [line.split() for line in result.stdout.splitlines()][:4] == [
        ["article", "Good", "love", "votes"],
        ["good", "0", "0", "0"],
        [ARTICLE, "2", "1", "3"],
        [],
    ]
    old = json.loads(article_bot("stats", "--json", **settings).stdout)[1]
    assert (old["article"], old["title"], old["votes"]) == (ARTICLE, None, 3)


@pytest.mark.slow
def test_stats_without_a_database(database_url: str, tmp_path: Path) -> None:
    """A sentence instead of zeros, and nothing is made, until the database is prepared."""
    result = article_bot("stats", DATABASE_URL=database_url, **KEY)
    assert result.returncode == 2
    assert result.stderr == (
        f"There is no database at {tmp_path}/votes.db: start the bot, which makes it, or correct "
        "DATABASE_URL.\n"
        if database_url.startswith("sqlite")
        else "The database of DATABASE_URL has no tables of the bot yet: start it, which makes "
        "them.\n"
    )
    assert list(tmp_path.iterdir()) == []
    prepared = article_bot("run", "--prepare", DATABASE_URL=database_url, **KEY)
    assert (prepared.returncode, prepared.stdout) == (0, "The database is ready.\n")
    result = article_bot("stats", DATABASE_URL=database_url)
    assert result.stdout.splitlines()[1].split()[-1] == "0"


async def test_backup(stage: Stage, tmp_path: Path) -> None:
    """A copy of a live database, with its key, from which a bot can run on."""
    bot, (ada, *_) = await with_votes(stage, VOTER_KEY="")
    copy = tmp_path / "copy.db"
    result = article_bot("backup", str(copy), DATABASE_URL=url(stage))
    assert result.stdout == f"Copied to {copy} and {copy}.key.\n"
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    again = article_bot("backup", str(copy), DATABASE_URL=url(stage))
    assert again.returncode == 2
    assert again.stderr == f"{copy} is there already: give another name.\n"
    assert await stage.stop(bot) == 0
    await stage.bot(VOTER_KEY="", DATABASE_URL=f"sqlite:///{copy}")
    answer = await ada.send("/article")
    assert buttons(answer)[:3] == ["✓ 👍 2", "👎", "❤️ 1"]
    assert (await ada.tap(answer, LOVE) or "").startswith(changed("Love", "Like"))


def test_backup_of_what_cannot_be_copied(tmp_path: Path) -> None:
    """No database; PostgreSQL."""
    result = article_bot("backup", "x.db", DATABASE_URL=f"sqlite:///{tmp_path}/votes.db")
    assert result.returncode == 2
    assert "There is no database" in result.stderr
    result = article_bot("backup", "x.db", DATABASE_URL="postgresql://host/x", **KEY)
    assert result.returncode == 2
    assert "for PostgreSQL use pg_dump" in result.stderr
