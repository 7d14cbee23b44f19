"""The bot's own words: six languages from data files, and how they meet articles of another."""

import re
import string
from pathlib import Path

import pytest
import yaml
from babel import Locale
from babel.numbers import format_decimal

from bot.corpus.article import Article
from bot.corpus.reactions import Reaction
from bot.retrieval.question_language import is_other_language
from bot.views.chat_texts import ADMIN_COMMANDS, GROUP_COMMANDS, PRIVATE_COMMANDS
from bot.views.i18n import FOLDER, LEAST_GROUPED, Translator, direction_of, read_languages
from bot.views.rich_text import Piece
from tests.support.chat import Chat, buttons
from tests.support.corpora import ARTICLE, ROOT
from tests.support.sentences import said
from tests.support.stage import Sandbox

SENATE = "Who has to approve the package?"
FILES = sorted(FOLDER.glob("*.yaml"))
ENGLISH = yaml.safe_load((FOLDER / "en.yaml").read_text(encoding="utf-8"))


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_language_has_the_same_keys_and_placeholders(file: Path) -> None:
    """And the plural forms of its own; a form may leave the number out."""
    texts = yaml.safe_load(file.read_text(encoding="utf-8"))
    assert list(texts) == list(ENGLISH)
    forms = Locale.parse(file.stem).plural_form.tags | {"other"}
    for key, text in texts.items():
        if isinstance(ENGLISH[key], str):
            assert placeholders(text) == placeholders(ENGLISH[key]), key
            continue
        assert set(text) == forms, key
        expected = placeholders(ENGLISH[key]["other"])
        assert placeholders(text["other"]) == expected, key
        for form in text.values():
            assert expected - {"count"} <= placeholders(form) <= expected, key


def test_every_key_is_used_and_every_used_key_is_there() -> None:
    """None missing, none superfluous."""
    bot = ROOT / "bot"
    others = ("sandbox", "corpus")
    files = [f for f in bot.rglob("*.py") if f.relative_to(bot).parts[0] not in others]
    source = "".join(file.read_text(encoding="utf-8") for file in files)
    said = set(re.findall(r'(?:\.text|\.rich|_toast)\((?:query, )?\s*"([a-z_]+)"', source))
    assert said - set(ENGLISH) == set()
    # Those that are put together, or chosen, from parts.
    made = {f"command_{name}" for name in (*PRIVATE_COMMANDS, *GROUP_COMMANDS, *ADMIN_COMMANDS)}
    made |= {key for key in ENGLISH if key.startswith("reaction_")}
    made |= {f"{kind}_{n}" for kind in ("hello", "only_words") for n in ("one", "several")}
    chosen = {key for key in ENGLISH if f'"{key}"' in source or f"'{key}'" in source}
    assert set(ENGLISH) - said - made - chosen == set()


def test_the_labels_of_reactions_are_those_of_the_data() -> None:
    """Each in every language; a newsroom's own label stays."""
    reactions = yaml.safe_load((ROOT / "bot/data/reactions.yaml").read_text(encoding="utf-8"))
    for name, fields in reactions.items():
        assert ENGLISH[f"reaction_{name}"] == fields["label"]
    german = read_languages().of("de-AT")
    assert german.label(Reaction("funny", "Funny", "😂")) == "Lustig"
    assert german.label(Reaction("funny", "Witzig", "😂")) == "Witzig"


@pytest.mark.parametrize(
    ("code", "count", "text"),
    [
        ("en", 1, "Your reaction is removed."),
        ("ru", 1, "Удалена 1 реакция."),
        ("ru", 21, "Удалена 21 реакция."),
        ("ru", 3, "Удалены 3 реакции."),
        ("uk", 1_011, "Видалено 1\xa0011 реакцій."),
        ("es", 1_011, "Se borraron tus 1.011 reacciones."),
        ("ar", 2, "حُذف تفاعلاك."),
    ],
)
def test_plurals_and_numbers_are_the_languages_own(code: str, count: int, text: str) -> None:
    """Three forms in Russian, six in Arabic; thousands as they are written there."""
    assert read_languages().of(code).text("forgotten", count=count) == text


