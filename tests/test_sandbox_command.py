"""The command article-bot sandbox."""

import re
import socket
from pathlib import Path

import httpx
import pytest

from tests.support.chat import Chat
from tests.support.corpora import ARTICLE, BRIDGE, ROOT, write_two_articles
from tests.support.processes import Process, article_bot, clean_environment, start_sandbox
from tests.support.stage import Sandbox
from tests.support.waiting import until


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
async def test_the_sandbox_follows_the_articles_and_leaves_them_alone(tmp_path: Path) -> None:
    """What is changed in the folder is there at once, in a copy that is gone afterwards."""
    corpus = write_two_articles(tmp_path)
    process, url = start_sandbox(tmp_path, CORPUS_DIR=str(corpus), TMPDIR=str(tmp_path))
    (copy,) = tmp_path.glob("article-bot-*/corpus")
    try:
        (copy / "added.md").write_text(BRIDGE, encoding="utf-8")
        (corpus / "bridge.md").write_text(BRIDGE.replace("noon", "dawn"), encoding="utf-8")
        await until(lambda: "dawn" in (copy / "bridge.md").read_text(encoding="utf-8"))
        (corpus / "bridge.md").unlink()
        await until(lambda: not (copy / "bridge.md").exists())
        assert (copy / "added.md").exists()
        with httpx.Client(base_url=url, trust_env=False) as client:
            assert client.get("/sandbox/state").json()["bot"]["admins"] == [1001]
    finally:
        assert process.stop() == 0, process.output
    assert [file.name for file in corpus.iterdir()] == [f"{ARTICLE}.md"]
    assert list(tmp_path.glob("article-bot-*")) == []


def test_a_fault_is_named_where_it_can_be_mended(tmp_path: Path) -> None:
    """In the folder of the settings, not in the copy; so is a link that leads to nothing."""
    corpus = write_two_articles(tmp_path, BRIDGE.replace("language: en", "language: [en"))
    (corpus / "lost.md").symlink_to(tmp_path / "nothing.md")
    result = article_bot("sandbox", "--no-browser", "--port", "0", CORPUS_DIR=str(corpus))
    assert result.returncode == 2
    first, second = result.stderr.splitlines()
    assert first.startswith(f"{corpus}/bridge.md:")
    assert second.startswith(f"{corpus}/lost.md: ")


@pytest.mark.slow
def test_a_large_corpus_is_not_copied(tmp_path: Path) -> None:
    """It says so, and there is no admin who could change the articles."""
    corpus = write_two_articles(tmp_path)
    drafts = "---\ndraft: true\n---\n" + "A text. " * 100_000
    for number in range(64):
        (corpus / f"draft{number}.md").write_text(drafts, encoding="utf-8")
    process, url = start_sandbox(tmp_path, CORPUS_DIR=str(corpus), TMPDIR=str(tmp_path))
    try:
        assert f"The articles in {corpus} are larger than 50 MB" in process.output
        assert list(tmp_path.glob("article-bot-*/corpus")) == []
        with httpx.Client(base_url=url, trust_env=False) as client:
            assert client.get("/sandbox/state").json()["bot"]["admins"] == []
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
