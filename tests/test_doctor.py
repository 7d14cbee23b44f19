"""The command article-bot doctor: what it finds, and that it tells no secret."""

import asyncio
import json
import os
import re
import sqlite3
import subprocess
import time
from email.utils import formatdate
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from tests.support.api_stub import ME, Answer, ApiStub, good, refused
from tests.support.corpora import ROOT
from tests.support.processes import article_bot
from tests.support.stage import Stage

TOKEN = "4242:a-very-secret-token-that-no-log-may-show"
KEY = "a-secret-voter-key-of-the-tests-32"


def doctor(folder: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run it in a folder, with what it needs unless a test says otherwise."""
    own = {
        "BOT_TOKEN": TOKEN,
        "BOT_API_URL": "http://127.0.0.1:9",
        "CORPUS_DIR": str(ROOT / "corpus"),
        "DATABASE_URL": f"sqlite:///{folder}/votes.db",
        "VOTER_KEY": KEY,
    }
    done = article_bot("doctor", folder=folder, **{**own, **settings})
    said = done.stdout + done.stderr
    assert "Traceback" not in said
    assert "secret" not in re.sub(
        r"what is secret|\[secret\]|import secrets|secrets\.token", "", said
    )
    assert done.stderr == ""
    fails = bool(re.search("^fail", done.stdout, re.MULTILINE))
    assert done.returncode == (1 if fails else 0), done.stdout
    return done


def line(done: subprocess.CompletedProcess[str], subject: str, text: str = "") -> str:
    """The level of the line about a subject in which a text is."""
    lines = re.findall(rf"^(\w+) +{subject}: (.*)$", done.stdout, re.MULTILINE)
    found = [level for level, said in lines if text in said]
    assert len(found) == 1, done.stdout
    return str(found[0])


async def test_all_is_well(stage: Stage) -> None:
    """Beside the bot that runs."""
    await stage.bot()
    done = await stage.command("doctor")
    assert done.returncode == 0, done.stdout + done.stderr
    assert set(re.findall(r"^(\w+) ", done.stdout, re.MULTILINE)) <= {"ok", "warn"}
    for subject in ("settings", "file modes", "articles", "cache", "database", "voter key"):
        assert line(done, subject) == "ok"
    for subject in ("token", "webhook", "clock"):
        assert line(done, subject) == "ok"


def test_without_a_token(tmp_path: Path) -> None:
    """And all else is checked."""
    done = doctor(tmp_path, BOT_TOKEN="")
    assert line(done, "token", "BOT_TOKEN is not set") == "fail"
    assert line(done, "articles") == "ok"


def test_telegram_out_of_reach(tmp_path: Path) -> None:
    done = doctor(tmp_path)
    assert line(done, "token", "http://127.0.0.1:9 cannot be used") == "fail"
    assert line(done, "clock", "cannot be asked") == "fail"


def test_a_refused_token(tmp_path: Path) -> None:
    with ApiStub(lambda *_: refused(401, "Unauthorized")) as api:
        assert line(doctor(tmp_path, BOT_API_URL=api.url), "token", "refuses the token") == "fail"


def test_what_botfather_has_set(tmp_path: Path) -> None:
    me = ME | {"supports_inline_queries": False, "can_read_all_group_messages": True}

    def answer(method: str, _: int) -> Answer:
        return (
            (200, json.dumps({"ok": True, "result": me}), {}) if method == "getme" else good(method)
        )

    with ApiStub(answer) as api:
        done = doctor(tmp_path, BOT_API_URL=api.url)
    assert line(done, "BotFather", "/setinline") == "warn"
    assert line(done, "BotFather", "/setprivacy") == "warn"
    assert line(done, "token", "@articles_bot") == "ok"


@pytest.mark.parametrize(
    ("wanted", "info", "level", "text"),
    [
        ("", {}, "ok", "polls"),
        ("", {"url": "https://other.example/bot-secret"}, "warn", "the next start removes it"),
        ("https://a.example/x", {}, "warn", "not set yet"),
        ("https://a.example/x", {"url": "https://a.example/x?0123456789ab"}, "ok", "set to"),
        ("https://a.example/x", {"url": "https://b.example/x"}, "warn", "the next start changes"),
        ("", {"pending_update_count": 150}, "warn", "150 updates wait"),
        (
            "https://a.example/x",
            {
                "url": "https://a.example/x",
                "last_error_date": int(time.time()) - 60,
                "last_error_message": "Wrong response from the webhook: 502",
            },
            "warn",
            "Wrong response from the webhook: 502",
        ),
    ],
)
def test_the_webhook(
    tmp_path: Path, wanted: str, info: dict[str, Any], level: str, text: str
) -> None:
    """What Telegram has beside what the settings want."""
    result = {"url": "", "has_custom_certificate": False, "pending_update_count": 0} | info

    def answer(method: str, _: int) -> Answer:
        told = 200, json.dumps({"ok": True, "result": result}), {}
        return told if method == "getwebhookinfo" else good(method)

    with ApiStub(answer) as api:
        assert (
            line(doctor(tmp_path, BOT_API_URL=api.url, WEBHOOK_URL=wanted), "webhook", text)
            == level
        )


@pytest.mark.parametrize(
    ("ahead", "level"), [(0, "ok"), (100, "warn"), (-100, "warn"), (4000, "fail"), (-4000, "fail")]
)
def test_the_clock(tmp_path: Path, ahead: float, level: str) -> None:
    """Beside the one that the server tells."""

    def answer(method: str, _: int) -> Answer:
        return good(method, {"Date": formatdate(time.time() + ahead, usegmt=True)})

    with ApiStub(answer) as api:
        assert line(doctor(tmp_path, BOT_API_URL=api.url), "clock") == level


def test_a_server_that_does_not_tell_the_time(tmp_path: Path) -> None:
    with ApiStub(lambda method, _: good(method, {"Date": "soon"})) as api:
        assert line(doctor(tmp_path, BOT_API_URL=api.url), "clock", "not checked") == "warn"


def test_files_that_others_can_read(tmp_path: Path) -> None:
    """With what to do about it."""
    made = article_bot("run", "--prepare", DATABASE_URL=f"sqlite:///{tmp_path}/votes.db")
    assert made.returncode == 0, made.stderr
    key = tmp_path / "votes.db.key"
    (tmp_path / ".env").write_text("BOT_TOKKEN=x\nPOSTGRES_PASSWORD=y\n")
    (tmp_path / ".env").chmod(0o644)
    (tmp_path / "votes.db").chmod(0o644)
    key.chmod(0o666)
    done = doctor(tmp_path, VOTER_KEY="")
    assert line(done, "file modes", "votes.db can be read") == "fail"
    assert line(done, "file modes", "votes.db.key can be read") == "fail"
    assert done.stdout.count("chmod 600") == 3
    assert line(done, "file modes", ".env can be read") == "warn"
    assert line(done, "settings", "BOT_TOKKEN, which is no setting: write BOT_TOKEN") == "warn"
    assert "POSTGRES_PASSWORD" not in done.stdout
    for file in (tmp_path / ".env", tmp_path / "votes.db", key):
        file.chmod(0o600)
    done = doctor(tmp_path, VOTER_KEY="")
    assert line(done, "file modes") == "ok"
    assert line(done, "voter key", "fits") == "ok"


def test_articles_with_faults(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "a.md").write_text("---\ntitle: [\n---\nText\n")
    assert line(doctor(tmp_path, CORPUS_DIR=str(corpus)), "articles", "article-bot check") == "fail"


def test_a_cache_that_cannot_be_made(tmp_path: Path) -> None:
    """The bot does without."""
    (tmp_path / "nothing").write_text("")
    done = doctor(tmp_path, CACHE_DIR=str(tmp_path / "nothing" / "cache"))
    assert line(done, "cache", "set CACHE_DIR") == "warn"


def test_a_disk_that_is_almost_full(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(disk)]
    if os.geteuid() != 0 or subprocess.call(mount) != 0:
        problem = "only root may mount a file system"
        if os.environ.get("REQUIRE_MOUNT"):
            pytest.fail(problem)
        pytest.skip(problem)
    try:
        done = doctor(tmp_path, DATABASE_URL=f"sqlite:///{disk}/votes.db")
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)
    assert line(done, "disk space", f"{disk}: make room") == "fail"


def test_databases_of_sqlite(tmp_path: Path) -> None:
    """None yet, no folder, a good one, another key, an older one, a newer one, and no database."""
    file = tmp_path / "votes.db"
    assert line(doctor(tmp_path), "database", "the first start makes") == "ok"
    nowhere = f"sqlite:///{tmp_path}/no/votes.db"
    assert line(doctor(tmp_path, DATABASE_URL=nowhere), "database", "There is no folder") == "fail"
    own = {"DATABASE_URL": f"sqlite:///{file}", "VOTER_KEY": KEY}
    assert article_bot("run", "--prepare", **own).returncode == 0
    assert line(doctor(tmp_path), "database", "tables of version") == "ok"
    assert line(doctor(tmp_path, VOTER_KEY="k" * 32), "voter key", "another voter key") == "fail"
    assert line(doctor(tmp_path, VOTER_KEY=""), "voter key", "is missing") == "fail"
    for version, level, text in ((1, "warn", "older version"), (99, "fail", "newer version")):
        connection = sqlite3.connect(file)
        connection.execute(f"PRAGMA user_version = {version}")
        connection.close()
        assert line(doctor(tmp_path), "database", text) == level
    file.write_bytes(b"no database at all, but long enough to be looked at" * 100)
    assert line(doctor(tmp_path), "database", "cannot be read") == "fail"


async def _run_on(url: str, *statements: str) -> None:
    connection = await asyncpg.connect(url)
    for statement in statements:
        await connection.execute(statement)
    await connection.close()


def test_databases_of_postgresql(tmp_path: Path, postgres_url: str) -> None:
    """None there, an empty one, the bot's, and one that can only be read."""
    there = {"DATABASE_URL": postgres_url}
    away = {"DATABASE_URL": "postgresql://me:secret@127.0.0.1:9/x"}
    assert line(doctor(tmp_path, **away), "database", "cannot be used") == "fail"
    assert (
        line(doctor(tmp_path, VOTER_KEY="", **there), "database", "VOTER_KEY is needed") == "fail"
    )
    assert line(doctor(tmp_path, **there), "database", "no tables yet") == "ok"
    assert article_bot("run", "--prepare", VOTER_KEY=KEY, **there).returncode == 0
    done = doctor(tmp_path, **there)
    assert line(done, "database", "PostgreSQL") == "ok"
    assert line(done, "voter key", "fits") == "ok"
    asyncio.run(
        _run_on(
            postgres_url,
            "DO $$BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = on', "
            "current_database()); END$$",
        )
    )
    assert line(doctor(tmp_path, **there), "database", "can only be read") == "fail"


def test_rights_in_postgresql(tmp_path: Path, postgres_url: str) -> None:
    """A user who may not do what the bot needs is told what to grant."""
    role = f"reader_{os.getpid()}"
    url = re.sub(r"://([^/@]*@)?", f"://{role}:pw@", postgres_url)
    if "?" not in url and re.search(r"@/", url):
        url = url.replace("@/", "@localhost/")
    grant = f"GRANT USAGE ON SCHEMA article_bot TO {role}"
    asyncio.run(_run_on(postgres_url, f"CREATE ROLE {role} LOGIN PASSWORD 'pw'"))
    try:
        done = doctor(tmp_path, DATABASE_URL=url)
        assert line(done, "database", "GRANT CREATE ON DATABASE") == "fail"
        made = article_bot("run", "--prepare", VOTER_KEY=KEY, DATABASE_URL=postgres_url)
        assert made.returncode == 0
        done = doctor(tmp_path, DATABASE_URL=url)
        assert line(done, "database", "may not use the schema") == "fail"
        asyncio.run(_run_on(postgres_url, grant))
        done = doctor(tmp_path, DATABASE_URL=url)
        assert line(done, "database", "lacks rights on tables") == "fail"
    finally:
        asyncio.run(_run_on(postgres_url, f"DROP OWNED BY {role}", f"DROP ROLE {role}"))
