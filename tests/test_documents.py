"""README, docs/ and CONTRIBUTING.md are true: links, commands, settings, and what they run."""

import asyncio
import json
import os
import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest

from bot.config import Settings
from bot.corpus.front_matter import FIELDS
from bot.corpus.reader import read_markdown
from bot.store.base import MessageRef, TrackedMessage
from bot.store.feed_records import FeedState, ListedEntry, PostState
from bot.store.sqlite import SqliteStore
from bot.store.voters import Voters
from tests.support.corpora import ROOT
from tests.support.processes import article_bot

FILES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")),
    *sorted((ROOT / "docs").glob("*.md")),
    ROOT / "bot" / "sandbox" / "README.md",
]
TEXTS = {file: file.read_text(encoding="utf-8") for file in FILES}
README = TEXTS[ROOT / "README.md"]
OPERATIONS = TEXTS[ROOT / "docs" / "operations.md"]
ARTICLES = TEXTS[ROOT / "docs" / "articles.md"]
ALL = "\n".join(TEXTS.values())

MAX_README_WORDS = 1_300
SECTIONS = [
    "Article bot",
    "Try it",
    "Run it on Telegram",
    "Add an article",
    "Where readers are",
    "Set up with BotFather",
    "Settings",
    "Back up",
    "Tests",
    "Licence",
]
ADDRESSES = {"https://t.me/BotFather", "https://rajpurkar.github.io/SQuAD-explorer/"}
"""Links to other sites; add one only after opening it."""
VOTER_KEY = "a voter key for moving, of 32 characters or more"


def prose(text: str) -> str:
    """The text without its code blocks, in which "#" and brackets mean something else."""
    return re.sub(r"^ *```.*?^ *```$", "", text, flags=re.MULTILINE | re.DOTALL)


def headings(text: str) -> list[str]:
    return re.findall(r"^#+ (.+)$", prose(text), re.MULTILINE)


def anchors(text: str) -> set[str]:
    """The names under which the headings can be linked to, as GitHub makes them."""
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in headings(text)}


def relative_links() -> Iterator[tuple[Path, str]]:
    for file, text in TEXTS.items():
        for target in re.findall(r"\]\((?!https?://)([^)\s]+)\)", prose(text)):
            yield file, target


def test_the_readme_is_short_and_in_order() -> None:
    """The words are counted as wc does."""
    assert len(README.split()) <= MAX_README_WORDS
    assert headings(README) == SECTIONS


@pytest.mark.parametrize(
    ("file", "target"),
    [pytest.param(*link, id=f"{link[0].name}-{link[1]}") for link in relative_links()],
)
def test_every_link_leads_somewhere(file: Path, target: str) -> None:
    """To a file of the project, and to a heading if it names one."""
    name, _, anchor = target.partition("#")
    path = (file.parent / name).resolve() if name else file
    assert path.is_relative_to(ROOT)
    assert path.exists()
    if anchor:
        assert anchor in anchors(path.read_text(encoding="utf-8"))


def test_links_to_other_sites_are_known() -> None:
    """Nobody is sent to an address that does not exist."""
    links = re.findall(r"\]\((https?://[^)\s]+)\)", "\n".join(map(prose, TEXTS.values())))
    assert set(links) <= ADDRESSES


def test_every_document_is_reached_from_the_readme() -> None:
    """By one link, or by a link from a document that is."""
    reached = {ROOT / "README.md"}
    for _ in FILES:
        links = [
            (file.parent / target.split("#")[0])
            for file, target in relative_links()
            if file in reached
        ]
        reached |= {link.resolve() for link in links}
    assert set(FILES) <= reached


def test_every_command_is_explained() -> None:
    """In the README or in docs/, in a line that can be copied."""
    listed = re.findall(r"^    ([a-z]+)  ", article_bot("--help").stdout, re.MULTILINE)
    assert "run" in listed
    assert set(listed) <= set(re.findall(r"article-bot ([a-z]+)", ALL))


@pytest.mark.parametrize("command", sorted(set(re.findall(r"article-bot ([a-z]+)", ALL))))
def test_every_command_that_is_named_exists(command: str) -> None:
    """And has the options that are named with it."""
    result = article_bot(command, "--help")
    assert result.returncode == 0, result.stderr
    for option in set(re.findall(rf"article-bot {command}[^\n`]*?(--[a-z-]+)", ALL)):
        assert option in result.stdout


def test_every_benchmark_is_named() -> None:
    """And none that does not exist."""
    folder = ROOT / "tests" / "benchmarks"
    there = {path.parent.name for path in folder.glob("*/__main__.py")}
    there |= {path.stem for path in folder.glob("*.py") if "__main__" in path.read_text()}
    assert set(re.findall(r"python -m tests\.benchmarks\.(\w+)", ALL)) == there


def test_every_setting_is_explained() -> None:
    """In the example, each after a line about it, and in the tables of README and operations."""
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    keys = [field.name.upper() for field in fields(Settings)]
    assert [line.split("=")[0] for line in lines if "=" in line and line[0] != "#"] == keys
    for key in keys:
        at = next(n for n, line in enumerate(lines) if line.startswith(f"{key}="))
        assert lines[at - 1].startswith("# ")
        default = lines[at].partition("=")[2]
        row = f"| `{key}` | `{default}` |" if default else f"| `{key}` | |"
        assert row in README
        assert row in OPERATIONS


