"""The index of many articles, in memory and on disk: it always gives the same answers."""

import random
import shutil
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.corpus.article import Article
from bot.corpus.loader import load_corpus
from bot.retrieval.analysis import Analyzer
from bot.retrieval.answer import Answer
from bot.retrieval.article_arrays import ArticleArrays, code, read_arrays
from bot.retrieval.article_postings import COMMON, Postings
from bot.retrieval.index import Index
from bot.retrieval.query import parse_query
from tests.support.archive import article, articles, question
from tests.support.corpora import ROOT

COUNT = 60
QUESTIONS = [
    *(question(number) for number in range(0, COUNT, 7)),
    "What broke in the storms?",
    "how much was spent on the musuem of Arnsund",
    "Who won the world cup?",
]
ALIASES = {"museum": ("gallery",)}


def answers(index: Index) -> list[Answer | None]:
    """What is answered to all questions, and listed for them."""
    return [index.answer(parse_query(text)) for text in QUESTIONS]


def listed(index: Index) -> list[object]:
    return [index.passages(parse_query(text)) for text in QUESTIONS]


@pytest.fixture
def expected() -> list[Answer | None]:
    return answers(Index(articles(COUNT), ALIASES))


def files(folder: Path) -> list[Path]:
    return sorted(f for f in folder.rglob("*") if f.is_file() and f.stat().st_size)


def test_each_question_finds_its_article(expected: list[Answer | None]) -> None:
    """The questions are such that a wrong index would be noticed."""
    for number, found in zip(range(0, COUNT, 7), expected, strict=False):
        assert found is not None
        assert found.article == article(number)
        assert found.best.passage.position == 2


def test_what_is_on_disk_answers_the_same(tmp_path: Path, expected: list[Answer | None]) -> None:
    """At the first start, which makes it, and at the next one, which does not."""
    assert answers(Index(articles(COUNT), ALIASES, cache=tmp_path)) == expected
    made = {file: file.stat().st_mtime_ns for file in files(tmp_path)}
    again = Index(articles(COUNT), ALIASES, cache=tmp_path)
    assert answers(again) == expected
    assert listed(again) == listed(Index(articles(COUNT), ALIASES))
    assert {file: file.stat().st_mtime_ns for file in files(tmp_path)} == made


