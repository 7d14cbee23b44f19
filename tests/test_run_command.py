"""The command article-bot run. Its output shows no secret."""

import re
from base64 import b64encode
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from tests.support.corpora import ROOT
from tests.support.processes import Process, article_bot, clean_environment, start_sandbox
from tests.support.threads import SandboxThread

TOKEN = "4242:a-very-secret-token-that-no-log-may-show"


class EchoHandler(BaseHTTPRequestHandler):
    """Fails as some proxies do: with a page that repeats the request."""

    def do_POST(self) -> None:
        body = f"No {self.path} for {self.headers['Authorization']}".encode()
        self.send_response(500)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Log nothing."""


@pytest.fixture(scope="module")
def echo_port() -> Iterator[int]:
    """The port of a server that repeats every request in its error."""
    with ThreadingHTTPServer(("127.0.0.1", 0), EchoHandler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({}, "BOT_TOKEN is not set: get a token from @BotFather"),
        ({"BOT_TOKEN": TOKEN, "LOG_LEVEL": "loud"}, "LOG_LEVEL is 'loud': set it to one of"),
        (
            {"BOT_TOKEN": TOKEN, "DATABASE_URL": "sqlite:////no/such/folder/votes.db"},
            "cannot be opened",
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
        ({"BOT_TOKEN": TOKEN, "CORPUS_DIR": "/no/such/folder"}, "There is no such folder."),
    ],
)
def test_run_ends_with_a_sentence(tmp_path: Path, settings: dict[str, str], sentence: str) -> None:
    """Errors end it with exit code 2 and one line, without traceback or secret."""
    corpus = {"CORPUS_DIR": str(ROOT / "corpus")}
    result = article_bot("run", folder=tmp_path, **{**corpus, **settings})
    assert result.returncode == 2
    assert sentence in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1
    assert "secret" not in result.stderr.replace("secrets.", "").replace("import secrets", "")
    assert settings.get("BOT_TOKEN", "none at all") not in result.stderr


@pytest.mark.parametrize("test_environment", ["yes", "no"])
def test_run_with_a_refused_token(
    sandbox_thread: SandboxThread, tmp_path: Path, test_environment: str
) -> None:
    """The server of the sandbox refuses it, also in its test environment."""
    result = article_bot(
        "run",
        folder=tmp_path,
        BOT_TOKEN=TOKEN,
        BOT_API_URL=sandbox_thread.url,
        CORPUS_DIR=str(ROOT / "corpus"),
        LOG_LEVEL="DEBUG",
        TELEGRAM_TEST_ENVIRONMENT=test_environment,
    )
    assert result.returncode == 2
    assert f"{sandbox_thread.url} refuses the token: copy BOT_TOKEN again" in result.stderr
    assert "secret" not in result.stderr.replace("[secret]", "")


@pytest.mark.parametrize(
    ("user", "path"),
    [("me:secret@", ""), ("secret-token@", "/secret"), ("", "/bot:secret"), ("1:secret@", "/x")],
)
def test_run_shows_no_password_of_the_bot_api(
    echo_port: int, tmp_path: Path, user: str, path: str
) -> None:
    """Neither in its message nor at DEBUG, whether the server is there or not."""
    encoded = b64encode(user.rstrip("@").encode()).decode().rstrip("=")
    for port, reason in ((9, "no connection"), (echo_port, "something in between")):
        settings = {
            "BOT_TOKEN": TOKEN,
            "BOT_API_URL": f"http://{user}127.0.0.1:{port}{path}",
            "CORPUS_DIR": str(ROOT / "corpus"),
            "LOG_LEVEL": "DEBUG",
        }
        bot = Process(["run"], tmp_path, clean_environment(PYTHONPATH=str(ROOT), **settings))
        shown = f"http://{user and '[secret]@'}127.0.0.1:{port}{path and '/[secret]'}"
        bot.wait_for(re.compile(re.escape(f"{shown} cannot be used, trying again: {reason}")))
        assert bot.stop() == 0
        assert "Set Bot API URL: [secret]" in bot.output
        assert "secret" not in bot.output.replace("[secret]", "")
        assert not user or encoded not in bot.output


@pytest.mark.slow
@pytest.mark.parametrize("module", ["argparse", "yaml", "bot.config", "numpy", "telegram"])
def test_ctrl_c_while_run_is_still_being_loaded(tmp_path: Path, module: str) -> None:
    """Whatever it is importing: it ends at once, with the exit code of Ctrl-C and no traceback."""
    settings = {"BOT_TOKEN": TOKEN, "BOT_API_URL": "http://127.0.0.1:9"}
    # Python then reports every module that it has imported.
    environ = clean_environment(PYTHONPROFILEIMPORTTIME="1", PYTHONPATH=str(ROOT), **settings)
    process = Process(["run"], tmp_path, environ)
    process.wait_for(re.compile(rf"\| +{re.escape(module)}(\.\w+)?\n"))
    assert process.stop() == 130
    reports = re.compile(r"import time:.*")
    assert [line for line in process.output.splitlines() if not reports.match(line)] == []


@pytest.mark.slow
def test_no_log_at_any_level_shows_the_token(tmp_path: Path) -> None:
    """Not even at DEBUG, with a competing bot and a server that stops."""
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
    bot.wait_for(re.compile("another process polls with the same token"))
    assert server.stop() == 0
    bot.wait_for(re.compile("Updates cannot be received, trying again"))
    assert bot.stop() == 0
    assert "test-token" not in bot.output
