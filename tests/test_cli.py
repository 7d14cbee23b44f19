"""The commands, as a person runs them."""

import json
import os
import re
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from bot.corpus.loader import load_corpus
from tests.support.chat import Chat
from tests.support.corpora import ARTICLE, ROOT
from tests.support.processes import Process, article_bot, clean_environment, start_sandbox
from tests.support.stage import Sandbox
from tests.support.threads import SandboxThread
from tests.test_corpus import GOOD

TOKEN = "4242:a-very-secret-token-that-no-log-may-show"


def test_ask_answers_in_the_terminal() -> None:
    """Article, passage with the sentence marked, its place."""
    result = article_bot("ask", "Who has to approve the package?")
    assert result.returncode == 0
    headline, passage, place = result.stdout.strip().split("\n\n")
    assert headline.startswith("US Offers Security Guarantees")
    assert "**The U.S. package is expected to require approval" in passage
    assert passage.endswith("peace framework.**")
    assert place == "Paragraph 4 of 6"


def test_ask_for_programs() -> None:
    """Every key, whatever the verdict."""
    found = json.loads(article_bot("ask", "--json", "what did the US agree to?").stdout)
    assert found["question"] == "what did the US agree to?"
    assert found["verdict"] == "answered"
    assert found["article"]["id"] == ARTICLE
    assert found["passage"]["number"] in (1, 2)
    assert found["passage"]["of"] == 6
    assert found["sentence"] in found["passage"]["text"]
    assert found["score"] > 0
    assert 0 < found["confidence"] <= 1
    missing = json.loads(article_bot("ask", "--json", "who won the world cup?").stdout)
    assert missing["verdict"] == "not_in_article"
    assert missing.keys() == found.keys()
    assert missing["article"] is missing["passage"] is missing["sentence"] is None
    nothing = json.loads(article_bot("ask", "--json", "👍").stdout)
    assert (nothing["verdict"], nothing["confidence"]) == ("not_in_article", None)


def test_ask_says_what_the_article_does_not_say() -> None:
    """With what it does answer."""
    output = article_bot("ask", "who", "won", "the", "world", "cup?").stdout
    assert output.startswith("The article does not say.")
    assert "What did the US agree to?" in output


def test_the_answer_is_the_same_in_every_process() -> None:
    """Whatever order Python's hashes give."""
    questions = ("what did the us agree to", "security garantees", "peace")
    answers = {
        article_bot("ask", "--json", " ".join(questions), PYTHONHASHSEED=seed).stdout
        for seed in ("0", "1", "2")
    }
    assert len(answers) == 1


def test_check_finds_no_fault_in_the_corpus() -> None:
    """Ours is in order."""
    result = article_bot("check")
    assert (result.returncode, result.stdout) == (0, "corpus: 1 article, no faults.\n")


def test_check_names_a_sample_question_without_an_answer(tmp_path: Path) -> None:
    """File, line and mend; exit code 1."""
    (tmp_path / "bridge.md").write_text(GOOD.replace("---\nFirst", "  - Who won?\n---\nFirst"))
    result = article_bot("check", CORPUS_DIR=str(tmp_path))
    assert result.returncode == 1
    assert result.stdout == (
        f"{tmp_path}/bridge.md:7: The sample question 'Who won?' brings no answer. "
        "Ask in words that stand in the article, or add aliases.\n"
    )


