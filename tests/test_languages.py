"""The bot's own words: six languages from data files, and how they meet articles of another."""

import re
import string
from pathlib import Path

import pytest
import yaml
from babel import Locale

from bot.corpus.reactions import Reaction
from bot.views.chat_texts import GROUP_COMMANDS, PRIVATE_COMMANDS
from bot.views.i18n import FOLDER, direction_of, read_languages
from bot.views.rich_text import Piece
from tests.support.chat import Chat, buttons
from tests.support.corpora import ARTICLE, ROOT
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
    made = {f"command_{name}" for name in (*PRIVATE_COMMANDS, *GROUP_COMMANDS)}
    made |= {key for key in ENGLISH if key.startswith("reaction_")}
    made |= {f"{kind}_{n}" for kind in ("hello", "only_words") for n in ("one", "several")}
    chosen = {key for key in ENGLISH if f'"{key}"' in source}
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
    assert english.text("toast_taken_back", previous="حزين") == "\u200e\u2068حزين\u2069 taken back."


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
        ("en", "The article does not say.", "Paragraph 4 of 6", "Love it is."),
        ("de", "Dazu steht im Artikel nichts.", "Absatz 4 von 6", "Deine Reaktion"),
        ("uk", "У статті", "Абзац 4 з 6", "реакці"),
        ("ru", "В статье", "Абзац 4 из 6", "реакци"),
        ("es", "El artículo no", "Párrafo 4 de 6", "reacción"),
        ("ar", "لا يذكر المقال ذلك.", "الفقرة 4 من 6", "تفاعلك"),
    ],
)
async def test_words_follow_the_reader_and_the_article_keeps_its_own(
    sandbox: Sandbox, code: str, not_said: str, place: str, toast: str
) -> None:
    """In the private chat, in toasts, and in the list of commands."""
    reader = await sandbox.language_reader(code)
    answer = await reader.send(SENATE)
    assert answer["text"].startswith("US Offers Security Guarantees")
    assert place in answer["text"].rpartition("\n")[2]
    nothing = (await reader.send("who won the world cup?"))["text"]
    assert not_said in nothing
    english = {"de": "Englisch", "uk": "англійська", "ru": "английский", "es": "inglés"}
    assert english.get(code, "") in nothing
    assert ("The article is in" in nothing) is False
    assert toast in str(await reader.tap(answer, f"r:{ARTICLE}:love"))
    await reader.send("/forget")
    commands = await sandbox.client.get(
        "/bot1000000:test-token-of-the-sandbox/getMyCommands", params={"language_code": code}
    )
    known = {command["description"] for command in commands.json()["result"]}
    expected = yaml.safe_load((FOLDER / f"{code}.yaml").read_text(encoding="utf-8"))
    assert expected["command_forget"] in known


async def test_a_group_speaks_english_until_its_admins_choose(sandbox: Sandbox) -> None:
    """Whatever its readers' own languages are; by a tap or by name."""
    german, arab = await sandbox.language_reader("de"), await sandbox.language_reader("ar")
    admin, member = await sandbox.group(german, arab)
    assert "Paragraph 4 of 6" in (await admin.send(f"/ask {SENATE}"))["text"]
    assert "Only the admins" in (await member.send("/language ru"))["text"]
    offered = await member.send("/language")
    assert buttons(offered)[0] == "English"
    refused = await member.tap(offered, "l:es")
    assert refused == "Only the admins of this group can change my language."
    assert await admin.tap(offered, "l:es") == "Ahora hablo español en este grupo."
    assert "Párrafo 4 de 6" in (await member.send(f"/ask {SENATE}"))["text"]
    assert "Український" not in (await admin.send("/language klingon"))["text"]
    assert "Absatz" not in (await admin.send("/language Deutsch"))["text"]
    assert "Absatz 4 von 6" in (await member.send(f"/ask {SENATE}"))["text"]


async def test_language_in_private_says_where_it_comes_from(ada: Chat) -> None:
    """The app's."""
    assert "language of your Telegram app" in (await ada.send("/language"))["text"]
