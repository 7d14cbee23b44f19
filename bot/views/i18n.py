"""The bot's own words, in the languages of its data files. Articles keep their own language.

Right-to-left and left-to-right text in one line are kept apart as the Unicode Bidirectional
Algorithm (UAX #9) provides for: what is filled into a text of the other direction is isolated, and
a line that would take its direction from what was filled in gets a mark of its own in front.
"""

import datetime as dt
import re
import string
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_decimal

from bot.corpus import yaml as strict_yaml
from bot.corpus.article import read_text
from bot.corpus.loader import DATA, Reaction
from bot.views.rich_text import Piece, RichText

ENGLISH = "en"
FOLDER = DATA / "i18n"
"""A file a language, named by its BCP 47 code."""

Value = str | int | Piece
Texts = Mapping[str, str | Mapping[str, str]]
"""For each key a text, or one for each plural category of the language."""

_ISOLATE, _LEFT_TO_RIGHT, _END = "\u2068", "\u2066", "\u2069"
_COMMAND = re.compile(r"/[a-z]+")
_MARKS = {"ltr": "\u200e", "rtl": "\u200f"}


class Translator:
    """What the bot says in one language. code: the language's BCP 47 code."""

    def __init__(self, code: str, texts: Texts, english: Texts) -> None:
        self.code = code
        self._texts = texts
        self._english = english
        self._locale = Locale.parse(code)

    def text(self, key: str, /, **values: Value) -> str:
        """Return the text of a key with values filled in; count also chooses the plural form.

        Raises:
            KeyError: there is no such key, or a value is missing.
        """
        return self.rich_text(key, **values).text

    def rich_text(self, key: str, /, **values: Value) -> RichText:
        """Return the same with the entities of those values that bring some; raises KeyError."""
        parts = list(self._parts(self._form(key, values.get("count")), values))
        found = RichText()
        if direction_of("".join(text for text, _ in parts)) not in (None, self.direction):
            found.add(_MARKS[self.direction])
        for text, piece in parts:
            apart = piece is not None and direction_of(text) not in (None, self.direction)
            found.add(_ISOLATE if apart else "")
            found.add(piece or text)
            found.add(_END if apart else "")
        return found

    def joined(self, items: Sequence[str]) -> str:
        """Return a list of things as a sentence holds it."""
        return format_list(items, locale=self._locale)

    @property
    def direction(self) -> str:
        """Return "ltr" or "rtl": how the language is written."""
        return self._locale.text_direction

    def language(self, tag: str) -> str | None:
        """Return what another language is called here; None for this one, or an unknown one.

        tag: a BCP 47 tag.
        """
        code = tag.split("-", maxsplit=1)[0].lower()
        if code == self.code:
            return None
        try:
            return Locale.parse(code).get_language_name(self.code)
        except (UnknownLocaleError, ValueError):
            return None

    def label(self, reaction: Reaction) -> str:
        """Return a reaction's name; one that a newsroom chose itself stays as it is."""
        key = f"reaction_{reaction.id}"
        if self._english.get(key) != reaction.label:
            return reaction.label
        return self.text(key)

    def _form(self, key: str, count: Value | None) -> str:
        form = self._texts[key]
        if isinstance(form, str):
            return form
        if not isinstance(count, int):
            raise KeyError("count")
        return form[self._locale.plural_form(count)]

    def _parts(
        self, template: str, values: Mapping[str, Value]
    ) -> Iterator[tuple[str, Piece | None]]:
        """Yield the texts that a template consists of, each with the piece it was filled from."""
        for literal, name, _, _ in string.Formatter().parse(template):
            if self.direction == "rtl":
                yield _COMMAND.sub(rf"{_LEFT_TO_RIGHT}\g<0>{_END}", literal), None
            else:
                yield literal, None
            if name is not None:
                value = values[name]
                if isinstance(value, int):
                    value = format_decimal(value, locale=self._locale)
                piece = value if isinstance(value, Piece) else Piece(value)
                yield piece.text, piece


class Languages:
    """All languages that the bot speaks."""

    def __init__(self, texts: Mapping[str, Texts]) -> None:
        """Note the texts by their language's code; English must be among them."""
        english = texts[ENGLISH]
        self._words = {code: Translator(code, found, english) for code, found in texts.items()}

    @property
    def all(self) -> tuple[Translator, ...]:
        """Every language, English first."""
        rest = (words for code, words in sorted(self._words.items()) if code != ENGLISH)
        return (self.english, *rest)

    @property
    def english(self) -> Translator:
        """What is spoken where nothing else is known."""
        return self._words[ENGLISH]

    def of(self, code: str | None) -> Translator:
        """Return the words of a language tag such as "de-AT"; English for one not spoken here."""
        language = (code or ENGLISH).replace("_", "-").split("-", maxsplit=1)[0].lower()
        return self._words.get(language, self.english)

    def named(self, name: str) -> Translator | None:
        """Return the language that a person means by its code or by its own or English name."""
        wanted = name.strip().casefold()
        for words in self._words.values():
            locale = Locale.parse(words.code)
            names = (words.code, words.text("language_name"), locale.get_display_name(ENGLISH))
            if wanted in (str(known).casefold() for known in names):
                return words
        return None


@lru_cache(maxsize=1)
def read_languages() -> Languages:
    """Return the languages that come with the bot; raises CorpusError for an unreadable file."""
    files = sorted(FOLDER.glob("*.yaml"))
    return Languages({file.stem: strict_yaml.parse(read_text(file)).value for file in files})


def long_date(date: dt.date, language: str) -> str:
    """Return a date in full, as an article in that language (a BCP 47 tag) would write it."""
    try:
        locale = Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return date.isoformat()
    return format_date(date, "long", locale=locale)


def direction_of(text: str) -> str | None:
    """Return "ltr" or "rtl" after the first letter of a text that has one; None without any."""
    for char in text:
        match unicodedata.bidirectional(char):
            case "L":
                return "ltr"
            case "R" | "AL":
                return "rtl"
    return None
