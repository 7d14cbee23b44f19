"""With an encoder: a question's language, the article that answers it, and whose name it has."""

from dataclasses import replace

import pytest

from bot.corpus.article import Article
from bot.retrieval.answer import Answer, Verdict
from bot.retrieval.encoder import open_encoder
from bot.retrieval.follow_ups import after, completed, is_better
from bot.retrieval.index import Index
from bot.retrieval.names import WrittenNames
from bot.retrieval.query import parse_query
from bot.retrieval.question_names import QuestionNames

BLACKOUT = Article(
    id="blackout",
    title="Swan Takes Out Town's Power",
    standfirst="",
    language="en",
    questions=(),
    paragraphs=(
        "The power failed in Harlow at six in the evening, and some 14,000 homes were dark.",
        "Edith Moss, who lives above the bakery, lit candles for her neighbours in the stairwell.",
        "Councillor Raj Patel said that underground cables would cost the town 9 million pounds.",
        "The town thanked Councillor Raj Patel on Sunday.",
    ),
)
POOL = Article(
    id="pool",
    title="Das Hallenbad ist wieder offen",
    standfirst="",
    language="de",
    questions=(),
    paragraphs=(
        "Montags bleibt das Bad geschlossen, an allen anderen Tagen ist es ab sieben Uhr offen.",
        "Die Sauna öffnet erst im November, weil ein Ofen noch nicht geliefert wurde.",
    ),
)
CAKE = Article(
    id="cake",
    title="Le clafoutis aux cerises",
    standfirst="",
    language="fr",
    questions=(),
    paragraphs=(
        "La pâte est versée sur les fruits, et le plat est mis au four pendant 40 minutes.",
        "Les cerises du jardin sont les meilleures, car elles sont cueillies le jour même.",
    ),
)
CHANGELOG = Article(
    id="changelog",
    title="新版本发布",
    standfirst="",
    language="zh",
    questions=(),
    paragraphs=("现在可以离线搜索所有笔记。", "会员价格从每月十元涨到十五元。"),
)


@pytest.fixture(scope="module")
def index() -> Index:
    return Index([BLACKOUT, POOL, CAKE, CHANGELOG], {}, encoder=open_encoder())


def ask(index: Index, question: str, article: Article | None = None) -> Answer:
    found = index.answer(parse_query(question), article.id if article else None)
    assert found is not None
    return found


@pytest.mark.parametrize(
    "question",
    [
        "Hoeveel huizen zaten zonder stroom?",
        "Kolik domácností bylo bez proudu?",
        "Kuinka monta kotia jäi ilman sähköä?",
        "Berapa banyak rumah yang gelap karena listrik padam?",
        "Quantas casas ficaram sem luz?",
    ],
)
def test_languages_that_letters_alone_do_not_tell(index: Index, question: str) -> None:
    """Dutch, Czech, Finnish, Indonesian, Portuguese."""
    found = ask(index, question, BLACKOUT)
    assert found.is_other_language
    assert (found.verdict, found.best.passage.position) == (Verdict.ANSWERED, 1)


def test_japanese_is_not_chinese(index: Index) -> None:
    found = ask(index, "オフラインで検索できますか?", CHANGELOG)
    assert (found.verdict, found.is_other_language) == (Verdict.ANSWERED, True)


@pytest.mark.parametrize("question", ["deter future outages", "how many homes?", "swan power cut"])
def test_a_few_words_are_in_the_article_s_language(index: Index, question: str) -> None:
    assert not ask(index, question, BLACKOUT).is_other_language


def test_an_article_in_another_language_answers(index: Index) -> None:
    """Though one in the question's own language has more of its words, and does not answer it."""
    question = "Quel jour de la semaine la piscine est-elle fermée ?"
    assert ask(index, question, CAKE).verdict is Verdict.NOT_IN_ARTICLE
    found = ask(index, question)
    assert (found.article, found.best.passage.position) == (POOL, 1)
    # Where passages are listed, that one comes first too.
    article, match, _ = next(iter(index.passages(parse_query(question))))
    assert (article, match.passage.position) == (POOL, 1)