def test_check_names_faults(tmp_path: Path) -> None:
    """All of them, each on a line."""
    (tmp_path / "a.md").write_text("none")
    (tmp_path / "b.md").write_text(GOOD.replace("language", "langauge"))
    result = article_bot("check", CORPUS_DIR=str(tmp_path))
    assert result.returncode == 1
    assert len(result.stdout.splitlines()) == 3
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({}, "BOT_TOKEN is not set: get a token from @BotFather"),
        ({"BOT_TOKEN": "secret with spaces"}, "BOT_TOKEN is not of a token's form"),
        ({"BOT_TOKEN": TOKEN, "BOT_API_URL": "telegram"}, "BOT_API_URL is 'telegram': give"),
        ({"BOT_TOKEN": TOKEN, "BOT_API_URL": "ftp://x"}, "BOT_API_URL is 'ftp://x': give"),
        ({"BOT_TOKEN": TOKEN, "BOT_API_URL": "http://x:99999"}, "BOT_API_URL is 'http://x:99999'"),
        ({"BOT_TOKEN": TOKEN, "LOG_LEVEL": "loud"}, "LOG_LEVEL is 'loud': set it to one of"),
        ({"BOT_TOKEN": TOKEN, "VOTER_KEY": "short"}, "VOTER_KEY is shorter than 32 characters"),
        (
            {"BOT_TOKEN": TOKEN, "TELEGRAM_TEST_ENVIRONMENT": "maybe"},
            "TELEGRAM_TEST_ENVIRONMENT is 'maybe': set it to yes or no.",
        ),
        (
            {"BOT_TOKEN": TOKEN, "DATABASE_URL": "mysql://me:secret@host/x"},
            "DATABASE_URL begins with 'mysql': give sqlite:///",
        ),
        (
            {"BOT_TOKEN": TOKEN, "DATABASE_URL": "sqlite:////no/such/folder/votes.db"},
            "cannot be made or read",
        ),
        (
            {"BOT_TOKEN": TOKEN, "DATABASE_URL": "postgresql://me:secret@host/x"},
            "VOTER_KEY is needed with PostgreSQL: make one with",
        ),
        (
            {
                "BOT_TOKEN": TOKEN,
                "DATABASE_URL": "postgresql://me:secret@127.0.0.1:9/x",
                "VOTER_KEY": "k" * 32,
            },
            "The database of DATABASE_URL cannot be used",
        ),
        *(
            (
                {"BOT_TOKEN": TOKEN, "DATABASE_URL": f"postgresql://me:secret{mark}x@host/x"},
                "DATABASE_URL cannot be read: write special characters",
            )
            for mark in "#/[℀"
        ),
        (
            {"BOT_TOKEN": TOKEN, "DATABASE_URL": "sqlite:////"},
            "DATABASE_URL begins with 'sqlite': give sqlite:/// and a file",
        ),
        (
            {"BOT_TOKEN": TOKEN, "GROUP_PER_MINUTE": "0"},
            "GROUP_PER_MINUTE is '0': give a number above 0.",
        ),
        (
            {"BOT_TOKEN": TOKEN, "OVERALL_PER_SECOND": "many"},
            "OVERALL_PER_SECOND is 'many': give a number above 0.",
        ),
        ({"BOT_TOKEN": TOKEN, "CORPUS_DIR": "/no/such/folder"}, "There is no such folder."),
        (
            {"BOT_TOKEN": TOKEN, "BOT_API_URL": "http://127.0.0.1:9"},
            "http://127.0.0.1:9 cannot be used",
        ),
    ],
)
def test_run_ends_with_a_sentence(tmp_path: Path, settings: dict[str, str], sentence: str) -> None:
    """Exit code 2, no traceback, no secret."""
    corpus = {"CORPUS_DIR": str(ROOT / "corpus")}
    result = article_bot("run", folder=tmp_path, **{**corpus, **settings})
    assert result.returncode == 2
    assert sentence in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1
    assert "secret" not in result.stderr.replace("secrets.", "").replace("import secrets", "")
    assert settings.get("BOT_TOKEN", "none at all") not in result.stderr


@pytest.mark.parametrize("suffix", ["", "/", "/bot", "/bot/"])
def test_run_with_a_refused_token(
    sandbox_thread: SandboxThread, tmp_path: Path, suffix: str
) -> None:
    """Against a real server, in each form of its address; the test environment's too."""
    result = article_bot(
        "run",
        folder=tmp_path,
        BOT_TOKEN=TOKEN,
        BOT_API_URL=sandbox_thread.url + suffix,
        CORPUS_DIR=str(ROOT / "corpus"),
        LOG_LEVEL="DEBUG",
        TELEGRAM_TEST_ENVIRONMENT="yes" if suffix == "/" else "no",
    )
    assert result.returncode == 2
    assert f"{sandbox_thread.url} refuses the token: copy BOT_TOKEN again" in result.stderr
    assert "secret" not in result.stderr.replace("[secret]", "")


def test_settings_come_from_a_dotenv_file_too(tmp_path: Path) -> None:
    """And the environment outweighs it."""
    (tmp_path / ".env").write_text(f"BOT_TOKEN={TOKEN}\nLOG_LEVEL=loud\n")
    assert "LOG_LEVEL is 'loud'" in article_bot("run", folder=tmp_path).stderr
    more = article_bot("run", folder=tmp_path, LOG_LEVEL="quiet").stderr
    assert "LOG_LEVEL is 'quiet'" in more
    (tmp_path / ".env").write_bytes(b"BOT_TOKEN=\xff\xfe")
    assert ".env cannot be read" in article_bot("run", folder=tmp_path).stderr


def test_the_sandbox_starts_soon_and_stops_cleanly(tmp_path: Path) -> None:
    """Ctrl-C ends it with 0 and without a word of trouble; nothing is left behind."""
    process, url = start_sandbox(tmp_path, LOG_LEVEL="DEBUG")
    assert process.stop() == 0
    assert "Traceback" not in process.output
    assert "ERROR" not in process.output
    assert "test-token-of-the-sandbox" not in process.output
    assert url in process.output
    assert [file.name for file in tmp_path.iterdir()] == [process.log.name]


