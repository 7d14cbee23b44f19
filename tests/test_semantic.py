"""Questions in other words and other languages than the article's, compared by meaning."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from threading import Thread

import numpy as np
import pytest
from numpy.typing import NDArray

from bot.corpus.article import Article
from bot.corpus.loader import load_corpus
from bot.retrieval.answer import Answer, Verdict
from bot.retrieval.encoder import Encoder, open_encoder
from bot.retrieval.follow_ups import after, completed
from bot.retrieval.index import Index
from bot.retrieval.query import parse_query
from tests.support.archive import article
from tests.support.corpora import ROOT

NANO = open_encoder()
CORPUS = load_corpus(ROOT / "corpus")


class Counting:
    """The default encoder, with what it was asked to encode."""

    name, languages = NANO.name, NANO.languages

    def __init__(self) -> None:
        self.questions: list[str] = []
        self.sentences: list[str] = []

    def encode_question(self, text: str) -> NDArray[np.float32]:
        self.questions.append(text)
        return NANO.encode_question(text)

    def encode_sentences(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.sentences += texts
        return NANO.encode_sentences(texts)


@pytest.fixture(scope="module")
def index() -> Index:
    return Index(CORPUS.articles, CORPUS.aliases, encoder=NANO)


def ask(question: str, index: Index) -> Answer:
    found = index.answer(parse_query(question))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("question", "passages"),
    [
        ("Хто має схвалити пакет гарантій?", [4]),
        ("Чи оприлюднили подробиці гарантій?", [1, 3]),
        ("На що погодилися Сполучені Штати?", [1, 2]),
        ("Wer muss dem Paket mit den Garantien zustimmen?", [4]),
    ],
)
def test_another_language_is_answered(index: Index, question: str, passages: list[int]) -> None:
    """Without the encoder it is not."""
    found = ask(question, index)
    assert (found.verdict, found.is_other_language) == (Verdict.ANSWERED, True)
    assert found.best.passage.position in passages
    alone = ask(question, Index(CORPUS.articles, CORPUS.aliases))
    assert (alone.verdict is Verdict.ANSWERED, alone.is_other_language) == (False, False)


@pytest.mark.parametrize(
    "question",
    ["Хто виграв чемпіонат світу?", "Як спекти хліб?", "Wie backe ich ein gutes Brot zu Hause?"],
)
def test_what_the_article_does_not_say_is_not_answered(index: Index, question: str) -> None:
    assert ask(question, index).verdict is not Verdict.ANSWERED


WAR = Article(
    id="war",
    title="Sarvia and Tolmar sign a truce",
    standfirst="Both governments signed a truce on Monday.",
    language="en",
    questions=(),
    paragraphs=(
        "The conflict erupted in the spring of 1987, after a dispute over fishing rights.",
        "Physicians from nine nations looked after the wounded in tents near the border.",
        "President Ada Lund thanked the mediators, and flew home to Sarvia the same night.",
    ),
)


@pytest.mark.parametrize(
    ("question", "position"),
    [
        ("Who treated the injured at the border?", 3),
        ("Where did doctors take care of injured soldiers?", 3),
        ("Which doctors treated injured people at the frontier?", 3),
    ],
)
def test_other_words(question: str, position: int) -> None:
    """Of those that are asked the passage has one or none: physicians are doctors."""
    alone, both = Index([WAR], {}), Index([WAR], {}, encoder=NANO)
    assert ask(question, alone).verdict is not Verdict.ANSWERED
    found = ask(question, both)
    assert (found.verdict, found.best.passage.position) == (Verdict.ANSWERED, position)
    assert not found.is_other_language


LIBRARIES = {
    "zh": (
        "新图书馆明年春天开放",
        "建筑师林芳说,屋顶上的花园对所有居民免费开放。",
        "工程花了三年时间,费用是四千万元。",
    ),
    "th": (
        "ห้องสมุดใหม่จะเปิดปีหน้า",
        "สถาปนิกหลินฟางกล่าวว่าสวนบนหลังคาเปิดให้ชาวเมืองทุกคนเข้าฟรี",
        "การก่อสร้างใช้เวลาสามปีและใช้เงินสี่สิบล้าน",
    ),
    "vi": (
        "Thư viện mới mở cửa vào mùa xuân tới",
        "Kiến trúc sư Lâm Phương nói khu vườn trên mái miễn phí cho mọi cư dân.",
        "Công trình kéo dài ba năm và tốn bốn mươi triệu, nhiều hơn dự tính.",
    ),
}
"""The same article of a library in languages whose texts are near to each other."""


@pytest.mark.parametrize(
    ("language", "question", "foreign"),
    [
        ("zh", "屋顶花园谁可以进去?", "这种药有什么副作用?"),
        ("zh", "屋顶花园谁可以进去?", "足球比赛的结果是什么?"),
        ("th", "ใครเข้าสวนบนหลังคาได้บ้าง", "อาบน้ำให้แมวอย่างไร"),
        ("vi", "Ai được vào khu vườn trên mái?", "Tắm cho mèo như thế nào?"),
    ],
)
def test_one_language_alone_is_no_likeness(language: str, question: str, foreign: str) -> None:
    title, *paragraphs = LIBRARIES[language]
    library = Article("library", title, "", language, (), tuple(paragraphs))
    index = Index([library], {}, encoder=NANO)
    assert ask(question, index).verdict is Verdict.ANSWERED
    assert ask(foreign, index).verdict is Verdict.NOT_IN_ARTICLE


@pytest.mark.parametrize(
    "question",
    ["How old is Ada Lund?", "What does Ada Lund eat?", "Who is the president of China?"],
)
def test_a_name_is_no_answer(question: str) -> None:
    """However near by its meaning the passage is that holds the name."""
    assert ask(question, Index([WAR], {}, encoder=NANO)).verdict is not Verdict.ANSWERED


@pytest.mark.parametrize("question", ["what is the weather in French", "Is French dead?"])
def test_another_word_for_a_name_is_a_name_too(question: str) -> None:
    """The bot knows "French" as a word for France."""
    text = "French growers lost half of their grapes to the frost in April."
    others = ("Their cellars are full, and the wine of last year is sold.", "Italy had no frost.")
    article = Article("frost", "Vineyards", "", "en", (), (text, *others))
    index = Index([article], CORPUS.aliases, encoder=NANO)
    assert ask(question, index).verdict is not Verdict.ANSWERED
    assert ask("What did French growers lose?", index).verdict is Verdict.ANSWERED


@pytest.mark.parametrize("question", ["how much does NATO cost", "Який зріст має Трамп?"])
def test_a_name_and_something_else(index: Index, question: str) -> None:
    """Confidence alone would do, and the article holds the name."""
    assert ask(question, index).verdict is not Verdict.ANSWERED


def test_a_question_after_another_one(index: Index) -> None:
    """It is compared with what both ask, and each text is encoded once."""
    encoder = Counting()
    index = Index([WAR], {}, encoder=encoder)
    first = parse_query("When did the war break out?")
    exchange = after(first, "war", "en", (2,))
    then = completed(parse_query("and why?"), exchange, "en")
    assert then is not None
    encoder.questions.clear()
    found = index.answer(then)
    assert found is not None
    assert found.best.passage.position == 2
    index.answer(then, "war")
    assert encoder.questions == ["When did the war break out? and why?"]


def test_a_second_start_encodes_nothing(tmp_path: Path) -> None:
    """And answers the same; a new article is encoded alone."""
    first, second = Counting(), Counting()
    question = parse_query("When did the war break out?")
    before = Index([WAR, article(1)], {}, cache=tmp_path, encoder=first)
    assert "Both governments signed a truce on Monday." in first.sentences
    again = Index([WAR, article(1)], {}, cache=tmp_path, encoder=second)
    assert again.answer(question) == before.answer(question)
    assert (second.sentences, second.questions) == ([], [question.text])
    told: list[tuple[str, int, int]] = []
    Index(
        [WAR, article(1), article(2)],
        {},
        previous=again,
        cache=tmp_path,
        encoder=second,
        progress=lambda *done: told.append(done),
    )
    assert second.sentences[0] == article(2).standfirst
    assert len(second.sentences) == 5
    assert told[-1][1:] == (1, 1)


def test_others_index_articles_meanwhile(tmp_path: Path) -> None:
    """Processes that compare words alone do not wait for the vectors of thousands of articles."""

    class Slow(Counting):
        """Encodes the article when another index of the same cache has got a new one."""

        def encode_sentences(self, texts: Sequence[str]) -> NDArray[np.float32]:
            if WAR.standfirst in texts:
                other = Thread(target=Index, args=([article(1)], {}), kwargs={"cache": tmp_path})
                other.start()
                other.join(20)
                assert not other.is_alive()
            return super().encode_sentences(texts)

    encoder = Slow()
    Index([WAR], {}, cache=tmp_path, encoder=encoder)
    assert WAR.standfirst in encoder.sentences


def test_vectors_in_memory_are_used_again() -> None:
    """Where no cache is kept and the articles change."""
    encoder = Counting()
    before = Index([WAR], {}, encoder=encoder)
    encoder.sentences.clear()
    Index([WAR, article(2)], {}, previous=before, encoder=encoder)
    assert len(encoder.sentences) == 5


@pytest.mark.parametrize("table", ["vectors", "means"])
def test_damaged_vectors_are_made_anew(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, table: str
) -> None:
    question = "When did the war break out?"
    expected = ask(question, Index([WAR, article(1)], {}, cache=tmp_path, encoder=NANO))
    assert expected.article == WAR
    with sqlite3.connect(tmp_path / "vectors.sqlite") as database:
        database.execute(f"UPDATE {table} SET record = zeroblob(length(record))")
    database.close()
    assert ask(question, Index([WAR, article(1)], {}, cache=tmp_path, encoder=NANO)) == expected
    assert "damaged" in caplog.text


def test_a_file_that_is_no_cache(tmp_path: Path) -> None:
    (tmp_path / "vectors.sqlite").write_bytes(b"This is something else." * 1_000)
    question = "Where did doctors take care of injured soldiers?"
    found = ask(question, Index([WAR], {}, cache=tmp_path, encoder=NANO))
    assert found.verdict is Verdict.ANSWERED


def test_the_nearest_article_is_found() -> None:
    """Among many, of which none holds a word of the question."""
    index = Index([*(article(number) for number in range(30)), WAR], {}, encoder=NANO)
    found = ask("Через що почалася війна?", index)
    assert (found.article.id, found.best.passage.position) == ("war", 2)


def test_a_short_sentence_is_compared_with_the_one_before_it() -> None:
    """Alone it would be near to any short question."""
    encoder = Counting()
    text = "The mayor of Belvar opened the new harbour on Monday morning. Nobody clapped."
    Index(
        [Article("harbour", "A Harbour", "", "en", (), (text, "Ships came."))], {}, encoder=encoder
    )
    assert {text.removesuffix(" Nobody clapped."), text, "Ships came."} <= {*encoder.sentences}
    assert "Nobody clapped." not in encoder.sentences


def test_languages_that_the_encoder_does_not_know() -> None:
    """Words alone are compared."""

    class German(Counting):
        languages = frozenset({"de"})

    encoder: Encoder = German()
    question = "When was the truce signed?"
    assert ask(question, Index([WAR], {}, encoder=encoder)) == ask(question, Index([WAR], {}))


def test_names_alone_are_no_answer_without_an_encoder() -> None:
    """However many: what is asked about them stands nowhere."""
    met = "Ada Lovelace, Charles Babbage and Mary Somerville met in London."
    index = Index([Article("a", "Three People", "", "en", (), (met, "Rain fell."))], {})
    question = "Did Ada Lovelace, Charles Babbage and Mary Somerville quarrel?"
    assert ask(question, index).verdict is not Verdict.ANSWERED
