"""The package as it is built and installed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.corpus.loader import load_corpus
from tests.support.corpora import ARTICLE, ROOT
from tests.support.processes import clean_environment

MAX_SIZE = 700_000
"""Bytes of the wheel; the pictures of the documents are not in it."""


@pytest.mark.slow
def test_the_wheel_is_complete(tmp_path: Path) -> None:
    """It contains the sandbox's page and a corpus, and its command finds them anywhere."""
    built = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation"]
    subprocess.run([*built, "-w", tmp_path, ROOT], check=True, capture_output=True, timeout=120)
    [wheel] = tmp_path.glob("*.whl")
    assert wheel.stat().st_size < MAX_SIZE
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
    assert "Introduction" in asked.stdout