def test_a_taken_port_is_named() -> None:
    """Asked for by number it is an error."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = article_bot("sandbox", "--no-browser", "--port", str(port))
    assert result.returncode == 2
    assert result.stderr == (
        f"Port {port} is taken or not allowed: choose another with --port, or --port 0.\n"
    )


def test_the_next_free_port_is_taken(tmp_path: Path) -> None:
    """Two sandboxes without a --port run side by side."""
    environ = clean_environment(CORPUS_DIR=str(ROOT / "corpus"))
    ready = re.compile(r"ready: (\S+)")
    both = [Process(["sandbox", "--no-browser"], tmp_path, environ) for _ in range(2)]
    urls = {process.wait_for(ready)[1] for process in both}
    assert [process.stop() for process in both] == [0, 0]
    assert len(urls) == 2


def test_the_sandbox_leaves_the_readers_votes_alone(tmp_path: Path) -> None:
    """Whatever database the settings name."""
    process, _ = start_sandbox(tmp_path, DATABASE_URL=f"sqlite:///{tmp_path}/votes.db")
    assert process.stop() == 0
    assert not (tmp_path / "votes.db").exists()


def test_a_corpus_folder_of_ones_own(tmp_path: Path) -> None:
    """./corpus where there is one, else the one that comes with the bot."""
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "bridge.md").write_text(GOOD)
    assert "Bridge Opens" in article_bot("ask", "when did the bridge open", folder=tmp_path).stdout
    (tmp_path / "corpus" / "bridge.md").unlink()
    (tmp_path / "corpus").rmdir()
    assert "US Offers" in article_bot("ask", "security guarantees", folder=tmp_path).stdout


def test_the_wheel_is_complete(tmp_path: Path) -> None:
    """It holds the sandbox's page and a corpus, and its command finds both far from here."""
    built = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation"]
    subprocess.run([*built, "-w", tmp_path, ROOT], check=True, capture_output=True, timeout=120)
    [wheel] = tmp_path.glob("*.whl")
    target = tmp_path / "installed"
    install = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", target]
    subprocess.run([*install, wheel], check=True, capture_output=True, timeout=120)
    page, made_from = target / "bot/sandbox/page", ROOT / "bot/sandbox/page"
    files = {file.relative_to(made_from) for file in made_from.rglob("*") if file.is_file()}
    assert files == {file.relative_to(page) for file in page.rglob("*") if file.is_file()}
    assert load_corpus(target / "bot" / "starter_corpus").articles[0].id == ARTICLE
    found = subprocess.run(
        [sys.executable, "-c", "import bot; print(bot.__file__)"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(target)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert Path(found.stdout.strip()).is_relative_to(target)
    asked = subprocess.run(
        [sys.executable, "-m", "bot", "ask", "security guarantees"],
        cwd=tmp_path,
        env=clean_environment(PYTHONPATH=str(target)),
        capture_output=True,
        text=True,
        check=True,
    )
    assert "Paragraph 1 of 6" in asked.stdout


def test_no_log_at_any_level_shows_the_token(tmp_path: Path) -> None:
    """Run against a server that stops, at DEBUG: errors, tracebacks and addresses included."""
    server, url = start_sandbox(tmp_path)
    token = "1000000:test-token-of-the-sandbox"
    database = f"sqlite:///{tmp_path / 'votes.db'}"
    bot = Process(
        ["run"],
        tmp_path,
        clean_environment(
            BOT_TOKEN=token,
            BOT_API_URL=url,
            CORPUS_DIR=str(ROOT / "corpus"),
            DATABASE_URL=database,
            LOG_LEVEL="DEBUG",
        ),
    )
    bot.wait_for(re.compile(r"answers questions about 1 article"))
    time.sleep(1)
    assert server.stop() == 0
    bot.wait_for(re.compile("No updates for now, trying again"))
    assert bot.stop() == 0
    assert "test-token" not in bot.output
    assert "another process polls with the same token" in bot.output + server.output


def test_a_server_without_the_bot_for_other_bots(tmp_path: Path) -> None:
    """It says where it is and which token it takes; nobody polls it."""
    arguments = ["sandbox", "--api-only", "--port", "0"]
    process = Process(arguments, tmp_path, clean_environment())
    try:
        found = process.wait_for(re.compile(r"at (http://\S+)/bot<token>/<method>.*token (\S+)"))
        with httpx.Client(base_url=found[1], trust_env=False) as client:
            me = client.get(f"/bot{found[2]}/getMe").json()
            assert me["result"]["is_bot"]
            assert client.get("/sandbox/totals").json()["calls"].keys() == {"getme"}
            assert client.post("/sandbox/bot/restart", json={}).status_code == 400
    finally:
        assert process.stop() == 0, process.output


def test_the_demo_has_an_address(tmp_path: Path) -> None:
    """Which the command prints."""
    corpus = {"CORPUS_DIR": str(ROOT / "corpus")}
    arguments = ["sandbox", "--demo", "--no-browser", "--port", "0"]
    process = Process(arguments, tmp_path, clean_environment(**corpus))
    try:
        assert process.wait_for(re.compile(r"ready: (http://\S+)"))[1].endswith("/?demo")
    finally:
        assert process.stop() == 0, process.output


async def test_the_sandbox_restarts_its_bot_and_loses_nothing(sandbox: Sandbox, ada: Chat) -> None:
    """What was tapped and asked meanwhile is counted and answered."""
    answer = await ada.send("security guarantees")
    await sandbox.post("bot/restart")
    await ada.tap_only(answer, f"r:{ARTICLE}:wow")
    assert "Senate" in (await ada.send("Who has to approve the package?"))["text"]
    await ada.shows(answer, "😮 1")
    await ada.send("/forget")