def test_the_articles_that_are_shown_can_be_read(tmp_path: Path) -> None:
    """In README and docs/articles.md, which also explains every field."""
    for text in (README, ARTICLES):
        for example in re.findall(r"```markdown\n(.*?)```", text, re.DOTALL):
            (tmp_path / "bridge.md").write_text(example, encoding="utf-8")
            title = read_markdown(tmp_path / "bridge.md").article.title
            assert title == "Bridge Opens After Six Years"
            result = article_bot("check", CORPUS_DIR=str(tmp_path))
            assert result.returncode == 0, result.stdout
    for own, *others in FIELDS:
        [row] = [line for line in ARTICLES.splitlines() if line.startswith(f"| `{own}` |")]
        named = {name.lower() for name in re.findall(r"`(\w+)`", row.split("|")[2])}
        assert named <= set(others)


def test_versions_agree() -> None:
    """The change log begins with the version of the project, below what is not released yet."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    log = TEXTS[ROOT / "CHANGELOG.md"]
    headings = re.findall(r"^## (\S+)", log.replace("## Unreleased\n", ""), re.MULTILINE)
    assert headings[0] == project["version"]


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="not a clone")
@pytest.mark.parametrize(
    ("name", "ignored"),
    [
        *((name, True) for name in (".env", ".env.old", "server.env", "voter.key", "me.pem")),
        *((name, True) for name in ("votes.db", "old/votes.db-wal", "votes-1.db.key", "a.sqlite3")),
        *((name, True) for name in ("votes.bak", "backups/votes", "MyBackup.zip", "votes.dump")),
        *((name, False) for name in (".env.example", "bot/cli/backup.py")),
        *((name, False) for name in ("tests/store/test_sqlite_backup.py", "docs/operations.md")),
        *((name, False) for name in ("bot/store/migrations/sqlite-4.sql", "corpus/bridge.md")),
    ],
)
def test_git_ignores_secrets_and_backups(name: str, ignored: bool) -> None:
    """Whatever they are called, and no file of the project."""
    command = ["git", "check-ignore", "--quiet", "--no-index", name]
    assert (subprocess.run(command, cwd=ROOT, check=False).returncode == 0) == ignored


def test_the_lines_of_the_log_are_explained() -> None:
    """Every warning and error that the bot logs is in the table of docs/operations.md."""
    sources = [file.read_text(encoding="utf-8") for file in (ROOT / "bot").rglob("*.py")]
    pattern = r'\blog\.(?:warning|error|exception)\(\s*"([^"]+)"'
    logged = {text for source in sources for text in re.findall(pattern, source)}
    assert len(logged) > 5
    shown = {re.sub(r"%s", "...", text) for text in logged}
    assert {text for text in shown if f"`{text}`" not in OPERATIONS} == set()


async def fill(file: Path) -> None:
    """Store something in every table, with characters that need quoting."""
    voters = Voters(VOTER_KEY.encode())
    store = SqliteStore(file, voters.fingerprint, bot="b")
    await store.open()
    for reader in range(5):
        await store.vote("bridge", voters.code(reader), ("like", "love")[reader % 2], f"q{reader}")
    ref = MessageRef(-1001234567890, 7)
    await store.track(TrackedMessage(ref, "bridge", json.dumps({"text": "it's 👍"}), 3))
    await store.defer([(99, json.dumps({"text": "it's\n👍"}))])
    await store.save_handled([98])
    await store.set_language(voters.code(1), "de")
    await store.save_channel_post(-1001, "bridge", 5)
    await store.save_article_files({"it's/bridge.md": "bridge"})
    await store.save_question("key", "why 'this'\nand \\ that?")
    state = FeedState('"e"', None, 5.5, 6.5, 1)
    entry = ListedEntry("e", "1", json.dumps({"title": "it's 👍"}), PostState.WAITING)
    await store.save_entries("feed", state, [entry, ListedEntry("f", "2", None)])
    await store.close()


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("sqlite3") or not shutil.which("psql"), reason="no clients")
def test_moving_to_postgresql_keeps_everything(tmp_path: Path, postgres_url: str) -> None:
    """The commands of docs/operations.md, as they are written there."""
    asyncio.run(fill(tmp_path / "votes.db"))
    settings = {"DATABASE_URL": postgres_url, "VOTER_KEY": VOTER_KEY}
    assert article_bot("run", "--prepare", **settings).returncode == 0
    [script] = re.findall(r"<!-- move -->\s+```sh\n(.*?)\n *```", OPERATIONS, re.DOTALL)
    script = re.sub(r"^   ", "", script, flags=re.MULTILINE)
    environment = {**os.environ, **settings}
    subprocess.run(["bash", "-c", script], cwd=tmp_path, env=environment, check=True, timeout=60)
    [article] = json.loads(article_bot("stats", "--json", **settings).stdout)[-1:]
    assert (article["article"], article["votes"], article["counts"]["like"]) == ("bridge", 5, 3)
    for table, columns in {
        "votes": "article, reaction",
        "tracked_messages": "chat_id, message_id, inline_message_id, article, keyboard",
        "callback_queries": "callback_query_id, article, reaction",
        "deferred_updates": "bot, update_id, body",
        "handled_updates": "bot, update_id",
        "chat_settings": "article, language",
        "article_files": "file, article",
        "channel_posts": "chat_id, article, message_id",
        "feeds": "feed, etag, last_modified, failures",
        "feed_entries": "feed, entry, number, fingerprint, body, failures, article, post, sends",
        "saved_questions": "key, question",
    }.items():
        query = f"SELECT {columns} FROM {{}}{table} ORDER BY {columns}"
        sqlite = ["sqlite3", "votes.db", query.format("")]
        psql = ["psql", "-At", postgres_url, "-c", query.format("article_bot.")]
        before, after = (
            subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, text=True).stdout
            for command in (sqlite, psql)
        )
        assert before == after != ""