@pytest.mark.parametrize("words", read_languages().all, ids=lambda words: words.code)
def test_what_is_known_without_cldr_is_as_there(words: Translator) -> None:
    """The direction of a language, and numbers up to where their digits are grouped."""
    assert words.direction == Locale.parse(words.code).text_direction
    for number in range(LEAST_GROUPED + 1):
        written = format_decimal(number, locale=words.code)
        shown = words.text("place", number=number, of=0)
        assert shown == words.text("place", number=written, of=0)


@pytest.mark.parametrize(
    ("code", "speaks"), [("uk", "uk"), ("de-CH", "de"), ("pt-br", "en"), (None, "en")]
)
def test_a_language_is_known_by_its_tag(code: str | None, speaks: str) -> None:
    """English for all that are not spoken."""
    assert read_languages().of(code).code == speaks


def test_right_to_left_keeps_other_text_apart() -> None:
    """A headline is isolated; a line that begins with one still reads from the right."""
    arabic = read_languages().of("ar")
    text = arabic.rich_text("it_is_about", title=Piece("Bridge Opens", ("bold",)))
    assert "\u2068Bridge Opens\u2069" in text.text
    [bold] = text.entities
    assert text.text[bold.offset : bold.offset + bold.length] == "Bridge Opens"
    line = arabic.text("command_line", command="/help", description="مساعدة")
    assert line.startswith("\u200f")
    assert "\u2068" not in arabic.text("place", number=2, of=6)
    english = read_languages().english
    assert english.text("toast_taken_back", previous="حزين") == "\u200e\u2068حزين\u2069 removed."


@pytest.mark.parametrize("words", read_languages().all, ids=lambda words: words.code)
def test_every_text_begins_in_its_own_direction(words: object) -> None:
    """Whatever is filled in."""
    for key, text in ENGLISH.items():
        names = placeholders(text if isinstance(text, str) else text["other"])
        for other in ("Latin", "عربي"):
            values = {name: other for name in names if name != "count"}
            said = words.text(key, **values, count=3)  # type: ignore[attr-defined]
            marks = said.replace("\u200f", "ع").replace("\u200e", "L")
            assert direction_of(marks) in (words.direction, None), key  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("code", "not_said", "place", "toast"),
    [
        ("en", "I couldn't find that in the article.", "Paragraph 3 of 5", "undo"),
        ("de", "Das habe ich im Artikel nicht gefunden.", "Absatz 3 von 5", "für diesen Artikel"),
        ("uk", "Я не знайшов цього у статті.", "Абзац 3 з 5", "реакція на статтю"),
        ("ru", "Я не нашёл этого в статье.", "Абзац 3 из 5", "реакция на статью"),
        ("es", "No lo encontré en el artículo.", "Párrafo 3 de 5", "este artículo"),
        ("ar", "لم أجد ذلك في المقال.", "الفقرة 3 من 5", "هذا المقال"),
    ],
)
async def test_words_follow_the_reader_and_the_article_keeps_its_own(
    sandbox: Sandbox, code: str, not_said: str, place: str, toast: str
) -> None:
    """In the private chat, in toasts, and in the list of commands."""
    reader = await sandbox.language_reader(code)
    answer = await reader.send(SENATE)
    assert answer["text"].startswith("US Offers Security Guarantees")
    assert f"\n{place}\n\n" in answer["text"]
    nothing = (await reader.send("who won the world cup?"))["text"]
    assert not_said in nothing
    assert toast in str(await reader.tap(answer, f"r:{ARTICLE}:love"))
    await reader.send("/forget")
    commands = await sandbox.client.get(
        "/bot1000000:test-token-of-the-sandbox/getMyCommands", params={"language_code": code}
    )
    known = {command["description"] for command in commands.json()["result"]}
    expected = yaml.safe_load((FOLDER / f"{code}.yaml").read_text(encoding="utf-8"))
    assert expected["command_forget"] in known


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("en", "I can only search this article in English.\n\nTry:"),
        ("de", "Diesen Artikel kann ich nur auf Englisch durchsuchen.\n\nProbier es damit:"),
        ("uk", "У цій статті я можу шукати лише її мовою (англійська).\n\nСпробуйте запитати:"),
        ("ru", "В этой статье я могу искать только на её языке (английский)"),
        ("es", "Solo puedo buscar en este artículo en inglés.\n\nPrueba con:"),
        ("ar", "لا يمكنني البحث في هذا المقال إلا باللغة الإنجليزية."),
    ],
)
async def test_a_question_in_another_language_is_told_why_it_finds_nothing(
    sandbox: Sandbox, code: str, text: str
) -> None:
    """Instead of a denial that may be wrong, in the language of the reader's app."""
    reader = await sandbox.language_reader(code)
    message = await reader.send("Wer muss eigentlich das ganze Paket genehmigen?")
    assert message["text"].startswith(text)
    assert len(buttons(message)) == 2


