"""The command article-bot sandbox."""

import re
import socket
import subprocess
from pathlib import Path

import httpx
import pytest

from tests.support.chat import Chat
from tests.support.corpora import ARTICLE, ROOT
from tests.support.processes import Process, article_bot, clean_environment, start_sandbox
from tests.support.stage import Sandbox


@pytest.mark.slow
def test_the_sandbox_starts_soon_and_stops_cleanly(tmp_path: Path) -> None:
    """Ctrl-C ends it with exit code 0; it logs no error and leaves no file."""
    process, url = start_sandbox(tmp_path, LOG_LEVEL="DEBUG")
    assert process.stop() == 0
    assert "Traceback" not in process.output
    assert "ERROR" not in process.output
    assert "test-token-of-the-sandbox" not in process.output
    assert url in process.output
    assert [file.name for file in tmp_path.iterdir()] == [process.log.name]


def test_a_taken_port_is_named() -> None:
    """A port that is given must be free."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = article_bot("sandbox", "--no-browser", "--port", str(port))
    assert result.returncode == 2
    assert result.stderr == (
        f"Port {port} is taken or not allowed: choose another with --port, or --port 0.\n"
    )


@pytest.mark.slow
def test_the_next_free_port_is_taken(tmp_path: Path) -> None:
    """Two sandboxes without a --port run side by side."""
    environ = clean_environment(CORPUS_DIR=str(ROOT / "corpus"))
    ready = re.compile(r"ready: (\S+)")
    both = [Process(["sandbox", "--no-browser"], tmp_path, environ) for _ in range(2)]
    urls = {process.wait_for(ready)[1] for process in both}
    assert [process.stop() for process in both] == [0, 0]
    assert len(urls) == 2


def test_the_sandbox_leaves_the_readers_votes_alone(tmp_path: Path) -> None:
    """The sandbox does not use the database of the settings."""
    process, _ = start_sandbox(tmp_path, DATABASE_URL=f"sqlite:///{tmp_path}/votes.db")
    assert process.stop() == 0
    assert not (tmp_path / "votes.db").exists()


@pytest.mark.slow
def test_the_command_that_it_offers_for_publishing_works(tmp_path: Path) -> None:
    """Whatever voter key .env has."""
    (tmp_path / ".env").write_text(f"VOTER_KEY={'k' * 40}\n")
    process, url = start_sandbox(tmp_path)
    try:
        with httpx.Client(base_url=url, trust_env=False) as client:
            command = client.get("/sandbox/publish").json()["command"]
        environ = clean_environment(PYTHONPATH=str(ROOT), CORPUS_DIR=str(ROOT / "corpus"))
        result = subprocess.run(
            command,
            shell=True,
            cwd=tmp_path,
            env=environ,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert result.returncode == 0, result.stderr
    finally:
        assert process.stop() == 0, process.output


def test_a_server_without_the_bot_for_other_bots(tmp_path: Path) -> None:
    """It prints its address and token, and no bot of its own runs."""
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


@pytest.mark.slow
def test_the_demo_has_an_address(tmp_path: Path) -> None:
    """The command prints the address that starts the demonstration."""
    corpus = {"CORPUS_DIR": str(ROOT / "corpus")}
    arguments = ["sandbox", "--demo", "--no-browser", "--port", "0"]
    process = Process(arguments, tmp_path, clean_environment(**corpus))
    try:
        assert process.wait_for(re.compile(r"ready: (http://\S+)"))[1].endswith("/?demo")
    finally:
        assert process.stop() == 0, process.output


async def test_the_sandbox_restarts_its_bot_and_loses_nothing(sandbox: Sandbox, ada: Chat) -> None:
    """Taps and questions during the restart are counted and answered."""
    answer = await ada.send("security guarantees")
    await sandbox.post("bot/restart")
    await ada.tap_only(answer, f"r:{ARTICLE}:wow")
    assert "Senate" in (await ada.send("Who has to approve the package?"))["text"]
    await ada.shows(answer, "😮 1")
    await ada.send("/forget")
