"""How far long work is: a bar in a terminal, lines in a log otherwise, nothing for little work."""

import os
import pty
import subprocess
import sys
import termios
from pathlib import Path

import pytest

from bot.cli.progress import MANY
from tests.support.corpora import ROOT
from tests.support.processes import article_bot, clean_environment


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """More articles than can be read within the time after which a bar is shown."""
    folder = tmp_path / "corpus"
    folder.mkdir()
    for number in range(4 * MANY):
        (folder / f"story-{number}.md").write_text(f"# Story {number}\n\nIts text, all of it.\n")
    return folder


def settings(folder: Path) -> dict[str, str]:
    return {
        "CORPUS_DIR": str(folder),
        "CACHE_DIR": str(folder.parent / "cache"),
        "DATABASE_URL": f"sqlite:///{folder.parent}/votes.db",
    }


def test_the_log_says_what_takes_long(folder: Path) -> None:
    """Once: the second time nothing is left to do."""
    first, second = (article_bot("stats", **settings(folder)).stderr for _ in range(2))
    assert first.count("Reading articles: 800 are new or have changed; this takes a while.") == 1
    assert first.count("Reading articles: done.") == 1
    assert "Reading" not in second


def test_a_terminal_shows_a_bar(folder: Path) -> None:
    """It goes away at the end, and what the command prints has nothing of it."""
    terminal, end = pty.openpty()
    termios.tcsetwinsize(end, (24, 80))
    environ = clean_environment(PYTHONPATH=str(ROOT), **settings(folder))
    with subprocess.Popen(
        [sys.executable, "-m", "bot", "check"], env=environ, stdout=subprocess.PIPE, stderr=end
    ) as process:
        os.close(end)
        shown = b""
        while part := read(terminal):
            shown += part
        assert process.stdout is not None
        printed = process.stdout.read()
    os.close(terminal)
    assert b"Reading articles:" in shown
    assert b"/800 [" in shown
    assert shown.rstrip(b" ").endswith(b"\r")
    assert b"Reading" not in printed
    assert b"800 articles" in printed


def read(terminal: int) -> bytes:
    """What is shown next; nothing at the end."""
    try:
        return os.read(terminal, 4096)
    except OSError:
        return b""