@pytest.mark.parametrize(
    ("question", "position"), [("Wann ging das Licht aus?", 1), ("Was wurde am Sonntag gesagt?", 4)]
)
def test_articles_in_the_question_s_language_do_not_crowd_out_others(
    question: str, position: int
) -> None:
    """Two texts in one language are near to each other, whatever they say."""
    pools = [replace(POOL, id=f"pool-{n}", title=f"Hallenbad {n} ist offen") for n in range(20)]
    index = Index([*pools, BLACKOUT], {}, encoder=open_encoder())
    found = ask(index, question)
    assert (found.article, found.best.passage.position) == (BLACKOUT, position)
    article, _, is_claimed = next(iter(index.passages(parse_query(question))))
    assert (article, is_claimed) == (BLACKOUT, found.verdict is Verdict.ANSWERED)


def test_of_two_articles_about_as_near_the_other_one_is_shown_and_not_claimed(index: Index) -> None:
    """The article in the language of the question is too near to it as well."""
    question = "Is the pool open on Mondays?"
    assert ask(index, question, POOL).verdict is Verdict.ANSWERED
    found = ask(index, question)
    assert (found.article, found.best.passage.position) == (POOL, 1)
    assert (found.verdict, found.best.verdict) == (Verdict.UNSURE, Verdict.UNSURE)
    article, _, is_claimed = next(iter(index.passages(parse_query(question))))
    assert (article, is_claimed) == (POOL, False)


def test_what_may_answer_is_not_hidden_by_what_does_not(index: Index) -> None:
    """An article in the language of the question, which says nothing of it."""
    question = "What was not delivered yet?"
    assert ask(index, question, BLACKOUT).verdict is Verdict.NOT_IN_ARTICLE
    found = ask(index, question)
    assert (found.article, found.best.passage.position) == (POOL, 2)
    assert found.verdict is Verdict.UNSURE


def test_the_best_of_many_articles_must_be_surer() -> None:
    """It holds more of any question than a single article does."""
    pools = [replace(POOL, id=f"pool-{n}", title=f"Hallenbad {n} ist offen") for n in range(40)]
    index = Index([BLACKOUT, *pools], {}, encoder=open_encoder())
    nonsense, question = "Which town won the match?", "How many homes were dark?"
    for text, verdict in ((nonsense, Verdict.UNSURE), (question, Verdict.ANSWERED)):
        assert ask(index, text, BLACKOUT).verdict is Verdict.ANSWERED
        assert (ask(index, text).article, ask(index, text).verdict) == (BLACKOUT, verdict)
        article, _, is_claimed = next(iter(index.passages(parse_query(text))))
        assert (article, is_claimed) == (BLACKOUT, verdict is Verdict.ANSWERED)


def test_an_article_in_the_question_s_language_goes_first(index: Index) -> None:
    found = ask(index, "Combien de temps le plat reste-t-il au four ?")
    assert (found.article, found.verdict) == (CAKE, Verdict.ANSWERED)


@pytest.mark.parametrize(
    "question",
    [
        # The article has her first name only at the beginning of a sentence.
        "¿Qué coche conduce Edith Moss?",
        # Of his name the first word of the question is a part.
        "Радж Пател одружений?",
        "Чи одружений Радж Пател?",
    ],
)
def test_a_name_in_another_language_is_no_answer(index: Index, question: str) -> None:
    found = ask(index, question, BLACKOUT)
    assert found.is_other_language
    assert found.verdict is not Verdict.ANSWERED