@pytest.mark.parametrize(
    ("question", "language", "other"),
    [
        ("Was hat die USA zugesagt?", "en", True),
        ("¿Qué acordaron?", "en", True),
        ("хто має схвалити пакет гарантій?", "en", True),
        ("من يجب أن يوافق على الحزمة؟", "en", True),
        ("谁必须批准这个方案", "en", True),
        ("who is Зеленский", "en", False),
        ("What did the US agree to?", "de-AT", True),
        ("What did the US agree to?", "ja", True),
        ("хто має схвалити пакет гарантій?", "ru", True),
        ("кто написал эту статью", "uk", True),
        ("яка у них зарплата", "uk", False),
        ("Когда начнётся война?", "uk", True),
        ("Zelensky?", "en", False),
        ("Zelensky?", "uk", False),
        ("NATO", "ar", False),
        ("Олексій Навальный", "uk", False),
        ("De Gaulle in La Paz", "en", False),
        ("El Niño", "en", False),
        ("war deaths", "en", False),
        ("when will the war end", "en", False),
        ("how much did the toll on die road cost", "en", False),
        ("", "en", False),
        ("???", "en", False),
        ("what is it?", "xx", False),
    ],
)
def test_another_language_is_told_by_script_and_function_words(
    question: str, language: str, other: bool
) -> None:
    """A name, or a word or two, may be of any language."""
    titles = {"uk": "Міст", "ru": "Мост", "ar": "جسر", "ja": "橋の開通"}
    title = titles.get(language, "Bridge")
    article = Article("a", title, "", language, (), ("Text.",))
    assert is_other_language(question, article) is other


async def test_a_group_speaks_english_until_its_admins_choose(sandbox: Sandbox) -> None:
    """Whatever its readers' own languages are; by a tap or by name."""
    german, arab = await sandbox.language_reader("de"), await sandbox.language_reader("ar")
    admin, member = await sandbox.group(german, arab)
    assert "Paragraph 3 of 5" in (await admin.send(f"/ask {SENATE}"))["text"]
    assert "Only the admins" in (await member.send("/language ru"))["text"]
    offered = await member.send("/language")
    assert buttons(offered)[0] == "English"
    refused = await member.tap(offered, "l:es")
    assert refused == "Only the admins of this group can change my language."
    assert await admin.tap(offered, "l:es") == "Ahora hablo español en este grupo."
    assert "Párrafo 3 de 5" in (await member.send(f"/ask {SENATE}"))["text"]
    assert "Український" not in (await admin.send("/language klingon"))["text"]
    assert "Absatz" not in (await admin.send("/language Deutsch"))["text"]
    assert "Absatz 3 von 5" in (await member.send(f"/ask {SENATE}"))["text"]


async def test_language_in_private_says_where_it_comes_from(ada: Chat) -> None:
    """The app's, and a forged tap changes nothing."""
    start = await ada.send("/start")
    assert await ada.tap(start, "l:en") == said("old_button")
    assert "language of your Telegram app" in (await ada.send("/language"))["text"]
