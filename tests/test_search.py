"""Questions and the passages that answer them."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.analysis import Analyzer, sentences, words
from bot.corpus import load_corpus
from bot.search import Index, Verdict
from tests.conftest import ROOT
from tests.test_corpus import GOOD

CORPUS = load_corpus(ROOT / "corpus")
INDEX = Index(CORPUS.articles, CORPUS.aliases)


@pytest.mark.parametrize(
    "question",
    [
        "what did the US agree to?",
        "what did the us agree to",
        "what did the U.S. agree to?",
        "What did the United States agree to?",
        "What has America promised?",
        "security garantees",
    ],
)
def test_what_was_agreed_stands_first(question: str) -> None:
    """However the country is written."""
    found = INDEX.answer(question)
    assert found is not None
    assert found.verdict is Verdict.ANSWERED
    assert found.passage.number in (1, 2)


@pytest.mark.parametrize(
    ("question", "number", "words_of_sentence"),
    [
        ("Who has to approve the package?", 4, "approval by the U.S. Senate"),
        ("zelensky", 4, "Zelenskyy"),
        ("whats the situation in donbass", 4, "Donbas"),
        ("is it like nato article 5", 3, "Article 5"),
        ("weather in Berlin", 2, "in Berlin"),
        ("when did it begin? february 2022?", 6, "February 2022"),
    ],
)
def test_the_passage_and_its_sentence(question: str, number: int, words_of_sentence: str) -> None:
    """The sentence that answers is pointed at."""
    found = INDEX.answer(question)
    assert found is not None
    start, end = found.sentence
    assert (found.passage.number, words_of_sentence in found.passage.text[start:end]) == (
        number,
        True,
    )


@pytest.mark.parametrize("question", ["who won the world cup?", "how do I bake bread"])
def test_what_the_article_does_not_touch(question: str) -> None:
    """Told apart from what it does."""
    found = INDEX.answer(question)
    assert found is not None
    assert found.verdict is Verdict.NOT_IN_ARTICLE


def test_no_words_no_answer() -> None:
    """Emoji and signs ask nothing."""
    assert [INDEX.answer(text) for text in ("", "?!", "👍🏽", "\u200b")] == [None] * 4


def test_a_second_article_is_searched_too(tmp_path: Path) -> None:
    """The answer names the article that it is from."""
    (tmp_path / "bridge.md").write_text(GOOD)
    more = load_corpus(tmp_path)
    index = Index((*CORPUS.articles, *more.articles), CORPUS.aliases)
    for question, article in (
        ("When did the bridge open?", "bridge"),
        ("what did the US agree to?", CORPUS.articles[0].id),
    ):
        found = index.answer(question)
        assert found is not None
        assert found.article.id == article


def test_typographic_variants_are_one_word() -> None:
    """Accents, ё, quotes, hyphens, full stops in abbreviations, width, zero-width characters."""
    for one, other in (
        ("café", "cafe"),
        ("ещё", "еще"),
        ("U.S.A.", "USA"),
        ("U.S.", "us"),
        ("four‑year", "four-year"),
        ("Russia’s", "Russia's"),
        ("ＮＡＴＯ", "nato"),
        ("guar\u00adan\u200btees", "guarantees"),
    ):
        assert words(one) == words(other)


def test_words_of_many_scripts() -> None:
    """Numbers stay whole, vowel signs stay in their words."""
    assert words("$1.5bn in 2022: 1,000") == ["1.5", "bn", "in", "2022", "1,000"]
    assert words("हिन्दी में") == ["हिन्दी", "में"]
    assert words("美国同意 2022年") == ["美国同意", "2022", "年"]


def test_names_of_one_thing_give_the_same_tokens() -> None:
    """Also where an article adds to the general names."""
    analyzer = Analyzer("en", {"United States": ["US"]}, {"United States": ["Washington"]})
    tokens = analyzer.question_tokens("United States")
    assert analyzer.question_tokens("the us".removeprefix("the ")) == tokens
    assert analyzer.question_tokens("Washington") == tokens


def test_abbreviations_end_no_sentence() -> None:
    """As they stand in news."""
    text = "Senior U.S. officials said so at 5 p.m. on Monday. Mr. Smith paid $1.5 million. Why?"
    assert [text[start:end] for start, end in sentences(text, "en")] == [
        "Senior U.S. officials said so at 5 p.m. on Monday.",
        "Mr. Smith paid $1.5 million.",
        "Why?",
    ]


@given(st.text(max_size=4_000))
@settings(max_examples=150, deadline=None)
def test_any_question_gets_an_answer_or_none(question: str) -> None:
    """Never an error; the sentence lies within its passage."""
    found = INDEX.answer(question)
    if found is not None:
        start, end = found.sentence
        assert 0 <= start < end <= len(found.passage.text)
        assert 0 <= found.confidence <= 1.000001
        assert found.score >= 0


@given(st.text(max_size=600), st.sampled_from(["en", "ru", "ar", "zh", "th", "hi", "xx"]))
@settings(max_examples=150, deadline=None)
def test_sentences_lie_in_order_within_any_text(text: str, language: str) -> None:
    """Nothing but spaces is left out."""
    spans = sentences(text, language)
    assert all(start < end for start, end in spans)
    assert "".join(text[a:b] for a, b in spans).split() == text.split() or "".join(
        "".join(text[a:b] for a, b in spans).split()
    ) == "".join(text.split())
