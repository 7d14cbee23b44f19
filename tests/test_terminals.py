"""Every command prints on a terminal of any encoding; a character that it lacks is a "?"."""

import json
from pathlib import Path

import pytest

from bot.cli import COMMANDS
from tests.support.processes import article_bot

KEY = {"VOTER_KEY": "k" * 32}


@pytest.mark.parametrize("encoding", ["ascii", "iso-8859-5"])
def test_ask(encoding: str) -> None:
    """The place of the passage has a character that these do not have; the rest is complete."""
    result = article_bot("ask", "what did the US agree to?", PYTHONIOENCODING=encoding)
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.splitlines()[-1].endswith(" ? match 1 of 3")


def test_ask_for_programs() -> None:
    """JSON holds the question as it is, even a character beyond 16 bits."""
    question = "what did the US agree to… 🤔?"
    found = article_bot("ask", "--json", question, PYTHONIOENCODING="ascii").stdout
    assert json.loads(found)["question"] == question
    assert found.isascii()


def test_what_is_no_character_of_any_encoding() -> None:
    """A question of bytes that are no UTF-8."""
    for options in ((), ("--json",)):
        result = article_bot("ask", *options, "who is \udcff?")
        assert (result.returncode, result.stderr) == (0, "")


def corpus_of_emoji(folder: Path) -> Path:
    """A corpus whose title, file name, reactions and questions are not ASCII."""
    corpus = folder / "корпус"
    corpus.mkdir()
    (corpus / "привіт.md").write_text(
        "---\ntitle: Привіт 👋\nid: x\nquestions: ['Хто це? 🤔']\n---\nЦе я.\n", encoding="utf-8"
    )
    (corpus / "reactions.yaml").write_text(
        "like: {label: Добре 👍, emoji: 👍, order: 1}\n", encoding="utf-8"
    )
    return corpus


def test_check_stats_and_new(tmp_path: Path) -> None:
    """With titles, labels and file names that the terminal cannot show; errors too."""
    settings = {
        "CORPUS_DIR": str(corpus_of_emoji(tmp_path)),
        "DATABASE_URL": f"sqlite:///{tmp_path}/votes.db",
        "PYTHONIOENCODING": "ascii",
        **KEY,
    }
    assert article_bot("run", "--prepare", **settings).returncode == 0
    for arguments, codes in (
        (("check",), (0, 1)),
        (("stats",), (0,)),
        (("stats", "--json"), (0,)),
        (("stats", "--kept"), (0,)),
        (("ask", "Хто це?"), (0,)),
        (("new", "another"), (0,)),
        (("add", str(tmp_path / "нема.md")), (1, 2)),
        (("backup", str(tmp_path / "копія.db")), (0,)),
    ):
        result = article_bot(*arguments, **settings)
        assert "Traceback" not in result.stderr, (arguments, result.stderr)
        assert result.returncode in codes, (arguments, result.stdout, result.stderr)


@pytest.mark.parametrize("command", COMMANDS)
def test_help(command: str) -> None:
    """Of every command."""
    assert article_bot(command, "--help", PYTHONIOENCODING="ascii").returncode == 0