def flipped(file: Path) -> None:
    content = bytearray(file.read_bytes())
    for at in range(len(content) // 2, len(content), 997):
        content[at] ^= 0xFF
    file.write_bytes(content)


def halved(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def garbled(file: Path) -> None:
    file.write_bytes(b"This is something else." * 100)


DAMAGES: list[Callable[[Path], None]] = [flipped, halved, garbled, Path.unlink]


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("pattern", ["*.sqlite", "held-articles.npy", "keys.npy", "*.npy"])
def test_a_damaged_cache_is_made_anew(
    tmp_path: Path,
    expected: list[Answer | None],
    caplog: pytest.LogCaptureFixture,
    damage: Callable[[Path], None],
    pattern: str,
) -> None:
    """With a word in the log, and the right answers."""
    Index(articles(COUNT), ALIASES, cache=tmp_path)
    for file in tmp_path.rglob(pattern):
        damage(file)
    assert answers(Index(articles(COUNT), ALIASES, cache=tmp_path)) == expected
    if (pattern, damage) != ("*.sqlite", Path.unlink):
        assert "made anew" in caplog.text
    caplog.clear()
    assert answers(Index(articles(COUNT), ALIASES, cache=tmp_path)) == expected
    assert not caplog.text


def test_damage_that_is_found_while_answering(
    tmp_path: Path, expected: list[Answer | None], caplog: pytest.LogCaptureFixture
) -> None:
    """One article's arrays are not as they were written."""
    index = Index(articles(COUNT), ALIASES, cache=tmp_path)
    with sqlite3.connect(tmp_path / "index.sqlite") as database:
        database.execute("UPDATE arrays SET record = zeroblob(length(record))")
    database.close()
    assert answers(index) == expected
    assert "damaged" in caplog.text
    caplog.clear()
    assert answers(Index(articles(COUNT), ALIASES, cache=tmp_path)) == expected
    assert not caplog.text, "those that were needed have been made anew"


def test_a_cache_of_another_version_is_not_used(
    tmp_path: Path, expected: list[Answer | None]
) -> None:
    """What was made by other code may be anything."""
    Index(articles(COUNT), ALIASES, cache=tmp_path)
    with sqlite3.connect(tmp_path / "index.sqlite") as database:
        database.execute("UPDATE cache_version SET version = 'other'")
        database.execute("UPDATE arrays SET record = zeroblob(8)")
    database.close()
    assert answers(Index(articles(COUNT), ALIASES, cache=tmp_path)) == expected


def test_a_folder_that_cannot_be_made(
    tmp_path: Path, expected: list[Answer | None], caplog: pytest.LogCaptureFixture
) -> None:
    """One line in the log, and nothing else."""
    (tmp_path / "file").touch()
    nowhere = tmp_path / "file" / "x"
    corpus = load_corpus(ROOT / "corpus", nowhere)
    assert corpus.cache_folder == nowhere
    assert answers(Index(articles(COUNT), ALIASES, cache=nowhere)) == expected
    assert [record.levelname for record in caplog.records] == ["WARNING"]


def test_other_aliases_are_another_index(tmp_path: Path) -> None:
    """Of the same articles, in the same cache."""
    Index(articles(COUNT), {}, cache=tmp_path)
    again = answers(Index(articles(COUNT), ALIASES, cache=tmp_path))
    assert again == answers(Index(articles(COUNT), ALIASES))


@pytest.mark.parametrize("cached", [False, True])
def test_changed_articles_are_as_in_a_new_index(tmp_path: Path, cached: bool) -> None:
    """Whatever was changed before, a few at a time or many."""
    rng = random.Random(5)
    cache = tmp_path / "cache" if cached else None
    now = articles(COUNT)
    index = Index(now, ALIASES, cache=cache)
    for step in range(12):
        now = changed(now, rng, few=step % 4 != 3)
        index = Index(now, ALIASES, previous=index)
        fresh = Index(now, ALIASES)
        assert answers(index) == answers(fresh)
        assert listed(index) == listed(fresh)
    assert answers(Index(now, ALIASES, cache=cache)) == answers(fresh)


def changed(now: Sequence[Article], rng: random.Random, few: bool) -> list[Article]:
    """Some other version of a list of articles."""
    result = list(now)
    for _ in range(3 if few else 40):
        kind, at = rng.choice(("change", "add", "remove", "move")), rng.randrange(len(result))
        if kind == "change":
            old = result[at]
            kept = old.paragraphs[1:]
            text = f"It took {rng.randrange(100)} years to build the {old.title.split()[1]}."
            result[at] = replace(old, paragraphs=(text, *kept))
        elif kind == "add":
            number = rng.randrange(200)
            if article(number).id not in {each.id for each in result}:
                result.insert(at, article(number))
        elif len(result) > 1:
            moved = result.pop(at)
            if kind == "move":
                result.append(moved)
    return result


def test_articles_with_the_same_text(tmp_path: Path) -> None:
    """Both are listed; the first one answers."""
    twins = [replace(article(0), id="one"), replace(article(0), id="other"), *articles(3)[1:]]
    for index in (Index(twins, {}), Index(twins, {}, cache=tmp_path)):
        found = index.answer(parse_query(question(0)))
        assert found is not None
        assert found.article.id == "one"
        ids = {each.id for each, _, _ in index.passages(parse_query(question(0)))}
        assert {"one", "other"} <= ids
    without = Index(twins[1:], {}, previous=index)
    found = without.answer(parse_query(question(0)))
    assert found is not None
    assert found.article.id == "other"


def test_several_languages_and_own_aliases(tmp_path: Path) -> None:
    """Each language has postings of its own; an article's own aliases hold in it only."""
    mixed = [
        *articles(8),
        replace(article(9), aliases={"museum": ("treasury",)}, title="The museum of Yarrow"),
        *(replace(article(n, language="de"), id=f"de-{n}") for n in range(20, 24)),
    ]
    fresh, made = Index(mixed, {}), Index(mixed, {}, cache=tmp_path)
    again = Index(mixed, {}, cache=tmp_path)
    assert answers(fresh) == answers(made) == answers(again)


def test_sample_questions_are_asked_once(tmp_path: Path) -> None:
    """Which ones are answered is kept with the article."""
    first = Index(articles(3), {}, cache=tmp_path).answered_samples(articles(3))
    assert first == {each.id: [True, False] for each in articles(3)}
    with sqlite3.connect(tmp_path / "index.sqlite") as database:
        database.execute("UPDATE answered SET is_answered = 1 - is_answered")
    database.close()
    again = Index(articles(3), {}, cache=tmp_path).answered_samples(articles(3))
    assert again == {each.id: [False, True] for each in articles(3)}
    new = replace(article(0), paragraphs=(*article(0).paragraphs, "More."))
    asked = Index([new, *articles(3)[1:]], {}, cache=tmp_path).answered_samples([new])
    assert asked == {new.id: [True, False]}


def test_the_cache_does_not_grow_for_ever(tmp_path: Path) -> None:
    """What no article uses any more is deleted at a later start."""
    for years in range(12):
        Index([article(n, years) for n in range(10)], {}, cache=tmp_path)
    with sqlite3.connect(tmp_path / "index.sqlite") as database:
        (count,) = database.execute("SELECT count(*) FROM arrays").fetchone()
    database.close()
    assert count <= 30
    assert len(list(tmp_path.glob("postings-*"))) == 1


def test_postings_that_are_removed_while_in_use(
    tmp_path: Path, expected: list[Answer | None]
) -> None:
    """They stay mapped."""
    index = Index(articles(COUNT), ALIASES, cache=tmp_path)
    shutil.rmtree(tmp_path)
    assert answers(index) == expected


@given(st.lists(st.text(max_size=80), min_size=1, max_size=4), st.sampled_from(["en", "de", "zh"]))
@settings(max_examples=60, deadline=None)
def test_arrays_are_read_as_they_were_written(texts: list[str], language: str) -> None:
    """Whatever the text is; and they are those of its tokens."""
    analyzer = Analyzer(language)
    source = Article("a", "Title", "", language, (), tuple(texts))
    arrays = read_arrays(source, analyzer)
    again = ArticleArrays.from_bytes(arrays.to_bytes())
    for name, value in vars(arrays).items():
        assert np.array_equal(getattr(again, name), value), name
    assert again.characters.tolist() == [len(text) for text in texts]
    spans = zip(again.sentence_starts, again.sentence_ends, strict=True)
    assert all(0 <= start <= end for start, end in spans)
    with pytest.raises(ValueError, match="bytes"):
        ArticleArrays.from_bytes(arrays.to_bytes()[:-10])


@given(st.lists(st.sets(st.integers(0, 2**32 - 1), max_size=12), min_size=1, max_size=30))
@settings(max_examples=60, deadline=None)
def test_postings_say_who_holds_a_token(documents: list[set[int]]) -> None:
    """Of rare tokens and of common ones."""
    postings = Postings.of([np.array(sorted(each), dtype=np.uint32) for each in documents])
    wanted = sorted(set().union(*documents, {code("absent")}))
    codes = np.array(wanted, dtype=np.uint32)
    held, rows = postings.find(codes)
    found = {wanted[at]: postings.holders(row).tolist() for at, row in zip(held, rows, strict=True)}
    assert found == {
        token: [n for n, each in enumerate(documents) if token in each]
        for token in wanted
        if any(token in each for each in documents)
    }
    weights = np.arange(1.0, len(wanted) + 1)
    scores = np.zeros(len(documents))
    postings.add(scores, codes, weights)
    for number, each in enumerate(documents):
        expected = sum(w for token, w in zip(wanted, weights, strict=True) if token in each)
        assert scores[number] == pytest.approx(expected)
    assert 0 < COMMON < 1
