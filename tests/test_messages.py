"""What the bot says, for any article: within Telegram's lengths, with entities that fit."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from telegram import MessageEntity

from bot.corpus.article import Article
from bot.corpus.loader import load_corpus
from bot.corpus.reactions import Reaction
from bot.retrieval.answer import Answer, Match, Verdict
from bot.store.base import NO_VOTES, Change, VoteCounts, VoteResult
from bot.views import answers, chat_texts
from bot.views.callback_data import (
    ArticleButton,
    Button,
    LanguageButton,
    QuestionButton,
    ReactionButton,
    SearchAllButton,
    TurnButton,
    parse,
    question_key,
)
from bot.views.i18n import Translator, read_languages
from bot.views.keyboards import compact, with_counts
from bot.views.outgoing import with_question
from bot.views.rich_text import RichText, cut, cut_around, units
from tests.support.corpora import ROOT

REACTIONS = load_corpus(ROOT / "corpus").reactions
ENGLISH = read_languages().english


@pytest.mark.parametrize(
    ("count", "shown"),
    [
        (0, ""),
        (1, "1"),
        (999, "999"),
        (1_000, "1K"),
        (1_234, "1.2K"),
        (1_299, "1.2K"),
        (9_999, "9.9K"),
        (123_456, "123K"),
        (999_999, "999K"),
        (1_500_000, "1.5M"),
        (2_000_000_000, "2B"),
    ],
)
def test_counts_are_compact(count: int, shown: str) -> None:
    """Never more than there are; zero is no number."""
    assert compact(count) == shown


@given(parts=st.lists(st.tuples(st.text(max_size=20), st.sampled_from(["bold", "italic", ""]))))
@settings(deadline=None)
def test_entities_are_counted_in_units_of_utf_16(parts: list[tuple[str, str]]) -> None:
    """As Telegram's client counts them."""
    text, counted = RichText(), []
    for part, type_ in parts:
        if part and type_:
            counted.append(MessageEntity(type_, text.end, len(part)))
        text.add(part, *filter(None, [type_]))
    expected = MessageEntity.adjust_message_entities_to_utf_16(text.text, counted)
    found = [(each.type, each.offset, each.length) for each in text.entities]
    assert found == [(each.type, each.offset, each.length) for each in expected]


@given(
    title=st.text(min_size=1, max_size=300),
    passage=st.text(min_size=1, max_size=5_000),
    ends=st.tuples(st.floats(0, 1), st.floats(0, 1)),
    verdict=st.sampled_from(list(Verdict)),
    asked=st.none() | st.text(min_size=1, max_size=1_200),
    translator=st.sampled_from(read_languages().all),
    scope=st.sampled_from(list(answers.Scope)),
)
@settings(max_examples=200, deadline=None)
def test_any_answer_is_a_message_that_telegram_takes(
    title: str,
    passage: str,
    ends: tuple[float, float],
    verdict: Verdict,
    asked: str | None,
    translator: Translator,
    scope: answers.Scope,
) -> None:
    """Length and entities, in UTF-16 units; the quotation holds the sentence."""
    article = Article(
        "a" * 32, title, "Standfirst", "en", ("Why?",), (passage,), url="https://e.org"
    )
    start = int(ends[0] * (len(passage) - 1))
    end = start + 1 + int(ends[1] * (len(passage) - start - 1))
    one = Match(article.passages[1], (start, end), 0, 1.0, 0.5, verdict)
    found = Answer(verdict, article, (one, one)[: 1 + len(title) % 2])
    counts = VoteCounts({"like": 5}, 5)
    view = answers.ArticleView(translator, REACTIONS, article, counts, scope)
    rendered = with_question(view.answer(found, asked or ""), asked)
    size = units(rendered.text)
    assert 1 <= size <= 4_096
    assert all(
        e.offset >= 0 and e.length > 0 and e.offset + e.length <= size for e in rendered.entities
    )
    if verdict is Verdict.ANSWERED:
        quote = next(e for e in rendered.entities if e.type == MessageEntity.BLOCKQUOTE)
        bold = [e for e in rendered.entities if e.type == MessageEntity.BOLD][-1]
        assert quote.offset <= bold.offset
        assert bold.offset + bold.length <= quote.offset + quote.length
    for row in rendered.keyboard.inline_keyboard if rendered.keyboard else ():
        assert len(row) <= 8
        assert all(1 <= len(str(button.callback_data).encode()) <= 64 for button in row)


