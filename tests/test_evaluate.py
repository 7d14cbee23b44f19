"""Retrieval measured on question sets."""

import json
import random
from pathlib import Path

import pytest

from bot.errors import QuestionSetError
from bot.retrieval.evaluation import answered_at, auroc, evaluate
from bot.retrieval.question_sets import misspelled, read_set
from tests.benchmarks.other_language import combined
from tests.support.processes import article_bot

SET = {
    "data": [
        {
            "title": "Bridges",
            "paragraphs": [
                {
                    "context": "The old bridge fell in 1998. A storm had damaged its pillars.",
                    "qas": [
                        {
                            "question": "When did the old bridge fall?",
                            "answers": [{"text": "1998", "answer_start": 23}],
                        },
                        {"question": "Who sang?", "answers": [], "is_impossible": True},
                    ],
                },
                {
                    "context": "The mayor opened the new bridge. It cost four million euros.",
                    "qas": [
                        {
                            "question": "How much did it cost in euros?",
                            "answers": [{"text": "four million", "answer_start": 41}],
                        }
                    ],
                },
            ],
        },
        {
            "title": "Bread",
            "paragraphs": [
                {
                    "context": "Flour, water and salt make the dough. Yeast lets it rise.",
                    "qas": [
                        {
                            "question": "What lets it rise?",
                            "answers": [{"text": "Yeast", "answer_start": 38}],
                        }
                    ],
                }
            ],
        },
    ]
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "set.json"
    path.write_text(json.dumps(SET))
    return path


def test_a_set_that_is_answered_in_full(file: Path) -> None:
    """Every figure is 1; questions without an answer are left out."""
    report = evaluate(read_set(file), {})
    assert (report.articles, report.questions) == (2, 3)
    assert report.top1 == report.top3 == report.mrr == 1
    assert report.sentence_hit == report.sentence_hit_given_passage == 1
    assert report.auroc == report.answered_at_5_percent_false == 1


def test_a_wrong_answer_is_counted_as_one(file: Path) -> None:
    """Where the set says that another paragraph answers."""
    wrong = json.loads(json.dumps(SET))
    paragraphs = wrong["data"][0]["paragraphs"]
    paragraphs[0]["qas"], paragraphs[1]["qas"] = paragraphs[1]["qas"], paragraphs[0]["qas"]
    file.write_text(json.dumps(wrong))
    report = evaluate(read_set(file), {})
    assert report.top1 == pytest.approx(1 / 3)
    assert report.top3 == 1
    assert report.mrr == pytest.approx(2 / 3)


@pytest.mark.slow
def test_the_command_prints_figures_for_people_and_programs(file: Path) -> None:
    """The same on every run with the same seed."""
    table = article_bot("evaluate", str(file)).stdout.splitlines()
    assert table[0].split()[:5] == ["file", "articles", "questions", "top-1", "top-3"]
    assert table[1].split()[:5] == ["set.json", "2", "3", "100.0%", "100.0%"]
    runs = [
        article_bot("evaluate", "--json", "--typos", "--seed", "7", str(file), PYTHONHASHSEED=seed)
        for seed in ("1", "2")
    ]
    assert runs[0].stdout == runs[1].stdout
    [found] = json.loads(runs[0].stdout)
    assert list(found) == [
        "file",
        "articles",
        "questions",
        "top1",
        "top3",
        "mrr",
        "sentence_hit",
        "sentence_hit_given_passage",
        "auroc",
        "answered_at_5_percent_false",
        "answered_own",
        "answered_foreign",
        "impossible",
        "impossible_answered",
        "corpus_auroc",
        "corpus_answered_own",
        "corpus_answered_foreign",
    ]


WRONG_START = """{"data": [{"paragraphs": [{"context": "It rains.", "qas": [
    {"question": "What?", "answers": [{"text": "rain", "answer_start": "here"}]}]}]}]}"""


@pytest.mark.parametrize(
    "text",
    ["", "[]", '{"data": 5}', '{"data": [{"paragraphs": [{}]}]}', WRONG_START, "[" * 100_000],
)
def test_what_is_no_question_set_is_named(file: Path, text: str) -> None:
    """With a sentence and exit code 2."""
    file.write_text(text)
    with pytest.raises(QuestionSetError, match="is not a question set"):
        read_set(file)
    result = article_bot("evaluate", str(file))
    assert (result.returncode, "Traceback" in result.stderr) == (2, False)


def test_a_set_without_articles_or_a_missing_file_is_named(file: Path) -> None:
    """Before anything is measured."""
    file.write_text('{"data": []}')
    with pytest.raises(QuestionSetError, match="holds no question"):
        read_set(file)
    with pytest.raises(QuestionSetError, match="cannot be read"):
        read_set(file.with_name("none.json"))


def test_every_longer_word_is_misspelled_once() -> None:
    """An inner letter is dropped, swapped, replaced or doubled; short words are left alone."""
    chance = random.Random(3)
    seen = set()
    for _ in range(300):
        short, word = misspelled("the bridge", "abc", chance).split(" ")
        assert short == "the"
        assert (word[0], word[-1]) == ("b", "e")
        seen.add(len(word) - len("bridge"))
    assert seen == {-1, 0, 1}


def test_auroc_and_answered_share() -> None:
    """Ties count half; None where there is nothing to compare with."""
    assert auroc([0.9, 0.5], [0.5, 0.1]) == (2 + 1.5) / 4
    assert auroc([], [0.5]) is None
    assert answered_at([0.9, 0.2], [0.1] * 95 + [0.3] * 5, 0.05) == 0.5
    assert answered_at([0.9], [], 0.05) is None


def test_the_questions_of_another_language(tmp_path: Path) -> None:
    """Two aligned sets make one, which is answered by meaning only."""
    questions = ["Коли впав старий міст?", "Скільки коштував новий міст?", "Що піднімає тісто?"]
    asked = json.loads(json.dumps(SET))
    for number, qas in enumerate(p["qas"] for each in asked["data"] for p in each["paragraphs"]):
        qas[0]["question"] = questions[number]
    not_told = {"id": "more", "question": "Хто пофарбував міст?", "is_impossible": True}
    asked["data"][0]["paragraphs"][0]["qas"].append(not_told)
    combined_set = combined(asked, SET)
    assert combined_set["data"][0]["paragraphs"][1]["qas"][0]["question"] == questions[1]
    file = tmp_path / "uk-en.json"
    file.write_text(json.dumps(combined_set))
    command = ("evaluate", "--json", str(file))
    (words,) = json.loads(article_bot(*command).stdout)
    (meaning,) = json.loads(article_bot(*command, "--semantic").stdout)
    assert words["answered_own"] == 0
    assert meaning["top1"] == meaning["corpus_answered_own"] == 1
    assert meaning["answered_foreign"] == 0
    # With the one of the set itself.
    assert (meaning["impossible"], meaning["impossible_answered"]) == (2, 0)


def test_sets_that_are_not_aligned() -> None:
    other = json.loads(json.dumps(SET))
    other["data"][0]["paragraphs"].pop()
    with pytest.raises(ValueError, match="longer"):
        combined(other, SET)
