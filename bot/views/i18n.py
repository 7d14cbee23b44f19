"""Translations: the bot's own words, in the languages of ``bot/data/i18n``.

Right-to-left and left-to-right text in one line are kept apart as the Unicode Bidirectional
Algorithm (UAX #9) provides: a value of the other direction is isolated from the text around it, and
a line that begins with such a value gets a mark of its own direction in front.
"""

import datetime as dt
import re
import string
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from bot.corpus.loader import DATA
from bot.corpus.reactions import Reaction
from bot.corpus.yaml import read_data
from bot.views.rich_text import Piece, RichText

if TYPE_CHECKING:
    from babel import Locale

ENGLISH = "en"
FOLDER = DATA / "i18n"
"""One file per language, named by its BCP 47 code."""

Value = str | int | Piece
Texts = Mapping[str, str | Mapping[str, str]]
"""Key -> text, or plural category of the language (CLDR) -> text."""

LEAST_GROUPED = 1_000
"""Below this, every language writes a number as its digits alone."""

_ISOLATE, _LEFT_TO_RIGHT, _END = "\u2068", "\u2066", "\u2069"
_COMMAND = re.compile(r"/[a-z]+")
_MARKS = {"ltr": "\u200e", "rtl": "\u200f"}


class Translator:
    """Translates keys into one language.

    Attributes:
        code: The language's BCP 47 code.
    """

    def __init__(self, code: str, texts: Texts, english: Texts) -> None:
        self.code = code
        self._texts = texts
        self._english = english

    def text(self, key: str, /, **values: Value) -> str:
        """Return the text of a key.

        Args:
            key: A key of the data files.
            **values: What to fill in by name; ``count`` also selects the plural form.

        Raises:
            KeyError: There is no such key, or a value is missing.
        """
        return self.rich_text(key, **values).text

    def rich_text(self, key: str, /, **values: Value) -> RichText:
        """Return the text of a key with the entities of its values; see ``text``."""
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
        """Return a list as it is written in a sentence: "a, b, and c"."""
        from babel.lists import format_list  # noqa: PLC0415 - see _locale

        return format_list(items, locale=self._locale)

    @cached_property
    def direction(self) -> str:
        """The direction in which the language is written, such as its own name: "ltr" or "rtl"."""
        return direction_of(str(self._texts["language_name"])) or "ltr"

    def language(self, tag: str) -> str | None:
        """Return the name of a language in this one; None if it has no known name.

        Args:
            tag: Its BCP 47 tag.
        """
        from babel import Locale, UnknownLocaleError  # noqa: PLC0415 - see _locale

        code = tag.split("-", maxsplit=1)[0].lower()
        try:
            return Locale.parse(code).get_language_name(self.code)
        except (UnknownLocaleError, ValueError):
            return None

    def label(self, reaction: Reaction) -> str:
        """Return a reaction's name in this language, or its own label if a newsroom chose one."""
        key = f"reaction_{reaction.id}"
        if self._english.get(key) != reaction.label:
            return reaction.label
        return self.text(key)

    @cached_property
    def _locale(self) -> "Locale":
        # What CLDR knows takes a while to read, and most messages need nothing of it.
        from babel import Locale  # noqa: PLC0415

        return Locale.parse(self.code)

    def _number(self, value: int) -> str:
        if 0 <= value < LEAST_GROUPED:
            return str(value)
        from babel.numbers import format_decimal  # noqa: PLC0415 - see _locale

        return format_decimal(value, locale=self._locale)

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
        """Yield the parts of a template; filled-in ones with the piece that they came from."""
        for literal, name, _, _ in string.Formatter().parse(template):
            if self.direction == "rtl":
                yield _COMMAND.sub(rf"{_LEFT_TO_RIGHT}\g<0>{_END}", literal), None
            else:
                yield literal, None
            if name is not None:
                value = values[name]
                text = self._number(value) if isinstance(value, int) else value
                piece = text if isinstance(text, Piece) else Piece(text)
                yield piece.text, piece


class Languages:
    """The languages that the bot speaks; each is read when it is needed first.

    Args:
        files: Language code -> the file of its texts. English must be among them.
    """

    def __init__(self, files: Mapping[str, Path]) -> None:
        self._files = files
        self._translators: dict[str, Translator] = {}

    @property
    def all(self) -> tuple[Translator, ...]:
        """Every language, English first."""
        others = (self._spoken(code) for code in sorted(self._files) if code != ENGLISH)
        return (self.english, *others)

    @property
    def english(self) -> Translator:
        """The language for readers whose language is not known or not spoken by the bot."""
        return self._spoken(ENGLISH)

    def of(self, code: str | None) -> Translator:
        """Return the language of a BCP 47 tag such as "de-AT"; English if it is not spoken."""
        language = (code or ENGLISH).replace("_", "-").split("-", maxsplit=1)[0].lower()
        return self._spoken(language if language in self._files else ENGLISH)

    def named(self, name: str) -> Translator | None:
        """Return the language with a code or name (its own or the English one); None if unknown."""
        from babel import Locale  # noqa: PLC0415 - see Translator._locale

        wanted = name.strip().casefold()
        for translator in self.all:
            locale = Locale.parse(translator.code)
            names = (
                translator.code,
                translator.text("language_name"),
                locale.get_display_name(ENGLISH),
            )
            if wanted in (str(known).casefold() for known in names):
                return translator
        return None

    def _spoken(self, code: str) -> Translator:
        if code not in self._translators:
            texts, english = read_data(self._files[code]), read_data(self._files[ENGLISH])
            self._translators[code] = Translator(code, texts, english)
        return self._translators[code]


@lru_cache(maxsize=1)
def read_languages() -> Languages:
    """Return the languages that come with the bot."""
    return Languages({file.stem: file for file in FOLDER.glob("*.yaml")})


def long_date(date: dt.date, language: str) -> str:
    """Return a date in full, as written in the language with this BCP 47 tag."""
    from babel import Locale, UnknownLocaleError  # noqa: PLC0415 - see Translator._locale
    from babel.dates import format_date  # noqa: PLC0415

    try:
        locale = Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return date.isoformat()
    return format_date(date, "long", locale=locale)


def direction_of(text: str) -> str | None:
    """Return the direction of a text's first letter: "ltr" or "rtl"; None if it has no letter."""
    for char in text:
        match unicodedata.bidirectional(char):
            case "L":
                return "ltr"
            case "R" | "AL":
                return "rtl"
    return None