@given(st.text(max_size=300), st.integers(3, 80), st.data())
def test_what_is_cut_around_a_sentence_holds_it(text: str, limit: int, data: st.DataObject) -> None:
    """Whole where it fits, its beginning where it does not."""
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    kept, (begin, finish) = cut_around(text, (start, end), limit)
    assert units(kept) <= limit
    if units(text[start:end]) <= limit - 2:
        assert kept[begin:finish] == text[start:end]
    assert units(cut(text, limit)) <= limit


@given(st.integers(0, 79), st.integers(60, 3_000), st.booleans())
def test_a_text_is_cut_between_sentences_or_words(number: int, limit: int, knows: bool) -> None:
    """Never inside a word; between sentences where these are known."""
    sentences = [f"Sentence {n:02} has some more words." for n in range(80)]
    text, length = " ".join(sentences), len(sentences[0])
    parts = [(n * (length + 1), n * (length + 1) + length) for n in range(80)]
    kept, (start, end) = cut_around(text, parts[number], limit, parts if knows else ())
    assert kept[start:end] == sentences[number]
    inner = kept.strip("…")
    if knows:
        assert set(inner.replace(". ", ".\n").split("\n")) <= set(sentences)
    assert set(inner.split()) <= set(text.split())


def test_the_headline_is_a_link_where_there_is_an_address() -> None:
    """And only there."""
    article = Article(
        "a", "Title", "Standfirst", "en", ("Why?",), ("Text.",), url="https://e.org/x"
    )
    about = answers.ArticleView(ENGLISH, REACTIONS, article, NO_VOTES).about()
    [link] = [e for e in about.entities if e.url]
    assert (link.type, link.offset, link.length, link.url) == ("text_link", 0, 5, "https://e.org/x")


def test_other_rows_stay_when_counts_change() -> None:
    """Only the reactions' rows are made anew, also those of an earlier set."""
    old = [
        [{"text": "🔥 3", "callback_data": "r:a:fire"}],
        [{"text": "Next", "callback_data": "q:a:0123456789"}],
    ]
    fresh = with_counts(old, "a", (Reaction("like", "Like", "👍"),), {"like": 1_200})
    assert [[button["text"] for button in row] for row in fresh] == [["👍 1.2K"], ["Next"]]


@pytest.mark.parametrize(
    ("change", "choice", "previous", "text"),
    [
        (Change.VOTED, "love", None, "❤️ on this article. Tap again to undo."),
        (Change.CHANGED, "sad", "love", "Changed from ❤️ to 😢."),
        (Change.TAKEN_BACK, None, "love", "❤️ removed."),
        (Change.REPEATED, "love", "love", "❤️ on this article. Tap again to undo."),
        (Change.REPEATED, None, None, "Already removed."),
        (Change.CHANGED, "sad", "gone", "Changed from gone to 😢."),
    ],
)
def test_the_toast_says_what_happened(
    change: Change, choice: str | None, previous: str | None, text: str
) -> None:
    """Within 200 characters."""
    result = VoteResult(change, choice, previous, NO_VOTES)
    assert chat_texts.toast(ENGLISH, result, REACTIONS) == text


@pytest.mark.parametrize(
    "button",
    [
        ReactionButton("a" * 32, "b" * 16),
        QuestionButton("a" * 32, question_key("Why?")),
        ArticleButton("a" * 32),
        SearchAllButton(),
        LanguageButton("ar"),
        TurnButton("a" * 32, "a-_9", 2, ((99_999, 4_095), (1_000, 100), (1, 0))),
    ],
)
def test_callback_data_comes_back_as_it_went(
    button: Button,
) -> None:
    """Within 64 bytes."""
    assert parse(button.data) == button
    assert len(button.data) <= 64


@given(st.text(max_size=64) | st.none())
def test_any_callback_data_is_parsed_or_none(data: str | None) -> None:
    """What is parsed is exactly what was sent."""
    button = parse(data)
    assert button is None or button.data == data
