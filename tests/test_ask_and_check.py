"""The commands article-bot ask and article-bot check."""

import json
from pathlib import Path

import pytest

from bot.corpus.loader import load_corpus
from tests.support.corpora import ARTICLE, ROOT
from tests.support.processes import article_bot
from tests.support.sentences import NOT_IN_ARTICLE
from tests.test_corpus import GOOD

QUESTIONS = load_corpus(ROOT / "corpus").articles[0].questions


def test_ask_answers_in_the_terminal() -> None:
    """The answer has the headline, the passage with the sentence marked, and its position."""
    result = article_bot("ask", "Who has to approve the package?")
    assert result.returncode == 0
    headline, passage, place = result.stdout.strip().split("\n")
    assert headline.startswith("US Offers Security Guarantees")
    assert "**The U.S. package is expected to require approval" in passage
    assert passage.endswith("peace framework.**")
    assert place == "Paragraph 3 of 5"


def test_ask_imports_only_what_it_needs() -> None:
    """What other commands need would take longer than the answer."""
    result = article_bot("ask", QUESTIONS[0], PYTHONPROFILEIMPORTTIME="1")
    assert result.returncode == 0
    imported = {line.rpartition("|")[2].strip() for line in result.stderr.splitlines()}
    assert "bot.retrieval.index" in imported
    assert imported.isdisjoint(("telegram", "aiohttp", "babel.dates", "asyncio", "bot.cli.signals"))


@pytest.mark.slow
def test_ask_for_programs() -> None:
    """The JSON has all keys, whatever the verdict."""
    found = json.loads(article_bot("ask", "--json", "what did the US agree to?").stdout)
    assert found["question"] == "what did the US agree to?"
    assert found["verdict"] == "answered"
    assert found["article"]["id"] == ARTICLE
    assert (found["passage"]["kind"], found["passage"]["number"]) == ("standfirst", None)
    assert found["passage"]["of"] == 5
    assert found["sentence"] in found["passage"]["text"]
    assert found["score"] > 0
    assert found["other_language"] is False
    assert 0 < found["confidence"] <= 1
    missing = json.loads(article_bot("ask", "--json", "who won the world cup?").stdout)
    assert missing["verdict"] == "not_in_article"
    assert missing.keys() == found.keys()
    assert missing["article"] is missing["passage"] is missing["sentence"] is None
    assert missing["other_language"] is None
    nothing = json.loads(article_bot("ask", "--json", "👍").stdout)
    assert (nothing["verdict"], nothing["confidence"]) == ("not_in_article", None)


def test_ask_says_what_the_article_does_not_say() -> None:
    """Sample questions are offered instead."""
    output = article_bot("ask", "who", "won", "the", "world", "cup?").stdout
    assert output.startswith(NOT_IN_ARTICLE)
    assert any(f"\n  {question}" in output for question in QUESTIONS)


@pytest.mark.slow
def test_the_answer_is_the_same_in_every_process() -> None:
    """The answer does not depend on the random hashes of strings."""
    questions = ("what did the us agree to", "security garantees", "peace")
    answers = {
        article_bot("ask", "--json", " ".join(questions), PYTHONHASHSEED=seed).stdout
        for seed in ("0", "1", "2")
    }
    assert len(answers) == 1


@pytest.mark.slow
def test_a_corpus_folder_of_ones_own(tmp_path: Path) -> None:
    """./corpus is used if it exists, else the corpus that comes with the bot."""
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "bridge.md").write_text(GOOD)
    assert "Bridge Opens" in article_bot("ask", "when did the bridge open", folder=tmp_path).stdout
    (tmp_path / "corpus" / "bridge.md").unlink()
    (tmp_path / "corpus").rmdir()
    assert "US Offers" in article_bot("ask", "security guarantees", folder=tmp_path).stdout


def test_check_finds_no_fault_in_the_corpus() -> None:
    """The corpus that comes with the bot has no faults."""
    result = article_bot("check")
    said = "corpus: 1 article (en), 6 passages, no faults.\n"
    assert (result.returncode, result.stdout) == (0, said)


def test_check_names_a_sample_question_without_an_answer(tmp_path: Path) -> None:
    """The fault has file, line and hint; the exit code is 1."""
    (tmp_path / "bridge.md").write_text(GOOD.replace("---\nFirst", "  - Who won?\n---\nFirst"))
    result = article_bot("check", CORPUS_DIR=str(tmp_path))
    assert result.returncode == 1
    assert result.stdout == (
        f"{tmp_path}/bridge.md:7: The sample question 'Who won?' gets no answer. "
        "Use words that are in the article, or add aliases.\n"
        f"{tmp_path}: 1 article (en), 3 passages, 1 fault.\n"
    )


def test_check_names_faults(tmp_path: Path) -> None:
    """All faults are printed, each on its own line, and a summary."""
    (tmp_path / "a.md").write_text("")
    (tmp_path / "b.md").write_text(GOOD.replace("en\n", "English\nurl: javascript:x\n"))
    result = article_bot("check", CORPUS_DIR=str(tmp_path))
    assert result.returncode == 1
    assert len(result.stdout.splitlines()) == 4
    assert result.stdout.endswith(f"{tmp_path}: 3 faults.\n")
    assert "Traceback" not in result.stderr


def test_check_groups_what_is_alike(tmp_path: Path) -> None:
    """A line for all files with the same fault, and for each kind of thing that is left out."""
    for number in range(9):
        text = GOOD.replace("language: en", f"layout: post\nx{number}: 1")
        (tmp_path / f"a{number}.md").write_text(text)
        (tmp_path / f"{number}.png").write_bytes(b"\x89PNG")
    (tmp_path / "draft.md").write_text("---\ndraft: true\n---\nNot yet.")
    result = article_bot("check", CORPUS_DIR=str(tmp_path))
    assert result.returncode == 0, result.stdout
    keys, languages, unread, summary = result.stdout.splitlines()
    assert keys.startswith("Keys that the bot does not use: layout: 9 files, x0: 1 file, ")
    assert languages.startswith("Languages that are not given and were detected: en: 9 files (")
    assert unread.startswith("Not read: 10 files (.png: 9, draft: 1), such as 0.png, 1.png, 2.png")
    assert summary == f"{tmp_path}: 9 articles (en), 27 passages, no faults."
    for number in range(9):
        (tmp_path / f"a{number}.md").write_text("")
    result = article_bot("check", CORPUS_DIR=str(tmp_path))
    [fault, summary] = result.stdout.splitlines()
    assert fault.startswith("9 times: There is no text in the file. Add the article's paragraphs")
    assert summary == f"{tmp_path}: 9 faults."