def test_a_capital_letter_of_the_question_tells_a_name() -> None:
    """In German, what follows an article may be a noun as well."""
    text = "Auf dem Platz steht der Tesla von Jansen, der heute früh aus Bonn kam."
    article = Article("market", "Neues auf dem Markt", "", "de", (), (text, "Es regnet selten."))
    index = Index([article], {}, encoder=open_encoder())
    for question in ("How much does the Tesla cost?", "¿Cuánto cuesta el Tesla de Jansen?"):
        assert ask(index, question).verdict is Verdict.UNSURE
    assert ask(index, "Where did the Tesla come from?").verdict is Verdict.ANSWERED


@pytest.mark.parametrize(
    ("question", "language", "names"),
    [
        ("When did I meet Raj Patel in the US?", "en", {"raj", "patel", "us"}),
        ("Wann haben Sie Raj Patel getroffen?", "de", {"raj", "patel"}),
        ("When Did They Leave Bonn?", "en", set()),
        ("Кабелі?", "uk", set()),
        ("?", "uk", set()),
    ],
)
def test_a_capital_letter_may_tell_nothing(question: str, language: str, names: set[str]) -> None:
    """Pronouns, and words of a headline or a single word, are no names for it."""
    written = WrittenNames(frozenset(), frozenset(), frozenset())
    assert QuestionNames(question, language, True, written).all() == names


def test_nouns_of_a_german_question_are_no_names() -> None:
    """In another script too, where all other words with a capital letter are names."""
    paragraphs = (
        "У понеділок басейн зачинено, в інші дні він працює з сьомої ранку.",
        "Сауна відкриється лише в листопаді, бо піч ще не привезли.",
        "Тренерка Олена Коваль учить плавати пенсіонерів.",
    )
    article = Article("swim", "Басейн знову відкрито", "", "uk", (), paragraphs)
    index = Index([article], {}, encoder=open_encoder())
    for question, position in (
        ("An welchem Wochentag ist das Bad zu?", 1),
        ("Warum bleibt die Sauna bis November zu?", 2),
        ("Wer bringt Rentnern das Schwimmen bei?", 3),
    ):
        found = ask(index, question)
        assert (found.verdict, found.best.passage.position) == (Verdict.ANSWERED, position)
    assert ask(index, "Wie alt ist Olena Kowal?").verdict is Verdict.UNSURE


def test_capitals_throughout_tell_no_names(index: Index) -> None:
    found = ask(index, "СКІЛЬКИ БУДИНКІВ БУЛО БЕЗ СВІТЛА?", BLACKOUT)
    assert (found.verdict, found.best.passage.position) == (Verdict.ANSWERED, 1)


def test_a_german_name_after_another_word_in_e() -> None:
    """With words alone too: "Sabine" has the ending of an adjective."""
    text = "Badeleiterin Sabine Krämer rät, an Samstagen früh zu kommen."
    article = Article("rat", "Tipps für das Bad", "", "de", (), (text, "Es regnet selten."))
    for encoder in (None, open_encoder()):
        index = Index([article], {}, encoder=encoder)
        assert ask(index, "Wann heiratet Sabine Krämer?").verdict is not Verdict.ANSWERED
        assert ask(index, "Was rät Sabine Krämer?").verdict is Verdict.ANSWERED


def test_a_short_follow_up_stays_with_its_article(index: Index) -> None:
    """Another article in another language is no better answer to words that go on from others."""
    first = parse_query("Коли зникло світло в місті?")
    exchange = after(first, BLACKOUT.id, "uk", (1,))
    then = completed(parse_query("а скільки це коштує?"), exchange, "uk")
    assert then is not None
    stayed, anywhere = (
        ask(index, "Wer wohnt über der Bäckerei?", POOL),
        ask(index, "Who lit candles?"),
    )
    assert stayed.verdict is not Verdict.ANSWERED
    assert is_better(anywhere, stayed, then)
    other = ask(index, "Скільки коштуватимуть підземні кабелі?", BLACKOUT)
    assert (other.verdict, other.is_other_language) == (Verdict.ANSWERED, True)
    assert not is_better(other, stayed, then)
